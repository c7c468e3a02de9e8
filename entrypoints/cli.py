"""The command line: ``jarvis --help``."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import click

from entrypoints import container, scheduler, server
from entrypoints import worker as workers
from entrypoints.cluster import keep_cluster
from entrypoints.commands import (
    BAD_SETTINGS,
    FAILED,
    beside_servers,
    database_url,
    run,
    secret_of,
    settings_or_stop,
    stop,
)
from entrypoints.demo import PEOPLE, seed
from entrypoints.describe import asyncapi
from entrypoints.processes import serve_together
from entrypoints.settings import Settings
from entrypoints.supervision import CannotStart
from entrypoints.talk import CannotTalk, Talk
from entrypoints.upkeep import accounts, backlog, migrate, stored_files, vectors
from entrypoints.verify.run import Plan
from entrypoints.verify.run import verify as check
from entrypoints.verify.wire import CannotVerify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Jarvis: a team messenger with an AI teammate in every room.

    Settings come from the environment or a file .env in the current folder; .env.example explains each.
    """


@main.command()
def up() -> None:
    """Start everything in one process, with its own PostgreSQL.

    Keeps all data under JARVIS_DATA (./.jarvis), or in the database that DATABASE_URL names.
    """
    settings = settings_or_stop().model_copy(update={"redis_url": None})
    with ExitStack() as stack:
        _serve(settings, database_url(settings, stack))


