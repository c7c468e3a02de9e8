"""Alarms by mail."""

from collections.abc import Sequence

from application.ports.mailer import Mail, Mailer


class MailChannel:
    """Sends to these addresses."""

    def __init__(self, mailer: Mailer, recipients: Sequence[str]) -> None:
        self._mailer = mailer
        self._recipients = tuple(recipients)

    async def send(self, subject: str, text: str) -> None:
        await self._mailer.send(Mail(self._recipients, subject, text))
