"""What is written to people about their accounts, in their language."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from application.ports.mailer import Mail


class Language(Enum):
    """What letters are written in."""

    KOREAN = "ko"
    ENGLISH = "en"


class Letter(Enum):
    """Why somebody is written to."""

    CONFIRM = "confirm"
    KNOWN_ALREADY = "known_already"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class _Text:
    subject: str
    body: str


_TEXTS = {
    (Letter.CONFIRM, Language.KOREAN): _Text(
        "자비스 가입 확인",
        "{name}님, 안녕하세요.\n\n아래 링크를 열면 가입이 끝납니다. {lasts} 안에 한 번만 쓸 수 있습니다.\n\n{link}\n\n"
        "가입을 신청하지 않으셨다면 이 메일은 무시하세요.\n",
    ),
    (Letter.CONFIRM, Language.ENGLISH): _Text(
        "Confirm your Jarvis account",
        "Hello {name},\n\nopen this link to finish your registration. It works once, within {lasts}.\n\n{link}\n\n"
        "If you did not register, ignore this mail.\n",
    ),
    (Letter.KNOWN_ALREADY, Language.KOREAN): _Text(
        "자비스에 이미 가입되어 있습니다",
        "{name}님, 안녕하세요.\n\n이 주소로 다시 가입하려는 요청이 있었지만 이미 계정이 있습니다. "
        "비밀번호를 잊으셨다면 아래에서 새로 정할 수 있습니다.\n\n{link}\n\n"
        "요청하지 않으셨다면 이 메일은 무시하세요.\n",
    ),
    (Letter.KNOWN_ALREADY, Language.ENGLISH): _Text(
        "You already have a Jarvis account",
        "Hello {name},\n\nsomebody wanted to register with this address, which has an account already. If you have "
        "forgotten your password, choose another one here.\n\n{link}\n\nIf it was not you, ignore this mail.\n",
    ),
    (Letter.RESET, Language.KOREAN): _Text(
        "자비스 비밀번호 다시 정하기",
        "{name}님, 안녕하세요.\n\n아래 링크에서 비밀번호를 새로 정할 수 있습니다. "
        "{lasts} 안에 한 번만 쓸 수 있습니다.\n\n{link}\n\n"
        "요청하지 않으셨다면 이 메일은 무시하세요. 비밀번호는 그대로입니다.\n",
    ),
    (Letter.RESET, Language.ENGLISH): _Text(
        "Choose another Jarvis password",
        "Hello {name},\n\nchoose another password here. The link works once, within {lasts}.\n\n{link}\n\n"
        "If you did not ask for this, ignore this mail: your password stays as it is.\n",
    ),
}


def written(
    letter: Letter, language: Language, *, to: str, name: str, link: str, lasts: timedelta | None = None
) -> Mail:
    """The letter to somebody, with a link. ``lasts``: for how long that is good, where it does not stay so."""
    text = _TEXTS[letter, language]
    # A name may be anything, and this goes to an address that somebody else may have typed: no link of theirs in it.
    plain = "".join(character if character.isalnum() else " " for character in name[:80])
    filled = {"name": " ".join(plain.split()), "link": link}
    if lasts is not None:
        filled["lasts"] = _in_words(lasts, language)
    return Mail((to,), text.subject, text.body.format(**filled))


def _in_words(lasts: timedelta, language: Language) -> str:
    """A time in whole hours, or in minutes where it is not that."""
    hours, rest = divmod(lasts, timedelta(hours=1))
    korean, english, number = ("분", "minute", lasts // timedelta(minutes=1)) if rest else ("시간", "hour", hours)
    if language is Language.KOREAN:
        return f"{number}{korean}"
    return f"{number} {english}" if number == 1 else f"{number} {english}s"
