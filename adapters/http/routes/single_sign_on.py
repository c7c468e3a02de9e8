"""Single sign-on: to a provider of OpenID Connect and back."""

from aiohttp import web

from adapters.http.addresses import client_address
from adapters.http.answers import answer
from adapters.http.devices import device_of
from adapters.http.keys import DOORS, PROXIES, THROTTLE
from adapters.http.operations import Option, operation
from adapters.http.schemas.body import body_of
from adapters.http.schemas.single_sign_on import Code
from adapters.wire.account_shapes import signed_in_json
from adapters.wire.schemas.accounts import SignedIn
from application.single_sign_on import THERE_AND_BACK, Return
from domain.errors import LinkInvalid, NotFound, ProviderUnavailable
from domain.tickets import digest_of

OPEN = ("/auth/oidc/{provider}/login", "/auth/oidc/{provider}/callback", "/auth/oidc/token")
"""Where nobody is asked who they are."""

_PATH = "/auth/oidc"
_PROVIDER = {"provider": "The name of the provider, as in GET /auth/ways."}
_RETURN = tuple(Option(name, "What the provider says.") for name in ("state", "code", "error", "iss"))


def _cookie(state: str) -> str:
    # One for each way there and back: several windows may be on their way at once.
    return f"jarvis_sign_on_{digest_of(state).hex()[:16]}"


def _onward(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})


@operation("To a provider.", path=_PROVIDER, status=302, errors=(NotFound, ProviderUnavailable))
async def login(request: web.Request) -> web.Response:
    await request.app[THROTTLE].sign_in(client_address(request, request.app[PROXIES]))
    single_sign_on = request.app[DOORS].single_sign_on
    departure = await single_sign_on.depart(request.match_info["provider"])
    response = _onward(departure.address)
    response.set_cookie(
        _cookie(departure.state),
        departure.keepsake,
        path=_PATH,
        max_age=int(THERE_AND_BACK.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=single_sign_on.links.home.startswith("https://"),
    )
    return response


@operation("Back from a provider.", path=_PROVIDER, query=_RETURN, status=302, errors=(NotFound,))
async def callback(request: web.Request) -> web.Response:
    await request.app[THROTTLE].sign_in(client_address(request, request.app[PROXIES]))
    state = request.query.get("state", "")
    returned = Return(
        state=state,
        code=request.query.get("code") if "error" not in request.query else None,
        keepsake=request.cookies.get(_cookie(state)),
        issuer=request.query.get("iss"),
    )
    response = _onward(await request.app[DOORS].single_sign_on.come_back(request.match_info["provider"], returned))
    response.del_cookie(_cookie(state), path=_PATH)
    return response


@operation("Sign in with the code that the way back ended with.", body=Code, answer=SignedIn, errors=(LinkInvalid,))
async def redeem(request: web.Request) -> web.Response:
    await request.app[THROTTLE].sign_in(client_address(request, request.app[PROXIES]))
    body = await body_of(request, Code)
    return answer(signed_in_json(await request.app[DOORS].single_sign_on.redeem(body.code, device_of(request))))


def routes() -> list[web.RouteDef]:
    return [
        web.get("/auth/oidc/{provider:[^/]+}/login", login),
        web.get("/auth/oidc/{provider:[^/]+}/callback", callback),
        web.post("/auth/oidc/token", redeem),
    ]
