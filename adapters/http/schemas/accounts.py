"""Bodies that concern accounts."""

from adapters.http.schemas.body import Body


class DevelopmentSignIn(Body):
    """Of POST /auth/dev."""

    email: str | None = None
    name: str | None = None
