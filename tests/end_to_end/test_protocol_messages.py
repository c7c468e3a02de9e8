"""Saying things, taking them back, and saying them again after a broken connection."""

import asyncio

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.conftest import OpenServer

DELETED = "(삭제된 메시지)"


async def test_a_message_reaches_everybody_in_the_room_exactly_as_sent(ana: Person, ben: Person, room: str) -> None:
    text = ' \t안녕, <b>"Ben"</b>\n\r\n\\ \u2028 👩‍👩‍👧 \x7f\u0301  '
    async with await ana.connect(room) as first, await ana.connect(room) as second, await ben.connect(room) as bens:
        await first.say("message.send", roomId=room, content=text)
        heard = [await socket.expect("message.new") for socket in (first, second, bens)]
        assert heard[0] == heard[1] == heard[2]
        assert (heard[0]["content"], heard[0]["senderUserId"], heard[0]["senderType"]) == (text, ana.id, "user")
        assert heard[0].seq == heard[0]["seq"] == 1
        assert "clientTempId" not in heard[0].payload
        assert first.told("message.ack") == []
    assert await ben.history(room) == [heard[0].payload]


async def test_only_who_sent_with_an_id_of_their_own_is_told_that_it_is_kept(ana: Person, room: str) -> None:
    async with await ana.connect(room) as sender, await ana.connect(room) as other:
        said = await sender.send(room, "안녕", "temp-1")
        assert said["clientTempId"] == "temp-1"
        [ack] = sender.told("message.ack")
        assert ack.payload == {"roomId": room, "clientTempId": "temp-1", "messageId": said["id"], "seq": said.seq}
        await other.expect("message.new", clientTempId="temp-1")
        await other.join(room)
        assert other.told("message.ack") == []


