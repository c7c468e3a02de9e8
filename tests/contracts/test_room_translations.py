"""Who reads which room in which language, and what has been translated, as every store keeps it."""

import pytest

from domain.errors import NotFound
from domain.ids import MessageId, RoomId, UserId
from domain.translation import Behind, Shown
from domain.users import Actor
from tests.contracts.stores import Stores


class Kept:
    """Short ways to the repository, each a unit of work of its own."""

    def __init__(self, stores: Stores, room: RoomId) -> None:
        self.stores, self.room = stores, room

    async def choose(self, actor: Actor, language: str, after: int = 0, room: RoomId | None = None) -> None:
        async with self.stores.work() as work:
            await work.translations.choose(room or self.room, actor.id, language, after=after)

    async def chosen(self, actor: Actor, room: RoomId | None = None) -> str | None:
        async with self.stores.work() as work:
            return await work.translations.find(room or self.room, actor.id)

    async def behind(self, take: int = 100) -> list[Behind]:
        async with self.stores.work() as work:
            return list(await work.translations.behind(take=take))

    async def readers(self, language: str) -> list[UserId]:
        async with self.stores.work() as work:
            return list(await work.translations.readers(self.room, language))

    async def keep(self, language: str, texts: dict[MessageId, str], up_to: int) -> None:
        async with self.stores.work() as work:
            await work.translations.keep(self.room, language, texts, up_to=up_to)

    async def shown(self, actor: Actor, *ids: MessageId) -> Shown | None:
        async with self.stores.work() as work:
            return await work.translations.shown(self.room, actor.id, ids)

    async def say(self, actor: Actor, text: str) -> MessageId:
        return (await self.stores.say(self.room, actor, text)).message_id


@pytest.fixture
def kept(stores: Stores, room: RoomId) -> Kept:
    return Kept(stores, room)


async def test_a_choice_is_kept_until_another_or_none(kept: Kept, ana: Actor, ben: Actor) -> None:
    assert await kept.chosen(ana) is None
    await kept.choose(ana, "ja")
    await kept.choose(ana, "pt-BR")
    assert (await kept.chosen(ana), await kept.chosen(ben)) == ("pt-BR", None)
    async with kept.stores.work() as work:
        await work.translations.forget(kept.room, ana.id)
        await work.translations.forget(kept.room, ben.id)
    assert await kept.chosen(ana) is None


async def test_only_members_choose(kept: Kept, outsider: Actor) -> None:
    with pytest.raises(NotFound):
        await kept.choose(outsider, "ja")
    with pytest.raises(NotFound):
        await kept.choose(outsider, "ja", room=RoomId(kept.stores.ids.new()))


async def test_what_is_behind_is_told_by_room_and_language(kept: Kept, ana: Actor, ben: Actor) -> None:
    assert await kept.behind() == []
    await kept.choose(ana, "en")
    assert await kept.behind() == [], "nothing was said yet"
    await kept.say(ben, "하나")
    await kept.say(ben, "둘")
    await kept.choose(ben, "en", after=1)
    assert await kept.behind() == [Behind(kept.room, "en", 0, 2)]
    await kept.choose(ben, "ja", after=1)
    assert await kept.behind() == [Behind(kept.room, "en", 0, 2), Behind(kept.room, "ja", 1, 2)]
    assert len(await kept.behind(take=1)) == 1
    await kept.keep("en", {}, up_to=2)
    assert await kept.behind() == [Behind(kept.room, "ja", 1, 2)]
    await kept.keep("ja", {}, up_to=1)
    assert await kept.behind() == [Behind(kept.room, "ja", 1, 2)]
    await kept.keep("ja", {}, up_to=2)
    assert await kept.behind() == []
    await kept.keep("ja", {}, up_to=1)
    assert await kept.behind() == [], "it never goes back"


async def test_translations_are_shown_in_the_language_of_who_reads(kept: Kept, ana: Actor, ben: Actor) -> None:
    one, two = await kept.say(ben, "하나"), await kept.say(ben, "둘")
    await kept.keep("en", {one: "one", two: 'two "\n\\'}, up_to=2)
    await kept.keep("ja", {one: "一"}, up_to=2)
    assert await kept.shown(ana, one, two) is None
    await kept.choose(ana, "en")
    assert await kept.shown(ana, one, two) == Shown("en", {one: "one", two: 'two "\n\\'})
    assert await kept.shown(ana, two) == Shown("en", {two: 'two "\n\\'})
    await kept.choose(ana, "ja")
    assert await kept.shown(ana, one, two) == Shown("ja", {one: "一"})
    await kept.keep("ja", {one: "ひとつ"}, up_to=2)
    assert await kept.shown(ana, one) == Shown("ja", {one: "ひとつ"})
    await kept.choose(ana, "fr")
    assert await kept.shown(ana, one, two) == Shown("fr", {})
    assert await kept.shown(ana) == Shown("fr", {})


async def test_a_message_that_is_changed_or_deleted_loses_its_translations(kept: Kept, ana: Actor, ben: Actor) -> None:
    one, two, three = [await kept.say(ben, text) for text in ("하나", "둘", "셋")]
    await kept.keep("en", {one: "one", two: "two", three: "three"}, up_to=3)
    await kept.choose(ana, "en")
    await kept.stores.edit(kept.room, one, ben, "1")
    await kept.stores.delete(kept.room, two, ben)
    assert await kept.shown(ana, one, two, three) == Shown("en", {three: "three"})
    await kept.choose(ana, "en", after=3)
    assert await kept.behind() == [Behind(kept.room, "en", 3, 5)]


async def test_readers_are_those_who_have_chosen_the_language(kept: Kept, ana: Actor, ben: Actor) -> None:
    await kept.choose(ana, "en")
    await kept.choose(ben, "en")
    assert await kept.readers("en") == sorted([ana.id, ben.id])
    assert await kept.readers("ja") == []


async def test_a_choice_ends_with_the_membership(kept: Kept, ana: Actor, ben: Actor) -> None:
    await kept.choose(ben, "en")
    await kept.stores.rooms.leave(ben, kept.room)
    await kept.stores.rooms.invite(ana, kept.room, [ben.id])
    assert await kept.chosen(ben) is None
    assert await kept.behind() == []
    assert await kept.readers("en") == []


async def test_all_of_it_goes_with_the_room(kept: Kept, ana: Actor, ben: Actor) -> None:
    one = await kept.say(ben, "하나")
    await kept.choose(ana, "en")
    await kept.keep("en", {one: "one"}, up_to=1)
    await kept.stores.rooms.delete(ana, kept.room)
    assert await kept.chosen(ana) is None
    assert await kept.behind() == []
    assert await kept.shown(ana, one) is None


async def test_what_is_not_committed_is_not_kept(kept: Kept, ana: Actor, ben: Actor) -> None:
    one = await kept.say(ben, "하나")
    await kept.choose(ana, "en")

    async def fail() -> None:
        async with kept.stores.work() as work:
            await work.translations.keep(kept.room, "en", {one: "one"}, up_to=1)
            await work.translations.forget(kept.room, ana.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await kept.shown(ana, one) == Shown("en", {})
    assert await kept.behind() == [Behind(kept.room, "en", 0, 1)]
