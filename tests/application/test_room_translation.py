"""What a worker translates of rooms, and for whom."""

import asyncio
from dataclasses import dataclass, field

import pytest

from adapters.memory.cache import InMemoryCache
from adapters.mock.translator import MockTranslator
from application.ports.translator import TextRefused
from application.remembered import Remembered
from application.room_translation import RoomTranslation
from application.translating import IDLE_SECONDS, RoomTranslating
from application.translation import Translation
from domain.errors import Forbidden, OpenAiNotConfigured, TranslationFailed, UnsupportedTargetLanguage
from domain.events import MessageTranslated
from domain.ids import MessageId, RoomId
from domain.languages import Language
from domain.users import Actor
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis

BLOCK = "\n[[jarvis_attachments_v1]]\naGVsbG8=\n[[/jarvis_attachments_v1]]"


@dataclass
class Interpreter:
    """Says every text in brackets, with the language before it; ``faults`` are raised for texts that hold the word."""

    asked: list[str] = field(default_factory=list)
    faults: dict[str, Exception] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def available(self) -> bool:
        return True

    async def translate(self, text: str, language: Language) -> str:
        self.asked.append(text)
        await self.gate.wait()
        for word, fault in self.faults.items():
            if word in text:
                raise fault
        return text if text == "same" else f"{language.tag}[{text}]"


class House:
    """A room of Ana's with Ben and Cho, and a worker that has nothing to do yet."""

    def __init__(self) -> None:
        self.jarvis = InMemoryJarvis()
        self.interpreter = Interpreter()
        self.interpreter.gate.set()
        self.cache = InMemoryCache(self.jarvis.clock)
        remembered = Remembered(self.cache, self.jarvis.clock, self.jarvis.ids)
        self.translation = Translation(self.interpreter, remembered)
        self.rooms = RoomTranslation(self.jarvis.work, self.translation)
        self.worker = self.another()

    def another(self) -> RoomTranslating:
        return RoomTranslating(self.jarvis.work, self.translation, self.cache, self.jarvis.clock, self.jarvis.ids)

    async def open(self) -> None:
        self.ana, self.ben, self.cho = await self.jarvis.people("Ana", "Ben", "Cho")
        self.room: RoomId = (await self.jarvis.room(self.ana, self.ben, self.cho)).room.id

    async def say(self, actor: Actor, text: str) -> MessageId:
        return (await self.jarvis.messages.send(actor, self.room, text)).message_id

    async def seen(self, actor: Actor) -> dict[str, str]:
        """What the actor reads beside each message in another language."""
        page = await self.jarvis.messages.history(actor, self.room)
        shown = await self.rooms.shown(actor, self.room, page)
        texts = shown.texts if shown is not None else {}
        return {message.content: texts[message.id] for message in page if message.id in texts}

    @property
    def told(self) -> list[tuple[str, ...]]:
        names = {self.ana.id: "Ana", self.ben.id: "Ben", self.cho.id: "Cho"}
        return [
            (event.text, *sorted(names[id_] for id_ in event.user_ids))
            for event in self.jarvis.recorder.of(MessageTranslated)
        ]


@pytest.fixture
async def house() -> House:
    house = House()
    await house.open()
    return house


async def test_others_messages_are_translated_once_for_all_who_read_the_language(house: House) -> None:
    await house.say(house.ana, "before")
    await house.rooms.choose(house.ben, house.room, "EN")
    await house.rooms.choose(house.cho, house.room, "en")
    await house.say(house.ana, "하나")
    await house.say(house.ben, "둘")
    assert await house.worker.turn() == 2
    assert house.told == [("en[하나]", "Ben", "Cho"), ("en[둘]", "Cho")]
    assert await house.seen(house.ben) == {"하나": "en[하나]"}
    assert await house.seen(house.cho) == {"하나": "en[하나]", "둘": "en[둘]"}
    assert await house.seen(house.ana) == {}
    assert await house.worker.turn() == 0
    assert house.interpreter.asked == ["하나", "둘"]


