"""Reading a room in a language of one's own."""

from collections.abc import Sequence

from application.membership import require_member, require_member_and_lock
from application.ports.unit_of_work import Work
from application.translation import Translation
from domain.errors import OpenAiNotConfigured
from domain.ids import RoomId
from domain.languages import language_of
from domain.messages import Message
from domain.translation import Shown
from domain.users import Actor


class RoomTranslation:
    """What members have chosen, and what they are shown."""

    def __init__(self, work: Work, translation: Translation) -> None:
        self._work = work
        self._translation = translation

    async def chosen(self, actor: Actor, room_id: RoomId) -> str | None:
        """The tag of the language in which the actor is shown what others say, or None. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.translations.find(room_id, actor.id)

    async def choose(self, actor: Actor, room_id: RoomId, tag: str) -> str:
        """From now on show the actor what others say in this language; answers its tag as it is kept.

        Raises:
            UnsupportedTargetLanguage: there is no such language here.
            Forbidden: the actor is no member.
            OpenAiNotConfigured: there is nobody to translate.
        """
        language = language_of(tag)
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            if not self._translation.available:
                raise OpenAiNotConfigured
            if await work.translations.find(room_id, actor.id) != language.tag:
                newest = (await work.rooms.lock(room_id)).last_seq
                await work.translations.choose(room_id, actor.id, language.tag, after=newest)
        return language.tag

    async def stop(self, actor: Actor, room_id: RoomId) -> None:
        """Show the actor what others say as they say it. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            await work.translations.forget(room_id, actor.id)

    async def shown(self, actor: Actor, room_id: RoomId, messages: Sequence[Message]) -> Shown | None:
        """What the actor is shown of others' messages, which they may read; None where no language was chosen."""
        others = [message.id for message in messages if message.sender_id != actor.id]
        if not others:
            return None
        async with self._work() as work:
            return await work.translations.shown(room_id, actor.id, others)
