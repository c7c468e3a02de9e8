"""Whatever a frame holds: its sender alone is told, the socket stays usable, and nothing has changed."""

import json
from collections.abc import Mapping
from typing import Any

from tests.end_to_end.client import UNKNOWN_ID, Person, Socket
from tests.end_to_end.conftest import Server

HERE, SAID = "<room>", "<message>"
"""Stand for the ids of a room and of a message in it."""

BAD_JSON: dict[str, str | bytes] = {
    "nothing": "",
    "nothing, binary": b"",
    "white space": " \n\t",
    "words": "hello",
    "half an object": '{"type":"message.send"',
    "two objects": '{"type":"room.join"}{"type":"room.join"}',
    "a comma too many": '{"type":"room.leave","roomId":"<room>",}',
    "single quotes": "{'type':'room.leave','roomId':'<room>'}",
    "a comment": '{"type":"room.leave"/**/,"roomId":"<room>"}',
    "a byte order mark": b'\xef\xbb\xbf{"type":"room.leave","roomId":"<room>"}',
    "bytes that are no text": b"\xff\xfe\x00\x01\x80",
    "a text in another encoding": '{"type":"room.leave","roomId":"<room>"}'.encode("utf-16"),
    "bytes that are no text within a text": b'{"type":"message.send","roomId":"<room>","content":"\xff"}',
    "a surrogate in UTF-8": b'{"type":"message.send","roomId":"<room>","content":"\xed\xa0\xbd"}',
    "an overlong NUL": b'{"type":"message.send","roomId":"<room>","content":"\xc0\x80"}',
    "NaN": '{"type":"message.send","roomId":"<room>","content":"x","more":NaN}',
    "Infinity": '{"type":"message.send","roomId":"<room>","content":"x","more":[-Infinity]}',
    "nested thousands deep": '{"type":"room.leave","roomId":"<room>","x":' + "[" * 9000 + "]" * 9000 + "}",
    "objects nested thousands deep": '{"x":' * 9000 + "1" + "}" * 9000,
    "opened thousands of times": "[" * 100_000,
    "a control character in a text": '{"type":"message.send","roomId":"<room>","content":"\n"}',
    "an escape that is none": '{"type":"message.send","roomId":"<room>","content":"\\x"}',
}

