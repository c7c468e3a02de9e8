"""Signed addresses of files: for whom they are good, and for how long."""

from datetime import timedelta

import pytest

from application.links_to_files import FileLinks
from domain.ids import AttachmentId
from tests.builders import FakeClock, SequenceIds

OLD, NEW = "an old secret", "a new secret"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def file() -> AttachmentId:
    return AttachmentId(SequenceIds().new())


def signature_of(links: FileLinks, file: AttachmentId) -> str:
    head, _, signature = links.path(file).rpartition("/")
    assert head == f"/attachments/{file}/signed"
    return signature


def test_it_is_good_until_its_time(clock: FakeClock, file: AttachmentId) -> None:
    links = FileLinks([OLD], clock, timedelta(days=1))
    signature = signature_of(links, file)
    assert links.is_good(file, signature)
    clock.advance(24 * 3600 - 1)
    assert links.is_good(file, signature)
    clock.advance(2)
    assert not links.is_good(file, signature)


def test_a_longer_time_cannot_be_claimed(clock: FakeClock, file: AttachmentId) -> None:
    links = FileLinks([OLD], clock, timedelta(days=1))
    until, _, mac = signature_of(links, file).partition(".")
    for claimed in (f"{int(until, 16) + 1:x}", "ffffffffffff", "-1", "", "0x1", "f" * 13, "\u0661"):
        assert not links.is_good(file, f"{claimed}.{mac}")


def test_it_is_of_one_file(clock: FakeClock, file: AttachmentId) -> None:
    ids = SequenceIds()
    ids.new()
    links = FileLinks([OLD], clock)
    assert not links.is_good(AttachmentId(ids.new()), signature_of(links, file))


def test_secrets_are_changed_without_an_end_to_what_was_signed(clock: FakeClock, file: AttachmentId) -> None:
    before, after, without = FileLinks([OLD], clock), FileLinks([NEW, OLD], clock), FileLinks([NEW], clock)
    assert after.is_good(file, signature_of(before, file))
    assert without.is_good(file, signature_of(after, file))
    assert not without.is_good(file, signature_of(before, file))
    assert "secret" not in repr(after)
