"""What the contract of the message log asks of PostgreSQL in particular: shared commits, races, faults."""

import asyncio
from dataclasses import replace
from itertools import chain
from tempfile import TemporaryFile

import pytest

from application.ports.message_log import NewMessage, Posted
from domain.errors import ClientTempIdReused, Forbidden, InvalidInput, Unavailable
from domain.events import LoggedEvent, MemberRemoved, Mentioned
from domain.ids import RequestId, RoomId
from domain.jarvis import JarvisRequest, Mode, RequestStatus
from domain.mentions import Mentions
from domain.rooms import Member, Role
from domain.users import Actor
from tests.adapters.postgres.conftest import Server
from tests.builders import START
from tests.postgres_server import cut_connections

TRANSACTIONS = "select count(distinct m.xmin::text), count(*) from messages m"


async def transactions(server: Server) -> tuple[int, int]:
    """How many transactions wrote the messages, and how many messages there are."""
    async with server.database.connection() as connection:
        row = await (await connection.execute(TRANSACTIONS)).fetchone()
    assert row is not None
    return row[0], row[1]


async def test_what_is_sent_together_shares_a_commit(server: Server, ana: Actor, room: RoomId) -> None:
    other = await server.room(ana)
    drafts = [server.message(other if number % 3 else room, ana, str(number)) for number in range(200)]
    await asyncio.gather(*map(server.log.append, drafts))
    assert await transactions(server) == (1, 200)


async def test_what_comes_while_a_statement_runs_gathers(server: Server, ana: Actor, room: RoomId) -> None:
    async with server.work() as work:
        await work.rooms.lock(room)
        first = server.log.append(server.message(room, ana))
        await server.waits()
        others = [server.log.append(server.message(room, ana)) for _ in range(50)]
        assert not first.done()
    await asyncio.gather(first, *others)
    assert await transactions(server) == (2, 51)


async def test_a_batch_has_a_limit(second: Server, ana: Actor, room: RoomId) -> None:
    posted = await asyncio.gather(*(second.log.append(second.message(room, ana)) for _ in range(20)))
    assert [one.seq for one in posted] == list(range(1, 21))
    assert await transactions(second) == (3, 20)


async def test_large_messages_do_not_travel_together(server: Server, ana: Actor, room: RoomId) -> None:
    content = "x" * 5_000_000
    await asyncio.gather(*(server.log.append(server.message(room, ana, content)) for _ in range(3)))
    assert await transactions(server) == (3, 3)
    assert [len(message.content) for message in await server.kept(room)] == [5_000_000] * 3


async def test_who_leaves_while_the_statement_waits_is_not_heard(
    server: Server, ana: Actor, ben: Actor, room: RoomId
) -> None:
    await server.log.append(server.message(room, ben, "known as a member"))
    async with server.work() as work:
        await work.rooms.lock(room)
        late = server.log.append(server.message(room, ben, "too late"))
        hers = server.log.append(server.message(room, ana, "mine"))
        await server.waits()
        await work.members.remove(room, ben.id)
        work.record(MemberRemoved(room, ben.id, ben.name))
    with pytest.raises(Forbidden):
        await late
    assert (await hers).seq == 3
    assert [message.content for message in await server.kept(room)] == ["known as a member", "mine"]


async def test_who_has_left_is_not_heard_beside_somebody_who_is_looked_up(
    server: Server, ana: Actor, ben: Actor, room: RoomId
) -> None:
    """To look Ana up is to learn of another version of the room's members, which does not make Ben one of them."""
    await server.log.append(server.message(room, ben, "known as a member"))
    async with server.work() as work:
        await work.rooms.lock(room)
        await work.members.remove(room, ben.id)
        work.record(MemberRemoved(room, ben.id, ben.name))
    late, hers = server.log.append(server.message(room, ben, "too late")), server.log.append(server.message(room, ana))
    with pytest.raises(Forbidden):
        await late
    assert (await hers).seq == 3


async def test_who_joins_while_the_statement_waits_disturbs_nobody(server: Server, ana: Actor, room: RoomId) -> None:
    cleo = await server.person("Cleo")
    async with server.work() as work:
        await work.rooms.lock(room)
        sends = [server.log.append(server.message(room, ana, str(number))) for number in range(3)]
        await server.waits()
        await work.members.add([Member(room, cleo.id, Role.MEMBER, START)])
    hers = server.log.append(server.message(room, cleo))
    assert [one.seq for one in await asyncio.gather(*sends, hers)] == [1, 2, 3, 4]