BAD_MESSAGE: dict[str, Any] = {
    "null": None,
    "a number": 7,
    "a text": "message.send",
    "a list": [{"type": "room.leave", "roomId": HERE}],
    "an empty object": {},
    "no type": {"roomId": HERE, "content": "x"},
    "a type that is no text": {"type": 7, "roomId": HERE},
    "a type in a list": {"type": ["room.leave"], "roomId": HERE},
    "no type there is": {"type": "room.burn", "roomId": HERE},
    "a type of the server's": {"type": "message.new", "roomId": HERE, "content": "x"},
    "a type in capitals": {"type": "ROOM.LEAVE", "roomId": HERE},
    "an empty type": {"type": "", "roomId": HERE},
    "a type past all bounds": {"type": "x" * 200_000, "roomId": HERE},
    "fields in a payload": {"type": "room.leave", "payload": {"roomId": HERE}},
    "a join without a room": {"type": "room.join"},
    "a join of no id": {"type": "room.join", "roomId": "kitchen"},
    "a join of an empty id": {"type": "room.join", "roomId": ""},
    "a join of a number": {"type": "room.join", "roomId": 1},
    "a join of an object": {"type": "room.join", "roomId": {"id": HERE}},
    "a join of an id with more": {"type": "room.join", "roomId": HERE + "0"},
    "a join of an id with a quote": {"type": "room.join", "roomId": HERE[:-1] + "'"},
    "a seq below zero": {"type": "room.join", "roomId": HERE, "sinceSeq": -1},
    "a seq past 64 bits": {"type": "room.join", "roomId": HERE, "sinceSeq": 1 << 64},
    "a seq at the edge": {"type": "room.join", "roomId": HERE, "sinceSeq": 1 << 63},
    "a seq past all bounds": {"type": "room.join", "roomId": HERE, "sinceSeq": 10**400},
    "half a seq": {"type": "room.join", "roomId": HERE, "sinceSeq": 0.5},
    "a seq in a text": {"type": "room.join", "roomId": HERE, "sinceSeq": "0"},
    "a seq that is true": {"type": "room.join", "roomId": HERE, "sinceSeq": True},
    "a send without content": {"type": "message.send", "roomId": HERE},
    "a send of null": {"type": "message.send", "roomId": HERE, "content": None},
    "a send of a number": {"type": "message.send", "roomId": HERE, "content": 1},
    "a send of a list": {"type": "message.send", "roomId": HERE, "content": ["x"]},
    "a send of nothing": {"type": "message.send", "roomId": HERE, "content": ""},
    "a send of white space": {"type": "message.send", "roomId": HERE, "content": " \n\u3000"},
    "a send of a NUL": {"type": "message.send", "roomId": HERE, "content": "a\x00b"},
    "a client id that is a number": {"type": "message.send", "roomId": HERE, "content": "x", "clientTempId": 1},
    "an empty client id": {"type": "message.send", "roomId": HERE, "content": "x", "clientTempId": ""},
    "a long client id": {"type": "message.send", "roomId": HERE, "content": "x", "clientTempId": "y" * 201},
    "a NUL in a client id": {"type": "message.send", "roomId": HERE, "content": "x", "clientTempId": "y\x00"},
    "an edit of no message": {"type": "message.edit", "roomId": HERE, "content": "x"},
    "an edit of what is no id": {"type": "message.edit", "roomId": HERE, "messageId": "local:1", "content": "x"},
    "an edit to nothing": {"type": "message.edit", "roomId": HERE, "messageId": SAID, "content": ""},
    "an edit to null": {"type": "message.edit", "roomId": HERE, "messageId": SAID, "content": None},
    "an edit to a NUL": {"type": "message.edit", "roomId": HERE, "messageId": SAID, "content": "\x00"},
    "a deletion of null": {"type": "message.delete", "roomId": HERE, "messageId": None},
    "a deletion of many": {"type": "message.delete", "roomId": HERE, "messageId": [SAID]},
    "a question without words": {"type": "jarvis.request", "roomId": HERE},
    "a question of a number": {"type": "jarvis.request", "roomId": HERE, "prompt": 7},
    "a question with a NUL": {"type": "jarvis.request", "roomId": HERE, "prompt": "\x00"},
    "a question in no mode there is": {"type": "jarvis.request", "roomId": HERE, "prompt": "x", "mode": "sing"},
    "a question half personal": {"type": "jarvis.request", "roomId": HERE, "prompt": "x", "isPersonal": "yes"},
    "a question of a number's id": {"type": "jarvis.request", "roomId": HERE, "prompt": "x", "requestId": 7},
    "a question of an empty id": {"type": "jarvis.request", "roomId": HERE, "prompt": "x", "requestId": ""},
    "a question of a long id": {"type": "jarvis.request", "roomId": HERE, "prompt": "x", "requestId": "y" * 201},
    "a question to no message": {"type": "jarvis.request", "roomId": HERE, "prompt": "x", "messageId": "local:1"},
    "a question that is too long": {"type": "jarvis.request", "roomId": HERE, "prompt": "x" * 100_000},
    "no title": {"type": "room.rename", "roomId": HERE},
    "a title of a number": {"type": "room.rename", "roomId": HERE, "title": 7},
    "an empty title": {"type": "room.rename", "roomId": HERE, "title": " "},
    "a long title": {"type": "room.rename", "roomId": HERE, "title": "x" * 201},
    "a NUL in a title": {"type": "room.rename", "roomId": HERE, "title": "x\x00y"},
    "an offer of nothing": {"type": "rtc.offer", "roomId": HERE},
    "an answer of nothing": {"type": "rtc.answer", "roomId": HERE},
    "no candidate": {"type": "rtc.ice", "roomId": HERE},
    "a candidate past 64 bits": {"type": "rtc.ice", "roomId": HERE, "candidate": {"n": [1 << 70]}},
    "a hangup in no room": {"type": "rtc.hangup"},
    "a deletion of no room": {"type": "room.delete", "roomId": None},
    "a hello": {"type": "client.hello", "token": "x"},
}

HALF_A_PAIR = '{"type":"message.send","roomId":"<room>","clientTempId":"cut","content":"\\ud83d"}'
PAST_ALL_BOUNDS = '{"type":"rtc.ice","roomId":"<room>","candidate":1e999}'


class Room:
    """Two people in a room, one of whom sends what cannot be, and what is to be seen of it from outside."""

    def __init__(self, ana: Person, ben: Person, room_id: str, message_id: str) -> None:
        self._people = (ana, ben)
        self._room_id = room_id
        self._message_id = message_id

    def fill_in(self, frame: str | bytes) -> str | bytes:
        if isinstance(frame, bytes):
            return frame.replace(HERE.encode(), self._room_id.encode())
        return frame.replace(HERE, self._room_id).replace(SAID, self._message_id)

    async def state(self) -> list[Any]:
        return [
            await person.get(path)
            for person in self._people
            for path in ("/rooms", f"/rooms/{self._room_id}/messages", f"/rooms/{self._room_id}/members", "/users")
        ]


