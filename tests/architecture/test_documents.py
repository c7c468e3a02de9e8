"""What the documents list is what there is."""

import re
from collections.abc import Iterator

import click
from prometheus_client.parser import text_string_to_metric_families

from adapters.observability.metrics import Metrics
from adapters.websocket.description import client_messages
from domain.errors import Kind
from entrypoints.cli import main
from tests.architecture.source import ROOT
from tests.described import openapi
from tests.refusals import REFUSALS

TWINS = {
    "room.leave": "POST /rooms/{roomId}/leave",
    "message.send": "POST /rooms/{roomId}/messages",
    "message.edit": "PATCH /rooms/{roomId}/messages/{messageId}",
    "message.delete": "DELETE /rooms/{roomId}/messages/{messageId}",
    "reaction.add": "POST /rooms/{roomId}/messages/{messageId}/reactions",
    "reaction.remove": "DELETE /rooms/{roomId}/messages/{messageId}/reactions/{emoji}",
    "pin.add": "POST /rooms/{roomId}/pins",
    "pin.remove": "DELETE /rooms/{roomId}/pins/{messageId}",
    "jarvis.request": "POST /rooms/{roomId}/jarvis",
    "room.rename": "PATCH /rooms/{roomId}",
    "room.delete": "DELETE /rooms/{roomId}",
    "room.member.update": "PATCH /rooms/{roomId}/members/{userId}",
    "room.member.remove": "DELETE /rooms/{roomId}/members/{userId}",
    "read.mark": "POST /rooms/{roomId}/read",
}
"""What does over REST the same as a message of the socket, and can be refused for the same reasons."""

ALONE = {
    *("client.hello", "room.join", "typing", "jarvis.cancel", "jarvis.confirm", "call.join", "call.leave"),
    *("rtc.offer", "rtc.answer", "rtc.ice", "rtc.hangup"),
}
"""Messages without such a twin. They can be refused with NOT_FOUND and with what any call can be."""

OF_THE_SOCKET = {"BAD_JSON", "BAD_MESSAGE", "NOT_FOUND", "INVALID_TOKEN"}
CODE = re.compile(r"`([A-Z]+(?:_[A-Z]+)+|CANCELLED|FORBIDDEN)`")


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


def refusals() -> dict[str, set[tuple[int, str]]]:
    """The status and code of every refusal of every call, by its method and path."""
    return {
        f"{method.upper()} {path}": {
            (int(status), code)
            for status, answer in call["responses"].items()
            for schema in answer.get("content", {}).get("application/json", {}).get("schema", {}).get("allOf", ())
            for code in schema.get("properties", {}).get("error", {}).get("enum", ())
        }
        for path, calls in openapi()["paths"].items()
        for method, call in calls.items()
    }


def test_every_refusal_of_rest_is_in_the_table_of_codes() -> None:
    table = section(document("protocol.md"), "REST").partition("| status | codes |")[2]
    rows = re.findall(r"^\| (\d{3}) \| (.+) \|$", table, re.MULTILINE)
    shown = {(int(status), code) for status, codes in rows for code in CODE.findall(codes)}
    answered = set[tuple[int, str]]().union(*refusals().values())
    assert shown == answered | {(405, "METHOD_NOT_ALLOWED")}


def test_every_message_has_a_twin_or_none() -> None:
    assert {name for name, _ in client_messages()} == {*TWINS, *ALONE}
    assert set(TWINS.values()) <= refusals().keys()


def test_every_refusal_of_the_socket_is_named() -> None:
    named = re.search(r"Codes of refusals: (.+?) and closed", document("protocol.md"), re.DOTALL)
    assert named is not None
    invalid = {error.code for error in REFUSALS if error.kind is Kind.INVALID}
    of_calls = {code for call in TWINS.values() for _, code in refusals()[call]}
    assert set(CODE.findall(named[1])) == (of_calls - invalid - {"NO_TOKEN"}) | OF_THE_SOCKET
