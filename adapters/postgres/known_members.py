"""Who is known to be a member of which room."""

from collections.abc import Iterable

from domain.ids import RoomId, UserId

_NOBODY: frozenset[UserId] = frozenset()


class KnownMembers:
    """Memberships at a version of each room's members. They hold for as long as the room has that version."""

    def __init__(self) -> None:
        self.versions: dict[RoomId, int] = {}
        self._members: dict[RoomId, set[UserId]] = {}

    def __len__(self) -> int:
        return len(self.versions)

    def has(self, room_id: RoomId, user_id: UserId) -> bool:
        return user_id in self._members.get(room_id, _NOBODY)

    def learn(self, memberships: Iterable[tuple[RoomId, UserId, int]]) -> None:
        """Take in room, person and the version at which both are true."""
        for room_id, user_id, version in memberships:
            if self.versions.get(room_id) != version:
                self.versions[room_id] = version
                self._members[room_id] = set()
            self._members[room_id].add(user_id)

    def forget(self, room_id: RoomId) -> None:
        """The room has another version by now, or is gone."""
        self.versions.pop(room_id, None)
        self._members.pop(room_id, None)

    def clear(self) -> None:
        self.versions.clear()
        self._members.clear()
