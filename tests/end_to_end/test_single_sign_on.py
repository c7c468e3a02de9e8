"""Single sign-on through the whole product, with an issuer on this machine: the dance, and attacks on it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from adapters.system.clock import SystemClock
from tests.adapters.oidc.issuer import CLIENT_ID, CLIENT_SECRET, StandInIssuer
from tests.end_to_end.client import Answer, Person
from tests.end_to_end.conftest import OpenServer, Server

HOME = "https://jarvis.example"
PASSWORD = "correct horse battery"
SIGNED_OUT = 4001


@dataclass
class Browser:
    """A browser with cookies of its own, before whom the server stands at HOME."""

    server: Server
    session: aiohttp.ClientSession

    async def get(self, address: str) -> tuple[int, str]:
        """Status and where it leads to."""
        path = address.removeprefix(HOME)
        async with self.session.get(f"{self.server.url}{path}", allow_redirects=False) as response:
            return response.status, response.headers.get("Location", "")

    async def post(self, path: str, body: object) -> Answer:
        async with self.session.post(f"{self.server.url}{path}", json=body) as response:
            return Answer(response.status, await response.json())

    async def depart(self, issuer: StandInIssuer, provider: str = "corp") -> str:
        """To the issuer, and say yes there; answers the address that leads back."""
        status, there = await self.get(f"/auth/oidc/{provider}/login")
        assert status == 302
        return issuer.authorize(there)

    async def come_back(self, address: str) -> tuple[str, str]:
        """What the web client is told: signed-in or not-signed-in, and a code."""
        status, home = await self.get(address)
        assert status == 302
        assert home.startswith(f"{HOME}/#/"), "it leads home and nowhere else"
        _, _, what, code = home.removeprefix(HOME).split("/")
        return what, code

    async def sign_on(self, issuer: StandInIssuer, provider: str = "corp") -> Answer:
        """The whole dance."""
        what, code = await self.come_back(await self.depart(issuer, provider))
        if what == "not-signed-in":
            return Answer(0, {"error": code})
        return await self.post("/auth/oidc/token", {"code": code})


@dataclass
class World:
    server: Server
    corp: StandInIssuer
    other: StandInIssuer
    stack: AsyncExitStack

    async def browser(self) -> Browser:
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[self.server.url])
        session = await self.stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Browser(self.server, session)

    def person(self, answer: Answer) -> Person:
        assert answer.status == 200, answer
        user = answer.body["user"]
        return Person(
            self.server.session, self.server.url, answer.body["token"], user["id"], user["email"], user["name"]
        )


@pytest.fixture
async def world(open_server: OpenServer) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        corp = await stack.enter_async_context(StandInIssuer(clock.now).serving())
        other = await stack.enter_async_context(StandInIssuer(clock.now).serving())
        agreed = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        server = await open_server(
            JARVIS_PUBLIC_URL=HOME,
            JARVIS_REGISTRATION="invite",
            JARVIS_ACCESS_MINUTES=120,
            JARVIS_OIDC=json.dumps(
                {
                    "corp": {**agreed, "issuer": corp.url, "label": "Corp", "domains": ["corp.example"]},
                    "other": {**agreed, "issuer": other.url},
                }
            ),
        )
        yield World(server, corp, other, stack)


async def test_the_dance_ends_with_a_session_and_the_same_person_each_time(world: World) -> None:
    browser = await world.browser()
    first = await browser.sign_on(world.corp)
    ana = world.person(first)
    assert (ana.email, ana.name) == ("ana@corp.example", "아나")
    world.corp.claims = {"email": "new-address@corp.example"}
    second = await (await world.browser()).sign_on(world.corp)
    assert world.person(second).id == ana.id, "who they are there counts, whatever their address is now"
    async with await ana.connect() as socket:
        await socket.settled()
    [_, listed] = await ana.get("/auth/sessions")
    assert listed["provider"] == "corp"
    ways = await ana.get("/auth/ways")
    assert ways["providers"] == [{"name": "corp", "label": "Corp"}, {"name": "other", "label": "other"}]


async def test_signing_out_ends_the_session_here_and_says_where_to_end_it_there(world: World) -> None:
    ana = world.person(await (await world.browser()).sign_on(world.corp))
    socket = await ana.connect()
    out = await ana.post("/auth/logout")
    assert await socket.closed() == SIGNED_OUT
    wishes = parse_qs(urlsplit(out["signOutUrl"]).query)
    assert out["signOutUrl"].startswith(f"{world.corp.url}/end?")
    assert wishes["post_logout_redirect_uri"] == [f"{HOME}/"]
    assert wishes["id_token_hint"][0].count(".") == 2
    assert (await ana.call("GET", "/auth/me")).error == "INVALID_TOKEN"


async def test_an_issuer_that_is_away_keeps_nobody_from_signing_out(world: World) -> None:
    ana = world.person(await (await world.browser()).sign_on(world.corp))
    world.corp.broken = "/.well-known/openid-configuration"
    world.server.clock.advance(minutes=61)  # what it has published is to be asked for anew
    assert await ana.post("/auth/logout") == {"ok": True}
    assert (await ana.call("GET", "/auth/me")).error == "INVALID_TOKEN"


async def test_the_account_of_a_verified_address_is_the_persons(world: World) -> None:
    before = await world.server.person("Ana", "ANA@corp.example")
    ana = world.person(await (await world.browser()).sign_on(world.corp))
    assert (ana.id, ana.name) == (before.id, "Ana")


async def test_who_took_an_address_before_its_owner_came_is_put_out(world: World, open_server: OpenServer) -> None:
    evil = await world.server.person("Evil", "ana@corp.example")
    async with world.server.product.adapters.work()() as work:
        hasher = world.server.product.adapters.hasher()
        [user] = await work.accounts.lock([(await work.accounts.by_address("ana@corp.example")).id])
        password_hash = await hasher.hash(PASSWORD)
        await work.accounts.set_password(user.id, password_hash, world.server.clock.now())
    browser = await world.browser()
    theirs = await browser.post("/auth/login", {"email": "ana@corp.example", "password": PASSWORD})
    squatter = world.person(theirs)
    ana = world.person(await browser.sign_on(world.corp))
    assert ana.id == squatter.id == evil.id
    assert (await squatter.call("GET", "/auth/me")).error == "INVALID_TOKEN"
    again = await browser.post("/auth/login", {"email": "ana@corp.example", "password": PASSWORD})
    assert again.error == "INVALID_CREDENTIALS"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"email_verified": False}, "EMAIL_NOT_VERIFIED"),
        ({"email": None}, "EMAIL_NOT_VERIFIED"),
        ({"email": "ana@elsewhere.example"}, "REGISTRATION_CLOSED"),
        ({"aud": "another"}, "SIGN_ON_FAILED"),
        ({"nonce": "old"}, "SIGN_ON_FAILED"),
        ({"exp": 1}, "SIGN_ON_FAILED"),
        ({"iss": "https://evil.example"}, "SIGN_ON_FAILED"),
    ],
    ids=str,
)
async def test_a_proof_that_is_not_enough_makes_nobody(world: World, claims: dict[str, object], code: str) -> None:
    known = await world.server.person("Known")
    world.corp.claims = claims
    assert (await (await world.browser()).sign_on(world.corp)).error == code
    assert await known.get("/users") == []


async def test_who_was_disabled_does_not_come_in_by_this_door(world: World) -> None:
    browser = await world.browser()
    ana = world.person(await browser.sign_on(world.corp))
    what, code = await browser.come_back(await browser.depart(world.corp))
    assert what == "signed-in"
    async with world.server.product.adapters.work()() as work:
        user = await work.accounts.by_address(ana.email)
        assert user is not None
        await work.accounts.save(replace(user, disabled_at=world.server.clock.now()))
    assert (await browser.post("/auth/oidc/token", {"code": code})).error == "ACCOUNT_DISABLED"
    assert (await browser.sign_on(world.corp)).error == "ACCOUNT_DISABLED"


async def test_the_way_back_is_good_once(world: World) -> None:
    browser = await world.browser()
    back = await browser.depart(world.corp)
    what, code = await browser.come_back(back)
    assert what == "signed-in"
    assert await browser.come_back(back) == ("not-signed-in", "SIGN_ON_FAILED")
    assert (await browser.post("/auth/oidc/token", {"code": code})).status == 200
    assert (await browser.post("/auth/oidc/token", {"code": code})).error == "LINK_INVALID"


async def test_a_code_and_a_way_back_end_with_their_time(world: World) -> None:
    browser = await world.browser()
    _, code = await browser.come_back(await browser.depart(world.corp))
    world.server.clock.advance(minutes=1)
    assert (await browser.post("/auth/oidc/token", {"code": code})).error == "LINK_INVALID"
    back = await browser.depart(world.corp)
    world.server.clock.advance(minutes=10)
    assert await browser.come_back(back) == ("not-signed-in", "SIGN_ON_FAILED")


async def test_nobody_is_signed_in_as_another_by_a_link_they_are_sent(world: World) -> None:
    attacker, victim = await world.browser(), await world.browser()
    back = await attacker.depart(world.corp)
    assert await victim.come_back(back) == ("not-signed-in", "SIGN_ON_FAILED")
    assert await attacker.come_back(back) == ("not-signed-in", "SIGN_ON_FAILED"), "it is used up by the attempt"


async def test_what_comes_from_one_provider_is_not_taken_to_another(world: World) -> None:
    browser = await world.browser()
    back = await browser.depart(world.corp)
    asked = len(world.other.asked)
    assert await browser.come_back(back.replace("/corp/", "/other/")) == ("not-signed-in", "SIGN_ON_FAILED")
    assert "/token" not in world.other.asked[asked:], "the code of one is not shown to the other"
    world.corp.iss = world.other.url
    assert await browser.come_back(await browser.depart(world.corp)) == ("not-signed-in", "SIGN_ON_FAILED")
    assert "/token" not in world.corp.asked


async def test_two_windows_may_be_on_their_way_at_once(world: World) -> None:
    browser = await world.browser()
    await world.server.person("Ana", "ana@corp.example")
    first, second = await browser.depart(world.corp), await browser.depart(world.corp)
    together = await asyncio.gather(browser.come_back(first), browser.come_back(second))
    assert [what for what, _ in together] == ["signed-in", "signed-in"]


async def test_a_refusal_over_there_and_nonsense_lead_home(world: World) -> None:
    browser = await world.browser()
    back = await browser.depart(world.corp)
    refused = f"{back.partition('?')[0]}?error=access_denied&state={parse_qs(urlsplit(back).query)['state'][0]}"
    for address in (
        refused,
        back,
        "/auth/oidc/corp/callback",
        "/auth/oidc/corp/callback?state=%00&code=x",
        "/auth/oidc/evil/callback?state=s&code=c&redirect_uri=https://evil.example",
    ):
        assert await browser.come_back(address) == ("not-signed-in", "SIGN_ON_FAILED")
    assert (await browser.get("/auth/oidc/evil/login"))[0] == 404
    assert (await browser.get("/auth/oidc/corp/login?redirect_uri=https://evil.example"))[1].count("evil") == 0


async def test_the_cookie_is_for_this_alone(world: World) -> None:
    async with world.server.session.get(f"{world.server.url}/auth/oidc/corp/login", allow_redirects=False) as response:
        [cookie] = response.headers.getall("Set-Cookie")
        state = parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly", "secure", "samesite=lax", "path=/auth/oidc", "max-age=600"
    }  # fmt: skip
    assert state not in cookie


async def test_an_issuer_that_is_away_is_a_bad_gateway(world: World) -> None:
    world.corp.broken = "/.well-known/openid-configuration"
    async with world.server.session.get(f"{world.server.url}/auth/oidc/corp/login") as response:
        assert (response.status, (await response.json())["error"]) == (502, "PROVIDER_UNAVAILABLE")
