"""The ways in, in a browser: passwords, and every link that the product sends people to."""

import json
import logging
import re
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import aiohttp
import pytest

from adapters.system.clock import SystemClock
from tests.adapters.mail.server import MailServer, mail_server
from tests.adapters.oidc.issuer import CLIENT_ID, CLIENT_SECRET, StandInIssuer
from tests.browser.chromium import Browser, Page
from tests.browser.people import Visitor
from tests.builders import eventually
from tests.end_to_end.conftest import OpenServer, Server

PASSWORD = "correct horse battery"
SETUP = re.compile(r"/#/setup/[A-Za-z0-9_-]{43}")
LINK = re.compile(r"/#/(?:confirm|reset)/[A-Za-z0-9_-]{43}")
TOKEN = "JSON.parse(localStorage['jarvis.session']).token"
PRODUCTION: dict[str, Any] = {
    "JARVIS_ENV": "production",
    "JARVIS_REGISTRATION": "open",
    "JWT_SECRET": "Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE3k",
}


async def fill(page: Page, **fields: str) -> None:
    """Fill in the form that is in sight, and press Enter."""
    for name, value in fields.items():
        await page.type(f".door input[name={name}]", value)
    await page.press("Enter")


async def mailed(mails: MailServer, number: int) -> str:
    """The link in the mail of this number."""
    await eventually(lambda: len(mails.mails) >= number)
    message = message_from_bytes(mails.mails[number - 1], policy=policy.default)
    [link] = LINK.findall(message.get_content())
    return str(link)


async def inside(page: Page, name: str) -> None:
    await page.until(f"document.querySelector('nav.side .who')?.textContent === {name!r}")
    assert await page.evaluate("location.href.includes('token') || location.hash.length > 60") is False


async def test_the_link_in_the_log_makes_the_administrator(
    open_server: OpenServer, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        server = await open_server()
    [link] = SETUP.findall(caplog.text)
    page = await browser.page()
    await page.go(f"{server.url}{link}")
    await fill(page, email="root@corp.example", name="Root", password=PASSWORD)
    await inside(page, "Root")
    assert await page.evaluate(
        f"fetch('/auth/me', {{ headers: {{ Authorization: `Bearer ${{{TOKEN}}}` }} }})"
        ".then((answer) => answer.json()).then((me) => me.isAdministrator)"
    )
    other = await browser.page()
    await other.go(f"{server.url}{link}")
    await fill(other, email="second@corp.example", password=PASSWORD)
    await other.shows("no longer good", ".door [role=alert]")


async def test_an_account_of_ones_own_until_signing_out(open_server: OpenServer, browser: Browser) -> None:
    server = await open_server(None, **PRODUCTION)
    page = await browser.page()
    await page.go(server.url)
    await page.click(".door button", "Make an account")
    await fill(page, email="ana@corp.example", name="Ana", password="short")
    await page.until("document.querySelector('.door input[name=password]:invalid')")
    await page.evaluate("document.querySelector('.door input[name=password]').value = ''")
    await fill(page, password=PASSWORD)
    await inside(page, "Ana")
    await page.ask("Page.reload")
    await inside(page, "Ana")
    await page.evaluate("sessionStorage.setItem('jarvis.unsent.ana', '{}')")
    await page.click("nav.side button", "Sign out")
    await fill(page, email="ana@corp.example", password="wrong horse battery")
    await page.shows("wrong", ".door [role=alert]")
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    await page.evaluate("document.querySelector('.door input[name=password]').value = ''")
    await fill(page, password=PASSWORD)
    await inside(page, "Ana")


async def test_an_invitation_leads_into_its_room(server: Server, browser: Browser) -> None:
    ana = await server.person("Ana")
    room = await ana.open_room(title="Launch")
    invitation = await ana.post(f"/rooms/{room}/invitations", {})
    page = await browser.page()
    await page.go(f"{server.url}/#/invitation/{invitation['token']}")
    await page.shows("Ana invites you to “Launch”")
    await fill(page, email="ben@local", name="Ben")
    await page.until("document.querySelector('.talk h2')?.textContent === 'Launch'")
    cho = await Visitor.come(browser, server.url, "Cho")
    await cho.page.go(f"{server.url}/#/invitation/{invitation['token']}")
    await cho.page.click(".door button", "Join the room")
    await cho.page.until("document.querySelector('.talk h2')?.textContent === 'Launch'")
    assert {member["name"] for member in await ana.get(f"/rooms/{room}/members")} == {"Ana", "Ben", "Cho"}


async def test_a_link_from_an_administrator_sets_a_password(
    open_server: OpenServer, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        server = await open_server()
    [link] = SETUP.findall(caplog.text)
    ana = await server.person("Ana")
    body = {"token": link.rpartition("/")[2], "email": "root@corp.example", "password": PASSWORD}
    async with server.session.post(f"{server.url}/auth/setup", json=body) as response:
        root = replace(ana, token=(await response.json())["token"])
    made = await root.post(f"/admin/accounts/{ana.id}/reset-link")
    page = await browser.page()
    await page.go(server.url + made["url"][made["url"].index("/#/") :])
    await fill(page, password=PASSWORD)
    await inside(page, "Ana")


async def test_mails_confirm_an_address_and_replace_a_password(open_server: OpenServer, browser: Browser) -> None:
    async with mail_server() as (mails, port):
        server = await open_server(
            None, SMTP_URL=f"smtp://127.0.0.1:{port}", JARVIS_MAIL_FROM="jarvis@corp.example", **PRODUCTION
        )
        page = await browser.page("ko-KR")
        await page.go(server.url)
        await page.click(".door button", "계정 만들기")
        await fill(page, email="ana@corp.example", name="아나", password=PASSWORD)
        await page.shows("메일을 보냈어요")
        await page.go(f"{server.url}{await mailed(mails, 1)}")
        await page.click(".door button", "확인하고 들어가기")
        await inside(page, "아나")
        await page.click("nav.side button", "로그아웃")
        await page.click(".door button", "비밀번호를 잊으셨나요?")
        await page.until("document.querySelectorAll('.door input').length === 1")
        await fill(page, email="ana@corp.example")
        await page.shows("메일이 갔어요")
        await page.go(f"{server.url}{await mailed(mails, 2)}")
        await fill(page, password="a better password")
        await inside(page, "아나")


async def test_a_provider_vouches_for_people(open_server: OpenServer, browser: Browser) -> None:
    async with StandInIssuer(SystemClock().now).serving() as issuer:
        corp = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "issuer": issuer.url, "label": "Corp"}
        server = await open_server(
            None, JARVIS_OIDC=json.dumps({"corp": {**corp, "domains": ["corp.example"]}}), **PRODUCTION
        )
        page = await browser.page()
        await page.go(server.url)
        way = await page.until("document.querySelector('.door a.button')?.getAttribute('href')")
        await page.shows("Sign in with Corp")
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[server.url])
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            address = f"{server.url}{way}"
            async with session.get(address, allow_redirects=False) as response:
                back = issuer.authorize(response.headers["Location"])
            async with session.get(server.url + back[back.index("/auth/") :], allow_redirects=False) as response:
                home = response.headers["Location"]
        await page.go(server.url + home[home.index("/#/") :])
        await inside(page, "아나")


