"""Who is spoken to in a text."""

from unicodedata import normalize

import pytest

from domain.ids import UserId
from domain.mentions import MARKS_LIMIT, NOBODY, Mentions, may_mention, mentions_in
from tests.builders import SequenceIds

IDS = SequenceIds()
NAMES = ["민지", "민지연", "Ana", "Ana Kim", "김 서준", "太郎", "ben@local", "Zoë (PM)", "민지", " ", "나"]
PEOPLE = [(UserId(IDS.new()), name) for name in NAMES]
BOTH_MINJI = ["민지", "민지"]


def mentioned(text: str) -> list[str]:
    names = dict(PEOPLE)
    return [names[user_id] for user_id in mentions_in(text, PEOPLE).user_ids]


@pytest.mark.parametrize(
    "text",
    [
        "@민지",
        "@민지는 어디?",
        "@민지, 점심",
        "안녕@민지야",
        "@민지님께서도",
        "@민지에게는요",
        "@민지랑 @민지이랑",
        "(@민지)",
        "@민지입니다",
        "@민지씨한테만 말했어",
        "회의는\n@민지가",
    ],
)
def test_korean_particles_may_follow_a_name(text: str) -> None:
    assert mentioned(text) == BOTH_MINJI


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@민지연은", ["민지연"]),
        ("@Ana Kim, @Ana", ["Ana Kim", "Ana"]),
        ("@Ana Kimberley", ["Ana"]),
        ("@김 서준씨", ["김 서준"]),
        ("@ben@local 어때", ["ben@local"]),
        ("@Zoë (PM)은", ["Zoë (PM)"]),
    ],
)
def test_of_several_names_the_longest_counts(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


@pytest.mark.parametrize(
    "text", ["@민지연구", "@Anabel", "@Ana_", "@나중에", "@Ana1", "@없는사람", "@ 민지", "민지", "@"]
)
def test_a_name_that_goes_on_is_another_name(text: str) -> None:
    assert mentions_in(text, PEOPLE) == NOBODY


@pytest.mark.parametrize("text", ["ana@Ana.com", "x.@Ana", "1@민지", "@@Ana", "%@Ana"])
def test_an_address_of_mail_mentions_nobody(text: str) -> None:
    assert not may_mention("ana@Ana.com")
    assert mentions_in(text, PEOPLE) == NOBODY


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ANA", ["Ana"]),
        ("@ana's", ["Ana"]),
        ("@aNa는", ["Ana"]),
        ("@太郎さん", ["太郎"]),
        (normalize("NFD", "@ZOË (pm)"), ["Zoë (PM)"]),
        (normalize("NFD", "@민지는"), BOTH_MINJI),
    ],
)
def test_case_and_composition_do_not_count(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


def test_people_stand_in_the_order_of_the_text_and_once() -> None:
    assert mentioned("@Ana @민지연 @ana @민지연은") == ["Ana", "민지연"]


@pytest.mark.parametrize("text", ["@room", "@Room!", "@room은 다 와요", "여러분 @ROOM"])
def test_everybody_can_be_spoken_to(text: str) -> None:
    assert mentions_in(text, PEOPLE) == Mentions((), room=True)


@pytest.mark.parametrize("text", ["@roommate", "room", "@rooms"])
def test_everybody_is_not_spoken_to_by_accident(text: str) -> None:
    assert mentions_in(text, PEOPLE) == NOBODY


def test_who_speaks_is_not_told() -> None:
    ana, ben, cho = (user_id for user_id, _ in PEOPLE[:3])
    assert Mentions((ana, ben)).told([ana, ben, cho], ana) == (ben,)
    assert Mentions((ana,), room=True).told([ana, ben, cho], ben) == (ana, cho)
    assert Mentions((ana,)).told([ana, ben], ana) == ()


def test_a_text_of_nothing_but_marks_is_soon_read() -> None:
    hostile = ["@" * 60_000, " @x" * 20_000, "@민지" + "이랑" * 20_000 + "X", "@" + "a" * 60_000]
    crowd = [(UserId(IDS.new()), f"{'a' * (number % 300)} {number}") for number in range(2_000)]
    for text in hostile:
        assert mentions_in(text, [*crowd, *PEOPLE]) == NOBODY


def test_only_so_many_marks_are_looked_at() -> None:
    assert mentioned("@x " * (MARKS_LIMIT - 1) + "@Ana @민지연") == ["Ana"]
