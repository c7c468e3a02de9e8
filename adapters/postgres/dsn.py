"""Reading a DATABASE_URL, those of deployments that used Prisma before included."""

from dataclasses import dataclass
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

_SCHEMES = ("postgresql://", "postgres://")
_OF_PRISMA_ALONE = frozenset({
    "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size", "sslaccept", "sslidentity",
})  # fmt: skip

_UNREADABLE = "is not a PostgreSQL URL like postgresql://user:password@host:5432/database"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the database is: parameters for libpq, the schema to work in (None: the server's default), and whether a
    pgbouncer in between forbids prepared statements."""

    parameters: dict[str, str]
    schema: str | None = None
    pgbouncer: bool = False


def read_dsn(dsn: str) -> Target:
    """The target that a URL (``postgresql://…``, ``postgres://…``) or a libpq line (``host=… dbname=…``) names.

    ``?schema=`` chooses the schema and ``?pgbouncer=true`` forgoes prepared statements; what only Prisma's own pool
    understands is passed over.

    Raises:
        ValueError: it cannot be read. The text does not repeat it, since it may hold a password.
    """
    address, _, query = dsn.strip().partition("?") if dsn.strip().startswith(_SCHEMES) else (dsn.strip(), "", "")
    kept: list[str] = []
    own: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name in {"schema", "pgbouncer"}:
            own[name] = unquote(value)
        elif name not in _OF_PRISMA_ALONE:
            kept.append(pair)
    try:
        read = conninfo_to_dict(f"{address}?{'&'.join(kept)}" if kept else address)
    except psycopg.Error:
        raise ValueError(_UNREADABLE) from None
    parameters = {name: str(value) for name, value in read.items()}
    if not all(port.isdecimal() for port in parameters.get("port", "5432").split(",")):
        raise ValueError(_UNREADABLE)
    return Target(parameters, own.get("schema") or None, own.get("pgbouncer") == "true")
