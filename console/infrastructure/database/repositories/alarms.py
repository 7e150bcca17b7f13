"""Alarms."""

import math
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from console.application.errors import Stale
from console.domain.alarms import Alarm
from console.domain.ids import AlarmId, CameraId, CategoryCode, SeatId
from console.domain.places import EARTH_RADIUS_M, Place, metres_between
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

    def waiting_near(self, place: Place, category: CategoryCode, metres: float) -> Alarm | None:
        # One report after the other: two at once must not both find nothing and raise two alarms.
        hold(self._connection, f"alarm/near/{category}")
        statement = (
            select(alarms)
            .where(
                ALARM_WAITS,
                ~IS_KEPT_OFF,
                or_(alarms.c.category == category, alarms.c.raised_category == category),
                _about(place, metres),
            )
            .order_by(alarms.c.raised_at, alarms.c.alarm_id)
        )
        found = [alarm_in(row) for row in self._connection.execute(statement).mappings()]
        apart = [(metres_between(alarm.place, place) or 0.0, alarm) for alarm in found]
        near = [(far, alarm) for far, alarm in apart if far <= metres]
        return min(near, key=lambda one: one[0])[1] if near else None

    def claimed_at(self, seat_id: SeatId) -> Sequence[Alarm]:
        statement = select(alarms).where(ALARM_WAITS, alarms.c.claim_seat_id == seat_id).order_by(alarms.c.alarm_id)
        return [alarm_in(row) for row in self._connection.execute(statement).mappings()]

    def add(self, alarm: Alarm) -> None:
        add(self._connection, alarms, {**row_of(alarm), "raised_category": alarm.category})

    def save(self, alarm: Alarm) -> None:
        if not swap(self._connection, alarms, row_of(alarm), alarm.version):
            raise Stale("Somebody changed this alarm first. Look at it again.")
        alarm.version += 1


def _about(place: Place, metres: float) -> ColumnElement[bool]:
    """Say which alarms lie in the square around a place; the circle is cut out of it afterwards."""
    if place.latitude is None or place.longitude is None:
        return and_(alarms.c.address == place.address, alarms.c.address != "")
    north = math.degrees(metres / EARTH_RADIUS_M)
    east = north / max(math.cos(math.radians(place.latitude)), 1e-6)
    return and_(
        alarms.c.latitude.between(place.latitude - north, place.latitude + north),
        alarms.c.longitude.between(place.longitude - east, place.longitude + east),
    )
