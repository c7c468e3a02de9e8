"""Bodies that concern rooms and members."""

from typing import Annotated

from pydantic import FailFast

from adapters.http.schemas.body import Body
from domain.rooms import Role, RoomType

Names = Annotated[list[str] | None, FailFast()]
"""Ids of people as they were sent; one that is no UUID names nobody."""


class NewRoom(Body):
    """Of POST /rooms."""

    title: str | None = None
    type: RoomType | None = None
    member_user_ids: Names = None


class Invitation(Body):
    """Of POST /rooms/{id}/members."""

    user_ids: Names = None


class RoomChange(Body):
    """Of PATCH /rooms/{id}."""

    title: str


class RoleChange(Body):
    """Of PATCH /rooms/{id}/members/{userId}."""

    role: Role
