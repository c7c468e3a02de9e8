"""Accounts with passwords, and the mails that are sent to them."""

from domain.ids import UserId
from domain.sessions import Device
from domain.users import User
from tests.in_memory import InMemoryJarvis

EMAIL, PASSWORD, OTHER = "ana@corp.example", "correct horse battery", "staple of another kind"
DEVICE = Device("Firefox", "10.0.0.1")


async def an_account(jarvis: InMemoryJarvis, email: str = EMAIL, password: str | None = PASSWORD) -> User:
    async with jarvis.work() as work:
        user = await work.users.sign_in(
            User(UserId(jarvis.ids.new()), email, "Ana", jarvis.clock.now()),
            rename=False,
        )
        if password is not None:
            await work.accounts.set_password(user.id, await jarvis.hasher.hash(password), jarvis.clock.now())
    return user


def secret_in(jarvis: InMemoryJarvis, number: int = -1) -> str:
    """The secret of the link in a mail that was sent."""
    [line] = [line for line in jarvis.mailer.sent[number].text.splitlines() if line.startswith("https://")]
    return line.rpartition("/")[2]


async def run_jobs(jarvis: InMemoryJarvis) -> None:
    """Do what workers would do."""
    handlers = {"reset-mail": jarvis.doors.recovery.send, "registration-mail": jarvis.doors.registration.send}
    for job in list(jarvis.store.jobs.values()):
        await handlers[job.job.kind](job.job)
    jarvis.store.jobs.remove(*list(jarvis.store.jobs))
