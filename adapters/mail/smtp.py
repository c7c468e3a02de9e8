"""Mail through a server that takes it by SMTP."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from application.ports.clock import Clock
from application.ports.mailer import Mail, Mailer
from domain.errors import MailFailed

_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}


class SmtpMailer:
    """Sends through ``smtp://user:password@host:587`` (TLS where the server offers it) or ``smtps://…``.

    A password is sent over TLS alone, or to this machine.
    """

    works = True

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        """Raises ValueError where the address of the server cannot be read."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("must be smtp://user:password@host:port or smtps://user:password@host:port")
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        us = self._sender.rpartition("@")[2]
        message = EmailMessage()
        try:
            message["Subject"], message["From"], message["To"] = mail.subject, self._sender, ", ".join(mail.to)
            message["Date"] = format_datetime(self._clock.now())
            message["Message-ID"] = make_msgid(domain=us or "localhost")
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(mail.text)
            await asyncio.to_thread(self._deliver, message, us)
        except (OSError, smtplib.SMTPException, ValueError, UnicodeError):
            # What the server says may quote an address or a name.
            raise MailFailed from None

    def _deliver(self, message: EmailMessage, us: str) -> None:
        # ``us`` is said in greeting: else a name server would be asked for our name.
        context = ssl.create_default_context()
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(self._host, self._port, us, timeout=_SECONDS, context=context)
            if self._is_tls
            else smtplib.SMTP(self._host, self._port, us, timeout=_SECONDS)
        )
        with server:
            is_private = self._is_tls or _is_here(self._host)
            server.ehlo()
            if not self._is_tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                is_private = True
            if self._user:
                if not is_private:
                    raise ValueError("the mail server offers no TLS, so the password was not sent")
                server.login(self._user, self._password)
            server.send_message(message)


class NoMailer:
    """For an installation that has no mail server."""

    works = False

    async def send(self, mail: Mail) -> None:  # noqa: ARG002
        raise MailFailed


def mailer_at(url: str | None, sender: str, clock: Clock) -> Mailer:
    """A way through this server; none where there is none. Raises ValueError as SmtpMailer does."""
    return NoMailer() if url is None else SmtpMailer(url, sender, clock)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
