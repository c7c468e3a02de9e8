"""Finding what was said, through the whole product."""

from urllib.parse import quote

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer
from tests.waiting import until


async def _found(person: Person, query: str, more: str = "") -> list[str]:
    answer = await person.get(f"/search?q={quote(query)}{more}")
    return [item["message"]["content"] for item in answer["items"]]


async def test_a_message_is_found_as_soon_as_it_is_acknowledged(
    ana: Person, ben: Person, cho: Person, room: str
) -> None:
    async with await ana.connect(room) as socket:
        for number in range(30):
            await socket.send(room, f"보고서 {number}번 초안", f"t{number}")
            found = await _found(ben, f"{number}번 초안", f"&mode=text&roomId={room}")
            assert found[0] == f"보고서 {number}번 초안"
    assert await _found(cho, "초안") == []
    assert (await cho.call("GET", f"/search?q=x&roomId={room}")).status == 403


async def test_edits_and_deletions_are_heeded_at_once(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        message_id = (await socket.send(room, "예산 초안", "t"))["id"]
        await socket.say("message.edit", roomId=room, messageId=message_id, content="예산 확정")
        await socket.expect("message.updated")
        assert await _found(ana, "초안", "&mode=text") == []
        assert await _found(ana, "확정", "&mode=text") == ["예산 확정"]
        await socket.say("message.delete", roomId=room, messageId=message_id)
        await socket.expect("message.deleted")
        assert await _found(ana, "확정", "&mode=text") == []


async def test_what_was_said_is_found_by_meaning_soon_after(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_RATE_LIMITS="off")  # it is asked for again and again
    ana, ben, cho = await server.person("Ana"), await server.person("Ben"), await server.person("Cho")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as socket:
        for text in ("배포 일정을 알려드려요", "점심은 국수", "회의실은 3층"):
            await socket.send(room, text)
    assert (await until(lambda: _found(ben, "배포 일정", "&mode=semantic")))[0] == "배포 일정을 알려드려요"
    assert (await _found(ben, "배포 일정"))[0] == "배포 일정을 알려드려요"
    assert await _found(cho, "배포 일정", "&mode=semantic") == []