async def test_a_room_that_is_deleted_while_the_statement_waits_takes_nothing(
    server: Server, ana: Actor, room: RoomId
) -> None:
    other = await server.room(ana)
    async with server.work() as work:
        await work.rooms.lock(room)
        lost = server.log.append(server.message(room, ana))
        kept = server.log.append(server.message(other, ana))
        await server.waits()
        await work.rooms.delete(room)
    with pytest.raises(Forbidden):
        await lost
    assert await kept == Posted((await server.kept(other))[0].id, 1)
    assert await transactions(server) == (1, 1)


async def test_a_message_that_cannot_be_kept_hurts_no_other(server: Server, ana: Actor, room: RoomId) -> None:
    contents = ["a", "half \ud800", "b", "nul \x00", "c"]
    sends = [server.log.append(server.message(room, ana, content)) for content in contents]
    a, half, b, nul, c = await asyncio.gather(*sends, return_exceptions=True)
    assert isinstance(half, InvalidInput)
    assert isinstance(nul, InvalidInput)
    assert "\\ud800" not in repr(half.__context__)
    assert [one.seq for one in (a, b, c) if isinstance(one, Posted)] == [1, 2, 3]
    assert [message.content for message in await server.kept(room)] == ["a", "b", "c"]


async def test_a_cancelled_send_is_kept_and_holds_nobody_up(server: Server, ana: Actor, room: RoomId) -> None:
    first, second = (server.log.append(server.message(room, ana, text)) for text in ("one", "two"))
    first.cancel()
    assert (await second).seq == 2
    assert [event.seq for event in server.recorder.logged(room)] == [1, 2]


async def test_a_connection_lost_in_the_middle_gives_no_false_ack(server: Server, ana: Actor, room: RoomId) -> None:
    drafts = [server.message(room, ana, str(number), f"t{number}") for number in range(10)]
    async with server.holding(room):
        sends = [server.log.append(draft) for draft in drafts]
        await server.waits()
        assert cut_connections(server.dsn) >= 1
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert await server.kept(room) == []
    posted = await asyncio.gather(*map(server.log.append, drafts))
    assert [one.seq for one in posted] == list(range(1, 11))
    assert [message.id for message in await server.kept(room)] == [draft.id for draft in drafts]


async def test_a_connection_lost_while_idle_costs_no_send(server: Server, ana: Actor, room: RoomId) -> None:
    await server.log.append(server.message(room, ana))
    cut_connections(server.dsn)
    assert (await server.log.append(server.message(room, ana))).seq == 2


async def test_stopping_finishes_what_was_accepted(server: Server, ana: Actor, room: RoomId) -> None:
    sends = [server.log.append(server.message(room, ana)) for _ in range(5)]
    await server.log.stop()
    assert all(one.done() for one in sends)
    with pytest.raises(Unavailable):
        await server.log.append(server.message(room, ana))
    assert len(await server.kept(room)) == 5


async def test_two_servers_keep_one_order_and_each_send_once(
    server: Server, second: Server, ana: Actor, ben: Actor
) -> None:
    rooms = [await server.room(ana, ben) for _ in range(5)]
    sends = []
    for number in range(300):
        for here, there in ((server, rooms[number % 5]), (second, rooms[-number % 5])):
            sends.append(here.log.append(here.message(there, ana, f"{number}", f"t{number}")))
        sends.append(server.log.append(server.message(rooms[number % 5], ben, f"only here {number}")))
        if number % 10 == 0:
            await asyncio.sleep(0)
    posted = await asyncio.gather(*sends)
    assert {one.seq for one in posted} > {1}
    for room in rooms:
        kept = await server.kept(room)
        assert [message.seq for message in kept] == list(range(1, len(kept) + 1))
        published = sorted(chain(server.recorder.logged(room), second.recorder.logged(room)), key=_seq)
        assert [(event.seq, event.event.message.content) for event in published if hasattr(event.event, "message")] == [
            (message.seq, message.content) for message in kept
        ]
    assert len(await server.kept(rooms[0])) == 60 + 60
    assert sum(one.repeated for one in posted) == len(posted) - sum([len(await server.kept(room)) for room in rooms])


def _seq(event: LoggedEvent) -> int:
    return event.seq


