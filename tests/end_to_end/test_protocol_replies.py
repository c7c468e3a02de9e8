"""Answering a message: replies, and the threads they make."""

from tests.end_to_end.client import UNKNOWN_ID, Event, Person, Socket


async def reply(socket: Socket, room: str, content: str, to: Event, temp_id: str | None = None) -> Event:
    """Answer a message, and wait until the room hears it."""
    fields = {} if temp_id is None else {"clientTempId": temp_id}
    await socket.say("message.send", roomId=room, content=content, replyToId=to["id"], **fields)
    return await socket.expect("message.new", content=content)


async def test_a_reply_says_what_it_answers_and_the_root_counts_it(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        root = await anas.send(room, "점심?", "t1")
        assert not {"replyToId", "threadId", "replyCount", "lastReplySeq"} & set(root.payload)
        yes = await reply(bens, room, "좋아요", root)
        where = await reply(anas, room, "어디?", yes, "t2")
        assert (yes["replyToId"], yes["threadId"]) == (root["id"], root["id"])
        assert (where["replyToId"], where["threadId"]) == (yes["id"], root["id"])
        assert (await bens.expect("message.new", id=where["id"])).payload == where.payload
    counted = {**root.payload, "replyCount": 2, "lastReplySeq": where.seq}
    assert await ben.history(room) == [counted, yes.payload, where.payload]


async def test_a_reply_to_what_is_not_in_the_room_is_refused(ana: Person, ben: Person, cho: Person, room: str) -> None:
    other = await ana.open_room(ben)
    async with await ana.connect(room, other) as anas, await cho.connect() as chos:
        here, there = await anas.send(room, "here", "t1"), await anas.send(other, "there", "t2")
        for number, missing in enumerate((there["id"], UNKNOWN_ID)):
            temp_id = f"r{number}"
            await anas.say("message.send", roomId=room, content="?", replyToId=missing, clientTempId=temp_id)
            assert await anas.refused(clientTempId=temp_id, roomId=room) == "NOT_FOUND"
            await chos.say("message.send", roomId=room, content="?", replyToId=missing, clientTempId=temp_id)
            assert await chos.refused(clientTempId=temp_id) == "FORBIDDEN"
        await anas.say("message.send", roomId=room, content="?", replyToId="no id", clientTempId="r9")
        assert await anas.refused(clientTempId="r9") == "BAD_MESSAGE"
        await anas.send(room, "and on it goes", "t3")
    assert [message["content"] for message in await ana.history(room)] == ["here", "and on it goes"]
    assert here.seq == 1


async def test_a_reply_sent_again_is_one_reply(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        root, other = await socket.send(room, "root", "t1"), await socket.send(room, "other", "t2")
        for _ in range(3):
            await socket.say("message.send", roomId=room, content="once", replyToId=root["id"], clientTempId="t3")
        acks = [(await socket.expect("message.ack", clientTempId="t3")).payload for _ in range(3)]
        assert acks[0] == acks[1] == acks[2]
        await socket.say("message.send", roomId=room, content="once", replyToId=other["id"], clientTempId="t3")
        assert await socket.refused(clientTempId="t3") == "CLIENT_TEMP_ID_REUSED"
        await socket.say("message.send", roomId=room, content="once", clientTempId="t3")
        assert await socket.refused(clientTempId="t3") == "CLIENT_TEMP_ID_REUSED"
    assert [message.get("replyCount") for message in await ana.history(room)] == [1, None, None]
