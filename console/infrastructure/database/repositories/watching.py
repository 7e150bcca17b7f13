"""When nobody was looking: spans of a camera with a rule and no detector."""

from datetime import datetime

from sqlalchemy import Connection, select

from console.domain.ids import CameraId
from console.infrastructure.database.repositories.rows import add
from console.infrastructure.database.tables import unwatched_spans


class SqlWatching:
    """Keeps the promises of ``ports.Watching``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note_unwatched(self, camera_id: CameraId, begins_at: datetime, ends_at: datetime) -> None:
        if ends_at > begins_at:
            add(
                self._connection,
                unwatched_spans,
                {"camera_id": camera_id, "begins_at": begins_at, "ends_at": ends_at},
            )

    def unwatched_s(self, begins_at: datetime, ends_at: datetime) -> dict[str, float]:
        """Return seconds per camera within the span; spans that overlap count once."""
        spans = unwatched_spans.c
        statement = (
            select(spans.camera_id, spans.begins_at, spans.ends_at)
            .where(spans.ends_at > begins_at, spans.begins_at < ends_at)
            .order_by(spans.camera_id, spans.begins_at)
        )
        total_s: dict[str, float] = {}
        counted_until: dict[str, datetime] = {}
        for camera_id, begins, ends in self._connection.execute(statement):
            begins = max(begins, begins_at, counted_until.get(camera_id, begins_at))
            ends = min(ends, ends_at)
            if ends > begins:
                total_s[camera_id] = total_s.get(camera_id, 0.0) + (ends - begins).total_seconds()
                counted_until[camera_id] = ends
        return total_s
