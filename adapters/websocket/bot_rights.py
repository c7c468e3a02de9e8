"""What bots may say over a socket."""

from types import MappingProxyType

from domain.bots import BotNotAllowed
from domain.users import Actor, Right

SOCKET = "client.hello"
"""What it takes to have a socket at all."""

FRAMES = MappingProxyType(
    {
        SOCKET: Right.READ,
        "room.join": Right.READ,
        "read.mark": Right.READ,
        "message.send": Right.WRITE,
        "message.edit": Right.WRITE,
        "message.delete": Right.WRITE,
        "reaction.add": Right.WRITE,
        "reaction.remove": Right.WRITE,
        "pin.add": Right.WRITE,
        "pin.remove": Right.WRITE,
        "typing": Right.WRITE,
        "jarvis.request": Right.ASK,
        "jarvis.cancel": Right.ASK,
        "jarvis.confirm": None,
        "room.leave": None,
        "room.rename": None,
        "room.delete": None,
        "room.member.update": None,
        "room.member.remove": None,
        "rtc.offer": None,
        "rtc.answer": None,
        "rtc.ice": None,
        "rtc.hangup": None,
        "call.join": None,
        "call.leave": None,
    }
)
"""The right that a bot needs for each message; None where it is for people alone."""


def require_right(actor: Actor, frame: str) -> None:
    """Raises BotNotAllowed where the actor is a bot that may not say this."""
    right = FRAMES.get(frame)
    if actor.rights is not None and (right is None or right not in actor.rights):
        raise BotNotAllowed
