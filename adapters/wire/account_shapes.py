"""How accounts, sessions and invitations look on the wire."""

from adapters.wire.shapes import Json, optional_time, user_json, wire_time
from application.invitations import Foretaste
from application.sessions import SignedIn
from domain.ids import SessionId
from domain.invitations import Invitation
from domain.sessions import Session
from domain.users import User


def signed_in_json(signed_in: SignedIn) -> Json:
    """What somebody who has signed in gets."""
    return {
        "token": signed_in.token,
        "expiresAt": wire_time(signed_in.expires_at),
        "refreshToken": signed_in.refresh_token,
        "sessionId": signed_in.session_id,
        "user": user_json(signed_in.user),
    }


def session_json(session: Session, current: SessionId | None) -> Json:
    """A session in the list of one's own."""
    return {
        "id": session.id,
        "device": session.device,
        "address": session.address,
        "provider": session.provider,
        "createdAt": wire_time(session.created_at),
        "lastUsedAt": wire_time(session.used_at),
        "expiresAt": wire_time(session.expires_at),
        "isCurrent": session.id == current,
    }


def invitation_json(invitation: Invitation) -> Json:
    """An invitation as members of its room see it."""
    return {
        "id": invitation.id,
        "roomId": invitation.room_id,
        "role": invitation.role.value,
        "createdBy": invitation.created_by,
        "createdAt": wire_time(invitation.created_at),
        "expiresAt": wire_time(invitation.expires_at),
        "maxUses": invitation.most_uses,
        "uses": invitation.uses,
    }


def foretaste_json(foretaste: Foretaste) -> Json:
    """An invitation as those see it who have its link."""
    return {
        "roomTitle": foretaste.room_title,
        "invitedBy": foretaste.invited_by,
        "role": foretaste.invitation.role.value,
        "expiresAt": wire_time(foretaste.invitation.expires_at),
    }


def account_json(user: User) -> Json:
    """An account as administrators see it."""
    return {
        **user_json(user),
        "isAdministrator": user.is_administrator,
        "isDisabled": user.disabled_at is not None,
        "emailVerifiedAt": optional_time(user.email_verified_at),
        "createdAt": wire_time(user.created_at),
        "lastSeenAt": optional_time(user.last_seen_at),
    }
