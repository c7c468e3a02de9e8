"""Decisions and tasks through the whole product: written down over REST, told to the room in its order, replayed."""

from tests.end_to_end.client import Person


async def test_the_room_hears_of_its_tasks_in_order(ana: Person, ben: Person) -> None:
    room = await ana.open_room(ben)
    async with await ben.connect(room) as reader:
        said = await reader.send(room, "보고서는 내가 쓸게")
        task = await ana.post(f"/rooms/{room}/tasks", {"sourceMessageId": said["id"], "ownerId": ben.id})
        added = await reader.expect("task.added", id=task["id"])
        path = f"/rooms/{room}/tasks/{task['id']}"
        done = await ben.call("PATCH", path, {"state": "done", "dueDate": "2026-03-02"})
        updated = await reader.expect("task.updated", id=task["id"])
        decision = await ben.post(f"/rooms/{room}/decisions", {"title": "금요일", "state": "decided"})
        await reader.expect("decision.added", id=decision["id"])
        await ben.call("DELETE", f"/rooms/{room}/decisions/{decision['id']}")
        gone = await reader.expect("decision.removed", decisionId=decision["id"])
    assert (said.seq, added.seq, updated.seq, gone.seq) == (1, 2, 3, 5)
    assert (added["title"], added["state"], updated["state"]) == ("보고서는 내가 쓸게", "open", "done")
    assert done.body == await ana.get(path)
    assert [one["id"] for one in await ben.get("/tasks?state=done")] == [task["id"]]
    async with await ana.connect() as late:
        await late.join(room, since=0)
        assert late.seqs(room) == [1, 2, 3, 4, 5]
        assert late.types[:5] == ["message.new", "task.added", "task.updated", "decision.removed", "decision.removed"]
        assert late.seen[1]["state"] == "done"


async def test_a_deleted_message_takes_what_was_quoted_with_it(ana: Person, ben: Person) -> None:
    room = await ana.open_room(ben)
    async with await ben.connect(room) as socket:
        said = await socket.send(room, "비밀번호는 1234로 바꾸기")
        task = await ana.post(f"/rooms/{room}/tasks", {"sourceMessageId": said["id"]})
        await socket.say("message.delete", roomId=room, messageId=said["id"])
        told = await socket.expect("task.updated", id=task["id"])
    assert told["title"] == "(삭제된 메시지)"
    assert "1234" not in str(await ana.get(f"/rooms/{room}/tasks"))


async def test_who_leaves_owns_nothing_that_is_open(ana: Person, ben: Person) -> None:
    room = await ana.open_room(ben)
    task = await ana.post(f"/rooms/{room}/tasks", {"title": "쓰기", "ownerId": ben.id})
    async with await ana.connect(room) as socket, await ben.connect(room) as leaving:
        await leaving.say("room.leave", roomId=room)
        told = await socket.expect("task.updated", id=task["id"])
        await socket.expect("room.member.removed", userId=ben.id)
    assert told["ownerId"] is None
    assert await ben.get("/tasks") == []
