"""Where handlers find the capabilities in the app, and what is known of a request."""

from aiohttp import web

from adapters.http.addresses import Network
from adapters.http.origins import OriginPolicy
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
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import Minutes
from application.news import News
from application.outgoing_hooks import OutgoingHooks
from application.pins import Pins
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.tokens import Claims
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
from domain.users import Actor, User

ACCOUNTS = web.AppKey("accounts", Accounts)
ATTACHING = web.AppKey("attaching", Attaching)
BOTS = web.AppKey("bots", Bots)
FILES = web.AppKey("files", Files)
DOORS = web.AppKey("doors", Doors)
ROOMS = web.AppKey("rooms", Rooms)
MESSAGES = web.AppKey("messages", Messages)
CATCHING_UP = web.AppKey("catching_up", CatchingUp)
SPEECH = web.AppKey("speech", Speech)
SPEECH_LIMIT = web.AppKey("speech_limit", int)
RECORDINGS = web.AppKey("recordings", Recordings)
LEDGER = web.AppKey("ledger", Ledger)
MINUTES = web.AppKey("minutes", Minutes)
HOLIDAYS = web.AppKey("holidays", Holidays)
CARDS = web.AppKey("cards", Cards)
IDEAS = web.AppKey("ideas", WeeklyIdeas)
KNOWLEDGE = web.AppKey("knowledge", Knowledge)
READING = web.AppKey("reading", Reading)
ROLES = web.AppKey("roles", Roles)
ASKING = web.AppKey("asking", Asking)
QUOTAS = web.AppKey("quotas", Quotas)
JOBS = web.AppKey("jobs", Jobs)
SEARCH = web.AppKey("search", Search)
NEWS = web.AppKey("news", News)
CALLS = web.AppKey("calls", Calls)
INCOMING_HOOKS = web.AppKey("incoming_hooks", IncomingHooks)
OUTGOING_HOOKS = web.AppKey("outgoing_hooks", OutgoingHooks)
ICE_SERVERS = web.AppKey("ice_servers", IceServers)
CALENDAR = web.AppKey("calendar", Calendar)
CALENDAR_FEEDS = web.AppKey("calendar_feeds", CalendarFeeds)
CALENDAR_IMPORT = web.AppKey("calendar_import", CalendarImport)
CALENDAR_IMPORT_LIMIT = web.AppKey("calendar_import_limit", int)
REACTING = web.AppKey("reacting", Reacting)
MENTIONING = web.AppKey("mentioning", Mentioning)
PINS = web.AppKey("pins", Pins)
TRANSLATION = web.AppKey("translation", Translation)
ROOM_TRANSLATION = web.AppKey("room_translation", RoomTranslation)
HEALTH = web.AppKey("health", Health)
CLOCK = web.AppKey("clock", Clock)
IDS = web.AppKey("ids", IdSource)
THROTTLE = web.AppKey("throttle", Throttle)
PROXIES: web.AppKey[tuple[Network, ...]] = web.AppKey("proxies", tuple)
ORIGINS = web.AppKey("origins", OriginPolicy)

REQUEST_ID = web.RequestKey("request_id", str)
CLAIMS = web.RequestKey("claims", Claims)
USER = web.RequestKey("user", User)


def actor_of(request: web.Request) -> Actor:
    """The person who makes the request."""
    user = request[USER]
    return Actor(user.id, user.name, user.rights)
