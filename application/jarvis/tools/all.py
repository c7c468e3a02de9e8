"""All tools in one box."""

from application.accounts import Accounts
from application.calendar.plan import Calendar
from application.holidays import Holidays
from application.jarvis.toolbox import Toolbox
from application.jarvis.tools.calendar import CalendarTools
from application.jarvis.tools.memory import MemoryTools
from application.jarvis.tools.odds import SmallTools
from application.jarvis.tools.rooms import RoomTools
from application.ports.argument_reader import ArgumentReader
from application.ports.calculator import Calculator
from application.publication import Publication
from application.rooms import Rooms
from application.search import Search


def toolbox_of(
    *,
    rooms: Rooms,
    accounts: Accounts,
    search: Search,
    calendar: Calendar,
    holidays: Holidays,
    publication: Publication,
    calculator: Calculator,
    reader: ArgumentReader,
) -> Toolbox:
    """The tools over these use cases."""
    return Toolbox(
        [
            *MemoryTools(search, accounts).all(),
            *CalendarTools(calendar, rooms).all(),
            *RoomTools(rooms, accounts).all(),
            *SmallTools(calculator, holidays, publication).all(),
        ],
        reader,
    )