async def test_another_text_under_the_same_id_from_another_server_is_refused(
    server: Server, second: Server, ana: Actor, room: RoomId
) -> None:
    first = await server.log.append(server.message(room, ana, "one", "t"))
    with pytest.raises(ClientTempIdReused):
        await second.log.append(second.message(room, ana, "other", "t"))
    again, other = await asyncio.gather(
        second.log.append(second.message(room, ana, "one", "t")), second.log.append(second.message(room, ana, "new"))
    )
    assert again == Posted(first.message_id, 1, repeated=True)
    assert other.seq == 2


async def test_questions_are_kept_with_messages_to_several_rooms(server: Server, ana: Actor, room: RoomId) -> None:
    other = await server.room(ana)
    asking = server.message(other, ana, '자비스야 "언제"?')
    request = JarvisRequest(
        RequestId(server.ids.new()), "q1", other, ana.id, '"언제"?', Mode.CHAT, False, START, asking.id
    )
    sends = [server.message(room, ana), asking._replace(request=request), server.message(other, ana)]
    await asyncio.gather(*map(server.log.append, sends))
    assert await transactions(server) == (1, 3)
    async with server.work() as work:
        claimed = await work.requests.claim(request.lane, now=START, until=START)
    assert claimed == replace(request, status=RequestStatus.RUNNING, attempt=1)


async def test_who_leaves_while_a_mention_waits_is_not_mentioned(
    server: Server, ana: Actor, ben: Actor, room: RoomId
) -> None:
    await server.log.append(server.message(room, ana, "known as a member"))
    async with server.work() as work:
        await work.rooms.lock(room)
        late = server.log.append(server.message(room, ana, "@Ben @Cleo @room"))
        await server.waits()
        cleo = await server.person("Cleo")
        await work.members.remove(room, ben.id)
        await work.members.add([Member(room, cleo.id, Role.MEMBER, START)])
        work.record(MemberRemoved(room, ben.id, ben.name))
    await late
    assert (await server.kept(room))[1].mentions == Mentions((cleo.id,), room=True)
    (told,) = server.recorder.of(Mentioned)
    assert told.user_ids == (cleo.id,)


async def test_two_servers_count_the_replies_of_one_thread(
    server: Server, second: Server, ana: Actor, ben: Actor, room: RoomId
) -> None:
    root = (await server.log.append(server.message(room, ana, "root"))).message_id

    def reply(place: Server, sender: Actor) -> NewMessage:
        return place.message(room, sender, "@Ana reply")._replace(reply_to=root)

    sends = [place.log.append(reply(place, who)) for _ in range(30) for place, who in ((server, ana), (second, ben))]
    seqs = sorted(one.seq for one in await asyncio.gather(*sends))
    assert seqs == list(range(2, 62))
    first, *replies = await server.kept(room)
    assert (first.reply_count, first.last_reply_seq) == (60, 61)
    assert {reply.thread_id for reply in replies} == {root}
    assert {reply.mentions for reply in replies} == {Mentions((ana.id,))}


async def executed(server: Server, message: NewMessage) -> int:
    """How many statements the writer has run to keep a message, read off what libpq has sent."""
    assert server.log._statements is not None
    pgconn = server.log._statements.connection.pgconn
    with TemporaryFile("w+") as trace:
        pgconn.trace(trace.fileno())
        await server.log.append(message)
        pgconn.untrace()
        trace.seek(0)
        return sum("\tExecute\t" in line for line in trace)


async def test_a_plain_message_is_one_statement(server: Server, ana: Actor, room: RoomId) -> None:
    root = (await server.log.append(server.message(room, ana, "root"))).message_id
    for content, statements in (("plain", 1), ("mail@example.com", 1), ("@Ana", 2), ("@nobody", 2)):
        assert await executed(server, server.message(room, ana, content)) == statements
    reply = server.message(room, ana, "reply")._replace(reply_to=root)
    assert await executed(server, reply) == 2


async def test_a_deleted_room_leaves_no_row_of_its_mentions(
    server: Server, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await server.room(ana, ben)
    for where in (room, other):
        await server.log.append(server.message(where, ana, "@Ben"))
    async with server.work() as work:
        await work.rooms.delete(room)
    async with server.database.connection() as connection:
        cursor = await connection.execute(
            "select m.room_id from mentions n left join messages m on m.id = n.message_id"
        )
        assert await cursor.fetchall() == [(other,)]
