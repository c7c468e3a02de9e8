"""Who is spoken to in a text: ``@name`` one person, ``@room`` everybody."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from domain.ids import UserId

ROOM = "room"
MARKS_LIMIT = 100
"""How many ``@`` of one text are looked at."""

# What Koreans put behind a name without a space, several in a row: 민지는, 민지님께서도. A closed list, so that @민지연
# is not taken for 민지 where there is no 민지연.
_PARTICLES = """
    은 는 이 가 을 를 의 에 와 과 도 만 로 으로 랑 이랑 하고 에게 에게서 한테 한테서 께 께서 에서
    보다 처럼 같이 까지 부터 마저 조차 밖에 이나 나 이라도 라도 이라고 라고 이라는 라는 이든 든
    이야 야 아 여 이여 님 씨 군 양 쌤 선생님 네 들 요 이요 예요 이에요 이죠 죠 입니다 인데
""".split()  # noqa: SIM905 - the words are easier to read without quotes
_PARTICLE = "|".join(sorted(_PARTICLES, key=len, reverse=True))

# Chinese and Japanese put no space behind a name either.
_NAME_ENDS = re.compile(rf"(?:{_PARTICLE}){{0,4}}(?![^\W\u3040-\u30ff\u3400-\u9fff])")

# Not behind what may stand before the @ of an email address.
_MARK = re.compile(r"(?<![A-Za-z0-9._%+@-])@(?=\S)")


@dataclass(frozen=True, slots=True)
class Mentions:
    """The people mentioned by name, in the order in which they first were, and whether everybody was."""

    user_ids: tuple[UserId, ...] = ()
    room: bool = False

    def told(self, members: Sequence[UserId], sender: UserId) -> tuple[UserId, ...]:
        """Whom this concerns, of the members there are: not who says it."""
        concerned = members if self.room else self.user_ids
        return tuple(user_id for user_id in concerned if user_id != sender)


NOBODY = Mentions()


def may_mention(text: str) -> bool:
    """Whether the names of the room's members are needed to know who is mentioned."""
    return "@" in text and _MARK.search(text) is not None


def mentions_in(text: str, members: Iterable[tuple[UserId, str]]) -> Mentions:
    """Who of the members is mentioned, where several fit the longest name, and of one name all who bear it.

    Case does not count, nor how a letter is composed. Behind a name there may be Korean particles, but no other letter.
    """
    bearers: dict[str, list[UserId]] = {ROOM: []}
    for user_id, name in members:
        if folded := _folded(name).strip():
            bearers.setdefault(folded, []).append(user_id)
    lengths = sorted({len(name) for name in bearers}, reverse=True)
    folded, found, room, end = _folded(text), dict[UserId, None](), False, 0
    for _, mark in zip(range(MARKS_LIMIT), _MARK.finditer(folded), strict=False):
        if mark.end() <= end:
            continue
        for length in lengths:
            end = mark.end() + length
            name = folded[mark.end() : end]
            if name in bearers and _NAME_ENDS.match(folded, end):
                room = room or name == ROOM
                found.update(dict.fromkeys(bearers[name]))
                break
        else:
            end = mark.end()
    return Mentions(tuple(found), room)


def _folded(text: str) -> str:
    return normalize("NFC", text).casefold()
