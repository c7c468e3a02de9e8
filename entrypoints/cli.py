"""The command line: ``jarvis --help``."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, NoReturn
from uuid import UUID

import click

from domain.errors import DomainError, NotFound
from entrypoints import container, jobs, logs, scheduler, server
from entrypoints import worker as workers
from entrypoints.cluster import keep_cluster
from entrypoints.container import Product
from entrypoints.demo import PEOPLE, seed
from entrypoints.processes import serve_together
from entrypoints.secret import development_secret
from entrypoints.settings import BadSettings, Settings, load
from entrypoints.supervision import CannotStart
from entrypoints.talk import CannotTalk, Talk
from entrypoints.verify.run import Plan
from entrypoints.verify.run import verify as check
from entrypoints.verify.wire import CannotVerify

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
    settings = _settings().model_copy(update={"redis_url": None})
    with ExitStack() as stack:
        _serve(settings, _database_url(settings, stack))


@main.command()
@click.option("--port", type=click.IntRange(0, 65_535), help="The port to listen on, instead of PORT.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 256), help="How many share the port.")
@click.option("--together", hidden=True, is_flag=True, help="Be one of several; stop when the standard input ends.")
def serve(port: int | None, processes: int, together: bool) -> None:
    """Start a server over the database that DATABASE_URL names.

    On a machine with many cores --processes has several share its port; they need REDIS_URL to hear of one another.
    """
    settings = _settings()
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    if settings.database_url is None:
        _stop(_BAD_SETTINGS, "DATABASE_URL: is missing; name the database to serve, or use: jarvis up")
    if processes == 1:
        _serve(settings, settings.database_url.get_secret_value(), together=together)
        return
    if settings.redis_url is None:
        _stop(_BAD_SETTINGS, "REDIS_URL: is missing; several processes need it to hear of one another")
    _run(lambda: _serve_together(settings, processes))


@main.command()
def worker() -> None:
    """Answer questions to Jarvis, beside servers and other workers.

    As many rooms and people at once as JARVIS_ANSWERS_AT_ONCE says, over the database that DATABASE_URL names and the
    Redis that REDIS_URL names.
    """
    _beside_servers(lambda product: workers.run(product, lambda: click.echo("Jarvis is answering (stop with Ctrl-C)")))


@main.command("scheduler")
def schedule() -> None:
    """Do what is periodic: see that no question to Jarvis is forgotten, and clean up.

    Any number of these may run: one works, and when it dies another one takes over.
    """
    _beside_servers(
        lambda product: scheduler.run(product, lambda: click.echo("Jarvis is keeping watch (stop with Ctrl-C)"))
    )


@main.group("jobs", invoke_without_command=True)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="How many to show.")
@click.pass_context
def backlog(context: click.Context, limit: int) -> None:
    """List the questions to Jarvis that have no answer, and the jobs that are not done.

    Those that wait, are being worked on, are put off after a fault, or were set aside as failed, with how long ago they
    were asked for, how often they were tried and what the last attempt failed of. What was asked is not shown.
    """
    if context.invoked_subcommand is None:
        _on_product(lambda product: _report_jobs(asyncio.run(jobs.listed(product, limit))))


@backlog.command("retry")
@click.argument("request_id", metavar="[ID]", required=False, type=click.UUID)
@click.option("--all", "every", is_flag=True, help="All that were set aside.")
def retry(request_id: UUID | None, every: bool) -> None:
    """Have a question that was set aside answered after all, a job done, or all of them."""
    if (request_id is None) != every:
        raise click.UsageError("Name the question or job by the ID that `jarvis jobs` shows, or say --all.")

    def run(product: Product) -> None:
        try:
            count = asyncio.run(jobs.retry(product, request_id))
        except NotFound:
            _stop(_FAILED, f"{request_id} was not set aside", heading="Cannot retry:")
        click.echo(f"Runs again: {count}")

    _on_product(run)


@main.command()
def cluster() -> None:
    """Start what compose.yaml starts, on this machine: servers, workers, scheduler, PostgreSQL and Redis.

    The servers listen on PORT and the next port. All settings are those of production, but for the development
    sign-in; DATABASE_URL and REDIS_URL are not heeded. What dies is started again. Keeps all data under JARVIS_DATA.
    """
    settings = _settings()

    def ready(ports: Sequence[int]) -> None:
        addresses = " and ".join(server.address(settings, port) for port in ports)
        click.echo(f"Jarvis is listening on {addresses} (stop with Ctrl-C)")

    try:
        _run(lambda: asyncio.run(keep_cluster(settings, _secret(settings), ready)))
    except CannotStart as error:
        _stop(_FAILED, str(error))


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
        _stop(_FAILED, str(error), heading="Cannot verify:")
    click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    sys.exit(0 if report.verdict.good else _FAILED)


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


def _serve(settings: Settings, database_url: str, *, together: bool = False) -> None:
    def start() -> None:
        container.migrate_up(database_url)
        product = container.live(settings, _secret(settings), database_url)
        server.run(product, _announce(settings), together=together)

    _run(start)


def _serve_together(settings: Settings, processes: int) -> None:
    try:
        sys.exit(asyncio.run(serve_together(settings, processes, _announce(settings))))
    except CannotStart as error:
        _stop(error.status, str(error))


def _on_database(action: Callable[[str], None]) -> None:
    settings = _settings()
    with ExitStack() as stack:
        url = _database_url(settings, stack)
        _run(lambda: action(url))


def _on_product(action: Callable[[Product], None]) -> None:
    settings = _settings()
    with ExitStack() as stack:
        url = _database_url(settings, stack)
        _run(lambda: action(container.live(settings, _secret(settings), url)))


def _beside_servers(action: Callable[[Product], None]) -> None:
    settings = _settings()
    if settings.database_url is None or settings.redis_url is None:
        missing = [
            f"{name}: is missing; servers, workers and schedulers meet there"
            for name, value in (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url))
            if value is None
        ]
        _stop(_BAD_SETTINGS, *missing)
    url = settings.database_url.get_secret_value()

    def start() -> None:
        container.migrate_up(url)
        action(container.live(settings, _secret(settings), url))

    _run(start)


def _report_jobs(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("Every question has its answer.")


def _settings() -> Settings:
    try:
        settings = load()
        if settings.database_url is not None:
            container.read_dsn(settings.database_url.get_secret_value())
    except BadSettings as bad:
        _stop(_BAD_SETTINGS, *bad.faults)
    except ValueError as error:
        _stop(_BAD_SETTINGS, f"DATABASE_URL: {error}")
    logs.set_up(settings)
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
