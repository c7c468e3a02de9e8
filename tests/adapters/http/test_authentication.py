"""Who may pass, and what is said to who may not."""

import logging
import re
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from aiohttp import web

from adapters.http.app import build_app
from application.ports.tokens import Claims
from domain.users import User
from tests.adapters.http.house import LIFETIME, NOW, SECRET, House

ROUTES = [
    ("GET", "/auth/me"),
    ("POST", "/auth/logout"),
    ("GET", "/users"),
    ("GET", "/bots"),
    ("POST", "/bots"),
    ("PATCH", "/bots/1"),
    ("DELETE", "/bots/1"),
    ("POST", "/bots/1/token"),
    ("PUT", "/bots/1/rooms/1"),
    ("DELETE", "/bots/1/rooms/1"),
    ("GET", "/rooms"),
    ("POST", "/rooms"),
    ("GET", "/rooms/1/call"),
    ("GET", "/rooms/1/hooks"),
    ("POST", "/rooms/1/hooks/incoming"),
    ("POST", "/rooms/1/hooks/incoming/1/renew"),
    ("DELETE", "/rooms/1/hooks/incoming/1"),
    ("POST", "/rooms/1/hooks/outgoing"),
    ("PATCH", "/rooms/1/hooks/outgoing/1"),
    ("POST", "/rooms/1/hooks/outgoing/1/renew"),
    ("DELETE", "/rooms/1/hooks/outgoing/1"),
    ("GET", "/rtc/ice-servers"),
    ("GET", "/rooms/1/members"),
    ("POST", "/rooms/1/members"),
    ("GET", "/rooms/1"),
    ("PATCH", "/rooms/1"),
    ("DELETE", "/rooms/1"),
    ("POST", "/rooms/1/leave"),
    ("PATCH", "/rooms/1/members/1"),
    ("DELETE", "/rooms/1/members/1"),
    ("GET", "/rooms/1/messages"),
    ("GET", "/rooms/1/messages/1/thread"),
    ("POST", "/rooms/1/messages/1/reactions"),
    ("DELETE", "/rooms/1/messages/1/reactions/1"),
    ("GET", "/mentions"),
    ("GET", "/tasks"),
    ("GET", "/rooms/1/tasks"),
    ("POST", "/rooms/1/tasks"),
    ("GET", "/rooms/1/tasks/1"),
    ("PATCH", "/rooms/1/tasks/1"),
    ("DELETE", "/rooms/1/tasks/1"),
    ("GET", "/decisions"),
    ("GET", "/rooms/1/decisions"),
    ("POST", "/rooms/1/decisions"),
    ("GET", "/rooms/1/decisions/1"),
    ("PATCH", "/rooms/1/decisions/1"),
    ("DELETE", "/rooms/1/decisions/1"),
    ("GET", "/graph"),
    ("GET", "/rooms/1/graph"),
    ("GET", "/rooms/1/cards"),
    ("POST", "/rooms/1/cards"),
    ("PATCH", "/rooms/1/cards/1"),
    ("POST", "/rooms/1/cards/generate-weekly"),
    ("DELETE", "/rooms/1/cards/1"),
    ("GET", "/rooms/1/pulse-report"),
    ("POST", "/rooms/1/pulse-report"),
    ("GET", "/rooms/1/pulse-report/history"),
    ("GET", "/rooms/1/pulse-report/history/1"),
    ("GET", "/rooms/1/pulse-report/spec"),
    ("GET", "/rooms/1/pulse-report/spec.zip"),
    ("GET", "/rooms/1/pulse-report/spec/1"),
    ("GET", "/insights"),
    ("GET", "/rooms/1/pins"),
    ("POST", "/rooms/1/pins"),
    ("DELETE", "/rooms/1/pins/1"),
    ("POST", "/rooms/1/messages"),
    ("GET", "/rooms/1/messages/1"),
    ("PATCH", "/rooms/1/messages/1"),
    ("DELETE", "/rooms/1/messages/1"),
    ("POST", "/attachments"),
    ("GET", "/attachments/1"),
    ("GET", "/attachments/1/thumbnail"),
    ("POST", "/rooms/1/read"),
    ("POST", "/rooms/1/jarvis"),
    ("POST", "/rooms/1/import-meeting-summary"),
    ("GET", "/rooms/1/catch-up"),
    ("POST", "/speech/transcribe"),
    ("POST", "/rooms/1/recordings"),
    ("GET", "/jobs/1"),
    ("POST", "/translate"),
    ("GET", "/rooms/1/translation"),
    ("PUT", "/rooms/1/translation"),
    ("DELETE", "/rooms/1/translation"),
    ("GET", "/jarvis/usage"),
    ("GET", "/rooms/1/news"),
    ("GET", "/rooms/1/news/search"),
    ("GET", "/holidays"),
    ("GET", "/search"),
    ("GET", "/calendar/events"),
    ("POST", "/calendar/events"),
    ("GET", "/calendar/events/1"),
    ("PUT", "/calendar/events/1"),
    ("DELETE", "/calendar/events/1"),
    ("GET", "/calendar/feed"),
    ("POST", "/calendar/feed"),
    ("DELETE", "/calendar/feed"),
    ("POST", "/calendar/import"),
    ("GET", "/auth/sessions"),
    ("DELETE", "/auth/sessions/1"),
    ("POST", "/auth/password"),
    ("GET", "/rooms/1/invitations"),
    ("POST", "/rooms/1/invitations"),
    ("DELETE", "/rooms/1/invitations/1"),
    ("POST", "/invitations/accept"),
    ("GET", "/admin/accounts"),
    ("PATCH", "/admin/accounts/1"),
    ("POST", "/admin/accounts/1/reset-link"),
]
OPEN = [
    ("POST", "/auth/dev"),
    ("GET", "/auth/ways"),
    ("POST", "/hooks/1"),
    ("POST", "/auth/register"),
    ("POST", "/auth/register/confirm"),
    ("POST", "/auth/login"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/password/forgot"),
    ("POST", "/auth/password/reset"),
    ("POST", "/auth/setup"),
    ("GET", "/auth/oidc/1/login"),
    ("GET", "/auth/oidc/1/callback"),
    ("POST", "/auth/oidc/token"),
    ("POST", "/invitations/preview"),
    ("GET", "/calendar/feeds/1.ics"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/1"),
    ("GET", "/"),
    ("GET", "/web/1"),
    ("GET", "/attachments/1/signed/1"),
]
LATER = int((NOW + LIFETIME).timestamp())

Claimed = dict[str, Any]


def signed(claims: Claimed, secret: str = SECRET, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(claims, secret, algorithm, headers=header)


def claims_of(user: User, **other: Any) -> Claimed:
    return {"sub": str(user.id), "email": user.email, "name": user.name, "iat": 1, "exp": LATER, **other}


def test_the_table_holds_every_route_that_asks_for_a_token(house: House) -> None:
    app: web.Application = house.client.app
    found = {
        (route.method, re.sub(r"\{[a-z_]+\}", "1", route.resource.canonical))
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert found == {*ROUTES, *OPEN, *(("GET", f"/health{part}") for part in ("", "/live", "/ready"))}


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_every_such_route_asks_for_one(house: House, method: str, path: str) -> None:
    assert (await house.call(method, path)).outcome == (401, "NO_TOKEN")
    assert (await house.call(method, path, by="bad")).outcome == (401, "INVALID_TOKEN")
    assert (await house.call(method, f"{path}?token=bad")).outcome == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "bearer\t",
        "Basic dXNlcjpwYXNz",
        "Token abc",
        "Bearerabc",
        "abc",
        "Digest a=b, c=d",
    ],
)
async def test_a_header_without_a_bearer_token_is_none(house: House, header: str) -> None:
    answer = await house.call("GET", "/auth/me", headers={"Authorization": header})
    assert answer.outcome == (401, "NO_TOKEN")
    assert (await house.call("GET", "/auth/me?token=", headers={"Authorization": header})).outcome == (401, "NO_TOKEN")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "])
async def test_the_scheme_may_be_written_in_any_case(house: House, scheme: str) -> None:
    token, _ = await house.person("user")
    assert (await house.call("GET", "/auth/me", headers={"Authorization": f"{scheme} {token}"})).status == 200


async def test_a_token_may_stand_in_the_query(house: House) -> None:
    token, user = await house.person("user")
    assert (await house.call("GET", f"/auth/me?token={token}")).json["id"] == str(user.id)
    beside_a_proxy = await house.call("GET", f"/auth/me?token={token}", headers={"Authorization": "Basic eDp5"})
    assert beside_a_proxy.status == 200


async def test_the_header_counts_before_the_query(house: House) -> None:
    one, user = await house.person("one")
    other, _ = await house.person("other")
    assert (await house.call("GET", f"/auth/me?token={other}", by=one)).json["id"] == str(user.id)
    assert (await house.call("GET", f"/auth/me?token={other}", by="bad")).outcome == (401, "INVALID_TOKEN")


BAD: dict[str, Callable[[User], str]] = {
    "another secret": lambda user: signed(claims_of(user), "another secret that is long enough too"),
    "alg none": lambda user: jwt.encode(claims_of(user), "", "none"),
    "HS512": lambda user: signed(claims_of(user), algorithm="HS512"),
    "HS384": lambda user: signed(claims_of(user), algorithm="HS384"),
    "expired": lambda user: signed(claims_of(user, exp=1)),
    "no exp": lambda user: signed({"sub": str(user.id), "iat": 1}),
    "exp is null": lambda user: signed(claims_of(user, exp=None)),
    "exp is a text": lambda user: signed(claims_of(user, exp=str(LATER))),
    "exp is a list": lambda user: signed(claims_of(user, exp=[LATER])),
    "exp is true": lambda user: signed(claims_of(user, exp=True)),
    "exp is infinite": lambda user: signed(claims_of(user, exp=float("inf"))),
    "exp is not a number": lambda user: signed(claims_of(user, exp=float("nan"))),
    "exp past 64 bits": lambda user: signed(claims_of(user, exp=2**70)),
    "exp past all years": lambda user: signed(claims_of(user, exp=10**12)),
    "exp of a thousand digits": lambda user: signed(claims_of(user, exp=10**1000)),
    "not yet good": lambda user: signed(claims_of(user, nbf=LATER)),
    "issued in the future": lambda user: signed(claims_of(user, iat=LATER)),
    "for another audience": lambda user: signed(claims_of(user, aud="other")),
    "no sub": lambda user: signed({"iat": 1, "exp": LATER}),
    "sub is null": lambda user: signed(claims_of(user, sub=None)),
    "sub is no UUID": lambda user: signed(claims_of(user, sub=user.email)),
    "sub is empty": lambda user: signed(claims_of(user, sub="")),
    "sub of an unknown user": lambda user: signed(claims_of(user, sub="00000000-0000-7000-8000-00000000ffff")),
    "jti is a number": lambda user: signed(claims_of(user, jti=1)),
    "sid is no UUID": lambda user: signed(claims_of(user, sid="session")),
    "sid is null": lambda user: signed(claims_of(user, sid=None)),
    "sid of an unknown session": lambda user: signed(claims_of(user, sid="00000000-0000-7000-8000-00000000ffff")),
    "critical extension": lambda user: signed(claims_of(user), crit=["x"], x=1),
    "a changed payload": lambda user: _with_payload_of(signed(claims_of(user)), signed(claims_of(user, name="Other"))),
    "no signature": lambda user: signed(claims_of(user)).rpartition(".")[0] + ".",
    "two parts": lambda user: signed(claims_of(user)).rpartition(".")[0],
    "four parts": lambda user: signed(claims_of(user)) + ".e30",
    "only dots": lambda _: "..",
    "two tokens": lambda user: f"{signed(claims_of(user))} {signed(claims_of(user))}",
    "a comma": lambda user: f"{signed(claims_of(user))}, Basic eDp5",
    "a header that is a list": lambda _: "W10.e30.AAAA",
    "a header of arrays in thousands": lambda _: "W1tb" * 1500 + ".e30.AAAA",
    "no base64": lambda _: "!!!.###.$$$",
}


def _with_payload_of(token: str, other: str) -> str:
    head, _, signature = token.split(".")
    return ".".join((head, other.split(".")[1], signature))


@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("forge", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_refused_without_a_word_in_the_log(
    house: House, forge: Callable[[User], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, user = await house.person("user")
    token, before = forge(user), house.kept()
    answer = await house.call("POST", "/rooms", by=token)
    assert answer.outcome == (401, "INVALID_TOKEN")
    assert answer.json["message"] == "The token is not valid or has expired. Sign in again."
    assert house.kept() == before
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


@pytest.mark.parametrize("bad", [b"\xff", b"abc\xff.def.ghi", "토큰".encode(), b"\xed\xa0\x80", b"a\x80"])
async def test_a_token_of_strange_bytes_is_refused(house: House, bad: bytes) -> None:
    answer = await house.send_raw(
        b"GET /rooms HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer " + bad + b"\r\n\r\n"
    )
    assert answer.outcome == (401, "INVALID_TOKEN")
    quoted = "".join(f"%{byte:02x}" for byte in bad)
    assert (await house.call("GET", f"/rooms?token={quoted}")).outcome == (401, "INVALID_TOKEN")


async def test_a_scheme_of_strange_bytes_is_no_token(house: House) -> None:
    answer = await house.send_raw(
        b"GET /rooms HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: B\xffarer abc\r\n\r\n"
    )
    assert answer.outcome == (401, "NO_TOKEN")


async def test_a_token_ends_by_the_clock_of_the_house(house: House) -> None:
    token, _ = await house.person("user")
    house.clock.advance(LIFETIME.total_seconds() - 1)
    assert (await house.call("GET", "/auth/me", by=token)).status == 200
    house.clock.advance(1)
    assert (await house.call("GET", "/auth/me", by=token)).outcome == (401, "INVALID_TOKEN")


async def test_a_token_of_the_old_server_is_good_until_it_is_revoked(house: House) -> None:
    _, user = await house.person("user")
    old, newer = signed(claims_of(user)), signed(claims_of(user, iat=2))
    assert (await house.call("GET", "/auth/me", by=old)).json["id"] == str(user.id)
    assert (await house.call("POST", "/auth/logout", by=old)).status == 200
    assert (await house.call("GET", "/auth/me", by=old)).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("GET", "/auth/me", by=newer)).status == 200


async def test_a_revoked_token_does_not_come_back_in_another_spelling(house: House) -> None:
    _, user = await house.person("user")
    old = signed(claims_of(user))
    respelt = f"{old}="
    assert (await house.call("GET", "/auth/me", by=respelt)).status == 200
    await house.call("POST", "/auth/logout", by=old)
    assert (await house.call("GET", "/auth/me", by=respelt)).outcome == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    "path", ["/web/", "/not/there", "/rooms/", "/wss", "/healthy", "/auth/devil", "/%ff", "/web/a/b", "/rooms/../x"]
)
@pytest.mark.parametrize("token", [None, "bad"])
async def test_an_address_that_does_not_exist_needs_no_token(house: House, path: str, token: str | None) -> None:
    assert (await house.call("GET", path, by=token)).outcome == (404, "NOT_FOUND")


async def test_a_method_that_does_not_exist_needs_no_token(house: House) -> None:
    answer = await house.call("PUT", "/rooms")
    assert answer.outcome == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}


@pytest.mark.parametrize(("path", "status"), [("/ws", 200), ("/later", 401), ("/ws/more", 401)])
async def test_of_routes_added_later_only_the_socket_is_open(house: House, path: str, status: int) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response()

    app = build_app(house.parts, house.options)
    app.router.add_get(path, handler)
    await house.serve(app)
    assert (await house.call("GET", path)).status == status


async def test_a_failure_of_the_store_is_not_blamed_on_the_token(house: House) -> None:
    token, _ = await house.person("user")

    async def fails(_: Claims) -> User:
        raise ValueError

    house.accounts.identify = fails  # type: ignore[method-assign,assignment]
    assert (await house.call("GET", "/rooms", by=token)).outcome == (500, "INTERNAL_ERROR")
