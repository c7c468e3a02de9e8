"""Nothing lost, nothing twice, one order: what a socket is shown of the time it was away."""

import asyncio
import json

from tests.builders import eventually
from tests.end_to_end.client import Person, Socket
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.raw import CLOSE, TEXT, RawSocket

DELETED = "(삭제된 메시지)"
TOO_SLOW = 4008


async def test_what_was_missed_comes_in_order_and_then_the_newest_seq(
    server: Server, ana: Person, ben: Person, cho: Person, room: str
) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        said = await anas.send(room, "하나", "one")
        await bens.send(room, "자비스야, 둘?", "two")
        await anas.expect("bot.done")
        await anas.say("room.rename", roomId=room, title="이름")
        await ana.invite(room, cho)
        await anas.say("message.edit", roomId=room, messageId=said["id"], content="하나!")
        await anas.expect("message.updated")
        await bens.say("room.leave", roomId=room)
        await anas.expect("room.member.removed")
        live = [event for _, event in anas.log[room]]
        assert [event.type for event in live] == [
            "message.new", "message.new", "bot.done", "room.updated", "room.member.added", "message.updated",
            "room.member.removed",
        ]  # fmt: skip
        for since in range(8):
            async with await cho.connect() as late:
                joined = await late.join(room, since=since)
                assert joined.payload == {"roomId": room, "seq": 7}
                assert late.seqs(room) == list(range(since + 1, 8))
                assert late.types[-1] == "room.joined"
                shown = [event for _, event in late.log.get(room, [])]
                assert [event.type for event in shown] == [event.type for event in live[since:]]
                for event, heard in zip(shown, live[since:], strict=True):
                    if event.seq != 1:
                        assert event == heard


