"""Who types, and who comes and goes, as those who share a room with them hear it."""

from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.conftest import Server


async def test_who_types_is_told_to_the_others(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ana.connect(room) as also_ana, await ben.connect(room) as bens:
        elsewhere = await ben.connect()
        await anas.say("typing", roomId=room, isTyping=True)
        told = await bens.expect("typing")
        assert (told.payload, told.seq) == ({"roomId": room, "userId": ana.id, "isTyping": True}, None)
        await anas.close()
        assert not (await bens.expect("typing"))["isTyping"]
        await also_ana.settled()
        await elsewhere.settled()
        assert also_ana.told("typing") == elsewhere.told("typing") == anas.told("typing") == []
        await elsewhere.close()


async def test_typing_ends_by_itself(server: Server, ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("typing", roomId=room, isTyping=True)
        assert (await bens.expect("typing"))["isTyping"]
        server.clock.advance(seconds=6)
        assert not (await bens.expect("typing"))["isTyping"]


async def test_typing_is_for_members_and_nothing_but_yes_or_no(ana: Person, cho: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await cho.connect() as chos:
        for where in (room, UNKNOWN_ID):
            await chos.say("typing", roomId=where, isTyping=True)
            assert await chos.refused(roomId=where) == "FORBIDDEN"
        await chos.say("typing", roomId=room, isTyping="yes")
        assert await chos.refused() == "BAD_MESSAGE"
        await anas.settled()
        assert anas.told("typing") == []


async def test_coming_and_going_is_told_once_to_who_shares_a_room(
    ana: Person, ben: Person, cho: Person, room: str
) -> None:
    await ana.open_room(ben, title="Other")
    async with await ana.connect(room) as anas, await cho.connect() as chos, await ana.connect() as elsewhere:
        await elsewhere.settled()
        first, second = await ben.connect(), await ben.connect()
        await second.settled()  # the server knows of both before one goes
        came = {"userId": ben.id, "isOnline": True, "lastSeenAt": None}
        for socket in (anas, elsewhere):
            assert (await socket.expect("presence.updated", userId=ben.id)).payload == came
        await first.close()
        await anas.settled()
        assert len(anas.told("presence.updated")) == 1
        await second.close()
        went = await anas.expect("presence.updated", userId=ben.id)
        assert not went["isOnline"]
        [bens] = [person for person in await ana.get("/users") if person["id"] == ben.id]
        assert (bens["isOnline"], bens["lastSeenAt"]) == (False, went["lastSeenAt"])
        await elsewhere.expect("presence.updated", isOnline=False)
        again = await ben.connect()
        back = await anas.expect("presence.updated", isOnline=True)
        assert back["lastSeenAt"] == went["lastSeenAt"]
        await again.settled()
        assert again.presence == [], "one is not told of oneself, nor of who was there before"
        await again.close()
        await chos.settled()
        assert chos.presence == []
