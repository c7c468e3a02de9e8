"""Identities: who a person is by the word of another, an issuer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """``issuer`` and ``subject`` name the person for good. ``email`` is there where the issuer has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None
    sign_out_hint: str | None = None
