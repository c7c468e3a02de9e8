"""Values and columns in PostgreSQL's binary format, packed several times faster than psycopg packs lists."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from uuid import UUID

_BYTEA, _BIGINT, _INTEGER, _TEXT, _TIMESTAMPTZ, _UUID = 17, 20, 23, 25, 1184, 2950

# An array: its number of dimensions, whether it may hold nulls, the type of its elements, the length and first index of
# its only dimension; then each element after its length in bytes.
_HEAD = Struct("!iiIii")
_LENGTH = Struct("!i")
_INTEGER_ELEMENT = Struct("!ii")
_BIGINT_ELEMENT = Struct("!iq")
_BIGINT_VALUE = Struct("!q")
_UUID_LENGTH = _LENGTH.pack(16)
_NULL = _LENGTH.pack(-1)

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def bigint(value: int) -> bytes:
    """A ``bigint``."""
    return _BIGINT_VALUE.pack(value)


def as_bigint(packed: bytes) -> int:
    value: int = _BIGINT_VALUE.unpack(packed)[0]
    return value


def as_bigints(packed: bytes) -> Sequence[int]:
    """The elements of a ``bigint[]`` without nulls."""
    return [value for _, value in _BIGINT_ELEMENT.iter_unpack(packed[_HEAD.size :])]


def timestamp(value: datetime) -> bytes:
    """A ``timestamptz``."""
    return bigint((value - _EPOCH) // _MICROSECOND)


def integers(values: Sequence[int]) -> bytes:
    """An ``integer[]``."""
    pack = _INTEGER_ELEMENT.pack
    return _head(_INTEGER, values) + b"".join([pack(4, value) for value in values])


def bigints(values: Sequence[int]) -> bytes:
    """A ``bigint[]``."""
    pack = _BIGINT_ELEMENT.pack
    return _head(_BIGINT, values) + b"".join([pack(8, value) for value in values])


def timestamps(values: Sequence[datetime]) -> bytes:
    """A ``timestamptz[]``."""
    pack = _BIGINT_ELEMENT.pack
    return _head(_TIMESTAMPTZ, values) + b"".join([pack(8, (value - _EPOCH) // _MICROSECOND) for value in values])


def uuids(values: Sequence[UUID]) -> bytes:
    """A ``uuid[]``."""
    return _head(_UUID, values) + b"".join([_UUID_LENGTH + value.bytes for value in values])


def texts(values: Sequence[str | None]) -> bytes:
    """A ``text[]``. Raises UnicodeEncodeError where a text is not well-formed."""
    return _head(_TEXT, values) + _varying([None if value is None else value.encode() for value in values])


def byteas(values: Sequence[bytes]) -> bytes:
    """A ``bytea[]``."""
    return _head(_BYTEA, values) + _varying(values)


def _head(element: int, values: Sequence[object]) -> bytes:
    return _HEAD.pack(1, 1, element, len(values), 1)


def _varying(values: Sequence[bytes | None]) -> bytes:
    pack = _LENGTH.pack
    return b"".join([_NULL if value is None else pack(len(value)) + value for value in values])
