"""What is known of cameras that sharing platforms pass on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from console.domain.cameras import CameraKind
from console.domain.ids import CameraId
from console.domain.sharing import SharedDescription, SharedRecord, shared_source
from console.infrastructure.database.shared_tables import shared_channels

NAMES_A_STATEMENT = 500  # SQLite 3.31 and older take 999 parameters


class SqlShared:
    """Keeps the promises of ``application.sharing.SharedRecords``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_addresses(self, addresses: Sequence[str]) -> Mapping[str, SharedRecord]:
        found: dict[str, SharedRecord] = {}
        for first in range(0, len(addresses), NAMES_A_STATEMENT):
            some = list(addresses[first : first + NAMES_A_STATEMENT])
            rows = self._connection.execute(select(shared_channels).where(shared_channels.c.address.in_(some)))
            found |= {row["address"]: _record_in(row) for row in rows.mappings()}
        return found

    def put(self, records: Sequence[SharedRecord]) -> None:
        for first in range(0, len(records), NAMES_A_STATEMENT):
            names = [record.camera_id for record in records[first : first + NAMES_A_STATEMENT]]
            self._connection.execute(delete(shared_channels).where(shared_channels.c.camera_id.in_(names)))
        if records:
            self._connection.execute(insert(shared_channels), [_row_of(record) for record in records])

    def count(self, platform: str) -> int:
        kept = shared_channels.c
        statement = select(func.count()).where(kept.platform == platform, kept.gone_at.is_(None))
        return self._connection.execute(statement).scalar_one()

    def note_missing(self, platform: str, began_at: datetime, gone_after: int, now: datetime) -> int:
        kept = shared_channels.c
        unseen = (kept.platform == platform, kept.seen_at < began_at, kept.gone_at.is_(None))
        self._connection.execute(update(shared_channels).where(*unseen).values(missed=kept.missed + 1))
        marked = self._connection.execute(
            update(shared_channels)
            .where(*unseen, kept.missed >= gone_after)
            .values(gone_at=now, since=now, is_online=False)
        )
        return marked.rowcount


def _row_of(record: SharedRecord) -> dict[str, Any]:
    said = record.said
    return {
        "camera_id": record.camera_id,
        "platform": record.source.platform,
        "address": record.source.address,
        "said": {
            "name": said.name,
            "address": said.address,
            "district": said.district,
            "parent": said.parent,
            "kind": said.kind.value,
            "longitude": said.longitude,
            "latitude": said.latitude,
        },
        "is_online": record.is_online,
        "since": record.since,
        "seen_at": record.seen_at,
        "missed": record.missed,
        "gone_at": record.gone_at,
    }


def _record_in(row: RowMapping) -> SharedRecord:
    source = shared_source(row["address"])
    assert source is not None
    said = row["said"]
    return SharedRecord(
        camera_id=CameraId(row["camera_id"]),
        source=source,
        said=SharedDescription(
            name=said["name"],
            address=said["address"],
            district=said["district"],
            parent=said["parent"],
            kind=CameraKind(said["kind"]),
            longitude=said["longitude"],
            latitude=said["latitude"],
        ),
        is_online=row["is_online"],
        since=row["since"],
        seen_at=row["seen_at"],
        missed=row["missed"],
        gone_at=row["gone_at"],
    )
