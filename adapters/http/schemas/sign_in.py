"""Bodies by which people get in."""

from pydantic import Field

from adapters.http.schemas.body import Body


class SignIn(Body):
    """Of POST /auth/login."""

    email: str
    password: str = Field(repr=False)


class Registering(Body):
    """Of POST /auth/register."""

    email: str
    password: str = Field(repr=False)
    name: str | None = None
    invitation: str | None = Field(default=None, repr=False)


class Link(Body):
    """Of calls that a secret from a link, or a code, is good for."""

    token: str = Field(repr=False)


class Refreshing(Body):
    """Of POST /auth/refresh."""

    refresh_token: str = Field(repr=False)


class PasswordChange(Body):
    """Of POST /auth/password."""

    current_password: str = Field(repr=False)
    new_password: str = Field(repr=False)


class ResetWish(Body):
    """Of POST /auth/password/forgot."""

    email: str


class Reset(Body):
    """Of POST /auth/password/reset."""

    token: str = Field(repr=False)
    password: str = Field(repr=False)


class SetUp(Body):
    """Of POST /auth/setup."""

    token: str = Field(repr=False)
    email: str
    password: str = Field(repr=False)
    name: str | None = None
