"""What makes a password, and the address that goes with it."""

import re
from unicodedata import normalize

from domain.errors import Fault, InvalidInput
from domain.text import storable

PASSWORD_LEAST = 10
PASSWORD_MOST = 200
ADDRESS_LIMIT = 254

_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)
_FEWEST_CHARACTERS = 4
_COMMONEST = frozenset(
    [
        "0123456789",
        "0987654321",
        "1111111111",
        "1122334455",
        "1234512345",
        "1234567890",
        "12345678910",
        "123456789a",
        "1234567891",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "9876543210",
        "a123456789",
        "aa12345678",
        "aa123456789",
        "abcd123456",
        "abcd1234567",
        "abcdefghij",
        "administrator",
        "asdfghjkl123",
        "asdfghjkl;",
        "changeme123",
        "iloveyou123",
        "iloveyou1234",
        "letmein123",
        "letmein1234",
        "passw0rd123",
        "password01",
        "password1!",
        "password12",
        "password123",
        "password1234",
        "password12345",
        "password2026",
        "q1w2e3r4t5",
        "q1w2e3r4t5y6",
        "qwer123456",
        "qwer1234!@",
        "qwerasdfzxcv",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop",
        "qwertyuiop123",
        "rkskekfk12",
        "sunshine123",
        "superman123",
        "tkfkdgo123",
        "welcome123",
        "welcome1234",
        "zaq12wsxcde3",
        "zxcvbnm123",
        "zxcvbnm1234",
        "dkssudgktpdy",
        "dlwlgns123",
        "dkagh12345",
        "qlalfqjsgh",
        "qlalfqjsgh1",
        "jarvis1234",
        "jarvis12345",
        "jarvisjarvis",
    ]
)


def address(text: str) -> str:
    """The mail address, as accounts are kept by it: without white space around it, in small letters.

    Raises:
        InvalidInput: it is no address.
    """
    found = text.strip().lower()
    if len(found) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(found) or ".." in found.partition("@")[2]:
        raise InvalidInput(details=[Fault("email", "must be a mail address")])
    return found


def normal(password: str) -> str:
    """The password as it is hashed: the same whichever way a keyboard composes its characters."""
    return normalize("NFKC", storable(password, "password"))


def new_password(password: str, email: str) -> str:
    """A password that somebody of this address may choose, in the form in which it is hashed.

    Raises:
        InvalidInput: it is too short or too long, the address or a part of it, or one that everybody tries first.
    """
    text = normal(password)
    fault = _fault_of(text, email)
    if fault is not None:
        raise InvalidInput(details=[Fault("password", fault)])
    return text


def _fault_of(text: str, email: str) -> str | None:
    if len(text) < PASSWORD_LEAST:
        return f"must have at least {PASSWORD_LEAST} characters"
    if len(text) > PASSWORD_MOST:
        return f"must have at most {PASSWORD_MOST} characters"
    lowered = text.casefold()
    if lowered in {email.casefold(), email.casefold().partition("@")[0], email.casefold().rpartition("@")[2]}:
        return "must not be your address"
    if lowered in _COMMONEST or len(set(lowered)) < _FEWEST_CHARACTERS:
        return "is one of the first that anybody would try"
    return None
