"""The app: everything of this folder put together."""

from dataclasses import dataclass, field

from aiohttp import web

from adapters.http import keys
from adapters.http.addresses import Network
from adapters.http.authentication import ClaimsOf, authentication
from adapters.http.discretion import hush_libraries
from adapters.http.errors import answer_errors
from adapters.http.middleware import check_origin, name_request, sign_off
from adapters.http.origins import OriginPolicy
from adapters.http.routes import (
    accounts,
    administration,
    attachments,
    bots,
    calendar,
    calls,
    cards,
    documentation,
    graphs,
    health,
    holidays,
    hooks,
    invitations,
    jarvis,
    jobs,
    matters,
    members,
    mentions,
    messages,
    minutes,
    news,
    pins,
    pulse,
    reactions,
    reading,
    room_translation,
    rooms,
    search,
    sessions,
    sign_in,
    single_sign_on,
    speech,
    translation,
    web_client,
)
from application.accounts import Accounts
from application.attaching import Attaching
from application.bots import Bots
from application.calendar.feeds import CalendarFeeds
from application.calendar.imports import CalendarImport
from application.calendar.plan import Calendar
from application.calls import Calls
from application.cards import Cards
from application.catching_up import CatchingUp
from application.doors import Doors
from application.files import Files
from application.health import Health
from application.holidays import Holidays
from application.ice_servers import IceServers
from application.ideas import WeeklyIdeas
from application.incoming_hooks import IncomingHooks
from application.jarvis.ask import Asking
from application.jarvis.usage import Quotas
from application.jobs import Jobs
from application.knowledge import Knowledge
from application.ledger import Ledger
from application.limits import CALENDAR_FILE, REST_BODY
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import Minutes
from application.news import News
from application.outgoing_hooks import OutgoingHooks
from application.pins import Pins
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.reactions import Reacting
from application.reading import Reading
from application.recordings import Recordings
from application.roles import Roles
from application.room_translation import RoomTranslation
from application.rooms import Rooms
from application.search import Search
from application.speech import Speech
from application.throttle import Throttle
from application.translation import Translation
from domain.speech import LARGEST

OPEN_PATHS = frozenset(
    {
        *("/health", "/health/live", "/health/ready", "/metrics", "/auth/dev", "/ws", "/calendar/feeds/{secret}.ics"),
        *sign_in.OPEN,
        *documentation.OPEN,
        *hooks.OPEN,
        *invitations.OPEN,
        *single_sign_on.OPEN,
        *attachments.OPEN,
        *web_client.OPEN,
    }
)
"""What is answered without a token here; the socket's own handler asks for it, and a feed's address is its secret."""