async def test_each_language_is_followed_by_itself(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, "하나")
    await house.worker.turn()
    await house.rooms.choose(house.cho, house.room, "ja")
    await house.say(house.ana, "둘")
    await house.worker.turn()
    assert await house.seen(house.ben) == {"하나": "en[하나]", "둘": "en[둘]"}
    assert await house.seen(house.cho) == {"둘": "ja[둘]"}
    await house.rooms.choose(house.cho, house.room, "en")
    assert await house.seen(house.cho) == {"하나": "en[하나]", "둘": "en[둘]"}
    await house.rooms.stop(house.ben, house.room)
    assert await house.seen(house.ben) == {}
    assert (await house.rooms.chosen(house.ben, house.room), await house.rooms.chosen(house.cho, house.room)) == (
        None,
        "en",
    )


async def test_what_one_says_oneself_alone_is_not_translated(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ben, "하나")
    assert await house.worker.turn() == 1
    assert house.interpreter.asked == []


@pytest.mark.parametrize("text", ["👍", "123 !!", "https://", BLOCK.strip() + "\n", "same"])
async def test_what_has_no_words_or_the_same_ones_is_left_as_it_is(house: House, text: str) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, text)
    await house.worker.turn()
    assert house.told == ([] if text != "https://" else [("en[https://]", "Ben")])


async def test_files_are_no_text(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, "보세요" + BLOCK)
    await house.worker.turn()
    assert house.interpreter.asked == ["보세요"]


async def test_answers_of_jarvis_are_translated_too(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, "자비스야 언제?")
    async with house.jarvis.work() as work:
        [lane] = await work.backlog.waiting(now=house.jarvis.clock.now())
    await house.jarvis.answering.answer(lane)
    await house.worker.turn()
    assert await house.seen(house.ben) == {
        "자비스야 언제?": "en[자비스야 언제?]",
        "하나 둘": "en[하나 둘]",
    }


