"""Translations of rooms."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from adapters.memory.store import InMemoryStore
from domain.errors import NotFound
from domain.ids import MessageId, RoomId, UserId
from domain.translation import Behind, Shown


class InMemoryRoomTranslationRepository:
    """Choices and translations by room, with all else that goes when the room goes."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def find(self, room_id: RoomId, user_id: UserId) -> str | None:
        chosen = self._chosen(room_id).get(user_id)
        return None if chosen is None else chosen[0]

    async def choose(self, room_id: RoomId, user_id: UserId, language: str, *, after: int) -> None:
        contents = self._store.contents.get(room_id)
        if contents is None or user_id not in contents.members:
            raise NotFound
        contents.languages.put(user_id, (language, after))

    async def forget(self, room_id: RoomId, user_id: UserId) -> None:
        contents = self._store.contents.get(room_id)
        if contents is not None:
            contents.languages.remove(user_id)

    async def behind(self, *, take: int) -> Sequence[Behind]:
        return [behind for room_id in sorted(self._store.contents) for behind in self._behind(room_id)][:take]

    async def readers(self, room_id: RoomId, language: str) -> Sequence[UserId]:
        return sorted(user_id for user_id, (chosen, _) in self._chosen(room_id).items() if chosen == language)

    async def keep(self, room_id: RoomId, language: str, texts: Mapping[MessageId, str], *, up_to: int) -> None:
        contents = self._store.contents[room_id]
        for message_id, text in texts.items():
            kept = contents.translations.get(message_id) or {}
            contents.translations.put(message_id, {**kept, language: text})
        for user_id, (chosen, followed) in self._chosen(room_id).items():
            if chosen == language:
                contents.languages.put(user_id, (language, max(followed, up_to)))

    async def shown(self, room_id: RoomId, user_id: UserId, message_ids: Sequence[MessageId]) -> Shown | None:
        language = await self.find(room_id, user_id)
        if language is None:
            return None
        kept = self._store.contents[room_id].translations
        found = ((id_, (kept.get(id_) or {}).get(language)) for id_ in message_ids)
        return Shown(language, {id_: text for id_, text in found if text is not None})

    def _chosen(self, room_id: RoomId) -> dict[UserId, tuple[str, int]]:
        contents = self._store.contents.get(room_id)
        return {} if contents is None else {user_id: contents.languages[user_id] for user_id in contents.languages}

    def _behind(self, room_id: RoomId) -> Iterator[Behind]:
        newest = self._store.rooms[room_id].last_seq
        followed: dict[str, list[int]] = defaultdict(list)
        for language, seq in self._chosen(room_id).values():
            followed[language].append(seq)
        for language in sorted(followed):
            after = min(followed[language])
            if after < newest:
                yield Behind(room_id, language, after, newest)
