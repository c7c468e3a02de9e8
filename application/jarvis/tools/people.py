"""Finding out whom somebody means. Where that is not plain, the model is told so and asks; nobody is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.accounts import Accounts
from domain.presence import UserPresence
from domain.users import Actor, User

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a name may mean: one person, several, or nobody."""

    name: str
    candidates: Sequence[User]

    @property
    def person(self) -> User | None:
        """The one person that is meant, or None."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    @property
    def doubt(self) -> dict[str, object]:
        """What the model is told where it is not one person."""
        if not self.candidates:
            return {
                "name": self.name,
                "problem": "nobody of this name has an account here; accounts are not made by you",
            }
        listed = [{"name": user.name, "email": user.email} for user in self.candidates[:SHOWN]]
        return {"name": self.name, "problem": "several people may be meant: ask which one", "candidates": listed}


async def named(accounts: Accounts, actor: Actor, name: str) -> Named:
    """Whom ``name`` means: who has it as email, else as whole name, else as part of either; in any case."""
    wanted = name.strip()
    found = [one.user for one in await _people(accounts, actor, wanted)] if wanted else []
    folded = wanted.casefold()
    exactly = [user for user in found if user.email.casefold() == folded]
    exactly = exactly or [user for user in found if user.name.casefold() == folded]
    return Named(wanted, exactly or found)


async def _people(accounts: Accounts, actor: Actor, query: str) -> Sequence[UserPresence]:
    return await accounts.people(actor, query, include_me=True)