@pytest.mark.parametrize(
    ("link", "word"),
    [
        ("confirm/" + "x" * 43, "no longer good"),
        ("signed-in/nothing", "no longer good"),
        ("not-signed-in/ACCOUNT_DISABLED", "switched off"),
        ("invitation/nothing", "no longer good"),
    ],
)
async def test_a_link_that_is_good_for_nothing_says_so(server: Server, browser: Browser, link: str, word: str) -> None:
    page = await browser.page()
    await page.go(f"{server.url}/#/{link}")
    if link.startswith("confirm"):
        await page.click(".door button.primary")
    await page.shows(word, ".door")


async def test_tabs_are_one_session_that_goes_on(open_server: OpenServer, browser: Browser) -> None:
    server = await open_server(None, JARVIS_LOOK_SECONDS=0.01, JARVIS_ACCESS_MINUTES=15)
    account = {"email": "ana@corp.example", "password": PASSWORD, "name": "Ana"}
    async with server.session.post(f"{server.url}/auth/register", json=account) as response:
        assert response.status == 200
    page = await browser.page()
    await page.go(server.url)
    await page.click("summary")
    await page.type(".door details input[name=email]", account["email"])
    await page.type(".door details input[name=password]", PASSWORD)
    await page.press("Enter")
    await inside(page, "Ana")
    one = Visitor(page, server.url)
    await one.open_room("Kitchen")
    beside = await browser.beside(page)
    await beside.go(await page.evaluate("location.href"))
    other = Visitor(beside, server.url)
    await one.write("before")
    await other.reads("before")
    for number in range(3):
        stale = await page.evaluate(TOKEN)
        server.clock.advance(minutes=16)
        for each in (page, beside):
            await each.until(f"{TOKEN} !== {json.dumps(stale)}")
        await one.write(f"one {number}")
        await one.page.shows(f"one {number}", ".log [data-message]:last-child")
        await other.write(f"other {number}")
        await one.page.shows(f"other {number}", ".log [data-message]:last-child")
    for visitor in (one, other):
        await visitor.reads("before", "one 0", "other 0", "one 1", "other 1", "one 2", "other 2")
    await page.click("nav.side button", "Sign out")
    await beside.until("document.querySelector('.door')")
