"""Notices on their way: what is written is read again, and what is no notice is refused."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.redis.notices import HEAD_BYTES, VERSION, MalformedPayload, head, payload, read, record
from application.ports.event_bus import Notice
from domain.ids import RoomId, UserId

HEAD = head(UUID(int=7))
room_ids = st.uuids().map(RoomId)
user_ids = st.uuids().map(UserId)
seqs = st.integers(0, 2**63 - 1)
notices = st.builds(
    Notice,
    body=st.binary(max_size=300),
    room_id=st.none() | room_ids,
    seq=st.none() | seqs,
    user_ids=st.lists(user_ids, max_size=4).map(tuple),
    removes=st.none() | st.tuples(room_ids, user_ids),
    closes=st.booleans(),
    revokes=st.none() | st.text(),
    stream=st.none() | st.tuples(st.text(), seqs),
    origin=st.none() | st.text(),
    unheard_by=st.none() | user_ids,
    presence=st.none() | st.tuples(user_ids, seqs),
)


@given(st.lists(notices, max_size=5))
def test_what_is_written_is_read_again(sent: list[Notice]) -> None:
    assert read(payload(HEAD, [record(notice, notice.user_ids) for notice in sent])) == sent


@given(notices, st.data())
def test_what_is_cut_off_is_refused(notice: Notice, data: st.DataObject) -> None:
    whole = payload(HEAD, [record(notice, notice.user_ids)])
    length = data.draw(st.integers(0, len(whole) - 1).filter(lambda length: length != HEAD_BYTES))
    with pytest.raises(MalformedPayload):
        read(whole[:length])


@given(st.binary(max_size=100))
def test_anything_else_is_refused_or_read_but_breaks_nothing(data: bytes) -> None:
    with pytest.raises(MalformedPayload):
        read(bytes([VERSION + 1]) + data)
    try:
        read(HEAD + data)
    except MalformedPayload:
        return


def test_a_notice_for_one_of_its_people_names_only_that_one() -> None:
    ana, ben = UserId(UUID(int=1)), UserId(UUID(int=2))
    [notice] = read(payload(HEAD, [record(Notice(b"x", user_ids=(ana, ben)), (ben,))]))
    assert notice.user_ids == (ben,)
