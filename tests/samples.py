"""Makes things of the domain by their types alone, so that tests need not name each of them."""

import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.ids import UserId
from domain.messages import Message
from domain.reactions import Reaction
from domain.weeks import Week

_WORDS = ("", "a", "안녕 🙂", '"\\', "a\nb")
_PLAIN: Mapping[Any, Any] = {
    str: lambda random: random.choice(_WORDS),
    int: lambda random: random.randrange(1, 1 << 40),
    float: lambda random: random.random() * 100,
    bool: lambda random: random.random() < 0.5,
    bytes: lambda random: random.randbytes(4),
    UUID: lambda random: UUID(int=random.getrandbits(128), version=4),
    datetime: lambda random: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=random.randrange(10**10)),
    timedelta: lambda random: timedelta(seconds=random.randrange(10**5)),
    date: lambda random: date(2026, 1, 1) + timedelta(days=random.randrange(1000)),
    type(None): lambda random: None,
    Week: lambda random: Week(date(2026, 1, 5) + timedelta(weeks=random.randrange(100))),
    Reaction: lambda random: Reaction("👍", (sample(UserId, random), sample(UserId, random))),
    object: lambda random: random.choice(["text", 1, None, {"in": ["it"]}]),
    Any: lambda random: random.choice(["text", 1, None, {"in": ["it"]}]),
}


def sample(type_: Any, random: Random) -> Any:
    """Something of this type."""
    made = _sample(type_, random)
    return _as_they_are(made, random) if isinstance(made, Message) else made


def _as_they_are(message: Message, random: Random) -> Message:
    """The message, with those fields together that are there together."""
    someone: Any = sample(UUID, random)
    return replace(
        message,
        deleted_by=None if message.deleted_at is None else someone,
        thread_id=None if message.reply_to is None else someone,
        last_reply_seq=random.randrange(1, 1000) if message.reply_count else None,
    )


def _sample(type_: Any, random: Random) -> Any:
    if type_ in _PLAIN:
        return _PLAIN[type_](random)
    if isinstance(type_, NewType):
        return sample(type_.__supertype__, random)
    if isinstance(type_, type) and issubclass(type_, Enum):
        return random.choice(list(type_))
    if is_dataclass(type_):
        hints = get_type_hints(type_)
        return type_(**{part.name: sample(hints[part.name], random) for part in fields(type_) if part.init})  # type: ignore[operator]
    return _of_parts(get_origin(type_), get_args(type_), random)


def _of_parts(origin: Any, parts: tuple[Any, ...], random: Random) -> Any:
    if origin in {Union, types.UnionType}:
        return sample(random.choice(parts), random)
    if origin is Literal:
        return random.choice(parts)
    if origin is tuple and parts[-1:] != (Ellipsis,):
        return tuple(sample(part, random) for part in parts)
    if origin in {tuple, list, Sequence}:
        return tuple(sample(parts[0], random) for _ in range(random.randrange(3)))
    if origin in {set, frozenset, AbstractSet}:
        return frozenset(sample(parts[0], random) for _ in range(random.randrange(3)))
    if origin in {dict, Mapping}:
        return {sample(parts[0], random): sample(parts[1], random) for _ in range(random.randrange(3))}
    raise TypeError(f"of {origin}[{parts}] no sample is known how to make")
