"""One transaction."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from application.ports.accounts import AccountRepository
from application.ports.ai_usage import AiUsageRepository
from application.ports.bots import BotRepository
from application.ports.calendar_events import CalendarEventRepository
from application.ports.calendar_feeds import CalendarFeedRepository
from application.ports.cards import CardRepository
from application.ports.embeddings import Embeddings
from application.ports.file_upkeep import FileUpkeep
from application.ports.files import FileRepository
from application.ports.gleaning_places import GleaningPlaces
from application.ports.identities import IdentityRepository
from application.ports.incoming_hooks import IncomingHookRepository
from application.ports.invitations import InvitationRepository
from application.ports.jarvis_answers import JarvisAnswerRepository
from application.ports.jarvis_backlog import JarvisBacklog
from application.ports.jarvis_interventions import JarvisInterventions
from application.ports.jarvis_requests import JarvisRequestRepository
from application.ports.job_backlog import JobBacklog
from application.ports.job_cancellation import JobCancellation
from application.ports.job_repository import JobRepository
from application.ports.matters import MatterRepository
from application.ports.members import MemberRepository
from application.ports.mentions import MentionRepository
from application.ports.message_search import MessageSearch
from application.ports.messages import MessageRepository
from application.ports.outgoing_hooks import OutgoingHookRepository
from application.ports.pins import PinRepository
from application.ports.pulse_reports import PulseReportRepository
from application.ports.read_marks import ReadMarkRepository
from application.ports.recordings import RecordingRepository
from application.ports.room_activity import RoomActivity
from application.ports.room_log import RoomLogRepository
from application.ports.room_titles import RoomTitles
from application.ports.room_translations import RoomTranslationRepository
from application.ports.rooms import RoomRepository
from application.ports.sent_messages import SentMessages
from application.ports.sessions import SessionRepository
from application.ports.text_index import TextIndex
from application.ports.tickets import TicketRepository
from application.ports.users import UserRepository
from domain.events import PassingEvent, RoomEvent


class UnitOfWork(Protocol):
    """Repositories that share one transaction, and the events that come of it.

    It commits when its block ends well and rolls back when the block raises. ``record`` gives a room event the next seq
    of its room within the transaction; ``announce`` is for what is told to people but not logged. Both are published
    after the commit, in the order in which they were given, and only then.
    """

    @property
    def users(self) -> UserRepository: ...
    @property
    def accounts(self) -> AccountRepository: ...
    @property
    def bots(self) -> BotRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def tickets(self) -> TicketRepository: ...
    @property
    def identities(self) -> IdentityRepository: ...
    @property
    def invitations(self) -> InvitationRepository: ...
    @property
    def incoming_hooks(self) -> IncomingHookRepository: ...
    @property
    def outgoing_hooks(self) -> OutgoingHookRepository: ...
    @property
    def rooms(self) -> RoomRepository: ...
    @property
    def members(self) -> MemberRepository: ...
    @property
    def messages(self) -> MessageRepository: ...
    @property
    def matters(self) -> MatterRepository: ...
    @property
    def sent(self) -> SentMessages: ...
    @property
    def files(self) -> FileRepository: ...
    @property
    def file_upkeep(self) -> FileUpkeep: ...
    @property
    def gleaning_places(self) -> GleaningPlaces: ...
    @property
    def pulse_reports(self) -> PulseReportRepository: ...
    @property
    def mentions(self) -> MentionRepository: ...
    @property
    def pins(self) -> PinRepository: ...
    @property
    def read_marks(self) -> ReadMarkRepository: ...
    @property
    def log(self) -> RoomLogRepository: ...
    @property
    def requests(self) -> JarvisRequestRepository: ...
    @property
    def backlog(self) -> JarvisBacklog: ...
    @property
    def answers(self) -> JarvisAnswerRepository: ...
    @property
    def ai_usage(self) -> AiUsageRepository: ...
    @property
    def interventions(self) -> JarvisInterventions: ...
    @property
    def jobs(self) -> JobRepository: ...
    @property
    def job_cancellation(self) -> JobCancellation: ...
    @property
    def job_backlog(self) -> JobBacklog: ...
    @property
    def recordings(self) -> RecordingRepository: ...
    @property
    def search(self) -> MessageSearch: ...
    @property
    def text_index(self) -> TextIndex: ...
    @property
    def translations(self) -> RoomTranslationRepository: ...
    @property
    def calendar(self) -> CalendarEventRepository: ...
    @property
    def calendar_feeds(self) -> CalendarFeedRepository: ...
    @property
    def embeddings(self) -> Embeddings: ...
    @property
    def cards(self) -> CardRepository: ...
    @property
    def activity(self) -> RoomActivity: ...
    @property
    def titles(self) -> RoomTitles: ...

    def record(self, event: RoomEvent) -> None: ...

    def announce(self, event: PassingEvent) -> None: ...


Work = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Opens a unit of work: ``async with work() as w: …``. Raises Unavailable when the store cannot be reached."""
