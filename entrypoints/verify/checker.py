"""The verdict on what clients of a deployment wrote down. Pure: it reads evidence, and nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise

from entrypoints.verify.records import Event, Evidence, Hearing, Reading, Send

PASSING_REFUSALS = frozenset({"SERVICE_UNAVAILABLE", "RATE_LIMITED"})
"""Refusals that only say: not now. Whoever gets one sends again."""

_MESSAGE = "message.new"


class Kind(StrEnum):
    """What can be wrong."""

    LOST = "acked but not there"
    ELSEWHERE = "there, but not with the id and seq of the ack"
    ACKED_AS_TWO = "acked twice, as different messages"
    TWICE = "there twice"
    CHANGED = "not the text that was sent"
    NEVER_SENT = "there, but nobody sent it"
    LOG_GAP = "the log has a gap"
    READ_DIFFERENTLY = "read differently from two servers, or by REST"
    HEARD_OTHERWISE = "a reader heard another event than the log holds"
    HEARD_TWICE = "a reader heard an event again, or an older one after it"
    HEARD_WITH_GAP = "a reader was not told of an event"
    JOINED_SHORT = "joined before all that was missed had come"
    STALE = "joined with less than was acked before"
    RESYNC = "the log does not reach back"
    SENDER_ORDER = "sends of one socket stand in another order"
    REAL_ORDER = "sent after another's ack, but stands before it"
    REFUSED = "refused for no good reason"
    NOTHING_ACKED = "nothing was acked, so nothing is proved"


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be; ``where`` names rooms, seqs, people and ids."""

    kind: Kind
    where: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found wrong, and how much was looked at."""

    violations: tuple[Violation, ...]
    counts: Mapping[str, int]

    @property
    def good(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.violations


def verdict(evidence: Evidence) -> Verdict:
    """Judge the evidence. The first reading of each room that is no history is what the others are compared with."""
    logs = _logs(evidence)
    places = {room: {event.seq: event for event in log} for room, log in logs.items()}
    violations: list[Violation] = []
    sends: dict[str, list[Send]] = defaultdict(list)
    for send in evidence.sends:
        sends[send.room].append(send)
    for room, log in logs.items():
        violations += _log(room, log)
        violations += _sends(room, sends[room], log)
        violations += _order(sends[room], log)
    for reading in evidence.readings:
        violations += _reading(reading, logs[reading.room])
    for hearing in evidence.hearings:
        violations += _hearing(hearing, places[hearing.room])
    violations += _missed(evidence, logs)
    violations += _stale(evidence)
    violations += [
        Violation(Kind.REFUSED, f"{code}, {times} times")
        for code, times in sorted(evidence.refusals.items())
        if code not in PASSING_REFUSALS
    ]
    if not any(send.acks for send in evidence.sends):
        violations.append(Violation(Kind.NOTHING_ACKED, f"of {len(evidence.sends)} sends"))
    return Verdict(tuple(violations), _counts(evidence, logs))


def _logs(evidence: Evidence) -> dict[str, Sequence[Event]]:
    logs: dict[str, Sequence[Event]] = {}
    for reading in evidence.readings:
        if not reading.history:
            logs.setdefault(reading.room, reading.events)
    records: tuple[Sequence[Send | Hearing | Reading], ...] = (evidence.sends, evidence.hearings, evidence.readings)
    for record in chain.from_iterable(records):
        logs.setdefault(record.room, ())
    return logs


def _log(room: str, log: Sequence[Event]) -> Iterator[Violation]:
    for place, event in enumerate(log, start=1):
        if event.seq != place:
            yield Violation(Kind.LOG_GAP, f"room {room}: seq {event.seq} stands at place {place}")
            break
    for key, what in ((_message_id, "message"), (_send_key, "clientTempId of")):
        seen: dict[object, int] = {}
        for event in log:
            name = key(event)
            if name is not None and seen.setdefault(name, event.seq) != event.seq:
                yield Violation(Kind.TWICE, f"room {room}: {what} {name} at seq {seen[name]} and {event.seq}")


def _message_id(event: Event) -> object:
    return event.subject if event.type == _MESSAGE else None


def _send_key(event: Event) -> object:
    return (event.sender, event.temp_id) if event.type == _MESSAGE and event.temp_id is not None else None


def _sends(room: str, sends: Sequence[Send], log: Sequence[Event]) -> Iterator[Violation]:
    there = {_send_key(event): event for event in reversed(log) if _send_key(event) is not None}
    for send in sends:
        event = there.pop((send.sender, send.temp_id), None)
        name = f"room {room}: {send.temp_id} of {send.sender}"
        acks = {(ack.message_id, ack.seq) for ack in send.acks}
        if len(acks) > 1:
            yield Violation(Kind.ACKED_AS_TWO, f"{name}: as {sorted(acks)}")
        if event is None:
            if acks:
                yield Violation(Kind.LOST, f"{name}: acked as {sorted(acks)}")
            continue
        if acks and (event.subject, event.seq) not in acks:
            yield Violation(Kind.ELSEWHERE, f"{name}: acked as {sorted(acks)}, is {(event.subject, event.seq)}")
        if event.digest != send.digest:
            yield Violation(Kind.CHANGED, f"{name}: at seq {event.seq}")
    for event in log:
        if event.type == _MESSAGE and (event.temp_id is None or _send_key(event) in there):
            yield Violation(Kind.NEVER_SENT, f"room {room}: seq {event.seq}, message {event.subject}")


def _order(sends: Sequence[Send], log: Sequence[Event]) -> Iterator[Violation]:
    seqs = {_send_key(event): event.seq for event in reversed(log)}
    placed = [(send, seq) for send in sends if send.tries and (seq := seqs.get((send.sender, send.temp_id)))]
    once = sorted(
        (send.tries[0].socket, send.tries[0].number, seq, send.temp_id) for send, seq in placed if len(send.tries) == 1
    )
    for (socket, _, before, first), (next_socket, _, after, second) in pairwise(once):
        if socket == next_socket and after < before:
            yield Violation(Kind.SENDER_ORDER, f"{second} (seq {after}) was sent after {first} (seq {before})")
    acks = sorted((send.acks[0].at, seq, send.temp_id) for send, seq in placed if send.acks)
    newest, index = (0, ""), 0
    for at, seq, temp_id in sorted((send.tries[0].at, seq, send.temp_id) for send, seq in placed):
        while index < len(acks) and acks[index][0] < at:
            newest = max(newest, acks[index][1:])
            index += 1
        if seq < newest[0]:
            yield Violation(Kind.REAL_ORDER, f"{temp_id} (seq {seq}) was sent after {newest[1]} (seq {newest[0]})")


def _reading(reading: Reading, log: Sequence[Event]) -> Iterator[Violation]:
    expected = [event for event in log if event.type == _MESSAGE] if reading.history else list(log)
    if list(reading.events) == expected:
        return
    how = "history" if reading.history else "log"
    name = f"room {reading.room}, {how} of {reading.server}"
    for found, wanted in zip(reading.events, expected, strict=False):
        if found != wanted:
            yield Violation(Kind.READ_DIFFERENTLY, f"{name}: seq {found.seq} is not what stands at seq {wanted.seq}")
            return
    yield Violation(Kind.READ_DIFFERENTLY, f"{name}: {len(reading.events)} events instead of {len(expected)}")


def _hearing(hearing: Hearing, places: Mapping[int, Event]) -> Iterator[Violation]:
    name = f"{hearing.reader} in room {hearing.room}, on {hearing.server} past {hearing.since}"
    if hearing.resync:
        yield Violation(Kind.RESYNC, name)
        return
    last = hearing.since
    for index, event in enumerate(hearing.events):
        if index == hearing.before_joined:
            yield from _joined(hearing, last, name)
        if event.seq <= last:
            yield Violation(Kind.HEARD_TWICE, f"{name}: seq {event.seq} after {last}")
        elif event.seq > last + 1:
            yield Violation(Kind.HEARD_WITH_GAP, f"{name}: seq {event.seq} after {last}")
        last = max(last, event.seq)
        if places.get(event.seq) != event:
            yield Violation(Kind.HEARD_OTHERWISE, f"{name}: seq {event.seq}, {event.type} {event.subject}")
    if hearing.before_joined >= len(hearing.events):
        yield from _joined(hearing, last, name)


def _joined(hearing: Hearing, last: int, name: str) -> Iterator[Violation]:
    if hearing.joined is not None and last < hearing.joined:
        yield Violation(Kind.JOINED_SHORT, f"{name}: told of seq {last}, joined with {hearing.joined}")


def _missed(evidence: Evidence, logs: Mapping[str, Sequence[Event]]) -> Iterator[Violation]:
    heard: dict[tuple[str, str], set[int]] = defaultdict(set)
    for hearing in evidence.hearings:
        heard[hearing.reader, hearing.room].update(event.seq for event in hearing.events)
    for reader, room in sorted(evidence.readers):
        missed = sorted({event.seq for event in logs[room]} - heard[reader, room])
        if missed:
            where = f"{reader} in room {room}: {len(missed)} events, the first at seq {missed[0]}"
            yield Violation(Kind.HEARD_WITH_GAP, where)


def _stale(evidence: Evidence) -> Iterator[Violation]:
    acks: dict[str, list[tuple[float, int]]] = defaultdict(list)
    joins: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    for send in evidence.sends:
        acks[send.room] += [(ack.at, ack.seq) for ack in send.acks[:1]]
    for hearing in evidence.hearings:
        if hearing.joined is not None:
            joins[hearing.room].append((hearing.asked_at, hearing.joined, f"{hearing.reader} on {hearing.server}"))
    for room, asked in joins.items():
        sorted_acks, newest, index = sorted(acks[room]), 0, 0
        for at, joined, who in sorted(asked):
            while index < len(sorted_acks) and sorted_acks[index][0] < at:
                newest = max(newest, sorted_acks[index][1])
                index += 1
            if joined < newest:
                yield Violation(Kind.STALE, f"room {room}, {who}: joined with {joined}, acked was {newest}")


def _counts(evidence: Evidence, logs: Mapping[str, Sequence[Event]]) -> dict[str, int]:
    there = {(room, *key) for room, log in logs.items() for event in log if (key := (event.sender, event.temp_id))[1]}
    unacked = [send for send in evidence.sends if not send.acks]
    return {
        "rooms": len(logs),
        "sent": len(evidence.sends),
        "acked": len(evidence.sends) - len(unacked),
        "unacked_and_there": sum((send.room, send.sender, send.temp_id) in there for send in unacked),
        "unacked_and_not_there": sum((send.room, send.sender, send.temp_id) not in there for send in unacked),
        "sent_again": sum(max(len(send.tries) - 1, 0) for send in evidence.sends),
        "acked_again": sum(max(len(send.acks) - 1, 0) for send in evidence.sends),
        "logged": sum(map(len, logs.values())),
        "heard": sum(len(hearing.events) for hearing in evidence.hearings),
        "sockets": len({hearing.socket for hearing in evidence.hearings}),
        "joins": sum(hearing.joined is not None for hearing in evidence.hearings),
        "readers_at_the_end": len(evidence.readers),
        "readings": len(evidence.readings),
        "refused": sum(evidence.refusals.values()),
    }
