"""The development door, and the directory of people."""

from aiohttp import web

from adapters.http.addresses import client_address
from adapters.http.answers import answer
from adapters.http.keys import ACCOUNTS, PROXIES, THROTTLE, USER, actor_of
from adapters.http.operations import Option, operation
from adapters.http.schemas.accounts import DevelopmentSignIn
from adapters.http.schemas.body import body_of
from adapters.wire.schemas.accounts import DevelopmentToken, Myself
from adapters.wire.schemas.rooms import Person
from adapters.wire.shapes import person_json, user_json
from domain.errors import AccountDisabled


@operation(
    "Sign in as anybody; for development.", body=DevelopmentSignIn, answer=DevelopmentToken, errors=(AccountDisabled,)
)
async def sign_in_for_development(request: web.Request) -> web.Response:
    await request.app[THROTTLE].sign_in(client_address(request, request.app[PROXIES]))
    body = await body_of(request, DevelopmentSignIn)
    token, user = await request.app[ACCOUNTS].sign_in_for_development(body.email, body.name)
    return answer({"token": token, "user": user_json(user)})


@operation("Who one is.", answer=Myself)
async def me(request: web.Request) -> web.Response:
    user = request[USER]
    return answer({**user_json(user), "isAdministrator": True} if user.is_administrator else user_json(user))


@operation(
    "Everybody, those who are there first.",
    query=(Option("q", "Part of a name or an email."), Option("includeMe", "1 to be listed oneself.")),
    answer=list[Person],
)
async def people(request: web.Request) -> web.Response:
    include_me = request.query.get("includeMe", "").lower() in {"1", "true"}
    found = await request.app[ACCOUNTS].people(actor_of(request), request.query.get("q"), include_me=include_me)
    return answer([person_json(person) for person in found])


def routes(*, development_sign_in: bool) -> list[web.RouteDef]:
    """Without ``development_sign_in`` there is no POST /auth/dev."""
    found = [web.get("/auth/me", me), web.get("/users", people)]
    if development_sign_in:
        found.append(web.post("/auth/dev", sign_in_for_development))
    return found
