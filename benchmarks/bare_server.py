"""The yardstick: a broadcast server on bare aiohttp that stores nothing and writes each frame by itself.

It speaks the part of the wire contract that the load generator uses: ``room.join`` is answered by ``room.joined``,
``message.send`` by a ``message.new`` to every socket of the room and a ``message.ack`` to the sender. A frame has the
fields that Jarvis sends and is encoded once per message; nothing is joined, stored, authenticated or bounded.
"""

import sys
from collections import defaultdict
from itertools import count

import orjson
import uvloop
from aiohttp import WSMsgType, web

Rooms = defaultdict[str, set[web.WebSocketResponse]]

ROOMS = web.AppKey("rooms", Rooms)

_numbers = count(1)


async def _send(readers: set[web.WebSocketResponse], sender: web.WebSocketResponse, message: dict[str, str]) -> None:
    room_id = message["roomId"]
    payload = {
        "id": f"0193b0a0-0000-7000-9000-{next(_numbers):012x}",
        "roomId": room_id,
        "senderType": "user",
        "senderUserId": "00000000-0000-7000-8000-000000000000",
        "content": message["content"],
        "createdAt": "2026-02-16T01:02:03.004Z",
        "clientTempId": message["clientTempId"],
    }
    frame = orjson.dumps({"type": "message.new", "payload": payload, "roomId": room_id}).decode()
    for reader in list(readers):
        await reader.send_str(frame)
    ack = {"roomId": room_id, "clientTempId": message["clientTempId"], "messageId": payload["id"]}
    await sender.send_str(orjson.dumps({"type": "message.ack", "payload": ack}).decode())


async def _socket(request: web.Request) -> web.WebSocketResponse:
    rooms = request.app[ROOMS]
    joined: set[str] = set()
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    try:
        async for received in socket:
            if received.type is not WSMsgType.TEXT:
                continue
            message = orjson.loads(received.data)
            room_id = message["roomId"]
            rooms[room_id].add(socket)
            joined.add(room_id)
            if message["type"] == "room.join":
                answer = {"type": "room.joined", "payload": {"roomId": room_id}}
                await socket.send_str(orjson.dumps(answer).decode())
            elif message["type"] == "message.send":
                await _send(rooms[room_id], socket, message)
    finally:
        for room_id in joined:
            rooms[room_id].discard(socket)
    return socket


def main(port: int) -> None:
    """Serve ``/ws`` on the loopback address at ``port`` until SIGTERM."""
    rooms: Rooms = defaultdict(set)
    app = web.Application()
    app[ROOMS] = rooms
    app.router.add_get("/ws", _socket)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=uvloop.new_event_loop())


if __name__ == "__main__":
    main(int(sys.argv[1]))
