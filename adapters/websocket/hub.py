"""All open sockets of this server, and the rooms they hear."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count

from adapters.websocket.channel import Channel
from adapters.websocket.connection import GOING_DOWN, SIGNED_OUT, Connection, Socket
from adapters.websocket.farewell import let_go
from adapters.websocket.framing import text_frame
from adapters.websocket.joining import Joining
from adapters.websocket.latest_turns import LatestTurns
from adapters.websocket.outbox import Outbox
from adapters.websocket.tally import Tally
from adapters.wire.encoder import frame, room_deleted
from application.ports.clock import Clock
from application.ports.event_bus import ALL_SIGNED_IN, EventBus, Notice
from application.ports.event_encoder import EventEncoder
from application.ports.tokens import Claims
from application.streams import RoomStreams
from domain.errors import DomainError, Forbidden, Unavailable
from domain.ids import RoomId, UserId
from domain.users import Rights

_log = logging.getLogger(__name__)

MayStay = Callable[[Claims, Rights | None], Awaitable[bool]]
"""Whether the token of a socket is still good. Raises Unavailable."""


class Hub:
    """Brings what the bus carries to the sockets it concerns, and sockets into rooms.

    A socket is in a room's ``joining`` while it reads what it has missed, and then in ``live``. Joining, leaving and
    being removed come through here as events, so that delivery asks nobody who is a member.
    """

    def __init__(
        self,
        bus: EventBus,
        streams: RoomStreams,
        encoder: EventEncoder,
        clock: Clock,
        tally: Tally | None = None,
        may_stay: MayStay | None = None,
        dropped: Callable[[str, RoomId], None] | None = None,
    ) -> None:
        self._bus = bus
        self._streams = streams
        self._encoder = encoder
        self._clock = clock
        self._may_stay = may_stay
        self._dropped = dropped
        self.tally = tally or Tally()
        self._strangers: set[Socket] = set()
        self.outbox = Outbox(self.tally)
        self._channels: dict[RoomId, Channel] = {}
        self._people: dict[UserId, dict[Connection, None]] = {}
        self._turns = LatestTurns()
        self._subscribing = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()
        self._comparing: asyncio.Task[None] | None = None
        self.is_closing = False
        bus.attach(self.receive, self.compare_soon)

    @property
    def connections(self) -> Sequence[Connection]:
        """All open sockets."""
        return [connection for sockets in self._people.values() for connection in sockets]

    @property
    def heard_rooms(self) -> int:
        """How many rooms the sockets hear."""
        return len(self._channels)

    async def enter(self, connection: Connection) -> None:
        """A socket has opened. Raises Unavailable where the server is letting its sockets go."""
        if self.is_closing:
            raise Unavailable
        user_id = connection.actor.id
        self._people.setdefault(user_id, {})[connection] = None
        async with self._subscribing:
            await self._bus.listen(user_id)

    async def leave(self, connection: Connection) -> None:
        """A socket has closed."""
        user_id = connection.actor.id
        sockets = self._people.get(user_id, {})
        sockets.pop(connection, None)
        for channel in list(connection.channels.values()):
            channel.drop(connection)
            self._tidy(channel)
        if not sockets:
            self._people.pop(user_id, None)
            async with self._subscribing:
                if user_id not in self._people:
                    await self._bus.forget(user_id)

    def receive(self, notices: Sequence[Notice]) -> None:
        """Take in what the bus brings."""
        for notice in notices:
            if notice.revokes is not None:
                self._revoke(notice.user_ids, notice.revokes)
                continue
            if notice.presence is not None and self._turns.is_late(*notice.presence):
                continue
            channel = self._channels.get(notice.room_id) if notice.room_id is not None else None
            if notice.user_ids:
                self._tell_people(notice, channel)
            if channel is None:
                continue
            if not notice.closes:
                channel.take(notice)
                continue
            if notice.body:
                channel.take(notice)
            self._dissolve(channel)

    async def join(self, connection: Connection, room_id: RoomId, since: int | None = None) -> None:
        """Let a socket hear a room: everything past ``since`` first, then ``room.joined``.

        Raises:
            Forbidden: its user is no member.
            Unavailable: the log cannot be read.
        """
        channel = self._channels.get(room_id)
        if since is None and channel is not None and connection in channel.live:
            channel.hand_out()
            connection.tell("room.joined", {"roomId": room_id, "seq": channel.seq})
            return
        await self._enter_room(connection, room_id, since, answer=True)

    async def subscribe(self, connection: Connection, room_id: RoomId) -> None:
        """Let a socket hear a room from now on, without an answer. Raises as join does."""
        if room_id not in connection.channels:
            await self._enter_room(connection, room_id, None, answer=False)

    async def _enter_room(self, connection: Connection, room_id: RoomId, since: int | None, *, answer: bool) -> None:
        channel = self._channels.get(room_id)
        if channel is None:
            channel = self._channels[room_id] = Channel(room_id, self.outbox, self._fetch, self._dropped)
        was_live = connection in channel.live
        if was_live:
            channel.hand_out()
            del channel.live[connection]
        joining = channel.joining[connection] = Joining()
        connection.channels[room_id] = channel
        try:
            async with self._subscribing:
                await self._bus.listen(room_id)
            position, newest = await self._replay(connection, channel, joining, since)
            partial = None if was_live else await self._streams.unfinished_answer(room_id)
        except Forbidden:
            channel.drop(connection)
            self._tidy(channel)
            raise
        except BaseException:
            if was_live and connection in channel.joining and not (joining.overflowed or joining.removed_at):
                self._go_live(connection, channel, [data for _, data in joining.waiting])
            else:
                channel.drop(connection)
                self._tidy(channel)
            raise
        if connection not in channel.joining or joining.removed_at > newest:
            channel.drop(connection)
            self._tidy(channel)
            raise Forbidden
        frames = joining.logged_frames(position, replayed=since is not None)
        if answer:
            frames.append(text_frame(frame("room.joined", {"roomId": room_id, "seq": channel.seq})))
        frames += joining.passing_frames(connection, room_id, partial, was_live=was_live)
        self._go_live(connection, channel, frames)

    def _go_live(self, connection: Connection, channel: Channel, frames: Sequence[bytes]) -> None:
        channel.hand_out()
        channel.joining.pop(connection, None)
        channel.live[connection] = None
        if frames:
            connection.write(b"".join(frames))

    async def _replay(
        self, connection: Connection, channel: Channel, joining: Joining, since: int | None
    ) -> tuple[int, int]:
        """Write what was missed; answers up to which seq, and the newest seq when membership was checked."""
        room_id = channel.room_id
        catchup = await self._streams.join(connection.actor, room_id, since)
        checked = newest = position = catchup.newest
        if catchup.resync:
            connection.tell("room.resync", {"roomId": room_id, "seq": newest})
        elif catchup.events:
            self._write_events(connection, [notice for e in catchup.events for notice in self._encoder.encode(e)])
            position = catchup.position
        channel.begin(newest)
        while True:
            while position < newest and not connection.is_closing:
                await connection.drained()
                missed = [n for n in await self._fetch(room_id, position) if n.seq is not None and n.seq <= newest]
                if joining.removed_at > checked:
                    raise Forbidden
                if not missed:
                    break
                self._write_events(connection, missed)
                position = missed[-1].seq or position
            await channel.reach(position)
            if not joining.overflowed or connection.is_closing:
                return position, checked
            joining.read_again()
            newest = max(newest, channel.seq or 0)

    def _write_events(self, connection: Connection, notices: Sequence[Notice]) -> None:
        connection.write(b"".join([text_frame(notice.body) for notice in notices]))

    async def _fetch(self, room_id: RoomId, after: int) -> Sequence[Notice]:
        events = await self._streams.missing(room_id, after)
        return [notice for event in events for notice in self._encoder.encode(event)]

    def _tell_people(self, notice: Notice, channel: Channel | None) -> None:
        data = text_frame(notice.body)
        for user_id in notice.user_ids:
            for connection in list(self._people.get(user_id, ())):
                if channel is not None and connection in channel.joining and not notice.closes:
                    channel.joining[connection].take_addressed(notice, data)
                elif (channel is None or connection not in channel.live) and connection.id != notice.origin:
                    connection.write(data)

    def _revoke(self, user_ids: Sequence[UserId], token_id: str) -> None:
        for user_id in user_ids:
            for connection in list(self._people.get(user_id, ())):
                if token_id == ALL_SIGNED_IN or connection.is_opened_with(token_id):
                    self._close_soon(connection, SIGNED_OUT, "signed out")

    def _close_soon(self, connection: Connection, code: int, reason: str) -> None:
        for channel in list(connection.channels.values()):
            channel.drop(connection)
        self._soon(connection.close(code, reason))

    def _soon(self, action: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(action)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _dissolve(self, channel: Channel) -> None:
        self._channels.pop(channel.room_id, None)
        channel.close()
        self._soon(self._forget(channel.room_id))

    async def _forget(self, room_id: RoomId) -> None:
        async with self._subscribing:
            if room_id not in self._channels:
                await self._bus.forget(room_id)

    def _tidy(self, channel: Channel) -> None:
        """Let go of a channel that nobody hears."""
        if not channel.live and not channel.joining and self._channels.get(channel.room_id) is channel:
            self._dissolve(channel)

    def close_expired(self) -> None:
        """Close every socket whose token has expired."""
        now = self._clock.now()
        for connection in self.connections:
            if connection.expires_at <= now:
                self._close_soon(connection, SIGNED_OUT, "token expired")

    def ask_whether_alive(self, turn: int, turns: int) -> None:
        """Ping one in ``turns`` of the sockets, others at every turn, so that no turn takes long."""
        for connection in self.connections:
            if id(connection) // 64 % turns == turn % turns:
                connection.ask_whether_alive()

    async def compare(self) -> None:
        """Compare every room's place with the store, and fetch what is missing. Raises Unavailable."""
        for channel in list(self._channels.values()):
            self._tidy(channel)
        channels = list(self._channels.values())
        if not channels:
            return
        newest = await self._streams.newest([channel.room_id for channel in channels])
        for channel in channels:
            seq = newest.get(channel.room_id)
            if seq is not None:
                channel.catch_up_to(seq)
            elif channel.seq is not None and self._channels.get(channel.room_id) is channel:
                channel.take(Notice(room_deleted(channel.room_id), channel.room_id))
                self._dissolve(channel)

    def compare_soon(self) -> None:
        """The bus was away and is back."""
        if self._comparing is None or self._comparing.done():
            self._comparing = asyncio.get_running_loop().create_task(self._catch_up())

    async def _catch_up(self) -> None:
        await self._compare_or_wait()
        if self._may_stay is None:
            return
        try:
            # That somebody was signed out may have been told while nobody heard it.
            for connection in self.connections:
                rights = connection.actor.rights
                if not connection.is_closing and not await self._may_stay(connection.claims, rights):
                    self._close_soon(connection, SIGNED_OUT, "signed out")
        except DomainError as error:
            _log.warning("open sockets could not be compared with the store: %s", error.code)

    async def _compare_or_wait(self) -> None:
        try:
            await self.compare()
        except DomainError as error:
            _log.warning("rooms could not be compared with the store: %s", error.code)

    async def keep_watch(self, *, compare_seconds: float, look_seconds: float, heartbeat_turns: int) -> None:
        """Compare rooms with the store, close expired sockets and find dead ones, again and again until cancelled.

        Every ``look_seconds`` is a turn; each socket is pinged once in ``heartbeat_turns``, 0 being never.
        """

        async def comparing() -> None:
            while True:
                await self._clock.sleep(compare_seconds)
                await self._compare_or_wait()

        async def looking() -> None:
            for turn in count():
                await self._clock.sleep(look_seconds)
                self.close_expired()
                if heartbeat_turns:
                    self.ask_whether_alive(turn, heartbeat_turns)

        await asyncio.gather(comparing(), looking())

    def greeted(self, ws: Socket) -> None:
        """A socket has opened that has still to say who it is."""
        self._strangers.add(ws)

    def introduced(self, ws: Socket) -> None:
        """It has said so, or will not."""
        self._strangers.discard(ws)

    async def close(self, seconds: float = 0.0) -> None:
        """Take no more sockets, settle what was accepted, and close every socket with 1001, over so many seconds."""
        self.is_closing = True
        await asyncio.gather(*(ws.close(code=GOING_DOWN, drain=False) for ws in list(self._strangers)))
        await let_go(lambda: self.connections, seconds, self._clock)
        await asyncio.gather(*self._closing)
