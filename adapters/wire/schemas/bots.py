"""People's bots."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Id, Time


class Bot(TypedDict):
    """A bot in one's care; its token is good until ``expiresAt``."""

    id: Id
    name: str
    rights: list[Literal["read", "write", "ask"]]
    createdAt: Time
    expiresAt: Time


class PlacedBot(Bot):
    """A bot and the rooms that it is in."""

    roomIds: list[Id]


class NewBotToken(Bot):
    """A bot just made or renewed; the token is shown this once."""

    token: str
