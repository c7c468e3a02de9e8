"""What is left of the day's questions."""

from adapters.memory.job_queue import InMemoryJobQueue
from application.jarvis.ask import Asking, Question
from domain.answers import AnswerRecord
from domain.ids import RequestId, RoomId
from domain.users import Actor
from tests.adapters.http.house import House


async def test_what_was_asked_and_what_is_left(house: House) -> None:
    ana, user = await house.person("ana")
    actor = Actor(user.id, user.name)
    room = (await house.rooms.create(actor, "방")).room
    shown = (await house.call("GET", "/jarvis/usage", by=ana)).json
    assert shown == {
        "requests": {"used": 0, "limit": 3, "left": 3},
        "tokens": {"used": 0, "limit": 1000, "left": 1000},
        "resetsAt": "2020-01-02T15:00:00.000Z",
    }
    asking = Asking(house.work, InMemoryJobQueue(), house.clock, house.ids)
    assert await asking.ask(actor, RoomId(room.id), Question("?", request_id="q"))
    [request] = house.store.requests.values()
    async with house.work() as work:
        await work.answers.note(RequestId(request.request.id), AnswerRecord("m", 900, 200))
    shown = (await house.call("GET", "/jarvis/usage", by=ana)).json
    assert (shown["requests"]["left"], shown["tokens"]) == (2, {"used": 1100, "limit": 1000, "left": 0})
