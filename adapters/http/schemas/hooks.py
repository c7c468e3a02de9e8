"""Bodies that concern hooks."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from adapters.http.schemas.body import Body


class IncomingHookDraft(Body):
    """Of POST /rooms/{id}/hooks/incoming."""

    name: str


class OutgoingHookDraft(Body):
    """Of POST /rooms/{id}/hooks/outgoing."""

    name: str
    url: str
    events: list[str] | None = None


class ChangedHook(Body):
    """Of PATCH /rooms/{id}/hooks/outgoing/{hookId}."""

    name: str | None = None
    url: str | None = None
    events: list[str] | None = None
    enabled: bool | None = None


class SlackWords(Body):
    """A text as Slack has it."""

    text: str | None = None


class SlackAttachment(Body):
    """What hangs on a message for Slack."""

    pretext: str | None = None
    title: str | None = None
    title_link: Annotated[str | None, Field(alias="title_link")] = None
    text: str | None = None
    fallback: str | None = None

    def lines(self) -> Iterator[str]:
        yield from filter(None, (self.pretext, self.title, self.title_link, self.text))
        if not (self.pretext or self.title or self.text):
            yield from filter(None, (self.fallback,))


class SlackBlock(Body):
    """A part of a message for Slack."""

    text: SlackWords | None = None
    fields: list[SlackWords] | None = None

    def lines(self) -> Iterator[str]:
        yield from filter(None, (words.text for words in (self.text, *(self.fields or ())) if words is not None))


class HookMessage(Body):
    """Of POST /hooks/{secret}: a text, or what programs send to Slack."""

    text: str | None = None
    attachments: list[SlackAttachment] | None = None
    blocks: list[SlackBlock] | None = None

    @property
    def content(self) -> str:
        """The words of all its parts; where there is a text, blocks only say the same more beautifully."""
        lines = [self.text] if self.text else [line for block in self.blocks or () for line in block.lines()]
        return "\n".join([*lines, *(line for attachment in self.attachments or () for line in attachment.lines())])
