"""Commands for whoever runs the place: what waits, the vectors of what was said, the tables."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import click

from domain.errors import InvalidInput, NotFound
from entrypoints import appointment, container, embeddings, jobs, stray_files
from entrypoints.commands import FAILED, on_database, on_product, stop
from entrypoints.container import Product


@click.group("jobs", invoke_without_command=True)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="How many to show.")
@click.pass_context
def backlog(context: click.Context, limit: int) -> None:
    """List the questions to Jarvis that have no answer, and the jobs that are not done.

    Those that wait, are being worked on, are put off after a fault, or were set aside as failed, with how long ago they
    were asked for, how often they were tried and what the last attempt failed of. What was asked is not shown.
    """
    if context.invoked_subcommand is None:
        on_product(lambda product: _report_jobs(asyncio.run(jobs.listed(product, limit))))


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
            stop(FAILED, f"{request_id} was not set aside", heading="Cannot retry:")
        click.echo(f"Runs again: {count}")

    on_product(run)


@click.group("accounts")
def accounts() -> None:
    """Look after accounts where no administrator can."""


@accounts.command("appoint")
@click.argument("email")
def appoint(email: str) -> None:
    """Make the account with this address an administrator's, and show a link for its password.

    For installations whose administrators are gone, or whose people came from elsewhere.
    """

    def make(product: Product) -> None:
        try:
            made = asyncio.run(appointment.appointed(product, email))
        except (InvalidInput, NotFound):
            stop(FAILED, f"nobody has the address {email}", heading="Cannot appoint:")
        click.echo(
            f"{email} is an administrator. Until {made.expires_at:%Y-%m-%d %H:%M} UTC a password can be chosen at"
        )
        click.echo(made.link)

    on_product(make)


@click.group()
def migrate() -> None:
    """Change the database's tables, or see how they stand."""


@migrate.command("up")
def migrate_up() -> None:
    """Apply every migration that is missing."""
    on_database(lambda url: _report(container.migrate_up(url), "applied", "Everything is applied already."))


@migrate.command("down")
@click.option("--steps", default=1, show_default=True, type=click.IntRange(min=1), help="How many to take back.")
def migrate_down(steps: int) -> None:
    """Take the newest migrations back, and what they hold with them."""
    on_database(lambda url: _report(container.migrate_down(url, steps), "taken back", "Nothing is applied."))


@migrate.command()
def status() -> None:
    """List the migrations, and which are applied."""

    def show(url: str) -> None:
        for migration in container.migration_status(url):
            click.echo(f"{'applied' if migration.applied_at else 'missing':<8} {migration.name}")

    on_database(show)


@click.group("embeddings")
def vectors() -> None:
    """See how far the vectors of what was said are, or make them anew."""


@vectors.command("status")
def vectors_status() -> None:
    """Tell the model, and how many messages have their vector."""

    def show(product: Product) -> None:
        for line in asyncio.run(embeddings.status(product)):
            click.echo(line)

    on_product(show)


@vectors.command("rebuild")
def vectors_rebuild() -> None:
    """Make every vector anew, and wait until all are there.

    Those that are there serve until they are replaced. Workers help; what is broken off they finish by themselves.
    """

    def make(product: Product) -> None:
        with click.progressbar(length=1, label="Embedding", show_pos=True) as bar:

            def told(left: int) -> None:
                bar.length = max(bar.length or 1, left)
                bar.update(bar.length - left - bar.pos)

            kept = asyncio.run(embeddings.rebuild(product, told))
        if not kept:
            stop(FAILED, embeddings.NO_VECTORS, heading="Cannot rebuild:")

    on_product(make)


@click.group("files")
def stored_files() -> None:
    """See what is in the storage of files that nothing refers to."""


@stored_files.command("strays")
@click.option("--remove", is_flag=True, help="Remove them. Make sure that this is the database the storage belongs to.")
def stray(*, remove: bool) -> None:
    """List files that the database knows nothing of, as there are after an older backup of it was put back."""

    def look(product: Product) -> None:
        found = asyncio.run(stray_files.strays(product, remove=remove))
        for key in found:
            click.echo(f"{'removed' if remove else 'stray'}: {key}")
        if not found:
            click.echo("The database knows of every file.")

    on_product(look)


def _report_jobs(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("Every question has its answer.")


def _report(names: list[str], what: str, nothing: str) -> None:
    for name in names:
        click.echo(f"{what}: {name}")
    if not names:
        click.echo(nothing)
