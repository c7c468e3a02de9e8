"""Bodies of single sign-on."""

from pydantic import Field

from adapters.http.schemas.body import Body


class Code(Body):
    """Of POST /auth/oidc/token."""

    code: str = Field(repr=False)
