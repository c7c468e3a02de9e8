"""Mail that goes nowhere."""

from application.ports.mailer import Mail


class KeepingMailer:
    """Keeps what it is given."""

    works = True

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)
