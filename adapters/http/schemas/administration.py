"""Bodies of administrators' calls."""

from adapters.http.schemas.body import Body


class AccountChange(Body):
    """Of PATCH /admin/accounts/{id}."""

    is_disabled: bool | None = None
    is_administrator: bool | None = None
