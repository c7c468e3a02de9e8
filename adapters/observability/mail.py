"""Alarms by mail."""

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}


class MailChannel:
    """Sends through ``smtp://user:password@host:587`` (TLS where the server offers it) or ``smtps://…``.

    A password is sent over TLS alone, or to this machine.
    """

    def __init__(self, url: str, sender: str, recipients: Sequence[str]) -> None:
        """Raises ValueError where the address of the server cannot be read."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("must be smtp://user:password@host:port or smtps://user:password@host:port")
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._recipients = tuple(recipients)

    async def send(self, subject: str, text: str) -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self._sender, ", ".join(self._recipients)
        message.set_content(text)
        await asyncio.to_thread(self._deliver, message)

    def _deliver(self, message: EmailMessage) -> None:
        context = ssl.create_default_context()
        us = self._sender.rpartition("@")[2]  # else a name server would be asked for our name
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


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
