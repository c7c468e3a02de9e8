"""Looking after accounts."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import DOORS, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import id_of
from adapters.http.schemas.administration import AccountChange
from adapters.http.schemas.body import body_of
from adapters.wire.account_shapes import account_json
from adapters.wire.schemas.accounts import AdministeredAccount, ResetLink
from adapters.wire.shapes import wire_time
from domain.errors import AdministratorsOnly, NotFound
from domain.ids import UserId


def _user_id(request: web.Request) -> UserId:
    return UserId(id_of(request, "user_id", "userId"))


@operation(
    "All accounts.",
    query=(Option("q", "Part of a name or an email."),),
    answer=list[AdministeredAccount],
    errors=(AdministratorsOnly,),
)
async def accounts(request: web.Request) -> web.Response:
    found = await request.app[DOORS].administration.accounts(actor_of(request), request.query.get("q"))
    return answer([account_json(user) for user in found])


@operation(
    "Disable an account, or make it an administrator's.",
    body=AccountChange,
    answer=AdministeredAccount,
    errors=(AdministratorsOnly, NotFound),
)
async def change(request: web.Request) -> web.Response:
    user_id = _user_id(request)
    body = await body_of(request, AccountChange)
    user = await request.app[DOORS].administration.change(
        actor_of(request), user_id, disabled=body.is_disabled, administrator=body.is_administrator
    )
    return answer(account_json(user))


@operation(
    "Make a link by which somebody sets a new password.", answer=ResetLink, errors=(AdministratorsOnly, NotFound)
)
async def reset_link(request: web.Request) -> web.Response:
    made = await request.app[DOORS].administration.reset_link(actor_of(request), _user_id(request))
    return answer({"url": made.link, "expiresAt": wire_time(made.expires_at)})


def routes() -> list[web.RouteDef]:
    return [
        web.get("/admin/accounts", accounts),
        web.patch("/admin/accounts/{user_id:[^/]+}", change),
        web.post("/admin/accounts/{user_id:[^/]+}/reset-link", reset_link),
    ]
