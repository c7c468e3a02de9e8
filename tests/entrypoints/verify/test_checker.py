"""The checker finds every kind of fault, and none where there is none."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from entrypoints.verify.checker import Kind, verdict
from entrypoints.verify.records import Ack, Event, Evidence, Hearing, Reading, Send, Try

ROOM, OTHER_ROOM = "room", "other room"
ANA, BEN = "ana", "ben"


def message(seq: int, sender: str, temp_id: str) -> Event:
    return Event(seq, "message.new", f"message {seq}", sender, temp_id, f"digest of {temp_id}")


LOG = (
    message(1, ANA, "a1"),
    message(2, BEN, "b1"),
    message(3, ANA, "a2"),
    Event(4, "room.updated", ROOM),
    message(5, BEN, "b2"),
    message(6, ANA, "a3"),
)
"""The log of the room. Ana sends on socket 1 at 10, 20 and 30; Ben on socket 2 at 11, and again on 3 at 25."""


def send(temp_id: str, sender: str, seq: int, tries: list[Try], acked_at: float | None) -> Send:
    acks = [] if acked_at is None else [Ack(f"message {seq}", seq, acked_at)]
    return Send(ROOM, sender, temp_id, f"digest of {temp_id}", tries, acks)


def hearing(reader: str, socket: int, since: int, until: int, asked_at: float) -> Hearing:
    """A socket that joined with all that was missed and heard on from there."""
    heard = list(LOG[since:until])
    return Hearing(reader, ROOM, "here", socket, since, asked_at, heard, joined=since, before_joined=0)


def good() -> Evidence:
    """What is written down where all goes well: Ben's second send was lost with its first socket and sent again; Ana's
    third was never acknowledged, but is there."""
    messages = tuple(event for event in LOG if event.type == "message.new")
    evidence = Evidence(
        sends=[
            send("a1", ANA, 1, [Try(1, 1, 10)], 12),
            send("b1", BEN, 2, [Try(2, 1, 11)], 13),
            send("a2", ANA, 3, [Try(1, 2, 20)], 21),
            send("b2", BEN, 5, [Try(2, 2, 22), Try(3, 1, 25)], 26),
            send("a3", ANA, 6, [Try(1, 3, 30)], None),
            Send(ROOM, ANA, "a4", "digest of a4", [Try(1, 4, 31)], []),
        ],
        hearings=[hearing(ANA, 1, 0, 6, 9), hearing(BEN, 2, 0, 2, 9), hearing(BEN, 3, 2, 6, 24)],
        readings=[
            Reading(ROOM, "here", LOG),
            Reading(ROOM, "there", LOG),
            Reading(ROOM, "there", messages, history=True),
        ],
        readers={(ANA, ROOM), (BEN, ROOM)},
    )
    evidence.refusals.update({"SERVICE_UNAVAILABLE": 3, "RATE_LIMITED": 1})
    evidence.hearings[2].joined, evidence.hearings[2].before_joined = 3, 1
    return evidence


def kinds(evidence: Evidence) -> list[Kind]:
    return [violation.kind for violation in verdict(evidence).violations]


def everywhere(evidence: Evidence, change: Callable[[list[Event]], object]) -> None:
    """Have the log be otherwise, and everybody see it as it is."""
    log = list(LOG)
    change(log)
    evidence.readings = [Reading(ROOM, "here", log)]
    evidence.hearings = [Hearing(ANA, ROOM, "here", 1, 0, 9, log, joined=0, before_joined=0)]
    evidence.readers = {(ANA, ROOM)}


def test_a_good_history_is_good() -> None:
    found = verdict(good())
    assert found.good
    assert found.counts == {
        "rooms": 1,
        "sent": 6,
        "acked": 4,
        "unacked_and_there": 1,
        "unacked_and_not_there": 1,
        "sent_again": 1,
        "acked_again": 0,
        "logged": 6,
        "heard": 12,
        "sockets": 3,
        "joins": 3,
        "readers_at_the_end": 2,
        "readings": 3,
        "refused": 4,
    }


def test_an_ack_that_comes_again_is_good() -> None:
    evidence = good()
    evidence.sends[3].acks.append(Ack("message 5", 5, 27))
    assert kinds(evidence) == []
    assert verdict(evidence).counts["acked_again"] == 1


def test_a_reader_on_its_way_may_have_missed_the_end() -> None:
    evidence = good()
    evidence.hearings[2].events.pop()
    evidence.readers.discard((BEN, ROOM))
    assert kinds(evidence) == []


def test_a_lost_message() -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.pop())
    evidence.sends[4].acks.append(Ack("message 6", 6, 32))
    assert kinds(evidence) == [Kind.LOST]


def test_a_room_that_nobody_could_read_holds_nothing() -> None:
    evidence = good()
    evidence.sends.append(Send(OTHER_ROOM, ANA, "x", "d", [Try(1, 5, 40)], [Ack("message x", 1, 41)]))
    assert kinds(evidence) == [Kind.LOST]


@pytest.mark.parametrize("ack", [Ack("message 9", 3, 21), Ack("message 3", 2, 21)], ids=["id", "seq"])
def test_a_message_elsewhere_than_acked(ack: Ack) -> None:
    evidence = good()
    evidence.sends[2].acks = [ack]
    assert kinds(evidence) == [Kind.ELSEWHERE]


def test_a_message_acked_as_two() -> None:
    evidence = good()
    evidence.sends[2].acks.append(Ack("message 5", 5, 40))
    assert kinds(evidence) == [Kind.ACKED_AS_TWO]


def test_a_message_stored_twice() -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.append(replace(LOG[4], seq=7, subject="message 7")))
    assert kinds(evidence) == [Kind.TWICE]


def test_an_id_given_twice() -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.append(message(7, ANA, "a4")))
    assert kinds(evidence) == []
    everywhere(evidence, lambda log: log.append(replace(message(7, ANA, "a4"), subject="message 1")))
    assert kinds(evidence) == [Kind.TWICE]


def test_a_text_that_was_changed() -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.__setitem__(1, replace(LOG[1], digest="of something else")))
    assert kinds(evidence) == [Kind.CHANGED]


@pytest.mark.parametrize("temp_id", ["another", None])
@pytest.mark.parametrize("sender", [ANA, "eve"])
def test_a_message_that_nobody_sent(sender: str, temp_id: str | None) -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.append(replace(message(7, sender, "x"), temp_id=temp_id)))
    assert kinds(evidence) == [Kind.NEVER_SENT]


def test_another_one_under_the_same_clienttempid() -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.append(message(7, BEN, "a1")))
    assert kinds(evidence) == [Kind.NEVER_SENT]


def test_a_log_with_a_gap() -> None:
    evidence = good()
    everywhere(evidence, lambda log: log.pop(3))
    assert kinds(evidence) == [Kind.LOG_GAP, Kind.HEARD_WITH_GAP]


@pytest.mark.parametrize("history", [False, True], ids=["log", "history"])
@pytest.mark.parametrize(
    "change",
    [
        lambda events: events[:-1],
        lambda events: [*events, message(7, ANA, "a4")],
        lambda events: [*events[1:], events[0]],
        lambda events: [replace(events[0], digest="of something else"), *events[1:]],
    ],
    ids=["fewer", "more", "other order", "other text"],
)
def test_a_room_that_reads_otherwise_elsewhere(change: Callable[[list[Event]], list[Event]], history: bool) -> None:
    evidence = good()
    which = 2 if history else 1
    evidence.readings[which] = replace(evidence.readings[which], events=change(list(evidence.readings[which].events)))
    assert kinds(evidence) == [Kind.READ_DIFFERENTLY]


@pytest.mark.parametrize(
    "otherwise",
    [replace(LOG[1], subject="message 3"), replace(LOG[1], digest="x"), replace(LOG[1], type="message.deleted")],
    ids=["message", "text", "type"],
)
def test_a_reader_who_heard_something_else(otherwise: Event) -> None:
    evidence = good()
    evidence.hearings[0].events[1] = otherwise
    assert kinds(evidence) == [Kind.HEARD_OTHERWISE]


def test_a_reader_who_heard_what_is_not_there() -> None:
    evidence = good()
    evidence.hearings[0].events.append(message(7, ANA, "a4"))
    assert kinds(evidence) == [Kind.HEARD_OTHERWISE]


def test_two_readers_with_another_order() -> None:
    evidence = good()
    second, third = evidence.hearings[0].events[1:3]
    evidence.hearings[0].events[1:3] = [replace(third, seq=2), replace(second, seq=3)]
    assert kinds(evidence) == [Kind.HEARD_OTHERWISE, Kind.HEARD_OTHERWISE]


def test_an_event_heard_twice() -> None:
    evidence = good()
    evidence.hearings[0].events.insert(3, LOG[2])
    assert kinds(evidence) == [Kind.HEARD_TWICE]


def test_an_event_heard_again_after_coming_back() -> None:
    evidence = good()
    evidence.hearings[2].events.insert(0, LOG[1])
    evidence.hearings[2].before_joined += 1
    assert kinds(evidence) == [Kind.HEARD_TWICE]


def test_events_heard_out_of_order() -> None:
    evidence = good()
    evidence.hearings[0].events[1:3] = [LOG[2], LOG[1]]
    assert kinds(evidence) == [Kind.HEARD_WITH_GAP, Kind.HEARD_TWICE]


def test_an_event_that_was_left_out() -> None:
    evidence = good()
    del evidence.hearings[1].events[0]
    assert kinds(evidence) == [Kind.HEARD_WITH_GAP, Kind.HEARD_WITH_GAP]


def test_a_reader_who_never_heard_the_end() -> None:
    evidence = good()
    del evidence.hearings[2].events[-1]
    assert kinds(evidence) == [Kind.HEARD_WITH_GAP]


@pytest.mark.parametrize(("joined", "before"), [(4, 1), (7, 4)])
def test_a_join_before_all_that_was_missed(joined: int, before: int) -> None:
    evidence = good()
    evidence.hearings[2].joined, evidence.hearings[2].before_joined = joined, before
    assert kinds(evidence) == [Kind.JOINED_SHORT]


def test_a_join_that_knows_less_than_was_acked() -> None:
    evidence = good()
    evidence.hearings[2].joined, evidence.hearings[2].before_joined = 2, 0
    assert kinds(evidence) == [Kind.STALE]
    evidence.hearings[2].asked_at = 20.5
    assert kinds(evidence) == [], "the ack came after it had asked"


def test_a_log_that_does_not_reach_back() -> None:
    evidence = good()
    evidence.hearings[2].resync = True
    assert kinds(evidence) == [Kind.RESYNC]


def swapped(evidence: Evidence) -> Evidence:
    """With the first two messages of Ana at each other's place, for everybody."""
    first, second = replace(LOG[2], seq=1, subject="message 1"), replace(LOG[0], seq=3, subject="message 3")
    everywhere(evidence, lambda log: log.__setitem__(slice(0, 3), [first, LOG[1], second]))
    evidence.sends[0].acks, evidence.sends[2].acks = evidence.sends[2].acks, evidence.sends[0].acks
    return evidence


