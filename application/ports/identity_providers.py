"""Others who say who somebody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.identities import Identity


@dataclass(frozen=True, slots=True)
class Provider:
    """One of them: the ``name`` that stands in addresses, and the ``label`` that people read."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """What belongs to one way there and back: ``nonce`` comes back in the proof, ``verifier`` shows who set out."""

    nonce: str
    verifier: str


class IdentityProviders(Protocol):
    """Those that this installation trusts. Methods that name one raise NotFound where there is none of this name, and
    ProviderUnavailable where it cannot be reached."""

    @property
    def offered(self) -> Sequence[Provider]: ...

    async def departure(self, name: str, *, state: str, secrets: Secrets) -> str:
        """The address where somebody says who they are; they come back with ``state`` and a code."""

    async def identify(self, name: str, *, code: str, issuer: str | None, secrets: Secrets) -> Identity:
        """Who it is that came back with this code, and perhaps with a word from whom.

        Raises SignOnFailed where the proof is not good: not for us, not for this way, not theirs, or not any more.
        """

    def admits(self, name: str, email: str) -> bool:
        """Whether who has this address gets an account here by its word alone."""

    async def sign_out_address(self, name: str, hint: str | None) -> str | None:
        """Where somebody signs out over there too; None where that cannot be done."""
