"""What an installation says of a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ProviderOptions:
    """``issuer`` and ``client_id`` are as they were agreed with it.

    Who has an address in one of ``domains`` gets an account by its word alone. ``trusts_email`` takes its addresses for
    verified though it does not say so, as a directory of one's own has them.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    label: str = ""
    scope: str = "openid email profile"
    domains: tuple[str, ...] = ()
    trusts_email: bool = False


def read_options(providers: Sequence[Mapping[str, Any]]) -> Sequence[ProviderOptions]:
    """Options from settings, by the names of the fields here."""
    return [ProviderOptions(**provider) for provider in providers]
