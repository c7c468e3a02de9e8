"""Telling outgoing hooks what happens in their rooms, beside everything else that a worker does."""

import asyncio
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from application.cancelling import cancelled
from application.ports.clock import Clock
from application.ports.event_encoder import EventEncoder
from application.ports.hook_secrets import HookSecrets
from application.ports.ids import IdSource
from application.ports.outbound import Bounds, Outbound
from application.ports.unit_of_work import UnitOfWork, Work
from application.posting import Post, post
from domain.errors import DomainError, NotFound
from domain.events import LoggedEvent, Mentioned
from domain.hooks import ClaimedHook, OutgoingHook
from domain.ids import MessageId
from domain.mentions import Mentions
from domain.messages import SenderType
from domain.rooms import Role, Room

_log = logging.getLogger(__name__)

_PAGE = 50
_AT_ONCE = 8
_ANSWER = Bounds(size=4096, seconds=10.0, redirects=0, cut=True)


@dataclass(frozen=True, slots=True)
class DeliveryPace:
    """How long a hook is held for one delivery, how often to look for more, and how long one that fails is tried."""

    lease: timedelta = timedelta(seconds=60)
    idle_seconds: float = 1.0
    patience: timedelta = timedelta(hours=72)


class HookDelivery:
    """Follows the logs of rooms that have outgoing hooks, as one of any number that do so.

    Each hook is told what it asked for in the order of the log, the next only when the one before was taken. How far it
    is stands in the store with the hook: what a worker that dies leaves undone another one does, perhaps telling the
    last thing twice, under the same name.
    """

    def __init__(
        self,
        work: Work,
        outbound: Outbound,
        encoder: EventEncoder,
        signing: HookSecrets,
        clock: Clock,
        ids: IdSource,
        pace: DeliveryPace | None = None,
    ) -> None:
        self._work = work
        self._outbound = outbound
        self._encoder = encoder
        self._signing = signing
        self._clock = clock
        self._ids = ids
        self._pace = pace or DeliveryPace()

    async def run(self) -> None:
        """Go on until cancelled; several hooks at once, so that none is held up by a slow one."""
        telling: set[asyncio.Task[None]] = set()
        try:
            while True:
                claimed = await self._claimed() if len(telling) < _AT_ONCE else None
                if claimed is None:
                    await self._clock.sleep(self._pace.idle_seconds)
                else:
                    task = asyncio.create_task(self._alone(claimed))
                    telling.add(task)
                    task.add_done_callback(telling.discard)
        finally:
            await cancelled(*telling)

    async def turn(self) -> int:
        """Tell every hook that may be told now a page of what is new; answers how many that were."""
        turns = 0
        while (claimed := await self.claim()) is not None:
            await self.tell(claimed)
            turns += 1
        return turns

    async def claim(self) -> ClaimedHook | None:
        """Take up the next hook. Raises Unavailable."""
        now = self._clock.now()
        async with self._work() as work:
            return await work.outgoing_hooks.claim(now=now, until=now + self._pace.lease)

    async def tell(self, claimed: ClaimedHook) -> None:
        """Tell a hook a page of what is new, or up to what it does not take. Raises Unavailable."""
        hook = claimed.hook
        async with self._work() as work:
            entries = await work.log.after(hook.room_id, hook.followed_seq, take=_PAGE)
            newest = (await work.log.newest([hook.room_id])).get(hook.room_id, hook.followed_seq)
        for entry in entries:
            type_ = self._encoder.name_of(entry)
            if type_ not in hook.events:
                continue
            failure = await self._post(hook, entry, type_, self._encoder.encode(entry)[0].body)
            if failure is not None:
                await self._fail(replace(claimed, hook=hook), failure)
                return
            hook = hook.told(entry.seq)
            until = self._clock.now() + self._pace.lease
            async with self._work() as work:
                if not await work.outgoing_hooks.progress(claimed, entry.seq, until=until):
                    return
        async with self._work() as work:
            now = self._clock.now()
            await work.outgoing_hooks.progress(claimed, entries[-1].seq if entries else newest, until=now)

    async def _claimed(self) -> ClaimedHook | None:
        try:
            return await self.claim()
        except DomainError as error:
            _log.warning("outgoing hooks could not be looked at: %s", error.code)
        except Exception:  # noqa: BLE001 -- the next look may do
            _log.exception("outgoing hooks could not be looked at")
        return None

    async def _alone(self, claimed: ClaimedHook) -> None:
        try:
            await self.tell(claimed)
        except DomainError as error:
            # The hold runs out by itself.
            _log.warning("a hook could not be told what is new: %s", error.code)
        except Exception:  # noqa: BLE001 -- the others are not held up by what is wrong with this one
            _log.exception("a hook could not be told what is new")

    async def _post(self, hook: OutgoingHook, entry: LoggedEvent, type_: str, body: bytes) -> str | None:
        """Hand over one event; answers why it was not taken."""
        headers = signed_headers(
            delivery=f"{hook.id}:{entry.seq}",
            type_=type_,
            body=body,
            secret=self._signing.of(hook.id, hook.salt),
            timestamp=int(self._clock.now().timestamp()),
        )
        try:
            answer = await self._outbound.post(hook.url, body, bounds=_ANSWER, headers=headers)
        except DomainError as error:
            return error.code
        return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"

    async def _fail(self, claimed: ClaimedHook, failure: str) -> None:
        now = self._clock.now()
        failed = claimed.hook.failed(failure, now, self._pace.patience)
        async with self._work() as work:
            if failed.disabled_at is None:
                await work.outgoing_hooks.failed(claimed, failed, retry_at=now + failed.pause)
                return
            try:
                room = await work.rooms.lock(failed.room_id)
            except NotFound:
                return
            if await work.outgoing_hooks.failed(claimed, failed, retry_at=now):
                await self._tell_owner(work, failed, room)

    async def _tell_owner(self, work: UnitOfWork, hook: OutgoingHook, room: Room) -> None:
        """A note in the room, which is held, that mentions its owner."""
        profiles = await work.members.profiles(hook.room_id)
        owners = tuple(user.id for member, user in profiles if member.role is Role.OWNER)
        note = Post(
            MessageId(self._ids.new()), _note(hook), self._clock.now(), SenderType.SYSTEM, mentions=Mentions(owners)
        )
        message = await post(work, room, note)
        work.announce(Mentioned(owners, room.id, message.id, message.seq, hook.created_by))


def signed_headers(*, delivery: str, type_: str, body: bytes, secret: str, timestamp: int) -> Mapping[str, str]:
    """What a receiver knows a delivery by: its name, which stays the same when it is repeated, and a signature over the
    time and the body."""
    mac = hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Jarvis-Delivery": delivery,
        "X-Jarvis-Event": type_,
        "X-Jarvis-Timestamp": str(timestamp),
        "X-Jarvis-Signature": f"v1={mac}",
    }


def _note(hook: OutgoingHook) -> str:
    since = "" if hook.failing_since is None else f"{hook.failing_since:%Y-%m-%d %H:%M} UTC"
    return (
        f"나가는 웹훅 “{hook.name}”이(가) {since}부터 계속 실패하여 꺼졌습니다 (마지막: {hook.failure}).\n"
        f"The outgoing webhook “{hook.name}” has failed since {since} and was switched off (last: {hook.failure})."
    )
