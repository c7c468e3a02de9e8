"""Who may do what: every REST call and every message of the socket, by everybody who may try.

``ok`` means that it is done; anything else is the code with which it is refused. What a row is about belongs to the
member where it belongs to somebody: the message, the card, the task.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Json = dict[str, Any]
Made = Callable[[Mapping[str, str]], Json]
"""Makes a body, or the fields of a message, of the ids of what there is."""

PEOPLE = ("outsider", "member", "admin", "owner", "removed", "revoked", "bot")


class Wall(NamedTuple):
    """What comes of it, by who tries. ``removed`` was in the room once; ``revoked`` is in it, with a token that is good
    no more. ``bot`` is the admin's, in the room as a plain member, and has all rights that there are."""

    outsider: str
    member: str
    admin: str
    owner: str
    removed: str
    revoked: str = "INVALID_TOKEN"
    bot: str = "BOT_NOT_ALLOWED"


def everybody(outcome: str = "ok", *, revoked: str = "INVALID_TOKEN", bot: str = "BOT_NOT_ALLOWED") -> Wall:
    """The same for all people who are signed in."""
    return Wall(outcome, outcome, outcome, outcome, outcome, revoked, bot)


def open_door(outcome: str) -> Wall:
    """The same for all, also for who is not signed in."""
    return everybody(outcome, revoked=outcome, bot=outcome)


def members(outcome: str = "ok") -> Wall:
    """For who is in the room."""
    return Wall("FORBIDDEN", outcome, outcome, outcome, "FORBIDDEN")


def admins(outcome: str = "ok") -> Wall:
    """For who is the room's owner or an admin of it."""
    return Wall("FORBIDDEN", "ADMIN_ONLY", outcome, outcome, "FORBIDDEN")


