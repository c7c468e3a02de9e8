"""What any text from outside must satisfy before it is kept."""

from domain.errors import Fault, InvalidInput


def storable(text: str, field: str) -> str:
    """Return the text unchanged.

    Raises:
        InvalidInput: it holds a NUL character or half of a surrogate pair, which no store keeps faithfully.
    """
    if "\x00" in text:
        raise InvalidInput(details=[Fault(field, "must not hold NUL characters")])
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInput(details=[Fault(field, "must be well-formed Unicode")]) from None
    return text
