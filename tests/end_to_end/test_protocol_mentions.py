"""Speaking to somebody by name, over the socket."""

from tests.end_to_end.client import Person


async def test_who_is_mentioned_hears_of_it_also_where_the_room_is_not_open(
    ana: Person, ben: Person, cho: Person
) -> None:
    room = await ana.open_room(ben, cho)
    async with await ana.connect(room) as anas, await ben.connect() as bens, await cho.connect(room) as chos:
        said = await anas.send(room, "@Ben은 어디? @Ana", "t1")
        assert said["mentions"] == [ben.id, ana.id]
        hint = await bens.expect("mentioned")
        assert hint.payload == {"roomId": room, "messageId": said["id"], "seq": said.seq, "fromUserId": ana.id}
        assert (hint.seq, hint.room_id) == (None, None)
        for socket in (anas, chos):
            await socket.join(room)
            assert socket.told("mentioned") == []
        assert await ben.get("/mentions") == await ben.history(room) == [said.payload]
        assert await cho.get("/mentions") == await ana.get("/mentions") == []


async def test_a_mention_comes_to_every_socket_of_a_person_once(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as first, await ben.connect() as second:
        for number in range(3):
            await anas.say("message.send", roomId=room, content="@room 모두", clientTempId="same id")
            await anas.expect("message.ack", clientTempId="same id")
            await anas.send(room, f"plain {number}", f"p{number}")
        await first.expect("message.new", content="plain 2")
        assert (await second.expect("mentioned"))["seq"] == 1
        for socket in (first, second):
            await socket.settled()
            assert len(socket.told("mentioned")) == 1
        assert anas.told("mentioned") == []
    [message] = await ben.get("/mentions")
    assert message["mentionsRoom"] is True


async def test_an_edit_tells_who_is_new_and_a_deletion_leaves_nobody(ana: Person, ben: Person, cho: Person) -> None:
    room = await ana.open_room(ben, cho)
    async with await ana.connect(room) as anas, await ben.connect(room) as bens, await cho.connect(room) as chos:
        said = await anas.send(room, "@Ben", "t1")
        await anas.say("message.edit", roomId=room, messageId=said["id"], content="@Ben @Cho")
        edited = await bens.expect("message.updated", mentions=[ben.id, cho.id])
        await chos.expect("mentioned", messageId=said["id"])
        await bens.settled()
        assert len(bens.told("mentioned")) == 1
        assert await ben.get("/mentions") == await cho.get("/mentions") == [edited.payload]
        await anas.say("message.delete", roomId=room, messageId=said["id"])
        await bens.expect("message.deleted")
        assert await ben.get("/mentions") == []
        [deleted] = await ben.history(room)
        assert "mentions" not in deleted