MEMBERS = members()
MEMBERS_AND_BOTS = MEMBERS._replace(bot="ok")
EVERYBODY_AND_BOTS = everybody(bot="ok")
ADMINS = admins()
RENAMERS = ADMINS._replace(member="OWNER_ONLY")
OWNER = Wall("FORBIDDEN", "OWNER_ONLY", "OWNER_ONLY", "ok", "FORBIDDEN")
AUTHOR = Wall("FORBIDDEN", "ok", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", bot="FORBIDDEN")
MAKER_AND_OWNER = Wall("FORBIDDEN", "ok", "FORBIDDEN", "ok", "FORBIDDEN", bot="FORBIDDEN")
MAKER_AND_ADMINS = Wall("FORBIDDEN", "ok", "ok", "ok", "FORBIDDEN", bot="FORBIDDEN")
READERS = Wall("NOT_FOUND", "ok", "ok", "ok", "NOT_FOUND", bot="ok")
THE_MEMBERS_OWN = Wall("NOT_FOUND", "ok", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND")
BOTS_OWNER = Wall("FORBIDDEN", "ok", "NOT_FOUND", "NOT_FOUND", "FORBIDDEN")
ADMINISTRATORS = everybody("ADMINISTRATORS_ONLY")
NEVER = "00000000-0000-4000-8000-000000000000"


def nothing(_: Mapping[str, str]) -> Json:
    """No fields."""
    return {}


@dataclass(frozen=True)
class Row:
    """Who may make a call; ``query`` is put behind the path."""

    wall: Wall
    body: Made = nothing
    query: str = ""


def said(**fields: Any) -> Made:
    """These fields, in which the text of a part such as ``{userId}`` stands for what is there."""
    return lambda ids: {name: _filled(value, ids) for name, value in fields.items()}


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(each, ids) for each in value]
    return ids[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value


HOOKS = "/rooms/{roomId}/hooks"
TALK, CARDS, PULSE = (f"/rooms/{{roomId}}/{part}" for part in ("messages", "cards", "pulse-report"))
AN_EVENT = said(title="Tea", start="2026-03-02T10:00", end="2026-03-02T11:00")

CALLS: Mapping[str, Row] = {
    "POST /auth/dev": Row(open_door("ok")),
    "GET /auth/ways": Row(open_door("ok")),
    "POST /auth/register": Row(
        open_door("INVITATION_INVALID"), said(email="new@example.com", password="a long password", invitation="none")
    ),
    "POST /auth/register/confirm": Row(open_door("LINK_INVALID"), said(token="none")),
    "POST /auth/login": Row(open_door("INVALID_CREDENTIALS"), said(email="new@example.com", password="not it")),
    "POST /auth/refresh": Row(open_door("INVALID_TOKEN"), said(refreshToken="none")),
    "POST /auth/password/forgot": Row(open_door("MAIL_NOT_CONFIGURED"), said(email="new@example.com")),
    "POST /auth/password/reset": Row(open_door("LINK_INVALID"), said(token="none", password="a long password")),
    "POST /auth/setup": Row(
        open_door("LINK_INVALID"), said(token="none", email="new@example.com", password="a long password")
    ),
    "GET /auth/oidc/{provider}/login": Row(open_door("NOT_FOUND")),
    "GET /auth/oidc/{provider}/callback": Row(open_door("ok")),
    "POST /auth/oidc/token": Row(open_door("LINK_INVALID"), said(code="none")),
    "GET /auth/me": Row(EVERYBODY_AND_BOTS),
    "GET /auth/sessions": Row(everybody()),
    "DELETE /auth/sessions/{sessionId}": Row(THE_MEMBERS_OWN),
    "POST /auth/logout": Row(everybody()),
    "POST /auth/password": Row(everybody("INVALID_CREDENTIALS"), said(currentPassword="x", newPassword="a long one")),
    "GET /users": Row(everybody()),
    "GET /admin/accounts": Row(ADMINISTRATORS),
    "PATCH /admin/accounts/{userId}": Row(ADMINISTRATORS, said(isDisabled=True)),
    "POST /admin/accounts/{userId}/reset-link": Row(ADMINISTRATORS),
    "GET /bots": Row(everybody()),
    "POST /bots": Row(everybody(), said(name="CI", rights=["read"])),
    "PATCH /bots/{botId}": Row(THE_MEMBERS_OWN, said(rights=["write"])),
    "DELETE /bots/{botId}": Row(THE_MEMBERS_OWN),
    "POST /bots/{botId}/token": Row(THE_MEMBERS_OWN),
    "PUT /bots/{botId}/rooms/{roomId}": Row(BOTS_OWNER),
    "DELETE /bots/{botId}/rooms/{roomId}": Row(BOTS_OWNER),
    "GET /rooms": Row(EVERYBODY_AND_BOTS),
    "POST /rooms": Row(everybody()),
    "GET /rooms/{roomId}": Row(MEMBERS_AND_BOTS),
    "PATCH /rooms/{roomId}": Row(RENAMERS, said(title="Other")),
    "DELETE /rooms/{roomId}": Row(OWNER),
    "POST /rooms/{roomId}/leave": Row(Wall("FORBIDDEN", "ok", "ok", "OWNER_CANNOT_LEAVE", "FORBIDDEN")),
    "GET /rooms/{roomId}/members": Row(MEMBERS_AND_BOTS),
    "POST /rooms/{roomId}/members": Row(MEMBERS, said(userIds=["{strangerId}"])),
    "PATCH /rooms/{roomId}/members/{userId}": Row(OWNER, said(role="admin")),
    "DELETE /rooms/{roomId}/members/{userId}": Row(ADMINS),
    "POST /rooms/{roomId}/invitations": Row(MEMBERS),
    "GET /rooms/{roomId}/invitations": Row(MEMBERS),
    "DELETE /rooms/{roomId}/invitations/{invitationId}": Row(ADMINS),
    "POST /invitations/preview": Row(open_door("ok"), said(token="{invitationToken}")),
    "POST /invitations/accept": Row(everybody(), said(token="{invitationToken}")),
    f"GET {TALK}": Row(MEMBERS_AND_BOTS),
    f"POST {TALK}": Row(MEMBERS_AND_BOTS, said(content="Hello")),
    f"GET {TALK}/{{messageId}}": Row(MEMBERS_AND_BOTS),
    f"PATCH {TALK}/{{messageId}}": Row(AUTHOR, said(content="Otherwise")),
    f"DELETE {TALK}/{{messageId}}": Row(AUTHOR),
    f"GET {TALK}/{{messageId}}/thread": Row(MEMBERS_AND_BOTS),
    f"POST {TALK}/{{messageId}}/reactions": Row(MEMBERS_AND_BOTS, said(emoji="👍")),
    f"DELETE {TALK}/{{messageId}}/reactions/{{emoji}}": Row(MEMBERS_AND_BOTS),
    "GET /rooms/{roomId}/pins": Row(MEMBERS_AND_BOTS),
    "POST /rooms/{roomId}/pins": Row(MEMBERS_AND_BOTS, said(messageId="{messageId}")),
    "DELETE /rooms/{roomId}/pins/{messageId}": Row(MEMBERS_AND_BOTS),
    "POST /rooms/{roomId}/read": Row(MEMBERS_AND_BOTS, said(seq=1)),
    "GET /mentions": Row(EVERYBODY_AND_BOTS),
    "GET /search": Row(EVERYBODY_AND_BOTS, query="?q=hello"),
    "POST /rooms/{roomId}/jarvis": Row(MEMBERS_AND_BOTS, said(prompt="Hello")),
    "GET /jarvis/usage": Row(everybody()),
    "POST /rooms/{roomId}/import-meeting-summary": Row(
        members("FORBIDDEN_SOURCE")._replace(outsider="FORBIDDEN_TARGET", removed="FORBIDDEN_TARGET"),
        said(sourceRoomId=NEVER),
    ),
    "GET /rooms/{roomId}/catch-up": Row(MEMBERS, query="?sinceSeq=0"),
    "POST /rooms/{roomId}/recordings": Row(members("UNSUPPORTED_AUDIO")),
    "POST /speech/transcribe": Row(everybody("NO_AUDIO_DATA")),
    "GET /jobs/{jobId}": Row(THE_MEMBERS_OWN),
    "POST /translate": Row(everybody(), said(text="")),
    "GET /rooms/{roomId}/translation": Row(MEMBERS),
    "PUT /rooms/{roomId}/translation": Row(members("OPENAI_NOT_CONFIGURED"), said(lang="en")),
    "DELETE /rooms/{roomId}/translation": Row(MEMBERS),
    "GET /rooms/{roomId}/news": Row(members("NAVER_NEWS_NOT_CONFIGURED")),
    "GET /rooms/{roomId}/news/search": Row(members("NAVER_NEWS_NOT_CONFIGURED"), query="?q=tea"),
    f"GET {CARDS}": Row(MEMBERS_AND_BOTS),
    f"POST {CARDS}": Row(MEMBERS_AND_BOTS, said(title="Idea")),
    f"PATCH {CARDS}/{{cardId}}": Row(MAKER_AND_OWNER, said(title="Other")),
    f"DELETE {CARDS}/{{cardId}}": Row(MAKER_AND_OWNER),
    f"POST {CARDS}/generate-weekly": Row(MEMBERS),
    "GET /rooms/{roomId}/graph": Row(MEMBERS),
    "GET /graph": Row(everybody()),
    f"GET {PULSE}": Row(members("NOT_FOUND")),
    f"POST {PULSE}": Row(MEMBERS),
    f"GET {PULSE}/history": Row(MEMBERS),
    f"GET {PULSE}/history/{{reportId}}": Row(members("NOT_FOUND")),
    f"GET {PULSE}/spec": Row(members("NOT_FOUND")),
    f"GET {PULSE}/spec/{{name}}": Row(members("NOT_FOUND")),
    f"GET {PULSE}/spec.zip": Row(members("NOT_FOUND")),
    "GET /insights": Row(everybody()),
    **{
        call: row
        for kind in ("task", "decision")
        for call, row in {
            f"GET /{kind}s": Row(EVERYBODY_AND_BOTS),
            f"GET /rooms/{{roomId}}/{kind}s": Row(MEMBERS_AND_BOTS),
            f"POST /rooms/{{roomId}}/{kind}s": Row(MEMBERS_AND_BOTS, said(title="Do it")),
            f"GET /rooms/{{roomId}}/{kind}s/{{matterId}}": Row(MEMBERS_AND_BOTS),
            f"PATCH /rooms/{{roomId}}/{kind}s/{{matterId}}": Row(MEMBERS_AND_BOTS, said(title="Do that")),
            f"DELETE /rooms/{{roomId}}/{kind}s/{{matterId}}": Row(MAKER_AND_ADMINS),
        }.items()
    },
    f"GET {HOOKS}": Row(ADMINS),
    f"POST {HOOKS}/incoming": Row(ADMINS, said(name="CI")),
    f"POST {HOOKS}/incoming/{{hookId}}/renew": Row(ADMINS),
    f"DELETE {HOOKS}/incoming/{{hookId}}": Row(ADMINS),
    f"POST {HOOKS}/outgoing": Row(admins("ADDRESS_NOT_ALLOWED"), said(name="CI", url="http://127.0.0.1/")),
    f"PATCH {HOOKS}/outgoing/{{hookId}}": Row(admins("NOT_FOUND"), said(name="CD")),
    f"POST {HOOKS}/outgoing/{{hookId}}/renew": Row(admins("NOT_FOUND")),
    f"DELETE {HOOKS}/outgoing/{{hookId}}": Row(admins("NOT_FOUND")),
    "POST /hooks/{secret}": Row(open_door("NOT_FOUND"), said(text="Hello")),
    "POST /attachments": Row(everybody("VALIDATION_FAILED", bot="VALIDATION_FAILED")),
    "GET /attachments/{attachmentId}": Row(READERS),
    "GET /attachments/{attachmentId}/thumbnail": Row(READERS),
    "GET /attachments/{attachmentId}/signed/{signature}": Row(open_door("NOT_FOUND")),
    "GET /rooms/{roomId}/call": Row(MEMBERS),
    "GET /rtc/ice-servers": Row(everybody()),
    "GET /holidays": Row(everybody(), query="?year=2026"),
    "GET /calendar/events": Row(everybody()),
    "POST /calendar/events": Row(everybody(), AN_EVENT),
    "GET /calendar/events/{eventId}": Row(THE_MEMBERS_OWN),
    "PUT /calendar/events/{eventId}": Row(THE_MEMBERS_OWN, said(title="Coffee")),
    "DELETE /calendar/events/{eventId}": Row(THE_MEMBERS_OWN),
    "GET /calendar/feed": Row(everybody()),
    "POST /calendar/feed": Row(everybody()),
    "DELETE /calendar/feed": Row(everybody()),
    "GET /calendar/feeds/{secret}.ics": Row(open_door("NOT_FOUND")),
    "POST /calendar/import": Row(everybody("VALIDATION_FAILED")),
    "GET /health": Row(open_door("ok")),
    "GET /health/live": Row(open_door("ok")),
    "GET /health/ready": Row(open_door("ok")),
    "GET /openapi.json": Row(open_door("ok")),
    "GET /docs": Row(open_door("ok")),
    "GET /docs/{file}": Row(open_door("NOT_FOUND")),
    "GET /": Row(open_door("ok")),
    "GET /web/{file}": Row(open_door("NOT_FOUND")),
}

A_MESSAGE = said(roomId="{roomId}", messageId="{messageId}")
A_MEMBER = said(roomId="{roomId}", userId="{userId}")
IN_ROOM = said(roomId="{roomId}")

MESSAGES: Mapping[str, Row] = {
    "client.hello": Row(everybody("BAD_MESSAGE", bot="BAD_MESSAGE"), said(token="none")),
    "room.join": Row(MEMBERS_AND_BOTS, IN_ROOM),
    "room.leave": Row(Wall("FORBIDDEN", "ok", "ok", "OWNER_CANNOT_LEAVE", "FORBIDDEN"), IN_ROOM),
    "room.rename": Row(RENAMERS, said(roomId="{roomId}", title="Other")),
    "room.delete": Row(OWNER, IN_ROOM),
    "room.member.update": Row(OWNER, said(roomId="{roomId}", userId="{userId}", role="admin")),
    "room.member.remove": Row(ADMINS, A_MEMBER),
    "message.send": Row(MEMBERS_AND_BOTS, said(roomId="{roomId}", content="Hello")),
    "message.edit": Row(AUTHOR, said(roomId="{roomId}", messageId="{messageId}", content="Otherwise")),
    "message.delete": Row(AUTHOR, A_MESSAGE),
    "reaction.add": Row(MEMBERS_AND_BOTS, said(roomId="{roomId}", messageId="{messageId}", emoji="👍")),
    "reaction.remove": Row(MEMBERS_AND_BOTS, said(roomId="{roomId}", messageId="{messageId}", emoji="👍")),
    "pin.add": Row(MEMBERS_AND_BOTS, A_MESSAGE),
    "pin.remove": Row(MEMBERS_AND_BOTS, A_MESSAGE),
    "read.mark": Row(MEMBERS_AND_BOTS, said(roomId="{roomId}", seq=1)),
    "jarvis.request": Row(MEMBERS_AND_BOTS, said(roomId="{roomId}", prompt="Hello")),
    "jarvis.cancel": Row(
        Wall("NOT_FOUND", "ok", "NOT_FOUND", "ok", "NOT_FOUND", bot="NOT_FOUND"), said(requestId="{requestId}")
    ),
    "jarvis.confirm": Row(everybody("NOT_FOUND"), said(requestId="{requestId}", callId="none", approve=True)),
    "typing": Row(MEMBERS_AND_BOTS, said(roomId="{roomId}", isTyping=True)),
    "rtc.offer": Row(MEMBERS, said(roomId="{roomId}", sdp="x")),
    "rtc.answer": Row(MEMBERS, said(roomId="{roomId}", sdp="x")),
    "rtc.ice": Row(MEMBERS, said(roomId="{roomId}", candidate="x")),
    "rtc.hangup": Row(MEMBERS, IN_ROOM),
    "call.join": Row(MEMBERS, IN_ROOM),
    "call.leave": Row(MEMBERS, IN_ROOM),
}
