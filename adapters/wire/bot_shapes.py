"""How bots look on the wire. Of their tokens only what is shown once, where they are made."""

from adapters.wire.shapes import Json, wire_time
from domain.bots import Bot
from domain.users import Right


def bot_json(bot: Bot) -> Json:
    """A bot as its owner sees it."""
    return {
        "id": bot.id,
        "name": bot.name,
        "rights": [right.value for right in Right if right in bot.rights],
        "createdAt": wire_time(bot.created_at),
        "expiresAt": wire_time(bot.expires_at),
    }