async def test_a_message_is_there_for_rest_as_soon_as_it_is_acknowledged(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect() as socket:
        for number in range(5):
            await socket.say("message.send", roomId=room, content=str(number), clientTempId=str(number))
            await socket.expect("message.ack", clientTempId=str(number))
            assert (await ben.history(room))[-1]["content"] == str(number)


async def test_a_repeated_send_is_accepted_once_over_any_socket(ana: Person, ben: Person, room: str) -> None:
    async with await ben.connect(room) as bens:
        first = await ana.connect(room)
        said = await first.send(room, "한 번만", "once")
        [ack] = first.told("message.ack")
        first.abort()
        async with await ana.connect() as second, await ana.connect(room, way="hello") as third:
            for socket in (second, third, second):
                await socket.say("message.send", roomId=room, content="한 번만", clientTempId="once")
                assert (await socket.expect("message.ack")).payload == ack.payload
            await bens.join(room)
            assert [event["id"] for event in bens.told("message.new")] == [said["id"]]
    assert [message["id"] for message in await ben.history(room)] == [said["id"]]


async def test_a_burst_of_the_same_send_over_several_sockets_is_accepted_once(ana: Person, room: str) -> None:
    sockets = [await ana.connect(room) for _ in range(4)]
    for socket in sockets:
        for _ in range(5):
            await socket.say("message.send", roomId=room, content="한 번만", clientTempId="once")
    acks = [await socket.expect("message.ack") for socket in sockets for _ in range(5)]
    assert all(ack.payload == acks[0].payload for ack in acks)
    for socket in sockets:
        await socket.join(room)
        assert socket.seqs(room) == [1]
        await socket.close()


async def test_a_repeated_send_is_acknowledged_also_after_an_edit_and_a_deletion(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "첫 말", "once")
        await socket.say("message.edit", roomId=room, messageId=said["id"], content="고친 말")
        await socket.say("message.send", roomId=room, content="첫 말", clientTempId="once")
        assert (await socket.expect("message.ack"))["messageId"] == said["id"]
        await socket.say("message.send", roomId=room, content="고친 말", clientTempId="once")
        assert await socket.refused(clientTempId="once") == "CLIENT_TEMP_ID_REUSED"
        await socket.say("message.delete", roomId=room, messageId=said["id"])
        await socket.say("message.send", roomId=room, content="첫 말", clientTempId="once")
        assert (await socket.expect("message.ack"))["seq"] == said.seq
    assert [message["content"] for message in await ana.history(room)] == [DELETED]


async def test_the_same_id_with_another_text_is_refused(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        await socket.send(room, "이 말", "once")
        await socket.say("message.send", roomId=room, content="다른 말", clientTempId="once")
        assert await socket.refused(roomId=room, clientTempId="once") == "CLIENT_TEMP_ID_REUSED"
    assert [message["content"] for message in await ana.history(room)] == ["이 말"]


async def test_ids_of_the_clients_choosing_are_their_own_in_each_room(ana: Person, ben: Person, room: str) -> None:
    other = await ana.open_room(ben)
    async with await ana.connect() as anas, await ben.connect() as bens:
        said = [
            await anas.send(room, "a", "same"),
            await bens.send(room, "b", "same"),
            await anas.send(other, "c", "same"),
        ]
        assert len({event["id"] for event in said}) == 3
        assert [event.seq for event in said] == [1, 2, 1]


async def test_the_author_edits_and_everybody_hears(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        said = await anas.send(room, "처음", "one")
        await anas.say("message.edit", roomId=room, messageId=said["id"], content="나중")
        updated = await bens.expect("message.updated")
        assert updated.payload == {**said.payload, "content": "나중", "editedAt": updated["editedAt"]}
        assert updated.seq == 2
        assert (await anas.expect("message.updated")) == updated
    assert await ben.history(room) == [updated.payload]


async def test_the_author_deletes_and_twice_is_the_same_as_once(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        said = await anas.send(room, "비밀", "one")
        for _ in range(2):
            await anas.say("message.delete", roomId=room, messageId=said["id"])
        deleted = await bens.expect("message.deleted")
        assert (deleted.payload, deleted.seq) == ({"roomId": room, "messageId": said["id"]}, 2)
        await anas.settled()
        await bens.join(room)
        assert anas.refusals == []
        assert bens.seqs(room) == [1, 2]
    [left] = await ben.history(room)
    assert (left["content"], left["deletedByUserId"]) == (DELETED, ana.id)


async def test_what_may_not_be_changed_stays(ana: Person, ben: Person, cho: Person, room: str) -> None:
    other = await ana.open_room()
    async with await ana.connect(room) as anas, await ben.connect(room) as bens, await cho.connect() as chos:
        said = (await anas.send(room, "내 말", "one"))["id"]
        gone = (await anas.send(room, "지운 말", "two"))["id"]
        await anas.say("message.delete", roomId=room, messageId=gone)
        await anas.expect("message.deleted")
        attempts = [
            (bens, "message.edit", room, said, "FORBIDDEN"),
            (bens, "message.delete", room, said, "FORBIDDEN"),
            (bens, "message.delete", room, gone, "FORBIDDEN"),
            (chos, "message.edit", room, said, "FORBIDDEN"),
            (chos, "message.delete", room, said, "FORBIDDEN"),
            (chos, "message.edit", UNKNOWN_ID, said, "FORBIDDEN"),
            (anas, "message.edit", room, gone, "ALREADY_DELETED"),
            (anas, "message.edit", room, UNKNOWN_ID, "NOT_FOUND"),
            (anas, "message.delete", room, UNKNOWN_ID, "NOT_FOUND"),
            (anas, "message.edit", other, said, "NOT_FOUND"),
        ]
        for socket, type_, room_id, message_id, code in attempts:
            await socket.say(type_, roomId=room_id, messageId=message_id, content="다른 말")
            assert await socket.refused(roomId=room_id) == code, (type_, code)
        await bens.join(room)
        assert bens.seqs(room) == [1, 2, 3]
    assert [message["content"] for message in await ana.history(room)] == ["내 말", DELETED]


async def test_who_is_no_member_sends_nothing(cho: Person, ana: Person, room: str) -> None:
    async with await cho.connect() as chos, await ana.connect(room) as anas:
        for room_id in (room, UNKNOWN_ID):
            await chos.say("message.send", roomId=room_id, content="들어가도 돼?", clientTempId="mine")
            assert await chos.refused(roomId=room_id, clientTempId="mine") == "FORBIDDEN"
        await anas.join(room)
        assert anas.types == ["room.joined", "room.joined"]


async def test_a_refused_send_may_be_sent_again_under_the_same_id(ana: Person, cho: Person, room: str) -> None:
    async with await cho.connect() as chos:
        await chos.say("message.send", roomId=room, content="이제?", clientTempId="mine")
        assert await chos.refused() == "FORBIDDEN"
        await ana.invite(room, cho)
        assert (await chos.send(room, "이제?", "mine"))["content"] == "이제?"


async def test_messages_of_one_socket_take_effect_in_order(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        known = (await anas.send(room, "처음", "known"))["id"]
        for number in range(3):
            await anas.say("message.send", roomId=room, content=f"before {number}", clientTempId=f"before {number}")
            await anas.say("message.edit", roomId=room, messageId=known, content=f"edit {number}")
            await anas.say("room.rename", roomId=room, title=f"title {number}")
            await anas.say("rtc.hangup", roomId=room)
            await anas.say("message.send", roomId=room, content=f"after {number}")
        await anas.say("message.delete", roomId=room, messageId=known)
        await bens.expect("message.deleted")
        told = ["message.new", "message.updated", "room.updated", "rtc.hangup", "message.new"]
        assert bens.types == ["room.joined", "message.new", *told * 3, "message.deleted"]
        assert [event["content"] for event in bens.told("message.new")[1:]] == [
            text for number in range(3) for text in (f"before {number}", f"after {number}")
        ]
        assert bens.seqs(room) == list(range(1, 15))


async def test_many_people_at_once_are_heard_in_one_order_without_gaps(ana: Person, ben: Person, room: str) -> None:
    other = await ana.open_room(ben)
    sockets = [await person.connect(room, other) for person in (ana, ben, ana, ben)]

    async def talk(number: int) -> None:
        for turn in range(25):
            where = (room, other)[turn % 2]
            await sockets[number].say(
                "message.send", roomId=where, content=f"{number}/{turn}", clientTempId=f"{number}/{turn}"
            )

    await asyncio.gather(*(talk(number) for number in range(4)))
    for number, socket in enumerate(sockets):
        await socket.expect("message.ack", clientTempId=f"{number}/24")
        await socket.expect("message.ack", clientTempId=f"{number}/23")
    for socket in sockets:
        await socket.join(room)
        await socket.join(other)
        for where, count in ((room, 52), (other, 48)):
            assert socket.seqs(where) == list(range(1, count + 1))
            assert socket.log[where] == sockets[0].log[where]
        acks = {ack["clientTempId"]: ack["seq"] for ack in socket.told("message.ack")}
        assert acks.items() <= {event["clientTempId"]: event.seq for event in socket.told("message.new")}.items()
    for number, socket in enumerate(sockets):
        mine = [event["content"] for event in socket.told("message.new") if event["content"].startswith(f"{number}/")]
        assert sorted(mine, key=lambda text: int(text.split("/")[1])) == [f"{number}/{turn}" for turn in range(25)]
        await socket.close()


async def test_more_sends_than_may_be_underway_are_taken_in_order(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_SENDS_AHEAD=3)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect() as socket:
        for number in range(50):
            await socket.say("message.send", roomId=room, content=str(number), clientTempId=str(number))
        await socket.expect("message.ack", clientTempId="49")
        await socket.join(room)
        assert [event["content"] for event in socket.told("message.new")] == [str(number) for number in range(50)]


@pytest.mark.parametrize("limit", [2048])
async def test_the_text_limit_counts_bytes(open_server: OpenServer, limit: int) -> None:
    server = await open_server(JARVIS_MESSAGE_BYTES=limit)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "x" * limit, "fits")
        for text in ("x" * (limit + 1), "말" * (limit // 3 + 1)):
            await socket.say("message.send", roomId=room, content=text, clientTempId="long")
            assert await socket.refused(clientTempId="long") == "MESSAGE_TOO_LONG"
            await socket.say("message.edit", roomId=room, messageId=said["id"], content=text)
            assert await socket.refused(roomId=room) == "MESSAGE_TOO_LONG"
        await socket.send(room, "말" * (limit // 3), "long")
    assert [len(message["content"]) for message in await ana.history(room)] == [limit, limit // 3]
