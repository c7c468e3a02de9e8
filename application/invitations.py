"""Coming into rooms by a link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from application.links import Links
from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import AdminOnly, DirectRoom, Fault, InvalidInput, InvitationInvalid, NotFound
from domain.events import MemberAdded, MemberUpdated, RoomAdded
from domain.ids import InvitationId, RoomId, UserId
from domain.invitations import Invitation
from domain.rooms import Member, Role, RoomSummary, RoomType
from domain.tickets import digest_of
from domain.users import Actor

LASTS = timedelta(days=7)
LASTS_AT_MOST = timedelta(days=90)
USES_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A new invitation with its link, which is shown this once."""

    invitation: Invitation
    link: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Foretaste:
    """What an invitation says of itself to whoever has its link."""

    invitation: Invitation
    room_title: str
    invited_by: str


class Invitations:
    """Making, listing, withdrawing and using invitations."""

    def __init__(self, work: Work, secrets: SecretSource, links: Links, clock: Clock, ids: IdSource) -> None:
        self._work = work
        self._secrets = secrets
        self._links = links
        self._clock = clock
        self._ids = ids

    async def create(
        self,
        actor: Actor,
        room_id: RoomId,
        *,
        role: Role = Role.MEMBER,
        lasts: timedelta = LASTS,
        most_uses: int | None = None,
    ) -> NewInvitation:
        """A link into the room. Any member may make one for members; one for another role is the owner's to make.

        Raises:
            InvalidInput: it would make an owner, last too long, or be for no or too many people.
            Forbidden: the actor is no member.
            DirectRoom: nobody else belongs there.
            OwnerOnly: the role is not the actor's to give.
        """
        _check(role, lasts, most_uses)
        secret, now = self._secrets.new(), self._clock.now()
        async with self._work() as work:
            member, room = await require_member_and_lock(work, room_id, actor.id)
            if room.type is RoomType.DIRECT:
                raise DirectRoom
            if role is not Role.MEMBER:
                member.require_owner()
            invitation = Invitation(
                id=InvitationId(self._ids.new()),
                digest=digest_of(secret),
                room_id=room_id,
                role=role,
                created_by=actor.id,
                created_at=now,
                expires_at=now + lasts,
                most_uses=most_uses,
            )
            await work.invitations.add(invitation)
        return NewInvitation(invitation, self._links.invitation(secret), secret)

    async def of_room(self, actor: Actor, room_id: RoomId) -> Sequence[Invitation]:
        """The room's invitations that are good, the newest first. Raises Forbidden where the actor is no member."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.invitations.of_room(room_id, self._clock.now())

    async def withdraw(self, actor: Actor, room_id: RoomId, invitation_id: InvitationId) -> None:
        """Make an invitation worthless: one's own, any for members as an admin, or any at all as the owner.

        Raises:
            Forbidden: the actor is no member.
            NotFound: there is no such invitation.
            AdminOnly, OwnerOnly: it is somebody else's, and the actor's role does not reach so far.
        """
        async with self._work() as work:
            member, _ = await require_member_and_lock(work, room_id, actor.id)
            good = await work.invitations.of_room(room_id, self._clock.now())
            invitation = next((found for found in good if found.id == invitation_id), None)
            if invitation is None:
                raise NotFound
            if invitation.created_by != actor.id:
                if member.role is Role.MEMBER:
                    raise AdminOnly
                if invitation.role is not Role.MEMBER:
                    member.require_owner()
            await work.invitations.remove(room_id, invitation_id)

    async def look_at(self, secret: str) -> Foretaste:
        """What one would come into. Raises InvitationInvalid."""
        async with self._work() as work:
            invitation = await good_invitation(work, secret, self._clock)
            title = await work.titles.of(invitation.room_id, invitation.created_by)
            host = await work.users.find(invitation.created_by)
        return Foretaste(invitation, title, host.name if host is not None else "")

    async def accept(self, actor: Actor, secret: str) -> RoomSummary:
        """Come into the room. Who is in it already uses nothing up, and keeps their role. Raises InvitationInvalid."""
        async with self._work() as work:
            invitation = await good_invitation(work, secret, self._clock)
            return await come_in(work, invitation, actor.id, actor.name, self._clock)

    async def forget_expired(self) -> None:
        """Remember invitations no longer than they are of use."""
        async with self._work() as work:
            await work.invitations.forget(expired_before=self._clock.now())


async def good_invitation(work: UnitOfWork, secret: str, clock: Clock) -> Invitation:
    """The invitation of this secret. Raises InvitationInvalid where there is none that is good now."""
    invitation = await work.invitations.find(digest_of(secret))
    if invitation is None or not invitation.is_good(clock.now()):
        raise InvitationInvalid
    return invitation


async def come_in(work: UnitOfWork, invitation: Invitation, user_id: UserId, name: str, clock: Clock) -> RoomSummary:
    """Make the user a member by this invitation. Raises InvitationInvalid where it has been used up meanwhile."""
    try:
        room = await work.rooms.lock(invitation.room_id)
    except NotFound:
        raise InvitationInvalid from None
    if await work.members.find(invitation.room_id, user_id) is None:
        if not await work.invitations.use(invitation.id, clock.now()):
            raise InvitationInvalid
        member = Member(room.id, user_id, invitation.role, clock.now(), room.last_seq)
        await work.members.add([member])
        work.record(MemberAdded(invitation.room_id, user_id, name))
        if invitation.role is not Role.MEMBER:
            work.record(MemberUpdated(invitation.room_id, user_id, name, invitation.role))
        work.announce(RoomAdded((user_id,), await work.rooms.summary(invitation.room_id, user_id)))
    return await work.rooms.summary(invitation.room_id, user_id)


def _check(role: Role, lasts: timedelta, most_uses: int | None) -> None:
    faults = []
    if role is Role.OWNER:
        faults.append(Fault("role", "must not be owner"))
    if not timedelta(0) < lasts <= LASTS_AT_MOST:
        faults.append(Fault("expiresInHours", f"must be above 0 and at most {LASTS_AT_MOST.days * 24}"))
    if most_uses is not None and not 1 <= most_uses <= USES_AT_MOST:
        faults.append(Fault("maxUses", f"must be 1 to {USES_AT_MOST}"))
    if faults:
        raise InvalidInput(details=faults)
