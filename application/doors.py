"""All the ways in, put together."""

from dataclasses import dataclass
from datetime import timedelta

from application.administration import Administration
from application.invitations import Invitations
from application.links import Links
from application.passwords import Passwords
from application.ports.clock import Clock
from application.ports.identity_providers import IdentityProviders
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.mailer import Mailer
from application.ports.passwords import PasswordHasher
from application.ports.refresh_tokens import RefreshTokens
from application.ports.secrets import SecretSource
from application.ports.tokens import Tokens
from application.ports.unit_of_work import Work
from application.recovery import Recovery
from application.registration import Policy, Registration
from application.sessions import SESSION_LASTS, Sessions
from application.single_sign_on import SingleSignOn


@dataclass(frozen=True, slots=True)
class Hinges:
    """What the ways in stand on."""

    work: Work
    tokens: Tokens
    refresh_tokens: RefreshTokens
    hasher: PasswordHasher
    secrets: SecretSource
    mailer: Mailer
    providers: IdentityProviders
    queue: JobQueue
    clock: Clock
    ids: IdSource


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways in: each a capability of its own."""

    sessions: Sessions
    passwords: Passwords
    recovery: Recovery
    registration: Registration
    invitations: Invitations
    administration: Administration
    single_sign_on: SingleSignOn


def doors_on(
    hinges: Hinges, *, home: str, policy: Policy = Policy.OPEN, session_lasts: timedelta = SESSION_LASTS
) -> Doors:
    """The doors of an installation that people find at ``home``."""
    on, links = hinges, Links(home.rstrip("/"))
    sessions = Sessions(on.work, on.tokens, on.refresh_tokens, on.secrets, on.clock, on.ids, session_lasts)
    recovery = Recovery(on.work, on.hasher, sessions, on.secrets, on.mailer, on.queue, links, on.clock, on.ids)
    return Doors(
        sessions=sessions,
        passwords=Passwords(on.work, on.hasher, sessions, on.clock),
        recovery=recovery,
        registration=Registration(
            on.work, on.hasher, sessions, on.secrets, on.mailer, on.queue, links, on.clock, on.ids, policy
        ),
        invitations=Invitations(on.work, on.secrets, links, on.clock, on.ids),
        administration=Administration(on.work, on.hasher, sessions, recovery, on.secrets, links, on.clock, on.ids),
        single_sign_on=SingleSignOn(on.work, on.providers, sessions, on.secrets, links, on.clock, on.ids, policy),
    )