async def say_all(frames: Mapping[str, str | bytes], code: str, ana: Person, ben: Person, room_id: str) -> None:
    async with await ana.connect(room_id) as anas, await ben.connect(room_id) as bens, await ana.connect() as other:
        said = (await anas.send(room_id, "안녕", "first"))["id"]
        room = Room(ana, ben, room_id, said)
        before = await room.state()
        for name, frame in frames.items():
            for sent in (room.fill_in(frame), as_binary(room.fill_in(frame))):
                await anas.say_raw(sent)
                refusal = await anas.expect("error")
                assert refusal["message"] == code, name
                await anas.settled()
        assert await room.state() == before
        assert sorted(anas.types[:3]) == ["message.ack", "message.new", "room.joined"]
        assert anas.types[3:] == ["error"] * 2 * len(frames)
        await anas.send(room_id, "still here", "second")
        await bens.join(room_id)
        await other.settled()
        assert bens.types == ["room.joined", "message.new", "message.new", "room.joined"]
        assert other.types == []


def as_binary(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


async def test_what_is_no_json(ana: Person, ben: Person, room: str) -> None:
    await say_all(BAD_JSON | {"half a surrogate pair": HALF_A_PAIR}, "BAD_JSON", ana, ben, room)


async def test_what_is_no_message(server: Server, ana: Person, ben: Person, room: str) -> None:
    frames = {name: json.dumps(frame) for name, frame in BAD_MESSAGE.items()}
    await say_all(frames | {"past all bounds": PAST_ALL_BOUNDS}, "BAD_MESSAGE", ana, ben, room)
    assert server.model.shown == []


async def test_who_cannot_be_understood_is_told_which_send_it_was(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        for rest in (
            "",
            ',"content":7',
            ',"content":"\\u0000"',
            ',"content":" "',
            ',"content":"\\ud83d"',
            ',"content":NaN',
        ):
            await socket.say_raw(f'{{"type":"message.send","roomId":"{room}","clientTempId":"cut"{rest}}}')
            await socket.refused(clientTempId="cut")
        await socket.say("message.send", roomId="nowhere", content="x", clientTempId="cut")
        await socket.refused(clientTempId="cut")


async def test_an_id_that_cannot_be_told_is_not(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        for temp_id in ('"\\ud83d"', "7", "[]", "{}", "null", '"\\udc00\\ud800"'):
            await socket.say_raw(f'{{"type":"message.send","clientTempId":{temp_id},"content":"x"}}')
            assert "clientTempId" not in (await socket.expect("error")).payload
        await socket.settled()


async def test_of_a_field_that_comes_twice_the_last_one_counts(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        await socket.say_raw(f'{{"type":"room.delete","type":"room.join","roomId":"{UNKNOWN_ID}","roomId":"{room}"}}')
        await socket.expect("room.joined")
        await socket.settled()
        assert socket.types == ["room.joined", "room.joined"]


async def test_unknown_fields_are_ignored(ana: Person, room: str) -> None:
    odd = {
        "payload": {"deep": [1, 2.5, None]},
        "seq": -1,
        "senderUserId": UNKNOWN_ID,
        "크기": 10**18,
        "__proto__": {},
    }
    async with await ana.connect(room) as socket:
        await socket.say("message.send", roomId=room, content="안녕", clientTempId="one", **odd)
        await socket.expect("message.ack")
        said = await socket.expect("message.new")
        assert said["senderUserId"] == ana.id
        assert not odd.keys() & {*said.payload} - {"seq", "senderUserId"}


async def test_ids_are_known_however_they_are_written(ana: Person, room: str) -> None:
    async with await ana.connect() as socket:
        await socket.say("room.join", roomId=room.upper())
        await socket.expect("room.joined", roomId=room)
        await socket.say("message.send", roomId=room.upper(), content="x", clientTempId="one")
        await socket.expect("message.ack", roomId=room)


async def test_a_storm_of_nonsense_is_answered_frame_by_frame_and_in_order(ana: Person, ben: Person, room: str) -> None:
    async def storm(socket: Socket) -> None:
        for number in range(300):
            await socket.say("nonsense", clientTempId=str(number))

    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await storm(anas)
        await anas.expect("error", clientTempId="299")
        assert [event["clientTempId"] for event in anas.told("error")] == [str(number) for number in range(300)]
        await bens.settled()
        assert bens.types == ["room.joined"]
