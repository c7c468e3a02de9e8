"""Translating each text once."""

import asyncio

import pytest

from adapters.memory.cache import InMemoryCache
from application.remembered import Remembered
from application.translation import GOOD_FOR, Translated, Translation
from domain.errors import (
    DomainError,
    InvalidInput,
    OpenAiNotConfigured,
    PayloadTooLarge,
    TranslationEmpty,
    TranslationFailed,
    UnsupportedTargetLanguage,
)
from domain.languages import Language
from tests.builders import FakeClock, SequenceIds, eventually


class Interpreter:
    """Says in which language it was asked for what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.fault: Exception | None = None
        self.says: str | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def available(self) -> bool:
        return True

    async def translate(self, text: str, language: Language) -> str:
        self.asked.append((text, language.tag))
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return f"{language.tag}: {text}" if self.says is None else self.says


class House:
    def __init__(self) -> None:
        self.clock, self.interpreter = FakeClock(), Interpreter()
        self.cache, ids = InMemoryCache(self.clock), SequenceIds()
        self.translation, self.elsewhere = (
            Translation(self.interpreter, Remembered(self.cache, self.clock, ids), text_limit=100) for _ in range(2)
        )


@pytest.fixture
def house() -> House:
    return House()


async def test_a_text_is_translated_into_korean_unless_another_language_is_named(house: House) -> None:
    assert await house.translation.translate("hello") == Translated("ko: hello")
    assert await house.translation.translate("hello", "pt-br") == Translated("pt-BR: hello")
    assert await house.translation.translate("hello", "") == Translated("ko: hello", cached=True)


async def test_it_is_kept_for_six_hours_by_language_and_text_for_all_servers(house: House) -> None:
    await house.translation.translate("hello", "ja")
    assert await house.elsewhere.translate("hello", "JA") == Translated("ja: hello", cached=True)
    for other in (("hello ", "ja"), ("hello", "en"), ("Hello", "ja")):
        assert not (await house.elsewhere.translate(*other)).cached
    house.clock.advance(GOOD_FOR - 1)
    assert (await house.translation.translate("hello", "ja")).cached
    house.clock.advance(1)
    assert not (await house.translation.translate("hello", "ja")).cached
    assert GOOD_FOR == 6 * 3600


@pytest.mark.parametrize("nothing", ["", " ", "\n\t"])
async def test_nothing_is_translated_into_nothing(house: House, nothing: str) -> None:
    house.interpreter.fault = OpenAiNotConfigured()
    assert await house.translation.translate(nothing) == Translated("")
    assert house.interpreter.asked == []


@pytest.mark.parametrize(
    ("text", "tag", "refusal"),
    [
        ("hello", "xx", UnsupportedTargetLanguage),
        ("", "xx", UnsupportedTargetLanguage),
        ("a\0b", "ko", InvalidInput),
        ("\ud800", "ko", InvalidInput),
        ("a" * 101, "ko", PayloadTooLarge),
        ("가" * 34, "ko", PayloadTooLarge),
    ],
)
async def test_what_is_asked_is_checked_before_who_is_asked(
    house: House, text: str, tag: str, refusal: type[DomainError]
) -> None:
    house.interpreter.fault = OpenAiNotConfigured()
    with pytest.raises(refusal):
        await house.translation.translate(text, tag)
    assert house.interpreter.asked == []


async def test_many_who_ask_at_the_same_time_ask_once_also_on_two_servers(house: House) -> None:
    house.interpreter.gate.clear()
    asking = [
        asyncio.ensure_future(server.translate("hello", "en"))
        for server in (house.translation, house.elsewhere)
        for _ in range(10)
    ]
    await eventually(lambda: len(house.interpreter.asked) == 1)
    await house.clock.sleepers(1)
    house.interpreter.gate.set()
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    house.clock.advance(0.05)
    assert {translated.text for translated in await asyncio.gather(*asking)} == {"en: hello"}
    assert len(house.interpreter.asked) == 1


@pytest.mark.parametrize("fault", [TranslationFailed(), TranslationEmpty(), OpenAiNotConfigured()])
async def test_a_fault_is_told_and_not_kept(house: House, fault: DomainError) -> None:
    house.interpreter.fault = fault
    with pytest.raises(type(fault)):
        await house.translation.translate("hello")
    house.interpreter.fault = None
    assert await house.translation.translate("hello") == Translated("ko: hello")


async def test_an_empty_translation_is_none(house: House) -> None:
    house.interpreter.says = " \n"
    with pytest.raises(TranslationEmpty):
        await house.translation.translate("hello")
