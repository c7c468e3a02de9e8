"""What the documents list is what there is."""

import re
from collections.abc import Iterator

import click
from prometheus_client.parser import text_string_to_metric_families

from adapters.observability.metrics import Metrics
from entrypoints.cli import main
from tests.architecture.source import ROOT


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    return re.split(r"^#+ ", text.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def commands(command: click.Command, way: str = "") -> Iterator[str]:
    """Every command that does something, as it is typed."""
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield way
    if isinstance(command, click.Group):
        for name, of in command.commands.items():
            yield from commands(of, f"{way} {name}".strip())


def test_every_command_and_no_other_is_in_the_table_of_commands() -> None:
    rows = re.findall(r"^\| (`jarvis .+?) \|", section(document("operations.md"), "Starting"), re.MULTILINE)
    typed = [command for row in rows for command in re.findall(r"`([a-z][^`]*)`", row)]
    shown = {re.split(r" (?:-|[A-Z…])", command.removeprefix("jarvis "))[0] for command in typed}
    assert shown - {command for command in shown if command.startswith("make ")} == set(commands(main))


async def test_every_metric_is_in_the_table_of_metrics() -> None:
    families = text_string_to_metric_families((await Metrics().show()).decode())
    names = {f"{family.name}_total" if family.type == "counter" else family.name for family in families}
    shown = set(re.findall(r"`(jarvis_\w+)`", section(document("operations.md"), "Metrics")))
    assert {name for name in names if name.startswith("jarvis_")} == shown


def test_headings_stand_apart() -> None:
    files = [ROOT / "README.md", ROOT / ".env.example", *sorted((ROOT / "docs").glob("*.md"))]
    for file in files:
        heading = r"# ---" if file.name == ".env.example" else r"##"
        close = re.findall(rf"^[^\n]+\n{heading}.*$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert close == [], file.name
