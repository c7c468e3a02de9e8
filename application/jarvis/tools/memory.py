"""Looking things up in what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from application.accounts import Accounts
from application.jarvis.toolbox import Tool, ToolUse
from application.ports.chat_model import Said
from application.search import Search
from application.tokens import shortened
from domain.ids import UserId
from domain.messages import Message, text_of
from domain.search import SearchMode

FOUND = 10
_TOKENS_A_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class SearchMessages:
    """Arguments of both searches."""

    query: str = field(metadata={"description": "What to look for.", "min_length": 1, "max_length": 300})
    take: int = field(default=5, metadata={"description": "How many messages.", "ge": 1, "le": FOUND})


class MemoryTools:
    """Tools over the search. In a public answer only this room is searched, since its members will read what is found;
    in a personal one all rooms of the person who asks."""

    def __init__(self, search: Search, accounts: Accounts) -> None:
        self._search = search
        self._accounts = accounts

    def all(self) -> Sequence[Tool]:
        """The tools."""
        return (
            Tool(
                "search_room_messages",
                "Finds messages by what they mean.",
                SearchMessages,
                self._by_meaning,
            ),
            Tool(
                "search_room_messages_text",
                "Finds messages by the words in them.",
                SearchMessages,
                self._by_words,
            ),
        )

    async def _by_meaning(self, use: ToolUse, asked: SearchMessages) -> object:
        return await self._found(use, asked, SearchMode.HYBRID)

    async def _by_words(self, use: ToolUse, asked: SearchMessages) -> object:
        return await self._found(use, asked, SearchMode.TEXT)

    async def _found(self, use: ToolUse, asked: SearchMessages, mode: SearchMode) -> object:
        room_id = None if use.personal else use.room_id
        hits = await self._search.find(use.actor, asked.query, room_id, mode=mode, take=asked.take)
        names = await self._accounts.names_of([hit.message.sender_id for hit in hits if hit.message.sender_id])
        return [self._shown(use, hit.message, names) for hit in hits]

    @staticmethod
    def _shown(use: ToolUse, message: Message, names: Mapping[UserId, str]) -> dict[str, object]:
        text = shortened(text_of(message.content), _TOKENS_A_MESSAGE)
        speaker = names.get(message.sender_id, "?") if message.sender_id is not None else message.sender_name
        shown: dict[str, object] = {
            "from": speaker or "Jarvis",
            "at": message.created_at.astimezone(use.zone).isoformat(timespec="minutes"),
            "text": text,
        }
        if speaker is None:
            return shown
        return {"ref": use.cite(Said(speaker, text, message.created_at, message.id, message.room_id)), **shown}
