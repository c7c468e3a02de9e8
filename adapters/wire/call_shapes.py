"""How calls look on the wire."""

from collections.abc import Sequence

from adapters.wire.shapes import Json, wire_time
from application.ice_servers import IceServer
from domain.calls import Call


def call_json(call: Call) -> Json:
    """A room's call."""
    return {
        "roomId": call.room_id,
        "callId": call.id,
        "startedByUserId": call.started_by,
        "startedAt": wire_time(call.started_at),
        "version": call.version,
        "participants": participants_json(call),
    }


def participants_json(call: Call) -> list[Json]:
    """Who is in a call, in the order in which they came."""
    return [{"userId": one.user_id, "joinedAt": wire_time(one.since)} for one in call.participants]


def ice_servers_json(servers: Sequence[IceServer]) -> list[Json]:
    """Servers as a browser's RTCPeerConnection takes them."""
    return [
        {"urls": list(server.urls)}
        if server.credential is None
        else {"urls": list(server.urls), "username": server.username, "credential": server.credential}
        for server in servers
    ]
