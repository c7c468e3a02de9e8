"""Bots, as every store keeps them, and what their owners do with them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.presence import InMemoryPresenceBoard
from application.accounts import Accounts
from application.bots import Bots, NewToken
from application.publication import Publication
from domain.answers import Usage
from domain.bots import MOST_OF_A_PERSON, TOKEN_LASTS, TooManyBots
from domain.errors import (
    AccountDisabled,
    DirectRoom,
    Forbidden,
    InvalidInput,
    InvalidToken,
    NotFound,
    NoValidUsers,
    OwnerCannotLeave,
)
from domain.events import MemberAdded, MemberRemoved, RoomAdded, TokenRevoked
from domain.ids import RoomId, UserId
from domain.rooms import Role, RoomType
from domain.users import Actor, Right
from tests.builders import PlainTokens
from tests.contracts.stores import Stores

RIGHTS = frozenset({Right.READ, Right.WRITE})


@pytest.fixture
def tokens(stores: Stores) -> PlainTokens:
    return PlainTokens(stores.clock)


@pytest.fixture
def bots(stores: Stores, tokens: PlainTokens) -> Bots:
    return Bots(stores.work, tokens, stores.clock, stores.ids)


@pytest.fixture
def accounts(stores: Stores, tokens: PlainTokens) -> Accounts:
    publication = Publication(stores.recorder, InMemoryEventBus())
    return Accounts(
        stores.work, tokens, stores.revoked_tokens, InMemoryPresenceBoard(), publication, stores.clock, stores.ids
    )


@pytest.fixture
async def made(bots: Bots, ana: Actor) -> NewToken:
    return await bots.create(ana, "  빌드 bot ", RIGHTS)


async def rooms_of(bots: Bots, owner: Actor) -> list[list[RoomId]]:
    return [list(placed.room_ids) for placed in await bots.mine(owner)]


async def is_in(stores: Stores, room: RoomId, made: NewToken) -> bool:
    return await stores.find_member(room, made.bot.id) is not None


async def test_a_bot_is_a_user_with_a_name_and_rights_and_gets_in_by_its_token(
    stores: Stores, bots: Bots, accounts: Accounts, made: NewToken, ana: Actor, ben: Actor
) -> None:
    assert (made.bot.name, made.bot.owner_id, made.bot.rights) == ("빌드 bot", ana.id, RIGHTS)
    assert made.bot.expires_at == stores.clock.now() + TOKEN_LASTS
    actor, claims = await accounts.authenticate(made.token)
    assert actor == Actor(made.bot.id, "빌드 bot", RIGHTS)
    assert claims.token_id == made.bot.token_id
    assert [placed.bot for placed in await bots.mine(ana)] == [made.bot]
    assert await bots.mine(ben) == []
    async with stores.work() as work:
        assert await work.bots.find(made.bot.id) == made.bot
        assert await work.bots.find(ana.id) is None
        with pytest.raises(NotFound):
            await work.bots.lock(ana.id)
    user = await stores.find_user(made.bot.id)
    assert user is not None
    assert (user.is_bot, user.rights) == (True, RIGHTS)
    person = await stores.find_user(ana.id)
    assert person is not None
    assert (person.is_bot, person.rights) == (False, None)


async def test_no_other_token_lets_a_bot_in(
    stores: Stores, accounts: Accounts, tokens: PlainTokens, made: NewToken
) -> None:
    user = await stores.find_user(made.bot.id)
    assert user is not None
    with pytest.raises(InvalidToken):
        await accounts.authenticate(tokens.issue(user))
    with pytest.raises(AccountDisabled):
        await accounts.sign_in_for_development(user.email, "somebody else")
    assert await stores.find_user(made.bot.id) == user


async def test_a_renewed_token_takes_the_place_of_the_one_before(
    stores: Stores, bots: Bots, accounts: Accounts, made: NewToken, ana: Actor, ben: Actor
) -> None:
    stores.clock.advance(60)
    renewed = await bots.renew(ana, made.bot.id)
    assert renewed.token != made.token
    assert renewed.bot.expires_at == made.bot.expires_at + timedelta(minutes=1)
    with pytest.raises(InvalidToken):
        await accounts.authenticate(made.token)
    assert (await accounts.authenticate(renewed.token))[0].id == made.bot.id
    assert TokenRevoked(made.bot.id, made.bot.token_id) in stores.recorder.events
    with pytest.raises(NotFound):
        await bots.renew(ben, made.bot.id)


async def test_rights_are_changed_by_the_owner_and_end_what_was_opened_with_the_old_ones(
    stores: Stores, bots: Bots, accounts: Accounts, made: NewToken, ana: Actor, ben: Actor
) -> None:
    claims = (await accounts.authenticate(made.token))[1]
    await bots.allow(ana, made.bot.id, RIGHTS)
    assert TokenRevoked(made.bot.id, made.bot.token_id) not in stores.recorder.events
    changed = await bots.allow(ana, made.bot.id, frozenset({Right.ASK}))
    assert changed.bot.rights == {Right.ASK}
    assert TokenRevoked(made.bot.id, made.bot.token_id) in stores.recorder.events
    assert (await accounts.authenticate(made.token))[0].rights == frozenset({Right.ASK})
    assert not await accounts.may_stay(claims, RIGHTS)
    assert await accounts.may_stay(claims, frozenset({Right.ASK}))
    with pytest.raises(NotFound):
        await bots.allow(ben, made.bot.id, RIGHTS)


async def test_a_bot_is_put_into_rooms_of_its_owner_alone(
    stores: Stores, bots: Bots, made: NewToken, ana: Actor, ben: Actor, room: RoomId
) -> None:
    for _ in range(2):
        await bots.put_in(ana, made.bot.id, room)
    member = await stores.find_member(room, made.bot.id)
    assert member is not None
    assert member.role is Role.MEMBER
    assert await rooms_of(bots, ana) == [[room]]
    assert [event.event for event in await stores.log(room)] == [MemberAdded(room, made.bot.id, "빌드 bot")]
    told = [event for event in stores.recorder.events if isinstance(event, RoomAdded)]
    assert [event.user_ids for event in told][-1:] == [(made.bot.id,)]
    elsewhere = await stores.room(ben)
    with pytest.raises(Forbidden):
        await bots.put_in(ana, made.bot.id, elsewhere)
    with pytest.raises(NotFound):
        await bots.put_in(ben, made.bot.id, elsewhere)
    direct = await stores.rooms.create(ana, type=RoomType.DIRECT, member_ids=[ben.id])
    with pytest.raises(DirectRoom):
        await bots.put_in(ana, made.bot.id, direct.room.id)
    for _ in range(2):
        await bots.take_out(ana, made.bot.id, room)
    assert not await is_in(stores, room, made)
    with pytest.raises(NotFound):
        await bots.take_out(ben, made.bot.id, elsewhere)


async def test_nobody_else_brings_a_bot_anywhere_or_gives_it_a_role(
    stores: Stores, bots: Bots, made: NewToken, ana: Actor, ben: Actor, room: RoomId
) -> None:
    mine = await stores.room(ben)
    with pytest.raises(NoValidUsers):
        await stores.rooms.invite(ben, mine, [made.bot.id])
    opened = await stores.rooms.create(ben, "x", member_ids=[made.bot.id])
    assert not await is_in(stores, opened.room.id, made)
    with pytest.raises(NoValidUsers):
        await stores.rooms.create(ben, type=RoomType.DIRECT, member_ids=[made.bot.id])
    await bots.put_in(ana, made.bot.id, room)
    for role in (Role.ADMIN, Role.OWNER):
        with pytest.raises(InvalidInput):
            await stores.roles.give(ana, room, made.bot.id, role)


async def test_a_bot_goes_where_its_owner_leaves_or_is_taken_out(
    stores: Stores, bots: Bots, ana: Actor, ben: Actor, room: RoomId
) -> None:
    anas, bens = await bots.create(ana, "A", RIGHTS), await bots.create(ben, "B", RIGHTS)
    other = await stores.room(ana, ben)
    for place in (room, other):
        await bots.put_in(ana, anas.bot.id, place)
        await bots.put_in(ben, bens.bot.id, place)
    await stores.rooms.leave(ben, room)
    await stores.roles.remove(ana, other, ben.id)
    for place in (room, other):
        assert not await is_in(stores, place, bens)
        assert await is_in(stores, place, anas)
        gone = [logged.event.user_id for logged in await stores.log(place) if isinstance(logged.event, MemberRemoved)]
        assert gone == [bens.bot.id, ben.id]
    await stores.rooms.leave(ana, room)
    assert await rooms_of(bots, ana) == [[other]], "the last one out took the bot along, and the room is gone"


async def test_an_owner_who_may_not_leave_keeps_the_bot_there(
    stores: Stores, bots: Bots, made: NewToken, ana: Actor, room: RoomId
) -> None:
    await bots.put_in(ana, made.bot.id, room)
    with pytest.raises(OwnerCannotLeave):
        await stores.rooms.leave(ana, room)
    assert await is_in(stores, room, made)


async def test_a_revoked_bot_gets_in_no_more_and_is_nowhere(
    stores: Stores, bots: Bots, accounts: Accounts, made: NewToken, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ana)
    for place in (room, other):
        await bots.put_in(ana, made.bot.id, place)
    with pytest.raises(NotFound):
        await bots.revoke(ben, made.bot.id)
    for _ in range(2):
        await bots.revoke(ana, made.bot.id)
    with pytest.raises(InvalidToken):
        await accounts.authenticate(made.token)
    assert TokenRevoked(made.bot.id, made.bot.token_id) in stores.recorder.events
    assert not await is_in(stores, room, made)
    assert not await is_in(stores, other, made)
    assert await bots.mine(ana) == []
    with pytest.raises(NotFound):
        await bots.put_in(ana, made.bot.id, room)
    with pytest.raises(NotFound):
        await bots.renew(ana, made.bot.id)
    assert await stores.find_user(made.bot.id) is not None, "what it has said still has a name"


async def test_a_bot_is_let_in_only_as_long_as_its_owner_is(
    stores: Stores, accounts: Accounts, made: NewToken, ana: Actor
) -> None:
    user = await stores.find_user(ana.id)
    assert user is not None
    async with stores.work() as work:
        await work.accounts.save(replace(user, disabled_at=stores.clock.now()))
    with pytest.raises(InvalidToken):
        await accounts.authenticate(made.token)
    async with stores.work() as work:
        await work.accounts.save(user)
    assert (await accounts.authenticate(made.token))[0].id == made.bot.id


async def test_a_person_has_so_many_bots_and_no_more(stores: Stores, bots: Bots, ana: Actor, ben: Actor) -> None:
    for number in range(MOST_OF_A_PERSON - 1):
        await bots.create(ana, f"bot {number}", RIGHTS)
    at_once = await asyncio.gather(*(bots.create(ana, "one", RIGHTS) for _ in range(3)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in at_once) == ["NewToken", "TooManyBots", "TooManyBots"]
    placed = await bots.mine(ana)
    assert len(placed) == MOST_OF_A_PERSON
    await bots.create(ben, "another's", RIGHTS)
    await bots.revoke(ana, placed[0].bot.id)
    await bots.create(ana, "again", RIGHTS)
    with pytest.raises(TooManyBots):
        await bots.create(ana, "more", RIGHTS)


async def test_nothing_is_said_of_bots_that_do_not_exist(bots: Bots, ana: Actor, room: RoomId, stores: Stores) -> None:
    unknown = UserId(stores.ids.new())
    for call in (
        bots.renew(ana, unknown),
        bots.revoke(ana, unknown),
        bots.allow(ana, unknown, RIGHTS),
        bots.put_in(ana, unknown, room),
        bots.renew(ana, ana.id),
    ):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Jarvis", "자비스", "a\x00b"])
async def test_what_a_bot_may_not_be_called(bots: Bots, ana: Actor, name: str) -> None:
    with pytest.raises(InvalidInput):
        await bots.create(ana, name, RIGHTS)


async def test_what_bots_ask_counts_as_their_owners(
    stores: Stores, bots: Bots, made: NewToken, ana: Actor, ben: Actor, room: RoomId
) -> None:
    begins, bot = stores.clock.now(), Actor(made.bot.id, made.bot.name, made.bot.rights)
    for asker in (ana, bot, bot, ben):
        await stores.ask(stores.a_request(room, asker))
    async with stores.work() as work:
        await work.ai_usage.charge(bot.id, Usage(1, 40), at=stores.clock.now())
    await bots.revoke(ana, made.bot.id)
    async with stores.work() as work:
        for asker_id, used in ((ana.id, Usage(4, 40)), (bot.id, Usage(4, 40)), (ben.id, Usage(1, 0))):
            await work.ai_usage.hold(asker_id)
            assert await work.ai_usage.since(asker_id, begins) == used


async def test_a_bot_is_never_left_behind_by_an_owner_who_goes_meanwhile(
    stores: Stores, bots: Bots, ana: Actor, ben: Actor
) -> None:
    made = await bots.create(ben, "B", RIGHTS)
    for _ in range(5):
        room = await stores.room(ana, ben)
        await asyncio.gather(bots.put_in(ben, made.bot.id, room), stores.rooms.leave(ben, room), return_exceptions=True)
        assert await stores.find_member(room, ben.id) is None
        assert not await is_in(stores, room, made)
