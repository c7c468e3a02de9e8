"""Bodies that concern minutes."""

from adapters.http.schemas.body import Body


class SummaryImport(Body):
    """Of POST /rooms/{id}/import-meeting-summary."""

    source_room_id: str | None = None
