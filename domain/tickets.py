"""Tickets: secrets good for one use, as they stand in links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256

from domain.ids import UserId


class Purpose(Enum):
    """What a ticket is good for, and for nothing else."""

    SETUP = "setup"
    PENDING = "pending"
    REGISTRATION = "registration"
    RESET = "reset"
    SINGLE_SIGN_ON = "single_sign_on"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Ticket:
    """``digest`` is of its secret, which only its holder has; ``notes`` are a JSON object of what it stands for."""

    digest: bytes
    purpose: Purpose
    created_at: datetime
    expires_at: datetime
    user_id: UserId | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


def digest_of(secret: str) -> bytes:
    """What is kept of a secret: it cannot be had back from it."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
