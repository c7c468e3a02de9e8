"""The bus between servers, over Redis."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adapters.redis.failures import FAILURES
from adapters.redis.nodes import Node, nodes_at
from adapters.redis.notices import HEAD_BYTES, MalformedPayload, head, read, record
from adapters.redis.outbox import Outbox
from adapters.redis.pace import BusPace
from adapters.redis.pauses import Pauses
from adapters.redis.subscription import Subscription
from application.ports.clock import Clock
from application.ports.event_bus import Notice
from application.ports.ids import IdSource
from domain.ids import RoomId, UserId

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Post:
    """Both ways to one node."""

    subscription: Subscription
    outbox: Outbox


class RedisEventBus:
    """One server's end of the bus. A channel ``<prefix>:<id>`` for each room and each person.

    What is published here reaches this server's own receiver at once, with or without Redis. A notice for people goes
    to each one's channel naming only that person, one for a room to the room's channel; a notice for both is taken
    from the room's channel by the servers that hear the room, and from the people's by the others.
    """

    def __init__(
        self, url: str, ids: IdSource, clock: Clock, *, prefix: str = "jarvis_room_events", pace: BusPace | None = None
    ) -> None:
        self._nodes = nodes_at(url)
        self._head = head(ids.new())
        self._clock = clock
        self._prefix = prefix
        self._pace = pace or BusPace()
        self._subjects: dict[bytes, UUID] = {}
        self._channels: dict[UUID, bytes] = {}
        self._posts: dict[str, _Post] = {}
        self._places: dict[bytes, _Post] = {}
        self._arrived: list[Notice] = []
        self._delivering: asyncio.Handle | None = None
        self._receive: Callable[[Sequence[Notice]], None] | None = None
        self._on_return: list[Callable[[], None]] = []
        self._routing: asyncio.Task[None] | None = None
        self._misplaced = asyncio.Event()
        self._routed = asyncio.Event()
        self._aside: set[asyncio.Task[None]] = set()
        self._dropped_before = 0

    @property
    def dropped(self) -> int:
        """Notices that were not sent, since the beginning."""
        return self._dropped_before + sum(post.outbox.dropped for post in self._posts.values())

    @property
    def waiting(self) -> int:
        """Notices that wait to be sent."""
        return sum(post.outbox.waiting for post in self._posts.values())

    @property
    def lag(self) -> float:
        """Seconds that something just published would take to be heard here, as last measured."""
        return max((post.subscription.lag for post in self._posts.values()), default=0.0)

    @property
    def is_up(self) -> bool:
        """Whether notices go out and come in."""
        posts = self._posts.values()
        return bool(posts) and all(post.outbox.is_up and not post.subscription.is_away for post in posts)

    def attach(self, receive: Callable[[Sequence[Notice]], None], reconnected: Callable[[], None]) -> None:
        self._receive = receive
        self._on_return.append(reconnected)

    def on_return(self, call: Callable[[], None]) -> None:
        """Have this called, too, when the bus was away and is back."""
        self._on_return.append(call)

    async def start(self) -> None:
        """Connect; where Redis does not answer within the patience, go on trying in the background."""
        self._routing = asyncio.create_task(self._keep_routes())
        try:
            async with asyncio.timeout(self._pace.patience):
                while not self._posts:
                    await self._routed.wait()
                for post in self._posts.values():
                    await post.outbox.tried.wait()
                    await post.subscription.tried.wait()
        except TimeoutError:
            _log.warning("Redis does not answer: events go no further than this server until it does")

    async def stop(self) -> None:
        """Send what waits, and close all connections."""
        if self._routing is not None:
            self._routing.cancel()
            await asyncio.wait({self._routing})
        posts = list(self._posts.values())
        self._posts.clear()
        self._places.clear()
        await asyncio.gather(*(self._retire(post) for post in posts), *self._aside)
        await self._nodes.close()

    def publish(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            self._send(notice)
        subjects = self._channels.keys()
        heard = [n for n in notices if n.room_id in subjects or not subjects.isdisjoint(n.user_ids)]
        if heard and self._receive is not None:
            self._receive(heard)

    async def listen(self, subject: RoomId | UserId) -> None:
        channel = self._channels.get(subject)
        if channel is None:
            channel = self._channels[subject] = self._channel(subject)
            self._subjects[channel] = subject
            post = self._post(channel)
            if post is not None:
                self._places[channel] = post
        post = self._places.get(channel)
        if post is not None:
            await post.subscription.add(channel)

    async def forget(self, subject: RoomId | UserId) -> None:
        channel = self._channels.pop(subject, None)
        if channel is not None:
            del self._subjects[channel]
            post = self._places.pop(channel, None)
            if post is not None:
                post.subscription.remove(channel)

    def heard(self, channel: bytes, payload: bytes) -> None:
        """Take what a subscription hears."""
        subject = self._subjects.get(channel)
        if subject is None or payload.startswith(self._head):
            return
        if len(payload) == HEAD_BYTES:
            self.restored()
            return
        try:
            notices = read(payload)
        except MalformedPayload as error:
            _log.warning("something strange came over the bus: %s", error)
            return
        self._arrived += [n for n in notices if n.room_id is None or n.room_id == subject or not self._hears(n.room_id)]
        if self._delivering is None:
            # All that has come in by now goes on together, and what a receiver raises is not the connection's fault.
            self._delivering = asyncio.get_running_loop().call_soon(self._deliver)

    def restored(self) -> None:
        """Something may have been missed."""
        for told in self._on_return:
            told()

    def misplaced(self) -> None:
        """Find out anew which node carries what."""
        self._misplaced.set()

    def _hears(self, room_id: RoomId) -> bool:
        channel = self._channels.get(room_id)
        post = None if channel is None else self._places.get(channel)
        return channel is not None and post is not None and post.subscription.confirms(channel)

    def _deliver(self) -> None:
        self._delivering = None
        notices, self._arrived = self._arrived, []
        if self._receive is not None:
            self._receive(notices)

    def _send(self, notice: Notice) -> None:
        # People first: who hears the room's channel as well knows by then that the notice is still to come there.
        for user_id in notice.user_ids:
            self._put(user_id, record(notice, (user_id,)))
        if notice.room_id is not None:
            self._put(notice.room_id, record(notice, notice.user_ids))

    def _put(self, subject: UUID, record_: bytes) -> None:
        channel = self._channels.get(subject) or self._channel(subject)
        post = self._post(channel)
        if post is None:
            self._dropped_before += 1
        else:
            post.outbox.put(channel, record_)

    def _channel(self, subject: UUID) -> bytes:
        return f"{self._prefix}:{subject}".encode()

    def _post(self, channel: bytes) -> _Post | None:
        node = self._nodes.of(channel)
        return None if node is None else self._posts.get(node.name)

    async def _keep_routes(self) -> None:
        pauses = Pauses(self._pace.first_pause, self._pace.longest_pause)
        while True:
            self._misplaced.clear()
            try:
                await self._nodes.learn()
            except FAILURES as error:
                _log.debug("the nodes of Redis are not known: %s", type(error).__name__)
            else:
                self._route()
                self._routed.set()
                pauses.reset()
                await self._misplaced.wait()
            await self._clock.sleep(pauses.next())

    def _route(self) -> None:
        names = {node.name for node in self._nodes.all}
        gone = [self._posts.pop(name) for name in list(self._posts) if name not in names]
        for node in self._nodes.all:
            if node.name not in self._posts:
                self._posts[node.name] = self._open(node)
        for post in gone:
            self._dropped_before += post.outbox.dropped
            self._do_aside(self._retire(post))
        placed = [confirmation for channel in self._subjects if (confirmation := self._place(channel)) is not None]
        if placed:
            self._do_aside(self._restore_when(placed))

    def _place(self, channel: bytes) -> asyncio.Future[bool] | None:
        """Hear a channel where it is carried now; None where that is so already, or not known."""
        post, before = self._post(channel), self._places.get(channel)
        if post is None or post is before:
            return None
        if before is not None:
            before.subscription.remove(channel)
        self._places[channel] = post
        return post.subscription.want(channel)

    async def _restore_when(self, confirmations: Sequence[asyncio.Future[bool]]) -> None:
        await asyncio.wait(confirmations)
        self.restored()

    def _do_aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    def _open(self, node: Node) -> _Post:
        verbs = self._nodes.verbs
        post = _Post(
            Subscription(node, verbs, self, self._clock, self._pace),
            Outbox(node, verbs, self._head, self.misplaced, self._clock, self._pace),
        )
        post.subscription.start()
        post.outbox.start()
        return post

    async def _retire(self, post: _Post) -> None:
        await post.outbox.stop()
        await post.subscription.stop()
