"""Accounts, sessions and invitations."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Count, Id, RoleName, Time


class Account(TypedDict):
    """Somebody."""

    id: Id
    email: str
    name: str


class Myself(Account):
    """Oneself."""

    isAdministrator: NotRequired[Literal[True]]


class DevelopmentToken(TypedDict):
    """What the development door gives."""

    token: str
    user: Account


class SignedIn(TypedDict):
    """Somebody who is signed in: a short access token, and the refresh token that the next one is got with."""

    token: str
    expiresAt: Time
    refreshToken: str
    sessionId: Id
    user: Account


class SignedOut(TypedDict):
    """Signed out here; ``signOutUrl`` is where to go to be signed out at the provider as well."""

    ok: Literal[True]
    signOutUrl: NotRequired[str]


class Session(TypedDict):
    """A device on which one is signed in."""

    id: Id
    device: str
    address: str
    provider: str | None
    createdAt: Time
    lastUsedAt: Time
    expiresAt: Time
    isCurrent: bool


class RoomInvitation(TypedDict):
    """An invitation as members of its room see it."""

    id: Id
    roomId: Id
    role: RoleName
    createdBy: Id
    createdAt: Time
    expiresAt: Time
    maxUses: Count | None
    uses: Count


class NewRoomInvitation(RoomInvitation):
    """An invitation just made: its link and its secret are shown this once."""

    url: str
    token: str


class Foretaste(TypedDict):
    """An invitation as those see it who have its link."""

    roomTitle: str
    invitedBy: str
    role: RoleName
    expiresAt: Time


class AdministeredAccount(Account):
    """An account as administrators see it."""

    isAdministrator: bool
    isDisabled: bool
    emailVerifiedAt: Time | None
    createdAt: Time
    lastSeenAt: Time | None


class ResetLink(TypedDict):
    """A link by which somebody sets a new password, once."""

    url: str
    expiresAt: Time


class Registered(TypedDict):
    """Whether a mail is on its way that ends the registration."""

    ok: Literal[True]
    confirmation: Literal["mail", "none"]


class Provider(TypedDict):
    """Somebody who vouches for people, by OpenID Connect."""

    name: str
    label: str


class Ways(TypedDict):
    """The ways in that this installation has."""

    password: bool
    registration: str
    confirmation: Literal["mail", "none"]
    reset: Literal["mail", "administrator"]
    development: bool
    providers: list[Provider]
