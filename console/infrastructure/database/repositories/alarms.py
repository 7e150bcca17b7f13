"""Alarms."""

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from console.application.errors import Stale
from console.domain.alarms import Alarm
from console.domain.ids import AlarmId, CameraId, CategoryCode, SeatId
from console.infrastructure.database.mapping.alarms import alarm_in, row_of
from console.infrastructure.database.repositories.rows import add, hold, one, swap
from console.infrastructure.database.tables import ALARM_WAITS, alarms
from console.infrastructure.database.verifier_tables import IS_KEPT_OFF


class SqlAlarms:
    """Keeps the promises of ``ports.Alarms``. Beside the category it keeps the one the alarm was raised with."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, alarm_id: AlarmId) -> Alarm:
        row = one(self._connection, select(alarms).where(alarms.c.alarm_id == alarm_id))
        if row is None:
            raise Stale("This alarm is not there any more.")
        return alarm_in(row)

    def with_hit(self, hit_id: str) -> Alarm | None:
        row = one(self._connection, select(alarms).where(alarms.c.hit_id == hit_id))
        return None if row is None else alarm_in(row)

    def waiting_at(self, camera_id: CameraId, zone_name: str, category: CategoryCode) -> Alarm | None:
        # Two nodes that ask for the same place at once must not both find nothing and raise two alarms.
        hold(self._connection, f"alarm/{camera_id}/{zone_name}")
        row = one(
            self._connection,
            select(alarms)
            .where(
                ALARM_WAITS,
                ~IS_KEPT_OFF,  # what nobody is shown must not swallow the next hit: it is judged anew
                alarms.c.camera_id == camera_id,
                alarms.c.zone_name == zone_name,
                or_(alarms.c.category == category, alarms.c.raised_category == category),
            )
            .order_by(alarms.c.raised_at, alarms.c.alarm_id)
            .limit(1),
        )
        return None if row is None else alarm_in(row)

    def claimed_at(self, seat_id: SeatId) -> Sequence[Alarm]:
        statement = select(alarms).where(ALARM_WAITS, alarms.c.claim_seat_id == seat_id).order_by(alarms.c.alarm_id)
        return [alarm_in(row) for row in self._connection.execute(statement).mappings()]

    def add(self, alarm: Alarm) -> None:
        add(self._connection, alarms, {**row_of(alarm), "raised_category": alarm.category})

    def save(self, alarm: Alarm) -> None:
        if not swap(self._connection, alarms, row_of(alarm), alarm.version):
            raise Stale("Somebody changed this alarm first. Look at it again.")
        alarm.version += 1
