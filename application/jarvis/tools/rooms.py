"""Opening rooms and inviting people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from application.accounts import Accounts
from application.jarvis.phrases import is_korean
from application.jarvis.toolbox import Tool, ToolUse
from application.jarvis.tools.people import Named, named
from application.rooms import Rooms
from domain.errors import DuplicateEntry
from domain.ids import RoomId

MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class AddUser:
    """Arguments of room_add_user."""

    person: str = field(
        metadata={"description": "Name or email of the person to invite.", "min_length": 1, "max_length": 200}
    )


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """Arguments of create_room."""

    title: str = field(metadata={"description": "Title of the new room.", "min_length": 1, "max_length": 200})
    members: list[str] = field(
        default_factory=list,
        metadata={"description": "Names or emails of people to invite.", "max_length": MOST_AT_ONCE},
    )


class RoomTools:
    """Tools over the use cases of rooms."""

    def __init__(self, rooms: Rooms, accounts: Accounts) -> None:
        self._rooms = rooms
        self._accounts = accounts

    def all(self) -> Sequence[Tool]:
        """The tools."""
        return (
            Tool(
                "room_add_user",
                "Invites a person who has an account into this room.",
                AddUser,
                self._add_user,
                self._before_adding,
            ),
            Tool(
                "create_room",
                "Opens a new room that the person who asks owns, and invites the people named.",
                CreateRoom,
                self._create_room,
                self._before_creating,
            ),
        )

    async def _before_adding(self, use: ToolUse, asked: AddUser) -> str | None:
        person = (await named(self._accounts, use.actor, asked.person)).person
        if person is None:
            return None
        who = f"{person.name} ({person.email})"
        return (
            f"이 방에 {who} 님을 초대할까요?"
            if is_korean(asked.person + person.name)
            else f"Invite {who} into this room?"
        )

    async def _add_user(self, use: ToolUse, asked: AddUser) -> object:
        found = await named(self._accounts, use.actor, asked.person)
        if found.person is None:
            return found.doubt
        use.require_agreed()
        invited = await self._rooms.invite(use.actor, use.room_id, [found.person.id])
        return {"person": found.person.name, "added": invited.added == 1, "was_here_already": invited.added == 0}

    async def _before_creating(self, use: ToolUse, asked: CreateRoom) -> str | None:
        people = await self._members(use, asked)
        if not people or any(one.person is None for one in people):
            return None
        names = ", ".join(one.person.name for one in people if one.person is not None)
        if is_korean(asked.title + names):
            return f"“{asked.title}” 방을 만들고 {names} 님을 초대할까요?"
        return f"Open the room “{asked.title}” and invite {names}?"

    async def _create_room(self, use: ToolUse, asked: CreateRoom) -> object:
        people = await self._members(use, asked)
        doubts = [one.doubt for one in people if one.person is None]
        if doubts:
            return {"problem": "the room was not opened", "people": doubts}
        if people:
            use.require_agreed()
        room_id = RoomId(use.key)
        try:
            await self._rooms.create(
                use.actor,
                asked.title,
                member_ids=[one.person.id for one in people if one.person is not None],
                room_id=room_id,
            )
        except DuplicateEntry:
            return {"room": asked.title, "opened": True}  # by this very call, before its worker died
        return {"room": asked.title, "opened": True, "invited": [one.name for one in people]}

    async def _members(self, use: ToolUse, asked: CreateRoom) -> Sequence[Named]:
        return [await named(self._accounts, use.actor, name) for name in asked.members]
