"""Bodies that concern bots."""

from typing import Annotated, Literal

from pydantic import Field

from adapters.http.schemas.body import Body

Rights = Annotated[list[Literal["read", "write", "ask"]], Field(min_length=1)]


class BotDraft(Body):
    """Of POST /bots."""

    name: str
    rights: Rights


class ChangedBot(Body):
    """Of PATCH /bots/{id}."""

    rights: Rights