async def test_what_was_changed_since_is_shown_as_it_stands_now(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas:
        edited, deleted = await anas.send(room, "비밀번호는 1234", "one"), await anas.send(room, "지울 말", "two")
        for content in ("비밀번호는 5678", "고친 말"):
            await anas.say("message.edit", roomId=room, messageId=edited["id"], content=content)
        await anas.say("message.delete", roomId=room, messageId=deleted["id"])
        await anas.say("room.rename", roomId=room, title="처음")
        await anas.say("room.rename", roomId=room, title="마지막")
        await anas.expect("room.updated", title="마지막")
    async with await ben.connect() as bens:
        await bens.join(room, since=0)
        shown = [event for _, event in bens.log[room]]
        assert [(event.type, event.payload.get("content", event.payload.get("title"))) for event in shown] == [
            ("message.new", "고친 말"),
            ("message.new", DELETED),
            ("message.updated", "고친 말"),
            ("message.updated", "고친 말"),
            ("message.deleted", None),
            ("room.updated", "마지막"),
            ("room.updated", "마지막"),
        ]
        for event in shown[:2]:
            assert event.payload == next(m for m in await ben.history(room) if m["id"] == event["id"])


async def test_who_is_ahead_of_the_log_is_told_to_start_anew(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        await socket.send(room, "하나", "one")
        for since in (2, 1 << 62, (1 << 63) - 1):
            assert (await socket.join(room, since=since))["seq"] == 1
            assert (await socket.expect("room.resync")).payload == {"roomId": room, "seq": 1}
            assert socket.types[-2:] == ["room.resync", "room.joined"]
        await socket.send(room, "둘", "two")
        assert socket.seqs(room) == [1, 2]
    async with await ana.connect() as fresh:
        await fresh.join(room, since=77)
        assert fresh.types == ["room.resync", "room.joined"]


async def test_a_long_absence_is_made_up_page_by_page(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_REPLAY_PAGE=7)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect() as talking:
        for number in range(50):
            await talking.say("message.send", roomId=room, content=str(number))
        await talking.send(room, "last", "last")
    for since in (0, 1, 43, 44, 45):
        async with await ana.connect() as late:
            await late.join(room, since=since)
            assert late.seqs(room) == list(range(since + 1, 52))


async def test_joining_amid_a_burst_misses_nothing_and_repeats_nothing(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_REPLAY_PAGE=5)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    late: list[Socket] = []
    async with await ana.connect(room) as talking:

        async def talk() -> None:
            for number in range(200):
                await talking.say("message.send", roomId=room, content=str(number), clientTempId=str(number))
                if number % 5 == 0:
                    await talking.expect("message.ack", clientTempId=str(number))

        burst = asyncio.ensure_future(talk())
        while not burst.done():
            late.append(await ben.connect())
            await late[-1].join(room, since=0)
        await burst
        await talking.expect("message.ack", clientTempId="199")
        assert late
        for socket in late:
            await socket.join(room)
            assert socket.seqs(room) == list(range(1, 201))
            joined = socket.types.index("room.joined")
            assert socket.types[:joined] == ["message.new"] * socket.seen[joined]["seq"]
            assert socket.log[room] == talking.log[room]
            await socket.close()


async def test_joining_again_on_the_same_socket_shows_again_and_goes_on(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        for number in range(3):
            await anas.send(room, str(number), str(number))
        await bens.join(room, since=1)
        await anas.send(room, "3", "3")
        await bens.expect("message.new", content="3")
        assert bens.seqs(room) == [1, 2, 3, 2, 3, 4]


async def test_over_many_broken_connections_nothing_is_lost(ana: Person, ben: Person, room: str) -> None:
    heard: list[int] = []
    async with await ana.connect(room) as anas:
        for number in range(10):
            bens = await ben.connect()
            await bens.join(room, since=len(heard))
            await anas.send(room, f"{number} heard", f"{number} heard")
            if number % 2:
                await bens.expect("message.new", content=f"{number} heard")
            bens.abort()
            await anas.send(room, f"{number} missed", f"{number} missed")
            await bens.closed()
            heard += bens.seqs(room)
            assert heard == list(range(1, len(heard) + 1))
        bens = await ben.connect()
        await bens.join(room, since=len(heard))
        assert heard + bens.seqs(room) == list(range(1, 21))
        await bens.close()


async def test_rooms_are_followed_apart(ana: Person, ben: Person, room: str) -> None:
    other = await ana.open_room(ben)
    async with await ana.connect() as anas, await ben.connect(room) as bens:
        await anas.send(room, "하나", "one")
        await anas.send(other, "둘", "two")
        await bens.join(room)
        assert bens.seqs(other) == []
        await bens.join(other, since=0)
        assert (bens.seqs(room), bens.seqs(other)) == ([1], [1])


async def test_a_reader_too_slow_is_sent_away_and_comes_back_to_all_of_it(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_SOCKET_BUFFER_BYTES=64 * 1024)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    slow = await RawSocket.open(ben, receive_buffer=4096)
    await slow.send(json.dumps({"type": "room.join", "roomId": room}).encode())
    assert b"room.joined" in (await slow.frame())[1]
    [of_ben] = [found for found in server.product.hub().connections if str(found.actor.id) == ben.id]
    count = 0
    async with await ana.connect(room) as anas, await ben.connect(room) as quick:
        while not of_ben.is_closing:
            count += 1
            await anas.send(room, f"{count} " + "x" * 60_000, str(count))
        await anas.send(room, "after", "after")
        await quick.expect("message.new", content="after")
        assert quick.seqs(room) == list(range(1, count + 2)), "nobody else is held up"
    heard: list[int] = []
    while True:
        opcode, payload = await slow.frame()
        if opcode == CLOSE:
            break
        assert opcode == TEXT
        event = json.loads(payload)
        if event["type"] != "presence.updated":
            heard.append(event["seq"])
    assert int.from_bytes(payload[:2]) == TOO_SLOW
    assert heard == list(range(1, len(heard) + 1))
    slow.close()
    async with await ben.connect() as again:
        await again.join(room, since=len(heard))
        assert heard + again.seqs(room) == list(range(1, count + 2))
    await eventually(lambda: server.open_sockets == 0)
