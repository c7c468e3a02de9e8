"""How the embedded PostgreSQL is set up: a small server that loses nothing and keeps people's words out of its log."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PORT: Final = 5432  # names the socket; nothing listens on the network

_DEFAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "huge_pages": "try",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Errors go to the client that caused them. In the log their messages could quote values ("invalid input
        # syntax …"), so the log keeps to what the server says about itself, and leaves out statements and parameters.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_checkpoints": "off",
        "log_autovacuum_min_duration": "-1",
        "log_lock_waits": "off",
    }
)
_DECIDED: Final = frozenset(
    {
        *("listen_addresses", "port", "unix_socket_directories", "unix_socket_permissions"),
        *("cluster_name", "data_directory", "hba_file", "logging_collector", "log_destination"),
    }
)


def with_defaults(chosen: Mapping[str, str]) -> dict[str, str]:
    """The chosen settings over the defaults. Raises ValueError for one decided here, such as where to listen."""
    lowered = {name.lower(): value for name, value in chosen.items()}
    if refused := sorted(lowered.keys() & _DECIDED):
        raise ValueError(f"the embedded PostgreSQL decides these settings itself: {', '.join(refused)}")
    return {**_DEFAULTS, **lowered}


def as_options(settings: Mapping[str, str], *, socket_folder: str, cluster_name: str) -> list[str]:
    """The settings, and those decided here, as arguments of `postgres`."""
    quoted = socket_folder.replace('"', '""')
    everything = {
        **settings,
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "cluster_name": cluster_name,
        "logging_collector": "off",
        "log_destination": "stderr",
    }
    return [part for name, value in everything.items() for part in ("-c", f"{name}={value}")]
