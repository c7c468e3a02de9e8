"""The calendar through the whole product, over real sockets."""

import asyncio

from tests.end_to_end.client import UNKNOWN_ID, Json, Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.shapes import CALENDAR_EVENT, fits

NOON: Json = {"title": "점심", "start": "2026-03-02T12:00:00+09:00", "end": "2026-03-02T13:00:00+09:00"}


async def test_the_installed_clients_five_calls(ana: Person, ben: Person) -> None:
    day = await ana.post("/calendar/events", {"title": "휴가", "start": "2026-03-03", "end": "2026-03-03"})
    noon = await ana.post("/calendar/events", {**NOON, "color": "#ff0000"})
    assert (day["start"][:10], day["end"][:10], day["color"]) == ("2026-03-03", "2026-03-03", "#00694D")
    events = await ana.get("/calendar/events")
    assert all(fits(event, CALENDAR_EVENT) for event in events)
    assert [(event["id"], event["color"]) for event in events] == [(noon["id"], "#ff0000"), (day["id"], "#00694D")]
    assert await ben.get("/calendar/events") == []
    path = f"/calendar/events/{noon['id']}"
    changed = await ana.call("PUT", path, {"title": "저녁"})
    assert (changed.status, changed.body["title"], changed.body["start"]) == (200, "저녁", noon["start"])
    for event_id in (noon["id"], UNKNOWN_ID):
        for method, body in (("PUT", {"title": "x"}), ("DELETE", None)):
            refused = await ben.call(method, f"/calendar/events/{event_id}", body)
            assert (refused.status, refused.error) == (404, "NOT_FOUND")
    assert (await ana.call("DELETE", path)).body == {"ok": True}
    assert [event["id"] for event in await ana.get("/calendar/events")] == [day["id"]]
    backwards = await ana.call("POST", "/calendar/events", {**NOON, "end": "2026-03-01"})
    assert (backwards.status, backwards.error) == (400, "VALIDATION_FAILED")


async def test_all_sockets_of_all_concerned_hear_of_it(ana: Person, ben: Person, cho: Person, room: str) -> None:
    async with (
        await ana.connect() as here,
        await ana.connect(room) as there,
        await ben.connect() as bens,
        await cho.connect() as chos,
    ):
        event = await ana.post("/calendar/events", {**NOON, "roomId": room, "recurrence": "FREQ=DAILY;COUNT=3"})
        for socket in (here, there, bens):
            told = await socket.expect("calendar.updated", eventId=event["id"], change="created")
            assert told["event"] == (await ben.get("/calendar/events"))[0]
        path = f"/calendar/events/{event['id']}"
        await ana.call("DELETE", f"{path}?occurrence=2026-03-03T03:00:00Z")
        told = await bens.expect("calendar.updated", eventId=event["id"], change="updated")
        assert told["event"]["exceptions"] == [{"occurrence": "2026-03-03T03:00:00.000Z", "cancelled": True}]
        shown = await ben.get("/calendar/events?from=2026-03-01&to=2026-03-10")
        assert [each["start"][8:10] for each in shown] == ["02", "04"]
        await ana.call("DELETE", path)
        for socket in (here, there, bens):
            gone = await socket.expect("calendar.updated", eventId=event["id"], change="deleted")
            assert gone["event"] is None
        await chos.settled()
        assert chos.types == []
        assert there.types.count("calendar.updated") == 3, "once, also where the room is joined"


async def test_a_deleted_room_leaves_what_was_planned_in_it(ana: Person, ben: Person, room: str) -> None:
    event = await ana.post("/calendar/events", {**NOON, "roomId": room})
    async with await ana.connect(room) as socket:
        await socket.say("room.delete", roomId=room)
        await socket.expect("room.deleted")
    for person in (ana, ben):
        [left] = await person.get("/calendar/events")
        assert (left["id"], left["roomId"], left["attendeeIds"]) == (event["id"], None, [ben.id])


async def test_a_feed_of_one_calendar_fills_another(server: Server, ana: Person, ben: Person) -> None:
    weekly = {**NOON, "recurrence": "FREQ=WEEKLY;BYDAY=MO,TH", "description": "줄바꿈\n쉼표, 세미콜론;"}
    made = await ana.post("/calendar/events", weekly)
    await ana.call("PUT", f"/calendar/events/{made['id']}?occurrence=2026-03-05T03:00:00Z", {"title": "회식"})
    await ana.call("DELETE", f"/calendar/events/{made['id']}?occurrence=2026-03-09T03:00:00Z")
    await ana.post("/calendar/events", {"title": "휴가", "start": "2026-03-06", "end": "2026-03-08"})
    path = (await ana.post("/calendar/feed"))["path"]
    async with server.session.get(f"{server.url}{path}") as response:
        assert (response.status, response.content_type) == (200, "text/calendar")
        file = await response.read()
    headers = {"Authorization": f"Bearer {ben.token}", "Content-Type": "text/calendar"}
    async with await ben.connect() as socket:
        for added, unchanged in ((2, 0), (0, 2)):
            async with server.session.post(f"{server.url}/calendar/import", data=file, headers=headers) as response:
                brought = await response.json()
            assert (brought["added"], brought["unchanged"], brought["skipped"]) == (added, unchanged, 0)
        await socket.expect("calendar.updated", change="imported")
        await socket.settled()
        assert len(socket.types) == 1, "what changes nothing tells nobody"
    theirs, mine = [
        [
            {
                name: each[name]
                for name in ("title", "start", "end", "allDay", "description", "occurrence", "recurrence")
            }
            for each in await person.get("/calendar/events?from=2026-03-01&to=2026-06-01")
        ]
        for person in (ana, ben)
    ]
    assert theirs == mine
    assert len(mine) > 20
    async with server.session.get(f"{server.url}{path}x") as response:
        assert response.status == 404


async def test_a_file_brought_twice_at_once_is_brought_once(server: Server, ana: Person, ben: Person) -> None:
    await ana.post("/calendar/events", NOON)
    async with server.session.get(f"{server.url}{(await ana.post('/calendar/feed'))['path']}") as response:
        file = await response.read()
    headers = {"Authorization": f"Bearer {ben.token}"}

    async def bring() -> int:
        async with server.session.post(f"{server.url}/calendar/import", data=file, headers=headers) as response:
            assert response.status == 200
            return int((await response.json())["added"])

    assert sum(await asyncio.gather(*(bring() for _ in range(6)))) == 1
    assert len(await ben.get("/calendar/events")) == 1


async def test_settings_bound_the_calendar(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_CALENDAR_EVENTS=1, JARVIS_CALENDAR_IMPORT_BYTES=1024)
    ana = await server.person("Ana")
    await ana.post("/calendar/events", NOON)
    full = await ana.call("POST", "/calendar/events", NOON)
    assert (full.status, full.error) == (409, "CALENDAR_FULL")
    headers = {"Authorization": f"Bearer {ana.token}"}
    async with server.session.post(f"{server.url}/calendar/import", data=b"x" * 1025, headers=headers) as response:
        assert (response.status, (await response.json())["error"]) == (413, "PAYLOAD_TOO_LARGE")
