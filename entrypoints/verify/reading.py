"""Rooms read anew at the end of a check, as somebody would who was never there before."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import aiohttp
import orjson

from entrypoints.verify.records import Event, Reading
from entrypoints.verify.wire import AWAY, CannotVerify, Deployment, frame, logged

_PAUSE = 0.2


async def read_room(deployment: Deployment, token: str, room: str, patience: float) -> list[Reading]:
    """The room's log and history from every server that is there. Raises CannotVerify where none is in time."""
    deadline = monotonic() + patience
    while True:
        readings = []
        for url in deployment.urls:
            try:
                async with asyncio.timeout(patience):
                    readings.append(Reading(room, url, await _log(deployment, token, room, url)))
            except AWAY:
                continue
            history = await deployment.history(token, room, url)
            readings.append(Reading(room, url, history, history=True))
        if readings:
            return readings
        if monotonic() > deadline:
            raise CannotVerify(f"no server lets one read room {room} within {patience:g} s")
        await asyncio.sleep(_PAUSE)


async def delete_rooms(deployment: Deployment, token: str, rooms: Sequence[str]) -> None:
    """Have the servers forget the rooms. Raises CannotVerify where they do not."""
    left = set(rooms)
    for url in deployment.urls:
        try:
            async with await deployment.connect(url, token) as ws:
                for room in left:
                    await ws.send_str(frame("room.delete", roomId=room))
                async for received in ws:
                    envelope = orjson.loads(received.data)
                    if envelope["type"] == "room.deleted":
                        left.discard(envelope["payload"]["roomId"])
                    if not left or envelope["type"] == "error":
                        break
        except AWAY:
            continue
        if not left:
            return
    raise CannotVerify(f"{len(left)} rooms of the check could not be deleted")


async def _log(deployment: Deployment, token: str, room: str, url: str) -> list[Event]:
    events: list[Event] = []
    async with await deployment.connect(url, token) as ws:
        await ws.send_str(frame("room.join", roomId=room, sinceSeq=0))
        async for received in ws:
            envelope = orjson.loads(received.data)
            event = logged(envelope)
            if event is not None and envelope["roomId"] == room:
                events.append(event)
            elif envelope["type"] == "room.joined":
                return events
            elif envelope["type"] in {"error", "room.resync"}:
                raise aiohttp.ClientError(envelope["payload"].get("message", "the log does not reach back"))
    raise aiohttp.ClientError("the socket was closed")
