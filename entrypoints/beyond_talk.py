"""The wiring of what the product does beside talk: files, the calendar, the world outside, summaries."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from dependency_injector import containers, providers

from adapters.observability.jobs import LoggedJobQueue
from application.calendar.drafts import CalendarLimits
from application.calendar.feeds import CalendarFeeds
from application.calendar.imports import CalendarImport
from application.calendar.plan import Calendar
from application.cards import Cards
from application.catching_up import CatchingUp
from application.files import FileLimits, Files
from application.gleaning import Gleaning
from application.holidays import Holidays
from application.ideas import WeeklyIdeas
from application.insights import Insights
from application.jarvis.usage import DailyQuota, Quotas
from application.knowledge import Knowledge
from application.ledger import Ledger
from application.links_to_files import FileLinks
from application.matters import Matters
from application.minutes import Minutes
from application.news import News
from application.portions import Portions
from application.pulse import Pulse
from application.recordings import RecordingLimits, Recordings
from application.remembered import Remembered
from application.room_translation import RoomTranslation
from application.specifying import Specifying
from application.summaries import Summaries
from application.thumbnails import Thumbnails
from application.translating import RoomTranslating
from application.translation import Translation
from domain.ideas import CardLimits
from entrypoints.settings import Settings


class BeyondTalk(containers.DeclarativeContainer):
    """What stands on the adapters alone, and on none of the capabilities of talk."""

    settings = providers.Dependency(instance_of=Settings)
    adapters = providers.DependenciesContainer()

    jobs = providers.Singleton(LoggedJobQueue, adapters.jobs)
    files = providers.Singleton(
        Files,
        work=adapters.work,
        blobs=adapters.blobs,
        types=adapters.file_types,
        images=adapters.images,
        links=providers.Singleton(
            FileLinks,
            adapters.link_secrets,
            adapters.clock,
            providers.Callable(timedelta, days=settings.provided.link_days),
        ),
        queue=jobs,
        clock=adapters.clock,
        ids=adapters.ids,
        limits=providers.Singleton(
            FileLimits,
            size=settings.provided.upload_bytes,
            types=settings.provided.upload_types,
            waiting=settings.provided.uploads_waiting,
            unsent=providers.Callable(timedelta, hours=settings.provided.unsent_hours),
            at_once=settings.provided.attachments,
        ),
    )
    thumbnails = providers.Singleton(Thumbnails, adapters.work, adapters.blobs, adapters.images, adapters.clock)
    calendar_limits = providers.Singleton(CalendarLimits, events=settings.provided.calendar_events)
    calendar = providers.Singleton(
        Calendar,
        adapters.work,
        adapters.recurrence,
        adapters.clock,
        adapters.ids,
        settings.provided.time_zone,
        calendar_limits,
    )
    calendar_feeds = providers.Singleton(
        CalendarFeeds, adapters.work, adapters.calendar_files, adapters.secrets, adapters.clock
    )
    calendar_import = providers.Singleton(
        CalendarImport, adapters.work, adapters.calendar_files, adapters.clock, adapters.ids, calendar_limits
    )
    holidays = providers.Singleton(
        Holidays, adapters.holiday_service, adapters.holiday_library, adapters.holiday_almanac, adapters.clock
    )
    remembered = providers.Singleton(Remembered, adapters.cache, adapters.clock, adapters.ids)
    news = providers.Singleton(
        News,
        adapters.work,
        adapters.news_source,
        adapters.preview_images,
        remembered,
        settings.provided.news_good_for,
    )
    translation = providers.Singleton(
        Translation,
        adapters.translator,
        providers.Singleton(
            Remembered, adapters.cache, adapters.clock, adapters.ids, settings.provided.translate_seconds
        ),
        settings.provided.message_bytes,
    )
    room_translation = providers.Singleton(RoomTranslation, adapters.work, translation)
    room_translating = providers.Singleton(
        RoomTranslating, adapters.work, translation, adapters.cache, adapters.clock, adapters.ids
    )
    zone = providers.Singleton(ZoneInfo, settings.provided.time_zone)
    quotas = providers.Singleton(
        Quotas,
        adapters.work,
        adapters.clock,
        zone,
        providers.Singleton(
            DailyQuota,
            requests=settings.provided.quota_requests,
            tokens=settings.provided.quota_tokens,
        ),
    )
    cards = providers.Singleton(
        Cards,
        adapters.work,
        adapters.clock,
        adapters.ids,
        providers.Singleton(CardLimits, title=settings.provided.card_title, text=settings.provided.card_bytes),
    )
    summaries = providers.Singleton(
        Summaries, adapters.summarizer, providers.Singleton(Portions, settings.provided.summary_tokens)
    )
    ideas = providers.Singleton(
        WeeklyIdeas,
        adapters.work,
        adapters.idea_model,
        jobs,
        adapters.clock,
        adapters.ids,
        zone,
        quotas,
        providers.Singleton(Portions, settings.provided.summary_tokens),
    )
    knowledge = providers.Singleton(Knowledge, adapters.work)
    minutes = providers.Singleton(
        Minutes,
        work=adapters.work,
        summaries=summaries,
        jobs=jobs,
        clock=adapters.clock,
        ids=adapters.ids,
        zone=zone,
        quotas=quotas,
    )
    gleaning = providers.Singleton(
        Gleaning, adapters.work, summaries, adapters.matter_finder, jobs, adapters.clock, adapters.ids, zone
    )
    ledger = providers.Singleton(
        Ledger,
        matters=providers.Singleton(Matters, adapters.work, adapters.clock, adapters.ids),
        pulse=providers.Singleton(
            Pulse, adapters.work, summaries, adapters.pulse_writer, jobs, adapters.clock, adapters.ids, zone, quotas
        ),
        specifying=providers.Singleton(Specifying, adapters.work),
        insights=providers.Singleton(Insights, adapters.work, adapters.clock, zone),
    )
    catching_up = providers.Singleton(
        CatchingUp, adapters.work, summaries, jobs, adapters.publication, adapters.clock, adapters.ids, quotas
    )
    recordings = providers.Singleton(
        Recordings,
        work=adapters.work,
        sounds=adapters.sounds,
        transcriber=adapters.transcriber,
        summaries=summaries,
        jobs=jobs,
        clock=adapters.clock,
        ids=adapters.ids,
        zone=zone,
        quotas=quotas,
        limits=providers.Singleton(
            RecordingLimits,
            size=settings.provided.recording_bytes,
            seconds=settings.provided.recording_seconds,
            part=settings.provided.recording_part_seconds,
        ),
    )
