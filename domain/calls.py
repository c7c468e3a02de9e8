"""Call signalling: what members tell one another to set up a call. The server passes it on and keeps nothing."""

from enum import Enum


class SignalType(Enum):
    """The four kinds of signal."""

    OFFER = "offer"
    ANSWER = "answer"
    ICE = "ice"
    HANGUP = "hangup"
