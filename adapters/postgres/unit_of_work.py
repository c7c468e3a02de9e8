"""The unit of work on PostgreSQL."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from adapters.postgres.accounts import PostgresAccountRepository
from adapters.postgres.ai_usage import PostgresAiUsageRepository
from adapters.postgres.bots import PostgresBotRepository
from adapters.postgres.calendar_events import PostgresCalendarEventRepository
from adapters.postgres.calendar_feeds import PostgresCalendarFeedRepository
from adapters.postgres.cards import PostgresCardRepository
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.embeddings import PostgresEmbeddings
from adapters.postgres.files import PostgresFileRepository, PostgresFileUpkeep
from adapters.postgres.gleaning_places import PostgresGleaningPlaces
from adapters.postgres.hooks import PostgresIncomingHookRepository, PostgresOutgoingHookRepository
from adapters.postgres.identities import PostgresIdentityRepository
from adapters.postgres.invitations import PostgresInvitationRepository
from adapters.postgres.jarvis_answers import PostgresJarvisAnswerRepository
from adapters.postgres.jarvis_backlog import PostgresJarvisBacklog
from adapters.postgres.jarvis_interventions import PostgresJarvisInterventions
from adapters.postgres.jarvis_requests import PostgresJarvisRequestRepository
from adapters.postgres.job_backlog import PostgresJobBacklog
from adapters.postgres.job_cancellation import PostgresJobCancellation
from adapters.postgres.jobs import PostgresJobRepository
from adapters.postgres.matters import PostgresMatterRepository
from adapters.postgres.members import PostgresMemberRepository
from adapters.postgres.mentions import PostgresMentionRepository
from adapters.postgres.message_search import PostgresMessageSearch
from adapters.postgres.messages import PostgresMessageRepository
from adapters.postgres.pins import PostgresPinRepository
from adapters.postgres.pulse_reports import PostgresPulseReportRepository
from adapters.postgres.read_marks import PostgresReadMarkRepository
from adapters.postgres.recordings import PostgresRecordingRepository
from adapters.postgres.room_activity import PostgresRoomActivity
from adapters.postgres.room_log import PostgresRoomLogRepository, append_events
from adapters.postgres.room_titles import PostgresRoomTitles
from adapters.postgres.room_translations import PostgresRoomTranslationRepository
from adapters.postgres.rooms import PostgresRoomRepository
from adapters.postgres.sent_messages import PostgresSentMessages
from adapters.postgres.session import Session
from adapters.postgres.sessions import PostgresSessionRepository
from adapters.postgres.text_index import PostgresTextIndex
from adapters.postgres.tickets import PostgresTicketRepository
from adapters.postgres.users import PostgresUserRepository
from application.publication import Publication
from domain.events import Event, LoggedEvent, PassingEvent, RoomEvent


class PostgresWork:
    """Opens units of work."""

    def __init__(self, database: PostgresDatabase, publication: Publication) -> None:
        self._database = database
        self._publication = publication

    def __call__(self) -> "PostgresUnitOfWork":
        return PostgresUnitOfWork(self._database, self._publication)


class PostgresUnitOfWork:
    """One transaction. A unit that only reads costs no more than its queries."""

    def __init__(self, database: PostgresDatabase, publication: Publication) -> None:
        self._session = session = Session(database)
        self._publication = publication
        self._recorded: list[RoomEvent] = []
        self._told: list[RoomEvent | PassingEvent] = []
        self.users = PostgresUserRepository(session)
        self.accounts = PostgresAccountRepository(session)
        self.bots = PostgresBotRepository(session)
        self.sessions = PostgresSessionRepository(session)
        self.tickets = PostgresTicketRepository(session)
        self.identities = PostgresIdentityRepository(session)
        self.incoming_hooks = PostgresIncomingHookRepository(session)
        self.outgoing_hooks = PostgresOutgoingHookRepository(session)
        self.invitations = PostgresInvitationRepository(session)
        self.rooms = PostgresRoomRepository(session)
        self.members = PostgresMemberRepository(session)
        self.messages = PostgresMessageRepository(session)
        self.matters = PostgresMatterRepository(session)
        self.sent = PostgresSentMessages(session)
        self.files = PostgresFileRepository(session)
        self.file_upkeep = PostgresFileUpkeep(session)
        self.gleaning_places = PostgresGleaningPlaces(session)
        self.pulse_reports = PostgresPulseReportRepository(session)
        self.mentions = PostgresMentionRepository(session)
        self.pins = PostgresPinRepository(session)
        self.read_marks = PostgresReadMarkRepository(session)
        self.log = PostgresRoomLogRepository(session)
        self.requests = PostgresJarvisRequestRepository(session)
        self.backlog = PostgresJarvisBacklog(session)
        self.answers = PostgresJarvisAnswerRepository(session)
        self.ai_usage = PostgresAiUsageRepository(session)
        self.interventions = PostgresJarvisInterventions(session)
        self.jobs = PostgresJobRepository(session)
        self.job_cancellation = PostgresJobCancellation(session)
        self.job_backlog = PostgresJobBacklog(session)
        self.recordings = PostgresRecordingRepository(session)
        self.search = PostgresMessageSearch(session)
        self.text_index = PostgresTextIndex(session)
        self.translations = PostgresRoomTranslationRepository(session)
        self.calendar = PostgresCalendarEventRepository(session)
        self.calendar_feeds = PostgresCalendarFeedRepository(session)
        self.embeddings = PostgresEmbeddings(session)
        self.cards = PostgresCardRepository(session)
        self.activity = PostgresRoomActivity(session)
        self.titles = PostgresRoomTitles(session)

    def record(self, event: RoomEvent) -> None:
        self._recorded.append(event)
        self._told.append(event)

    def announce(self, event: PassingEvent) -> None:
        self._told.append(event)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            await self._session.close()
        elif self._recorded or self._session.in_transaction:
            # Who is cancelled from here on leaves the commit to run its course, so that what is committed is also told.
            await asyncio.shield(self._finish())
        else:
            await self._session.close()
            self._tell([])

    async def _finish(self) -> None:
        try:
            logged = await append_events(self._session, self._recorded) if self._recorded else []
            await self._session.commit()
            self._tell(logged)
        finally:
            await self._session.close()

    def _tell(self, logged: Sequence[LoggedEvent]) -> None:
        if not self._told:
            return
        entries = iter(logged)
        events: list[Event] = [next(entries) if isinstance(event, RoomEvent) else event for event in self._told]
        self._publication.publish(events)
