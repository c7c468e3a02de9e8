"""What is read from the parts themselves whenever somebody asks. Names that end in ``_total`` only ever grow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """The name of a metric, what it tells, and the label by which there are several, if there are."""

    name: str
    meaning: str
    label: str | None = None


READINGS = (
    Reading("jarvis_open_sockets", "Sockets that are signed in."),
    Reading("jarvis_heard_rooms", "Rooms that sockets of this server hear."),
    Reading("jarvis_socket_refusals_total", "What sockets asked for and was refused, by code.", "code"),
    Reading("jarvis_gap_repairs_total", "How often events were fetched from a room's log since the bus had lost them."),
    Reading("jarvis_shed_readers_total", "Sockets closed with 4008: they read too slowly."),
    Reading("jarvis_draining", "1 while the server lets its sockets go."),
    Reading("jarvis_bus_up", "1 while events come from and go to other servers."),
    Reading("jarvis_bus_lag_seconds", "What an event published now would take to be heard here through Redis."),
    Reading("jarvis_bus_waiting", "Notices that wait to be sent to Redis."),
    Reading("jarvis_bus_dropped_total", "Notices that could not be sent; who missed them reads the log."),
    Reading("jarvis_questions_waiting", "Unfinished questions to Jarvis that nobody works on."),
    Reading("jarvis_questions_set_aside", "Questions that failed for good, until an operator has them run again."),
    Reading("jarvis_oldest_question_seconds", "How long the oldest of them has been waiting."),
    Reading("jarvis_unindexed_events", "Changes of rooms that text search still reads from the messages themselves."),
    Reading("jarvis_unembedded_events", "Changes of rooms whose messages wait to be embedded."),
    Reading("jarvis_database_connections", "Connections of the pool, by state: idle or used.", "state"),
    Reading("jarvis_database_waiting", "Requests that wait for a connection of the pool."),
    Reading("jarvis_database_waits_total", "Requests that had to wait for a connection."),
    Reading("jarvis_database_errors_total", "Requests that got no connection in time."),
    Reading("jarvis_service_up", "1 while a part that Jarvis stands on answers.", "service"),
    Reading("jarvis_data_free_bytes", "Free space of the disk that holds the data folder."),
    Reading("jarvis_data_size_bytes", "Size of that disk."),
)
