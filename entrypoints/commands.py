"""What the commands share: settings, the database, and how a failure is told."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import NoReturn

import click

from domain.errors import DomainError
from entrypoints import container, logs, server
from entrypoints.container import Product
from entrypoints.secret import development_secret
from entrypoints.settings import BadSettings, Settings, load

BAD_SETTINGS = 2
FAILED = 1


def on_database(action: Callable[[str], None]) -> None:
    """Do something to the database that is set, or to the embedded one."""
    settings = settings_or_stop()
    with ExitStack() as stack:
        url = database_url(settings, stack)
        run(lambda: action(url))


def on_product(action: Callable[[Product], None]) -> None:
    """Do something with the product over that database, whose tables are as they are."""
    settings = settings_or_stop()
    with ExitStack() as stack:
        url = database_url(settings, stack)
        run(lambda: action(container.live(settings, secret_of(settings), url)))


def beside_servers(action: Callable[[Product], None]) -> None:
    """Do the work of a process that stands beside servers: the database and Redis must be set."""
    settings = settings_or_stop()
    if settings.database_url is None or settings.redis_url is None:
        missing = [
            f"{name}: is missing; servers, workers and schedulers meet there"
            for name, value in (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url))
            if value is None
        ]
        stop(BAD_SETTINGS, *missing)
    url = settings.database_url.get_secret_value()

    def start() -> None:
        container.migrate_up(url)
        action(container.live(settings, secret_of(settings), url))

    run(start)


def settings_or_stop() -> Settings:
    """The settings, and logs set up as they say; ends the process where they cannot be used."""
    try:
        settings = load()
        if settings.database_url is not None:
            container.read_dsn(settings.database_url.get_secret_value())
    except BadSettings as bad:
        stop(BAD_SETTINGS, *bad.faults)
    except ValueError as error:
        stop(BAD_SETTINGS, f"DATABASE_URL: {error}")
    logs.set_up(settings)
    return settings


def secret_of(settings: Settings) -> str:
    """What signs the tokens."""
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    try:
        return development_secret(settings.data)
    except OSError as error:
        stop(FAILED, f"JARVIS_DATA: {settings.data} cannot be written to: {error.strerror}")


def database_url(settings: Settings, stack: ExitStack) -> str:
    """Where the database is; an embedded one runs until the stack is closed."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    postgres = container.EmbeddedPostgres(settings.data, settings={"max_connections": str(settings.pool_max + 20)})
    try:
        url = postgres.start()
    except container.EmbeddedPostgresError as error:
        stop(FAILED, str(error))
    stack.callback(postgres.stop)
    return url


def run(action: Callable[[], None]) -> None:
    """Do it, and end the process with what a person understands where it fails."""
    try:
        action()
    except DomainError as error:
        stop(FAILED, error.message)
    except server.CannotListen as error:
        stop(FAILED, f"HOST, PORT: {error}")
    except (container.MigrationFailed, OSError) as error:
        stop(FAILED, str(error))


def stop(status_: int, *lines: str, heading: str = "Jarvis cannot start:") -> NoReturn:
    """End the process with these lines."""
    click.echo("\n".join((heading, *(f"  {line}" for line in lines))), err=True)
    sys.exit(status_)
