"""Where one is signed in, and ending that."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import ACCOUNTS, CLAIMS, DOORS, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import id_of
from adapters.wire.account_shapes import session_json
from adapters.wire.schemas.accounts import Session, SignedOut
from adapters.wire.schemas.values import Done
from domain.errors import NotFound
from domain.ids import SessionId


@operation("Where one is signed in.", answer=list[Session])
async def mine(request: web.Request) -> web.Response:
    current = request[CLAIMS].session_id
    sessions = await request.app[DOORS].sessions.mine(actor_of(request))
    return answer([session_json(session, current) for session in sessions])


@operation("Sign out on one device.", answer=Done, errors=(NotFound,))
async def end(request: web.Request) -> web.Response:
    await request.app[DOORS].sessions.end(actor_of(request), SessionId(id_of(request, "session_id", "sessionId")))
    return answer({"ok": True})


@operation("Sign out here.", answer=SignedOut)
async def sign_out(request: web.Request) -> web.Response:
    claims, doors = request[CLAIMS], request.app[DOORS]
    if claims.session_id is None:
        await request.app[ACCOUNTS].sign_out(claims)
        return answer({"ok": True})
    session = await doors.sessions.end(actor_of(request), claims.session_id)
    elsewhere = await doors.single_sign_on.sign_out_address(session)
    return answer({"ok": True} if elsewhere is None else {"ok": True, "signOutUrl": elsewhere})


def routes() -> list[web.RouteDef]:
    return [
        web.get("/auth/sessions", mine),
        web.delete("/auth/sessions/{session_id:[^/]+}", end),
        web.post("/auth/logout", sign_out),
    ]