async def test_an_edit_is_translated_anew_and_a_deletion_takes_it_away(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    edited, deleted = await house.say(house.ana, "하나"), await house.say(house.ana, "둘")
    await house.worker.turn()
    await house.jarvis.messages.edit(house.ana, house.room, edited, "셋")
    await house.jarvis.messages.delete(house.ana, house.room, deleted)
    assert await house.seen(house.ben) == {}
    await house.worker.turn()
    assert await house.seen(house.ben) == {"셋": "en[셋]"}
    assert house.told[-1] == ("en[셋]", "Ben")
    assert len(house.told) == 3


async def test_what_is_changed_meanwhile_is_not_shown_with_the_translation_of_what_it_was(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    edited, deleted = await house.say(house.ana, "하나"), await house.say(house.ana, "비밀")
    house.interpreter.gate.clear()
    working = asyncio.ensure_future(house.worker.turn())
    await eventually(lambda: len(house.interpreter.asked) == 2)
    await house.jarvis.messages.edit(house.ana, house.room, edited, "셋")
    await house.jarvis.messages.delete(house.ana, house.room, deleted)
    house.interpreter.gate.set()
    await working
    assert house.told == []
    await house.worker.turn()
    assert await house.seen(house.ben) == {"셋": "en[셋]"}
    assert house.told == [("en[셋]", "Ben")]


async def test_who_left_or_whose_room_is_gone_meanwhile_is_told_nothing(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.rooms.choose(house.cho, house.room, "en")
    await house.say(house.ana, "하나")
    house.interpreter.gate.clear()
    working = asyncio.ensure_future(house.worker.turn())
    await eventually(lambda: len(house.interpreter.asked) == 1)
    await house.jarvis.rooms.leave(house.ben, house.room)
    house.interpreter.gate.set()
    await working
    assert house.told == [("en[하나]", "Cho")]
    await house.say(house.ana, "둘")
    house.interpreter.gate.clear()
    working = asyncio.ensure_future(house.worker.turn())
    await eventually(lambda: len(house.interpreter.asked) == 2)
    await house.jarvis.rooms.delete(house.ana, house.room)
    house.interpreter.gate.set()
    await working
    assert len(house.told) == 1
    assert await house.worker.turn() == 0


async def test_where_the_translator_fails_the_room_rests_and_goes_on_from_there(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    for text in ("하나", "broken", "셋"):
        await house.say(house.ana, text)
    house.interpreter.faults = {"broken": TranslationFailed()}
    assert await house.worker.turn() == 0
    assert await house.seen(house.ben) == {"하나": "en[하나]", "셋": "en[셋]"}
    asked = len(house.interpreter.asked)
    assert await house.worker.turn() == 0
    assert len(house.interpreter.asked) == asked, "it rests"
    house.interpreter.faults = {}
    house.jarvis.clock.advance(2)
    assert await house.worker.turn() == 2
    assert await house.seen(house.ben) == {"하나": "en[하나]", "broken": "en[broken]", "셋": "en[셋]"}
    assert house.interpreter.asked.count("하나") == house.interpreter.asked.count("셋") == 1


async def test_what_is_wrong_with_one_room_holds_up_no_other(house: House) -> None:
    other = (await house.jarvis.room(house.ana, house.ben)).room.id
    for room in (house.room, other):
        await house.rooms.choose(house.ben, room, "en")
    house.interpreter.faults = {"broken": RuntimeError()}
    await house.say(house.ana, "broken")
    await house.jarvis.messages.send(house.ana, other, "하나")
    assert await house.worker.turn() == 1
    assert house.told == [("en[하나]", "Ben")]


async def test_a_text_that_is_refused_holds_nobody_up(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    house.interpreter.faults = {"refused": TextRefused()}
    await house.say(house.ana, "refused")
    await house.say(house.ana, "둘")
    assert await house.worker.turn() == 2
    assert await house.seen(house.ben) == {"둘": "en[둘]"}
    assert await house.worker.turn() == 0


async def test_who_has_been_away_for_long_does_not_translate_everything(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    for number in range(520):
        await house.say(house.ana, f"message {number}")
    while await house.worker.turn():
        pass
    assert len(house.interpreter.asked) == 500
    assert house.interpreter.asked[0] == "message 20"


async def test_of_two_workers_one_follows_a_room(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, "하나")
    house.interpreter.gate.clear()
    working = asyncio.ensure_future(house.worker.turn())
    await eventually(lambda: len(house.interpreter.asked) == 1)
    assert await house.another().turn() == 0
    house.interpreter.gate.set()
    await working
    assert house.told == [("en[하나]", "Ben")]


async def test_what_a_worker_leaves_undone_another_one_does(house: House) -> None:
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, "하나")
    house.interpreter.gate.clear()
    dying = asyncio.ensure_future(house.worker.turn())
    await eventually(lambda: len(house.interpreter.asked) == 1)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    house.interpreter.gate.set()
    assert await house.another().turn() == 1
    assert await house.seen(house.ben) == {"하나": "en[하나]"}


async def test_it_goes_on_until_it_is_stopped(house: House) -> None:
    working = asyncio.ensure_future(house.worker.run())
    await house.jarvis.clock.sleepers(1)
    await house.rooms.choose(house.ben, house.room, "en")
    await house.say(house.ana, "하나")
    house.jarvis.clock.advance(IDLE_SECONDS)
    await house.jarvis.recorder.until(MessageTranslated)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_what_is_asked_is_checked_before_what_is_configured(house: House) -> None:
    nobody = Translation(MockTranslator(), Remembered(house.cache, house.jarvis.clock, house.jarvis.ids))
    rooms = RoomTranslation(house.jarvis.work, nobody)
    olga = await house.jarvis.person("Olga")
    with pytest.raises(UnsupportedTargetLanguage):
        await rooms.choose(olga, house.room, "klingon")
    for actor, room in ((olga, house.room), (house.ana, RoomId(house.jarvis.ids.new()))):
        with pytest.raises(Forbidden):
            await rooms.choose(actor, room, "en")
        with pytest.raises(Forbidden):
            await rooms.chosen(actor, room)
        with pytest.raises(Forbidden):
            await rooms.stop(actor, room)
    with pytest.raises(OpenAiNotConfigured):
        await rooms.choose(house.ana, house.room, "en")
    worker = RoomTranslating(house.jarvis.work, nobody, house.cache, house.jarvis.clock, house.jarvis.ids)
    await worker.run()