def test_sends_of_one_socket_in_another_order() -> None:
    evidence = swapped(good())
    evidence.sends[2].tries = [Try(1, 2, 10.5)]
    evidence.sends[1].acks, evidence.sends[0].acks = [Ack("message 2", 2, 60)], [Ack("message 3", 3, 60)]
    assert kinds(evidence) == [Kind.SENDER_ORDER]
    evidence.sends[2].tries.append(Try(1, 9, 40))
    assert kinds(evidence) == [], "one that was sent again may stand later"


def test_a_send_before_one_that_was_acked_when_it_was_sent() -> None:
    evidence = swapped(good())
    evidence.sends[2].tries = [Try(7, 1, 22)]
    assert kinds(evidence) == [Kind.REAL_ORDER], "b1, at seq 2, was acked at 13"
    evidence.sends[2].tries = [Try(7, 1, 12.5)]
    assert kinds(evidence) == []


@pytest.mark.parametrize("code", ["FORBIDDEN", "CLIENT_TEMP_ID_REUSED", "INTERNAL_ERROR"])
def test_a_refusal_for_no_good_reason(code: str) -> None:
    evidence = good()
    evidence.refusals[code] = 2
    found = verdict(evidence)
    assert [(violation.kind, violation.where) for violation in found.violations] == [(Kind.REFUSED, f"{code}, 2 times")]


def test_a_check_in_which_nothing_was_acked_proves_nothing() -> None:
    evidence = good()
    for one in evidence.sends:
        one.acks.clear()
    assert kinds(evidence) == [Kind.NOTHING_ACKED]
    assert kinds(Evidence()) == [Kind.NOTHING_ACKED]


def test_judging_changes_nothing() -> None:
    evidence = good()
    before = deepcopy(evidence)
    assert verdict(evidence) == verdict(evidence)
    assert evidence == before


def test_every_kind_of_fault_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in Kind if f"Kind.{kind.name}" not in source] == []
