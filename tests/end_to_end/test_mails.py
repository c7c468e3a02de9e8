"""Mails with links, from the wish to the mail server and back, through the whole product."""

import re
from email import message_from_bytes, policy

import pytest

from tests.adapters.mail.server import MailServer, mail_server
from tests.builders import eventually
from tests.end_to_end.client import Answer
from tests.end_to_end.conftest import OpenServer, Server

ACCOUNT = {"email": "ana@corp.example", "password": "correct horse battery", "name": "아나"}
LINK = re.compile(r"https://chat\.example\.com/#/(confirm|reset)/([A-Za-z0-9_-]{43})")


async def post(server: Server, path: str, body: object, language: str = "ko") -> Answer:
    headers = {"Accept-Language": language}
    async with server.session.post(f"{server.url}{path}", json=body, headers=headers) as response:
        return Answer(response.status, await response.json())


async def mail(mails: MailServer, number: int) -> tuple[str, str, str, str]:
    """Whom the mail is to, its subject, and what its link is for."""
    await eventually(lambda: len(mails.mails) >= number)
    message = message_from_bytes(mails.mails[number - 1], policy=policy.default)
    [(purpose, secret)] = LINK.findall(message.get_content())
    return message["To"], message["Subject"], purpose, secret


@pytest.fixture
def settings() -> dict[str, object]:
    return {"JARVIS_PUBLIC_URL": "https://chat.example.com", "JARVIS_MAIL_FROM": "jarvis@corp.example"}


async def test_an_account_is_confirmed_and_its_password_reset_by_links_from_mails(
    open_server: OpenServer, settings: dict[str, object]
) -> None:
    async with mail_server() as (mails, port):
        server = await open_server(SMTP_URL=f"smtp://127.0.0.1:{port}", **settings)
        registered = await post(server, "/auth/register", ACCOUNT)
        assert registered.body == {"ok": True, "confirmation": "mail"}
        to, subject, purpose, secret = await mail(mails, 1)
        assert (to, subject, purpose) == (ACCOUNT["email"], "자비스 가입 확인", "confirm")
        assert (await post(server, "/auth/login", ACCOUNT)).error == "INVALID_CREDENTIALS"
        confirmed = await post(server, "/auth/register/confirm", {"token": secret})
        assert confirmed.body["user"]["name"] == "아나"
        assert (await post(server, "/auth/register/confirm", {"token": secret})).error == "LINK_INVALID"
        assert (await post(server, "/auth/login", ACCOUNT)).status == 200

        assert (await post(server, "/auth/password/forgot", {"email": "nobody@corp.example"})).status == 200
        assert (await post(server, "/auth/password/forgot", ACCOUNT, "en")).status == 200
        to, subject, purpose, secret = await mail(mails, 2)
        assert (to, subject, purpose) == (ACCOUNT["email"], "Choose another Jarvis password", "reset")
        reset = {"token": secret, "password": "a better password"}
        assert (await post(server, "/auth/password/reset", reset)).status == 200
        assert (await post(server, "/auth/password/reset", reset)).error == "LINK_INVALID"
        assert (await post(server, "/auth/login", ACCOUNT)).error == "INVALID_CREDENTIALS"
        assert (await post(server, "/auth/login", {**ACCOUNT, "password": "a better password"})).status == 200
        assert len(mails.mails) == 2


async def test_a_mail_server_that_is_away_is_tried_again(open_server: OpenServer, settings: dict[str, object]) -> None:
    async with mail_server() as (mails, port):
        mails.refuses = "MAIL"
        server = await open_server(
            SMTP_URL=f"smtp://127.0.0.1:{port}",
            JARVIS_ANSWER_PAUSE_SECONDS=0.01,
            JARVIS_SWEEP_SECONDS=0.02,
            **settings,
        )
        assert (await post(server, "/auth/register", ACCOUNT)).status == 200
        await eventually(lambda: any(command.startswith("mail") for command in map(str.lower, mails.commands)))
        mails.refuses = None
        to, _, _, secret = await mail(mails, 1)
        assert to == ACCOUNT["email"]
        assert (await post(server, "/auth/register/confirm", {"token": secret})).status == 200
