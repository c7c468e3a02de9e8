"""Mail through a server that speaks SMTP."""

from email import message_from_bytes, policy

import pytest

from adapters.mail.smtp import NoMailer, SmtpMailer
from application.ports.mailer import Mail
from domain.errors import MailFailed
from tests.adapters.mail.server import mail_server
from tests.builders import FakeClock

MAIL = Mail(("ops@example.com", "on-call@example.com"), "자비스 on here", "데이터베이스 is away\n")


def mailer(port: int, credentials: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{credentials}127.0.0.1:{port}", "jarvis@example.com", FakeClock())


async def test_mail_goes_to_all_who_are_named_and_says_what_it_is() -> None:
    async with mail_server("AUTH PLAIN") as (server, port):
        await mailer(port, "ana:pa%2Fss@").send(MAIL)
    mail = message_from_bytes(server.mails[0], policy=policy.default)
    assert (mail["Subject"], mail["From"]) == ("자비스 on here", "jarvis@example.com")
    assert mail["To"] == "ops@example.com, on-call@example.com"
    assert mail["Date"] == "Mon, 16 Feb 2026 01:02:03 +0000"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n").rstrip(".\n") == MAIL.text.rstrip()
    recipients = [command for command in server.commands if command.lower().startswith("rcpt")]
    assert len(recipients) == 2
    assert any(command.startswith("AUTH") for command in server.commands)


async def test_a_password_does_not_leave_the_machine_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.mail.smtp._is_here", lambda host: False)
    async with mail_server("AUTH PLAIN") as (server, port):
        with pytest.raises(MailFailed):
            await mailer(port, "ana:secret@").send(MAIL)
    assert server.mails == []
    assert not any(command.startswith("AUTH") for command in server.commands)


async def test_a_refusal_of_the_server_is_told_without_its_words() -> None:
    async with mail_server() as (server, port):
        server.refuses = "RCPT"
        with pytest.raises(MailFailed) as refused:
            await mailer(port).send(MAIL)
    assert "Ana" not in str(refused.value)
    assert refused.value.__cause__ is None
    with pytest.raises(MailFailed):
        await mailer(port).send(MAIL)  # nobody listens there any more


async def test_nothing_can_be_slipped_into_the_head_of_a_mail() -> None:
    async with mail_server() as (server, port):
        with pytest.raises(MailFailed):
            await mailer(port).send(Mail(("a@example.com\r\nBcc: b@example.com",), "s", "t"))
        with pytest.raises(MailFailed):
            await mailer(port).send(Mail(("a@example.com",), "s\r\nBcc: b@example.com", "t"))
    assert server.mails == []


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail:25"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@host:port"):
        SmtpMailer(url, "jarvis@example.com", FakeClock())


async def test_without_a_server_there_is_no_mail() -> None:
    assert not NoMailer().works
    with pytest.raises(MailFailed):
        await NoMailer().send(MAIL)
