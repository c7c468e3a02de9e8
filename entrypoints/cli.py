"""The command line: ``jarvis --help``."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import NoReturn

import click

from domain.errors import DomainError
from entrypoints import container, logs, server
from entrypoints.demo import PEOPLE, seed
from entrypoints.secret import development_secret
from entrypoints.settings import BadSettings, Settings, load
from entrypoints.talk import CannotTalk, Talk

_BAD_SETTINGS = 2
_FAILED = 1


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
    settings = _settings()
    with ExitStack() as stack:
        _serve(settings, _database_url(settings, stack))


@main.command()
def serve() -> None:
    """Start a server over the database that DATABASE_URL names."""
    settings = _settings()
    if settings.database_url is None:
        _stop(_BAD_SETTINGS, "DATABASE_URL: is missing; name the database to serve, or use: jarvis up")
    _serve(settings, settings.database_url.get_secret_value())


@main.command()
def demo() -> None:
    """Start all in memory, with people, rooms and talk to try things on. Nothing is kept."""
    settings = _settings()
    product = container.in_memory(settings, _secret(settings))
    people = "\n".join(f"  {name:<10} {email}" for email, name in PEOPLE)
    click.echo(f"Nothing is kept when this ends. Sign in (POST /auth/dev) as one of\n{people}")
    _run(lambda: server.run(product, _announce(settings), first=seed))


@main.command()
@click.option("--url", default="http://localhost:8080", show_default=True, help="Where the server is.")
@click.option("--as", "email", default="dev1@local", show_default=True, help="The email to sign in with.")
@click.option("--room", default="jarvis", show_default=True, help="The room, by title; opened when there is none.")
@click.option("--invite", multiple=True, help="Somebody to add to the room, by name or email; may be repeated.")
def talk(url: str, email: str, room: str, invite: tuple[str, ...]) -> None:
    """Talk in a room from the terminal: each line typed is sent."""
    try:
        asyncio.run(Talk(url, email, room, invite).run())
    except CannotTalk as error:
        _stop(_FAILED, str(error), heading="Cannot talk:")


@main.group()
def migrate() -> None:
    """Change the database's tables, or see how they stand."""


@migrate.command("up")
def migrate_up() -> None:
    """Apply every migration that is missing."""
    _on_database(lambda url: _report(container.migrate_up(url), "applied", "Everything is applied already."))


@migrate.command("down")
@click.option("--steps", default=1, show_default=True, type=click.IntRange(min=1), help="How many to take back.")
def migrate_down(steps: int) -> None:
    """Take the newest migrations back, and what they hold with them."""
    _on_database(lambda url: _report(container.migrate_down(url, steps), "taken back", "Nothing is applied."))


@migrate.command()
def status() -> None:
    """List the migrations, and which are applied."""

    def show(url: str) -> None:
        for migration in container.migration_status(url):
            click.echo(f"{'applied' if migration.applied_at else 'missing':<8} {migration.name}")

    _on_database(show)


def _serve(settings: Settings, database_url: str) -> None:
    def start() -> None:
        container.migrate_up(database_url)
        product = container.live(settings, _secret(settings), database_url)
        server.run(product, _announce(settings))

    _run(start)


def _on_database(action: Callable[[str], None]) -> None:
    settings = _settings()
    with ExitStack() as stack:
        url = _database_url(settings, stack)
        _run(lambda: action(url))


def _settings() -> Settings:
    try:
        settings = load()
        if settings.database_url is not None:
            container.read_dsn(settings.database_url.get_secret_value())
    except BadSettings as bad:
        _stop(_BAD_SETTINGS, *bad.faults)
    except ValueError as error:
        _stop(_BAD_SETTINGS, f"DATABASE_URL: {error}")
    logs.set_up(settings.log_level)
    return settings


def _secret(settings: Settings) -> str:
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    try:
        return development_secret(settings.data)
    except OSError as error:
        _stop(_FAILED, f"JARVIS_DATA: {settings.data} cannot be written to: {error.strerror}")


def _database_url(settings: Settings, stack: ExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    postgres = container.EmbeddedPostgres(settings.data, settings={"max_connections": str(settings.pool_max + 20)})
    try:
        url = postgres.start()
    except container.EmbeddedPostgresError as error:
        _stop(_FAILED, str(error))
    stack.callback(postgres.stop)
    return url


def _announce(settings: Settings) -> Callable[[int], None]:
    return lambda port: click.echo(f"Jarvis is listening on {server.address(settings, port)} (stop with Ctrl-C)")


def _report(names: list[str], what: str, nothing: str) -> None:
    for name in names:
        click.echo(f"{what}: {name}")
    if not names:
        click.echo(nothing)


def _run(action: Callable[[], None]) -> None:
    try:
        action()
    except DomainError as error:
        _stop(_FAILED, error.message)
    except server.CannotListen as error:
        _stop(_FAILED, f"HOST, PORT: {error}")
    except (container.MigrationFailed, OSError) as error:
        _stop(_FAILED, str(error))


def _stop(status_: int, *lines: str, heading: str = "Jarvis cannot start:") -> NoReturn:
    click.echo("\n".join((heading, *(f"  {line}" for line in lines))), err=True)
    sys.exit(status_)


if __name__ == "__main__":
    main()
