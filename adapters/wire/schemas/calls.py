"""Calls, and what helps devices to find each other."""

from typing import NotRequired

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Count, Id, Time


class Participant(TypedDict):
    """Somebody in a call."""

    userId: Id
    joinedAt: Time


class Call(TypedDict):
    """A room's call; of two versions the higher is the newer."""

    roomId: Id
    callId: Id
    startedByUserId: Id
    startedAt: Time
    version: Count
    participants: list[Participant]


class CurrentCall(TypedDict):
    """The call that there is, if there is one."""

    call: Call | None


class IceServer(TypedDict):
    """A server as a browser's RTCPeerConnection takes it."""

    urls: list[str]
    username: NotRequired[str]
    credential: NotRequired[str]


class IceServers(TypedDict):
    """The servers to use, and for how many seconds their credentials are good."""

    iceServers: list[IceServer]
    ttl: Count
