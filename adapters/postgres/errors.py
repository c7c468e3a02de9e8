"""From what psycopg raises to what the application knows. No SQL and no value of a row gets past here."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from domain.errors import DomainError, DuplicateEntry, InvalidInput, NotFound, Unavailable

_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[DomainError]], ...] = (
    ((PoolTimeout, PoolClosed, TooManyRequests, errors.ReadOnlySqlTransaction), Unavailable),
    ((psycopg.OperationalError, psycopg.InterfaceError), Unavailable),
    ((errors.UniqueViolation,), DuplicateEntry),
    ((errors.ForeignKeyViolation,), NotFound),
    ((psycopg.DataError, UnicodeEncodeError), InvalidInput),
)


class StoreFailure(RuntimeError):
    """The database refused a statement for a reason that lies in the program or the schema."""


def translated(error: Exception) -> Exception:
    """The error as the application knows it; one that is not the database's comes back as it is."""
    for vendors, ours in _TRANSLATIONS:
        if isinstance(error, vendors):
            return ours()
    if isinstance(error, psycopg.Error):
        return StoreFailure(f"the database answered {error.sqlstate or 'nothing'} ({type(error).__name__})")
    return error


@contextmanager
def translating() -> Iterator[None]:
    """Raise the application's errors in the place of psycopg's."""
    try:
        yield
    except (psycopg.Error, UnicodeEncodeError) as error:
        raise translated(error) from None
