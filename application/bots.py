"""People's programs: making bots, letting them in, and saying where they are and what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from application.membership import require_member_and_lock, take_out
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.tokens import Tokens
from application.ports.unit_of_work import UnitOfWork, Work
from domain.bots import MOST_OF_A_PERSON, TOKEN_LASTS, Bot, TooManyBots, bot_address
from domain.errors import DirectRoom, NotFound
from domain.events import MemberAdded, RoomAdded, TokenRevoked
from domain.hooks import hook_name
from domain.ids import RoomId, UserId
from domain.rooms import Member, Role, RoomType
from domain.users import Actor, Rights, User


@dataclass(frozen=True, slots=True)
class NewToken:
    """A bot with its token, which is shown this once."""

    bot: Bot
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlacedBot:
    """A bot and the rooms that it is in."""

    bot: Bot
    room_ids: Sequence[RoomId]


class Bots:
    """What people do with the bots in their care. Of another's bot nothing is said: not even that it exists."""

    def __init__(
        self, work: Work, tokens: Tokens, clock: Clock, ids: IdSource, token_lasts: timedelta = TOKEN_LASTS
    ) -> None:
        self._work = work
        self._tokens = tokens
        self._clock = clock
        self._ids = ids
        self._token_lasts = token_lasts

    async def create(self, actor: Actor, name: str, rights: Rights) -> NewToken:
        """A new bot, which is in no room yet.

        Raises:
            InvalidInput: it cannot be called that.
            TooManyBots: the actor has as many as one may have.
        """
        name, now, id_ = hook_name(name), self._clock.now(), UserId(self._ids.new())
        user = User(id_, bot_address(id_), name, now, rights=rights)
        token, token_id, expires_at = self._token(user)
        bot = Bot(id_, actor.id, name, rights, token_id, now, expires_at)
        async with self._work() as work:
            await work.accounts.lock([actor.id])
            if len(await work.bots.of_owner(actor.id)) >= MOST_OF_A_PERSON:
                raise TooManyBots
            await work.bots.add(bot, user)
        return NewToken(bot, token)

    async def mine(self, actor: Actor) -> Sequence[PlacedBot]:
        """The actor's bots, the oldest first."""
        async with self._work() as work:
            return [PlacedBot(bot, await work.bots.rooms_of(bot.id)) for bot in await work.bots.of_owner(actor.id)]

    async def allow(self, actor: Actor, bot_id: UserId, rights: Rights) -> PlacedBot:
        """Give the bot these rights and no others. Its sockets are closed where that changes anything, to come back
        with them; the token stays. Raises NotFound."""
        async with self._work() as work:
            bot = await _lock_mine(work, actor, bot_id)
            if bot.rights != rights:
                bot = replace(bot, rights=rights)
                await work.bots.replace(bot)
                work.announce(TokenRevoked(bot.id, bot.token_id))
            return PlacedBot(bot, await work.bots.rooms_of(bot_id))

    async def renew(self, actor: Actor, bot_id: UserId) -> NewToken:
        """Another token for the bot; the one before is good no more, and its sockets are closed. Raises NotFound."""
        async with self._work() as work:
            bot = await _lock_mine(work, actor, bot_id)
            user = User(bot.id, bot_address(bot.id), bot.name, bot.created_at, rights=bot.rights)
            token, token_id, expires_at = self._token(user)
            renewed = replace(bot, token_id=token_id, expires_at=expires_at)
            await work.bots.replace(renewed)
            work.announce(TokenRevoked(bot.id, bot.token_id))
        return NewToken(renewed, token)

    async def revoke(self, actor: Actor, bot_id: UserId) -> None:
        """Have the bot no longer: nothing lets it in any more, and it is taken out of its rooms. What it said stays.
        Twice is the same as once. Raises NotFound."""
        async with self._work() as work:
            bot = await _lock_mine(work, actor, bot_id, revoked=True)
            await work.bots.replace(bot.revoked(self._clock.now()))
            work.announce(TokenRevoked(bot.id, bot.token_id))
        # From here on nobody can put it anywhere. Rooms are held one at a time, as everywhere.
        async with self._work() as work:
            room_ids = await work.bots.rooms_of(bot_id)
        for room_id in room_ids:
            await self._leave(bot, room_id)

    async def _leave(self, bot: Bot, room_id: RoomId) -> None:
        async with self._work() as work:
            try:
                await work.rooms.lock(room_id)
            except NotFound:
                return
            member = await work.members.find(room_id, bot.id)
            if member is not None:
                await take_out(work, member, bot.name)

    async def put_in(self, actor: Actor, bot_id: UserId, room_id: RoomId) -> None:
        """Make the bot a plain member of a room that the actor is in. Twice is the same as once.

        Raises:
            Forbidden: the actor is no member.
            DirectRoom: nobody else belongs there.
            NotFound: the actor has no such bot.
        """
        async with self._work() as work:
            _, room = await require_member_and_lock(work, room_id, actor.id)
            bot = await _lock_mine(work, actor, bot_id)
            if room.type is RoomType.DIRECT:
                raise DirectRoom
            member = Member(room_id, bot_id, Role.MEMBER, self._clock.now(), room.last_seq)
            if await work.members.add([member]):
                work.record(MemberAdded(room_id, bot_id, bot.name))
                work.announce(RoomAdded((bot_id,), await work.rooms.summary(room_id, bot_id)))

    async def take_out(self, actor: Actor, bot_id: UserId, room_id: RoomId) -> None:
        """Take the bot out of a room. Twice is the same as once. Raises Forbidden, NotFound."""
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            bot = await _lock_mine(work, actor, bot_id)
            member = await work.members.find(room_id, bot_id)
            if member is not None:
                await take_out(work, member, bot.name)

    def _token(self, user: User) -> tuple[str, str, datetime]:
        token = self._tokens.issue(user, lifetime=self._token_lasts)
        claims = self._tokens.read(token)
        return token, claims.token_id, claims.expires_at


async def _lock_mine(work: UnitOfWork, actor: Actor, bot_id: UserId, *, revoked: bool = False) -> Bot:
    """The actor's bot, held; one that was revoked only where that is asked for. Raises NotFound."""
    bot = await work.bots.lock(bot_id)
    if bot.owner_id != actor.id or (bot.revoked_at is not None and not revoked):
        raise NotFound
    return bot
