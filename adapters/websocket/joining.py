"""What happens in a room while a socket is still reading what it has missed there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.websocket.connection import Connection
from adapters.websocket.framing import text_frame
from adapters.wire.encoder import answer_chunk
from application.ports.event_bus import ANSWER_ENDS, Notice
from application.ports.partial_answers import PartialAnswer
from domain.ids import RoomId

WAITING_LIMIT = 4096


@dataclass(slots=True)
class Joining:
    """What waits until the socket has caught up.

    ``overflowed`` where that was more than is kept: then the log has to be read again. ``removed_at`` is the seq of the
    newest event that took the socket's user out of the room. ``addressed`` are frames, by seq, that the user would have
    been told without listening to the room.
    """

    waiting: list[tuple[Notice, bytes]] = field(default_factory=list)
    overflowed: bool = False
    removed_at: int = 0
    addressed: dict[int, bytes] = field(default_factory=dict)

    def take(self, notice: Notice, data: bytes) -> None:
        """Keep what the room's listeners hear."""
        if len(self.waiting) < WAITING_LIMIT:
            self.waiting.append((notice, data))
        else:
            self.overflowed = True

    def take_addressed(self, notice: Notice, data: bytes) -> None:
        """Keep what the socket's user is told."""
        if notice.seq is not None:
            self.addressed[notice.seq] = data

    def read_again(self) -> None:
        """Begin anew: what waited is in the log."""
        self.waiting.clear()
        self.overflowed = False

    def logged_frames(self, position: int, *, replayed: bool) -> list[bytes]:
        """What is in the log past ``position``; before it, what the user alone is told unless it was replayed."""
        before = [] if replayed else [data for seq, data in self.addressed.items() if seq <= position]
        return before + [data for notice, data in self.waiting if notice.seq is not None and notice.seq > position]

    def passing_frames(
        self, connection: Connection, room_id: RoomId, partial: PartialAnswer | None, *, was_live: bool
    ) -> Sequence[bytes]:
        """What passed by, after what Jarvis had said by then: each piece once, and none of an answer that has ended."""
        ended = {notice.stream[0] for notice, _ in self.waiting if notice.stream and notice.stream[1] == ANSWER_ENDS}
        frames = []
        heard = {} if partial is None else {partial.public_id: partial.index}
        if partial is not None and partial.public_id not in ended:
            connection.heard = connection.heard or set()
            if partial.public_id not in connection.heard:
                connection.heard.add(partial.public_id)
                frames.append(text_frame(answer_chunk(room_id, partial.public_id, partial.index, partial.text)))
        for notice, data in self.waiting:
            if notice.seq is not None or not connection.hears(notice):
                continue
            if notice.stream is not None and notice.stream[1] != ANSWER_ENDS:
                request, index = notice.stream
                if index == 0:
                    heard.setdefault(request, -1)
                # A piece whose beginning was missed belongs to an answer that has ended since.
                if request in ended or not (was_live or request in heard) or index <= heard.get(request, -1):
                    continue
            frames.append(data)
        return frames
