"""Reading what a model gives a tool."""

from dataclasses import dataclass, field

import pytest

from adapters.pydantic.arguments import PydanticArgumentReader
from domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Plan:
    title: str = field(metadata={"description": "What it is.", "min_length": 1, "max_length": 10})
    people: list[str] = field(default_factory=list, metadata={"max_length": 2})
    hours: int = field(default=1, metadata={"ge": 1, "le": 24})
    place: str | None = None


def test_the_schema_says_what_is_taken() -> None:
    schema = PydanticArgumentReader().schema(Plan)
    assert (schema["type"], schema["required"], schema["additionalProperties"]) == ("object", ["title"], False)
    assert schema["properties"]["title"] == {
        "title": "Title", "description": "What it is.", "type": "string", "minLength": 1, "maxLength": 10,
    }  # fmt: skip
    assert (schema["properties"]["hours"]["minimum"], schema["properties"]["hours"]["maximum"]) == (1, 24)


def test_good_arguments_become_the_dataclass() -> None:
    read = PydanticArgumentReader().read(Plan, '{"title": "회의", "people": ["Ana"], "hours": 2}')
    assert read == Plan("회의", ["Ana"], 2)


@pytest.mark.parametrize(
    ("arguments", "at_fault"),
    [
        ("", "arguments"), ("{", "arguments"), ("[]", "arguments"), ("null", "arguments"), ("{}", "title"),
        ('{"title": ""}', "title"), ('{"title": "12345678901"}', "title"), ('{"title": 3}', "title"),
        ('{"title": "a", "hours": 0}', "hours"), ('{"title": "a", "hours": "many"}', "hours"),
        ('{"title": "a", "people": ["a", "b", "c"]}', "people"), ('{"title": "a", "people": [1]}', "people.0"),
        ('{"title": "a", "owner": "me"}', "owner"), ('{"title": "\\ud800"}', "title"),
    ],
)  # fmt: skip
def test_bad_arguments_are_told_by_their_field(arguments: str, at_fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        PydanticArgumentReader().read(Plan, arguments)
    assert refused.value.details[0].field in {at_fault, "arguments"}
    assert "12345678901" not in str(refused.value.details)


def test_only_dataclasses_are_known() -> None:
    with pytest.raises(TypeError):
        PydanticArgumentReader().schema(dict)