@main.command()
@click.option("--port", type=click.IntRange(0, 65_535), help="The port to listen on, instead of PORT.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 256), help="How many share the port.")
@click.option("--together", hidden=True, is_flag=True, help="Be one of several; stop when the standard input ends.")
def serve(port: int | None, processes: int, together: bool) -> None:
    """Start a server over the database that DATABASE_URL names.

    On a machine with many cores --processes has several share its port; they need REDIS_URL to hear of one another.
    """
    settings = settings_or_stop()
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    if settings.database_url is None:
        stop(BAD_SETTINGS, "DATABASE_URL: is missing; name the database to serve, or use: jarvis up")
    if processes == 1:
        _serve(settings, settings.database_url.get_secret_value(), together=together)
        return
    if settings.redis_url is None:
        stop(BAD_SETTINGS, "REDIS_URL: is missing; several processes need it to hear of one another")
    run(lambda: _serve_together(settings, processes))


@main.command()
def worker() -> None:
    """Answer questions to Jarvis and do all jobs, beside servers and other workers.

    As many lanes of them at once as JARVIS_ANSWERS_AT_ONCE says, over the database that DATABASE_URL names and the
    Redis that REDIS_URL names. Unless JARVIS_REMEMBERING is off it also indexes what is said, translates rooms and
    tells outgoing hooks.
    """
    beside_servers(lambda product: workers.run(product, lambda: click.echo("Jarvis is answering (stop with Ctrl-C)")))


@main.command("scheduler")
def schedule() -> None:
    """Do what is periodic: see that no question and no job is forgotten, have made what is made weekly, clean up.

    Any number of these may run: one works, and when it dies another one takes over.
    """
    beside_servers(
        lambda product: scheduler.run(product, lambda: click.echo("Jarvis is keeping watch (stop with Ctrl-C)"))
    )


@main.command()
def cluster() -> None:
    """Start what compose.yaml starts, on this machine: servers, workers, scheduler, PostgreSQL and Redis.

    The servers listen on PORT and the next port. All settings are those of production, but for the development
    sign-in; DATABASE_URL and REDIS_URL are not heeded. What dies is started again. Keeps all data under JARVIS_DATA.
    """
    settings = settings_or_stop()

    def ready(ports: Sequence[int]) -> None:
        addresses = " and ".join(server.address(settings, port) for port in ports)
        click.echo(f"Jarvis is listening on {addresses} (stop with Ctrl-C)")

    try:
        run(lambda: asyncio.run(keep_cluster(settings, secret_of(settings), ready)))
    except CannotStart as error:
        stop(FAILED, str(error))


@main.command()
def demo() -> None:
    """Start all in memory, with people, rooms and talk to try things on. Nothing is kept."""
    settings = settings_or_stop()
    product = container.in_memory(settings, secret_of(settings))
    people = "\n".join(f"  {name:<10} {email}" for email, name in PEOPLE)
    click.echo(f"Nothing is kept when this ends. Sign in (POST /auth/dev) as one of\n{people}")
    run(lambda: server.run(product, _announce(settings), first=seed))


@main.command()
@click.option("--url", default="http://localhost:8080", show_default=True, help="Where the server is.")
@click.option("--as", "email", default="dev1@local", show_default=True, help="The email to sign in with.")
@click.option("--room", default="jarvis", show_default=True, help="The room, by title; opened when there is none.")
@click.option("--invite", multiple=True, help="Somebody to add to the room, by name or email; may be repeated.")
def talk(url: str, email: str, room: str, invite: tuple[str, ...]) -> None:
    """Talk in a room from the terminal: each line typed is sent.

    "자비스야 …" asks Jarvis. "/do …" has Jarvis do something, "/me …" the same for you alone; "/yes" and "/no" answer
    what Jarvis asks before, "/stop" stops the answer.
    """
    try:
        asyncio.run(Talk(url, email, room, invite).run())
    except CannotTalk as error:
        stop(FAILED, str(error), heading="Cannot talk:")


@main.command()
@click.option("--url", "urls", multiple=True, help="Where a server is; may be repeated. [http://localhost:8080]")
@click.option("--token", "tokens", multiple=True, help="Of somebody to act as, instead of /auth/dev; repeatable.")
@click.option("--clients", default=20, show_default=True, type=click.IntRange(1, 2000), help="How many take part.")
@click.option("--rooms", default=4, show_default=True, type=click.IntRange(1, 500), help="How many rooms they share.")
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0), help="How long they talk.")
@click.option("--rate", default=10.0, show_default=True, type=click.FloatRange(0), help="Sends a second and client.")
@click.option(
    "--cut", default=2.0, show_default=True, type=click.FloatRange(0), help="Seconds that a connection lasts."
)
@click.option("--patience", default=30.0, show_default=True, type=click.FloatRange(1), help="Seconds for any wait.")
@click.option("--seed", default=0, show_default=True, help="Another one cuts connections at other times.")
@click.option("--keep", is_flag=True, help="Leave the rooms; after a fault they stay anyhow.")
def verify(urls: tuple[str, ...], **options: Any) -> None:
    """Check that servers lose nothing, repeat nothing and keep one order.

    Prints a report as JSON. The exit status is 0 where nothing was found, 1 where something was, or where the servers
    could not be checked. docs/guarantees.md says what this proves.
    """
    try:
        report = asyncio.run(check(Plan(urls=urls or ("http://localhost:8080",), **options)))
    except CannotVerify as error:
        stop(FAILED, str(error), heading="Cannot verify:")
    click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    sys.exit(0 if report.verdict.good else FAILED)


for group in (accounts, asyncapi, backlog, migrate, stored_files, vectors):
    main.add_command(group)


def _serve(settings: Settings, database_url: str, *, together: bool = False) -> None:
    def start() -> None:
        container.migrate_up(database_url)
        product = container.live(settings, secret_of(settings), database_url)
        server.run(product, _announce(settings), together=together)

    run(start)


def _serve_together(settings: Settings, processes: int) -> None:
    try:
        sys.exit(asyncio.run(serve_together(settings, processes, _announce(settings))))
    except CannotStart as error:
        stop(error.status, str(error))


def _announce(settings: Settings) -> Callable[[int], None]:
    return lambda port: click.echo(f"Jarvis is listening on {server.address(settings, port)} (stop with Ctrl-C)")


if __name__ == "__main__":
    main()
