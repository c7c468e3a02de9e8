"""Units of work over the store in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.memory.accounts import InMemoryAccountRepository
from adapters.memory.ai_usage import InMemoryAiUsageRepository
from adapters.memory.bots import InMemoryBotRepository
from adapters.memory.calendar_events import InMemoryCalendarEventRepository
from adapters.memory.calendar_feeds import InMemoryCalendarFeedRepository
from adapters.memory.cards import InMemoryCardRepository
from adapters.memory.embeddings import InMemoryEmbeddings
from adapters.memory.files import InMemoryFileRepository, InMemoryFileUpkeep, InMemorySentMessages
from adapters.memory.gleaning_places import InMemoryGleaningPlaces
from adapters.memory.hooks import InMemoryIncomingHookRepository, InMemoryOutgoingHookRepository
from adapters.memory.identities import InMemoryIdentityRepository
from adapters.memory.invitations import InMemoryInvitationRepository
from adapters.memory.jarvis_answers import InMemoryJarvisAnswerRepository, InMemoryJarvisInterventions
from adapters.memory.jarvis_backlog import InMemoryJarvisBacklog
from adapters.memory.jarvis_requests import InMemoryJarvisRequestRepository
from adapters.memory.job_cancellation import InMemoryJobCancellation
from adapters.memory.jobs import InMemoryJobBacklog, InMemoryJobRepository
from adapters.memory.matters import InMemoryMatterRepository
from adapters.memory.members import InMemoryMemberRepository
from adapters.memory.mentions import InMemoryMentionRepository
from adapters.memory.message_search import InMemoryMessageSearch, InMemoryTextIndex
from adapters.memory.messages import InMemoryMessageRepository
from adapters.memory.pins import InMemoryPinRepository
from adapters.memory.pulse_reports import InMemoryPulseReportRepository
from adapters.memory.read_marks import InMemoryReadMarkRepository
from adapters.memory.recordings import InMemoryRecordingRepository
from adapters.memory.room_activity import InMemoryRoomActivity
from adapters.memory.room_log import InMemoryRoomLogRepository
from adapters.memory.room_titles import InMemoryRoomTitles
from adapters.memory.room_translations import InMemoryRoomTranslationRepository
from adapters.memory.rooms import InMemoryRoomRepository
from adapters.memory.sessions import InMemorySessionRepository
from adapters.memory.store import InMemoryStore
from adapters.memory.tickets import InMemoryTicketRepository
from adapters.memory.users import InMemoryUserRepository
from application.publication import Publication
from domain.events import Event, PassingEvent, RoomEvent


class InMemoryUnitOfWork:
    """The repositories, and what is to be told when all went well."""

    def __init__(self, store: InMemoryStore) -> None:
        self.users = InMemoryUserRepository(store)
        self.accounts = InMemoryAccountRepository(store)
        self.bots = InMemoryBotRepository(store)
        self.sessions = InMemorySessionRepository(store)
        self.tickets = InMemoryTicketRepository(store)
        self.identities = InMemoryIdentityRepository(store)
        self.incoming_hooks = InMemoryIncomingHookRepository(store)
        self.outgoing_hooks = InMemoryOutgoingHookRepository(store)
        self.invitations = InMemoryInvitationRepository(store)
        self.rooms = InMemoryRoomRepository(store)
        self.members = InMemoryMemberRepository(store)
        self.messages = InMemoryMessageRepository(store)
        self.matters = InMemoryMatterRepository(store)
        self.sent = InMemorySentMessages(store)
        self.files = InMemoryFileRepository(store)
        self.file_upkeep = InMemoryFileUpkeep(store)
        self.gleaning_places = InMemoryGleaningPlaces(store)
        self.pulse_reports = InMemoryPulseReportRepository(store)
        self.mentions = InMemoryMentionRepository(store)
        self.pins = InMemoryPinRepository(store)
        self.read_marks = InMemoryReadMarkRepository(store)
        self.log = InMemoryRoomLogRepository(store)
        self.requests = InMemoryJarvisRequestRepository(store)
        self.backlog = InMemoryJarvisBacklog(store)
        self.answers = InMemoryJarvisAnswerRepository(store)
        self.ai_usage = InMemoryAiUsageRepository(store)
        self.interventions = InMemoryJarvisInterventions(store)
        self.jobs = InMemoryJobRepository(store)
        self.job_cancellation = InMemoryJobCancellation(store)
        self.job_backlog = InMemoryJobBacklog(store)
        self.recordings = InMemoryRecordingRepository(store)
        self.search = InMemoryMessageSearch(store)
        self.text_index = InMemoryTextIndex()
        self.translations = InMemoryRoomTranslationRepository(store)
        self.calendar = InMemoryCalendarEventRepository(store)
        self.calendar_feeds = InMemoryCalendarFeedRepository(store)
        self.embeddings = InMemoryEmbeddings(store)
        self.cards = InMemoryCardRepository(store)
        self.activity = InMemoryRoomActivity(store)
        self.titles = InMemoryRoomTitles(store)
        self._outcome: list[RoomEvent | PassingEvent] = []

    def record(self, event: RoomEvent) -> None:
        self._outcome.append(event)

    def announce(self, event: PassingEvent) -> None:
        self._outcome.append(event)

    def happened(self) -> list[Event]:
        """Write the recorded events into their rooms' logs; answers them and the announced ones as they were given."""
        return [self.log.append(event) if isinstance(event, RoomEvent) else event for event in self._outcome]


class InMemoryWork:
    """Opens units of work, one after the other."""

    def __init__(self, store: InMemoryStore, publication: Publication) -> None:
        self._store = store
        self._publication = publication

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[InMemoryUnitOfWork]:
        async with self._store.unit():
            unit = InMemoryUnitOfWork(self._store)
            yield unit
            events = unit.happened()
            self._store.commit()
            if events:
                self._publication.publish(events)
