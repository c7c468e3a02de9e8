"""What bots may do over REST."""

from types import MappingProxyType

from aiohttp import web

from adapters.http.keys import USER
from domain.bots import BotNotAllowed
from domain.users import Right

ROUTES = MappingProxyType(
    {
        "GET /auth/me": Right.READ,
        "GET /users": None,
        "POST /auth/password": None,
        "GET /auth/sessions": None,
        "DELETE /auth/sessions/{session_id}": None,
        "POST /auth/logout": None,
        "POST /rooms/{room_id}/invitations": None,
        "GET /rooms/{room_id}/invitations": None,
        "DELETE /rooms/{room_id}/invitations/{invitation_id}": None,
        "POST /invitations/accept": None,
        "GET /admin/accounts": None,
        "PATCH /admin/accounts/{user_id}": None,
        "POST /admin/accounts/{user_id}/reset-link": None,
        "GET /bots": None,
        "POST /bots": None,
        "PATCH /bots/{bot_id}": None,
        "DELETE /bots/{bot_id}": None,
        "POST /bots/{bot_id}/token": None,
        "PUT /bots/{bot_id}/rooms/{room_id}": None,
        "DELETE /bots/{bot_id}/rooms/{room_id}": None,
        "GET /rooms": Right.READ,
        "POST /rooms": None,
        "GET /rooms/{room_id}": Right.READ,
        "PATCH /rooms/{room_id}": None,
        "DELETE /rooms/{room_id}": None,
        "POST /rooms/{room_id}/leave": None,
        "GET /rooms/{room_id}/members": Right.READ,
        "POST /rooms/{room_id}/members": None,
        "PATCH /rooms/{room_id}/members/{user_id}": None,
        "DELETE /rooms/{room_id}/members/{user_id}": None,
        "GET /rooms/{room_id}/messages": Right.READ,
        "POST /rooms/{room_id}/messages": Right.WRITE,
        "GET /rooms/{room_id}/messages/{message_id}": Right.READ,
        "PATCH /rooms/{room_id}/messages/{message_id}": Right.WRITE,
        "DELETE /rooms/{room_id}/messages/{message_id}": Right.WRITE,
        "GET /rooms/{room_id}/messages/{message_id}/thread": Right.READ,
        "POST /attachments": Right.WRITE,
        "GET /attachments/{attachment_id}": Right.READ,
        "GET /attachments/{attachment_id}/thumbnail": Right.READ,
        "POST /rooms/{room_id}/import-meeting-summary": None,
        "GET /rooms/{room_id}/catch-up": None,
        "GET /tasks": Right.READ,
        "GET /rooms/{room_id}/tasks": Right.READ,
        "POST /rooms/{room_id}/tasks": Right.WRITE,
        "GET /rooms/{room_id}/tasks/{matter_id}": Right.READ,
        "PATCH /rooms/{room_id}/tasks/{matter_id}": Right.WRITE,
        "DELETE /rooms/{room_id}/tasks/{matter_id}": Right.WRITE,
        "GET /decisions": Right.READ,
        "GET /rooms/{room_id}/decisions": Right.READ,
        "POST /rooms/{room_id}/decisions": Right.WRITE,
        "GET /rooms/{room_id}/decisions/{matter_id}": Right.READ,
        "PATCH /rooms/{room_id}/decisions/{matter_id}": Right.WRITE,
        "DELETE /rooms/{room_id}/decisions/{matter_id}": Right.WRITE,
        "GET /rooms/{room_id}/cards": Right.READ,
        "POST /rooms/{room_id}/cards": Right.WRITE,
        "POST /rooms/{room_id}/cards/generate-weekly": None,
        "PATCH /rooms/{room_id}/cards/{card_id}": Right.WRITE,
        "DELETE /rooms/{room_id}/cards/{card_id}": Right.WRITE,
        "GET /rooms/{room_id}/pulse-report": None,
        "POST /rooms/{room_id}/pulse-report": None,
        "GET /rooms/{room_id}/pulse-report/history": None,
        "GET /rooms/{room_id}/pulse-report/history/{report_id}": None,
        "GET /rooms/{room_id}/pulse-report/spec": None,
        "GET /rooms/{room_id}/pulse-report/spec.zip": None,
        "GET /rooms/{room_id}/pulse-report/spec/{name}": None,
        "GET /insights": None,
        "GET /graph": None,
        "GET /rooms/{room_id}/graph": None,
        "POST /speech/transcribe": None,
        "POST /rooms/{room_id}/recordings": None,
        "GET /holidays": None,
        "GET /mentions": Right.READ,
        "GET /rooms/{room_id}/call": None,
        "GET /rtc/ice-servers": None,
        "GET /rooms/{room_id}/hooks": None,
        "POST /rooms/{room_id}/hooks/incoming": None,
        "POST /rooms/{room_id}/hooks/incoming/{hook_id}/renew": None,
        "DELETE /rooms/{room_id}/hooks/incoming/{hook_id}": None,
        "POST /rooms/{room_id}/hooks/outgoing": None,
        "PATCH /rooms/{room_id}/hooks/outgoing/{hook_id}": None,
        "POST /rooms/{room_id}/hooks/outgoing/{hook_id}/renew": None,
        "DELETE /rooms/{room_id}/hooks/outgoing/{hook_id}": None,
        "POST /rooms/{room_id}/messages/{message_id}/reactions": Right.WRITE,
        "DELETE /rooms/{room_id}/messages/{message_id}/reactions/{emoji}": Right.WRITE,
        "GET /rooms/{room_id}/pins": Right.READ,
        "POST /rooms/{room_id}/pins": Right.WRITE,
        "DELETE /rooms/{room_id}/pins/{message_id}": Right.WRITE,
        "POST /rooms/{room_id}/read": Right.READ,
        "POST /rooms/{room_id}/jarvis": Right.ASK,
        "GET /jarvis/usage": None,
        "GET /jobs/{job_id}": None,
        "GET /search": Right.READ,
        "GET /rooms/{room_id}/news": None,
        "GET /rooms/{room_id}/news/search": None,
        "GET /calendar/events": None,
        "POST /calendar/events": None,
        "GET /calendar/events/{event_id}": None,
        "PUT /calendar/events/{event_id}": None,
        "DELETE /calendar/events/{event_id}": None,
        "GET /calendar/feed": None,
        "POST /calendar/feed": None,
        "DELETE /calendar/feed": None,
        "POST /calendar/import": None,
        "POST /translate": None,
        "GET /rooms/{room_id}/translation": None,
        "PUT /rooms/{room_id}/translation": None,
        "DELETE /rooms/{room_id}/translation": None,
    }
)
"""The right that a bot needs for each call that asks for a token; None where it is for people alone."""


def require_right(request: web.Request) -> None:
    """Raises BotNotAllowed where a bot calls that may not, or nobody has said that bots may."""
    rights, resource = request[USER].rights, request.match_info.route.resource
    if rights is None:
        return
    method = "GET" if request.method == "HEAD" else request.method
    right = ROUTES.get(f"{method} {resource.canonical}") if resource is not None else None
    if right is None or right not in rights:
        raise BotNotAllowed