@dataclass(frozen=True, slots=True)
class HttpParts:
    """What the handlers work with."""

    accounts: Accounts
    doors: Doors
    rooms: Rooms
    messages: Messages
    attaching: Attaching
    bots: Bots
    files: Files
    minutes: Minutes
    ledger: Ledger
    speech: Speech
    recordings: Recordings
    catching_up: CatchingUp
    cards: Cards
    ideas: WeeklyIdeas
    knowledge: Knowledge
    holidays: Holidays
    mentioning: Mentioning
    calls: Calls
    ice_servers: IceServers
    incoming_hooks: IncomingHooks
    outgoing_hooks: OutgoingHooks
    reacting: Reacting
    pins: Pins
    reading: Reading
    roles: Roles
    asking: Asking
    quotas: Quotas
    jobs: Jobs
    search: Search
    news: News
    calendar: Calendar
    calendar_feeds: CalendarFeeds
    calendar_import: CalendarImport
    translation: Translation
    room_translation: RoomTranslation
    health: Health
    clock: Clock
    ids: IdSource
    claims_of: ClaimsOf
    throttle: Throttle


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Limits are in bytes; ``cors_origins`` count in production alone; ``proxies`` may say for whom they ask."""

    jwt_secret: str = field(repr=False)
    production: bool = False
    dev_auth: bool = False
    cors_origins: tuple[str, ...] = ()
    body_limit: int = REST_BODY
    calendar_import_limit: int = CALENDAR_FILE
    speech_limit: int = LARGEST
    proxies: tuple[Network, ...] = ()


def build_app(parts: HttpParts, options: HttpOptions) -> web.Application:
    """The app with its REST routes. Routes added to it later ask for a token unless they are in ``OPEN_PATHS``."""
    hush_libraries()
    app = web.Application(
        client_max_size=options.body_limit,
        middlewares=[
            name_request,
            answer_errors,
            check_origin,
            authentication(options.jwt_secret, parts.claims_of, OPEN_PATHS),
        ],
    )
    app[keys.ACCOUNTS] = parts.accounts
    app[keys.DOORS] = parts.doors
    app[keys.ROOMS] = parts.rooms
    app[keys.MESSAGES] = parts.messages
    app[keys.ATTACHING] = parts.attaching
    app[keys.BOTS] = parts.bots
    app[keys.FILES] = parts.files
    app[keys.CATCHING_UP] = parts.catching_up
    app[keys.CARDS] = parts.cards
    app[keys.IDEAS] = parts.ideas
    app[keys.KNOWLEDGE] = parts.knowledge
    app[keys.SPEECH] = parts.speech
    app[keys.SPEECH_LIMIT] = options.speech_limit
    app[keys.RECORDINGS] = parts.recordings
    app[keys.MINUTES] = parts.minutes
    app[keys.LEDGER] = parts.ledger
    app[keys.HOLIDAYS] = parts.holidays
    app[keys.CALLS] = parts.calls
    app[keys.INCOMING_HOOKS] = parts.incoming_hooks
    app[keys.OUTGOING_HOOKS] = parts.outgoing_hooks
    app[keys.ICE_SERVERS] = parts.ice_servers
    app[keys.MENTIONING] = parts.mentioning
    app[keys.REACTING] = parts.reacting
    app[keys.PINS] = parts.pins
    app[keys.READING] = parts.reading
    app[keys.ROLES] = parts.roles
    app[keys.ASKING] = parts.asking
    app[keys.QUOTAS] = parts.quotas
    app[keys.JOBS] = parts.jobs
    app[keys.SEARCH] = parts.search
    app[keys.NEWS] = parts.news
    app[keys.CALENDAR] = parts.calendar
    app[keys.CALENDAR_FEEDS] = parts.calendar_feeds
    app[keys.CALENDAR_IMPORT] = parts.calendar_import
    app[keys.CALENDAR_IMPORT_LIMIT] = options.calendar_import_limit
    app[keys.TRANSLATION] = parts.translation
    app[keys.ROOM_TRANSLATION] = parts.room_translation
    app[keys.HEALTH] = parts.health
    app[keys.CLOCK] = parts.clock
    app[keys.IDS] = parts.ids
    app[keys.THROTTLE] = parts.throttle
    app[keys.PROXIES] = options.proxies
    app[keys.ORIGINS] = OriginPolicy.only(options.cors_origins) if options.production else OriginPolicy.any()
    app.on_response_prepare.append(sign_off)
    development_sign_in = options.dev_auth or not options.production
    app.router.add_routes(
        [
            *accounts.routes(development_sign_in=development_sign_in),
            *sign_in.routes(development_sign_in=development_sign_in),
            *sessions.routes(),
            *single_sign_on.routes(),
            *invitations.routes(),
            *administration.routes(),
            *bots.routes(),
            *rooms.routes(),
            *members.routes(),
            *messages.routes(),
            *attachments.routes(),
            *minutes.routes(),
            *matters.routes(),
            *cards.routes(),
            *pulse.routes(),
            *graphs.routes(),
            *speech.routes(),
            *holidays.routes(),
            *mentions.routes(),
            *calls.routes(),
            *hooks.routes(),
            *reactions.routes(),
            *pins.routes(),
            *reading.routes(),
            *jarvis.routes(),
            *jobs.routes(),
            *search.routes(),
            *news.routes(),
            *calendar.routes(),
            *translation.routes(),
            *room_translation.routes(),
            *health.routes(),
            *documentation.routes(OPEN_PATHS),
            *web_client.routes(),
        ]
    )
    return app
