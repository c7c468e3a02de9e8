"""Titles, owners, and how much is counted."""

import pytest

from domain.errors import InvalidInput, OwnerOnly
from domain.ids import RoomId, UserId
from domain.rooms import LOOKED_AT_IN_ALL, Member, Role, looked_at, room_title
from domain.users import name_from_email
from tests.builders import START, SequenceIds


@pytest.mark.parametrize(
    ("given", "kept"), [("  회의 \n", "회의"), ("a  b", "a  b"), ("x" * 200, "x" * 200), (" " + "가" * 200, "가" * 200)]
)
def test_titles_are_trimmed(given: str, kept: str) -> None:
    assert room_title(given) == kept


@pytest.mark.parametrize("title", ["", " \n", "x" * 201, "a\x00", "\ud800"])
def test_other_titles_are_refused(title: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        room_title(title)
    assert [fault.field for fault in refused.value.details] == ["title"]


def test_a_title_may_be_limited_otherwise() -> None:
    assert room_title("abc", limit=3) == "abc"
    with pytest.raises(InvalidInput):
        room_title("abcd", limit=3)


def test_the_owner_alone_is_the_owner() -> None:
    ids = SequenceIds()
    owner = Member(RoomId(ids.new()), UserId(ids.new()), Role.OWNER, START)
    owner.require_owner()
    with pytest.raises(OwnerOnly):
        Member(owner.room_id, UserId(ids.new()), Role.MEMBER, START).require_owner()


@pytest.mark.parametrize(("email", "name"), [("dev1@local", "dev1"), ("a@b@c", "a"), ("plain", "plain"), ("@x", "@x")])
def test_a_name_is_read_off_an_email(email: str, name: str) -> None:
    assert name_from_email(email) == name


def test_the_more_rooms_have_news_the_less_is_counted_in_each() -> None:
    assert [looked_at(rooms) for rooms in (0, 1, 25, 26, 500, 10_000)] == [1000, 1000, 1000, 961, 50, 50]
    assert all(rooms * looked_at(rooms) <= LOOKED_AT_IN_ALL for rooms in range(501))
