"""All tools in one box."""

from dataclasses import dataclass

from application.accounts import Accounts
from application.calendar.plan import Calendar
from application.holidays import Holidays
from application.jarvis.toolbox import Toolbox
from application.jarvis.tools.calendar import CalendarTools
from application.jarvis.tools.memory import MemoryTools
from application.jarvis.tools.odds import SmallTools
from application.jarvis.tools.rooms import RoomTools
from application.jarvis.tools.summaries import SummaryTools
from application.minutes import Minutes
from application.ports.argument_reader import ArgumentReader
from application.ports.calculator import Calculator
from application.publication import Publication
from application.rooms import Rooms
from application.search import Search


@dataclass(frozen=True, slots=True)
class Abilities:
    """The use cases that tools call."""

    rooms: Rooms
    accounts: Accounts
    search: Search
    calendar: Calendar
    holidays: Holidays
    minutes: Minutes
    publication: Publication
    calculator: Calculator


def toolbox_of(can: Abilities, reader: ArgumentReader) -> Toolbox:
    """The tools over these use cases."""
    return Toolbox(
        [
            *MemoryTools(can.search, can.accounts).all(),
            *SummaryTools(can.minutes).all(),
            *CalendarTools(can.calendar, can.rooms).all(),
            *RoomTools(can.rooms, can.accounts).all(),
            *SmallTools(can.calculator, can.holidays, can.publication).all(),
        ],
        reader,
    )
