"""Bodies that concern invitations."""

from adapters.http.schemas.body import Body
from domain.rooms import Role


class NewInvitation(Body):
    """Of POST /rooms/{id}/invitations. ``max_uses`` null is as many as like to come."""

    role: Role = Role.MEMBER
    expires_in_hours: float | None = None
    max_uses: int | None = None
