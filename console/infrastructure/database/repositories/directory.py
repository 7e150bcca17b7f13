"""The directory: what an administrator keeps. Small tables, read whole, and the cameras; the last writer wins."""

import importlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, String, Table, cast, delete, insert, select, update

from console.application.errors import Stale
from console.domain.accounts import Scope
from console.domain.camera_words import Reading
from console.domain.cameras import Camera
from console.domain.categories import Category
from console.domain.deadlines import WorkingCalendar
from console.domain.ids import AccountId, CameraId, CategoryCode, SeatId
from console.domain.routing import RoutingRow, Unit
from console.domain.speaking import Phrase, Speaker
from console.domain.walls import Wall
from console.infrastructure.database import tables
from console.infrastructure.database.mapping import directory as mapping
from console.infrastructure.database.repositories.rows import add, one, put
from console.infrastructure.database.scopes import camera_covered

THE_CALENDAR = "city"
# Where no calendar was kept yet: the working hours of DOMAIN A.4 in the one time zone of all Chinese cities.
DEFAULT_ZONE = "Asia/Shanghai"
# The module that reads names aloud, found by its name: its tables are a third of a second that no reader needs.
READINGS = "console.infrastructure.pinyin"
# The row of ``marks`` that counts changes of the cameras.
CAMERAS_MARK = "cameras"
NAMES_A_STATEMENT = 500  # SQLite 3.31 and older take 999 parameters


class SqlDirectory:
    """Keeps the promises of ``ports.Directory``; ``camera`` and ``category`` raise ``Stale`` for what is not there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_marked = False

    def cameras(self) -> Sequence[Camera]:
        statement = select(tables.cameras).order_by(tables.cameras.c.number, tables.cameras.c.camera_id)
        return [mapping.camera_in(row) for row in self._connection.execute(statement).mappings()]

    def mark(self) -> int:
        marks = tables.marks
        return self._connection.execute(select(marks.c.number).where(marks.c.name == CAMERAS_MARK)).scalar() or 0

    def cameras_of(self, camera_ids: Collection[CameraId]) -> Sequence[Camera]:
        names = sorted(set(camera_ids))
        found: list[Camera] = []
        for first in range(0, len(names), NAMES_A_STATEMENT):
            some = names[first : first + NAMES_A_STATEMENT]
            found += self._all(select(tables.cameras).where(tables.cameras.c.camera_id.in_(some)))
        return sorted(found, key=lambda camera: (camera.number, camera.camera_id))

    def cameras_with_rules(self) -> Sequence[Camera]:
        # As text: PostgreSQL compares no JSON.
        has_one = cast(tables.cameras.c.rules, String) != "[]"
        return self._all(select(tables.cameras).where(has_one).order_by(tables.cameras.c.number))

    def cameras_around(self, west: float, south: float, east: float, north: float) -> Sequence[Camera]:
        columns = tables.cameras.c
        lies_there = (columns.longitude.between(west, east), columns.latitude.between(south, north))
        return self._all(select(tables.cameras).where(*lies_there).order_by(columns.number))

    def first_cameras(self, scope: Scope, most: int) -> Sequence[Camera]:
        columns = tables.cameras.c
        by_number = select(tables.cameras).order_by(columns.number, columns.camera_id).limit(most)
        return self._all(by_number.where(camera_covered(scope)))

    def camera(self, camera_id: CameraId) -> Camera:
        row = one(self._connection, select(tables.cameras).where(tables.cameras.c.camera_id == camera_id))
        if row is None:
            raise Stale("This camera is not in the directory any more.")
        return mapping.camera_in(row)

    def camera_numbered(self, number: str) -> Camera | None:
        return self._first(select(tables.cameras).where(tables.cameras.c.number == number))

    def camera_coded(self, code: str) -> Camera | None:
        """Return the camera of a national code; the empty code is nobody's."""
        cameras = tables.cameras.c
        return self._first(select(tables.cameras).where(cameras.code == code, cameras.code != ""))

    def signs_in_with(self, credentials_name: str) -> bool:
        used = select(tables.cameras.c.camera_id).where(tables.cameras.c.credentials_name == credentials_name)
        return one(self._connection, used) is not None

    def put_camera(self, camera: Camera) -> None:
        put(self._connection, tables.cameras, mapping.row_of_camera(camera, _reading_of(camera.name)))
        self._mark()

    def put_cameras(self, cameras: Sequence[Camera]) -> None:
        if not cameras:
            return
        self._delete(tables.cameras, [camera.camera_id for camera in cameras])
        rows = [mapping.row_of_camera(camera, _reading_of(camera.name)) for camera in cameras]
        self._connection.execute(insert(tables.cameras), rows)
        self._mark()

    def read_names(self, names: Sequence[str]) -> None:
        for name in names:
            _reading_of(name)  # and is kept there

    def remove_cameras(self, camera_ids: Sequence[CameraId]) -> None:
        for table in (tables.cameras, tables.favourites):
            self._delete(table, camera_ids)
        self._mark()

    def _delete(self, table: Table, camera_ids: Sequence[CameraId]) -> None:
        for first in range(0, len(camera_ids), NAMES_A_STATEMENT):
            names = list(camera_ids[first : first + NAMES_A_STATEMENT])
            self._connection.execute(delete(table).where(table.c.camera_id.in_(names)))

    def set_favourite(self, account_id: AccountId, camera_id: CameraId, added_at: datetime | None) -> None:
        kept = tables.favourites
        own = (kept.c.account_id == account_id, kept.c.camera_id == camera_id)
        self._connection.execute(delete(kept).where(*own))
        if added_at is not None:
            add(self._connection, kept, {"account_id": account_id, "camera_id": camera_id, "added_at": added_at})

    def _all(self, statement: Select[Any]) -> list[Camera]:
        return [mapping.camera_in(row) for row in self._connection.execute(statement).mappings()]

    def _first(self, statement: Select[Any]) -> Camera | None:
        row = one(self._connection, statement)
        return None if row is None else mapping.camera_in(row)

    def _mark(self) -> None:
        """Count this unit's change of the cameras, once."""
        if self._is_marked:
            return
        self._is_marked = True
        marks = tables.marks
        counted = self._connection.execute(
            update(marks).where(marks.c.name == CAMERAS_MARK).values(number=marks.c.number + 1)
        )
        if counted.rowcount == 0:
            add(self._connection, marks, {"name": CAMERAS_MARK, "number": 1})

    def speakers(self) -> Sequence[Speaker]:
        statement = select(tables.speakers).order_by(tables.speakers.c.speaker_id)
        return [mapping.speaker_in(row) for row in self._connection.execute(statement).mappings()]

    def put_speaker(self, speaker: Speaker) -> None:
        put(self._connection, tables.speakers, mapping.row_of_speaker(speaker))

    def units(self) -> Sequence[Unit]:
        statement = select(tables.units).order_by(tables.units.c.unit_id)
        return [mapping.unit_in(row) for row in self._connection.execute(statement).mappings()]

    def put_unit(self, unit: Unit) -> None:
        put(self._connection, tables.units, mapping.row_of_unit(unit))

    def routing(self) -> tuple[RoutingRow, ...]:
        statement = select(tables.routing_rows).order_by(tables.routing_rows.c.row)
        return tuple(mapping.routing_in(row) for row in self._connection.execute(statement).mappings())

    def put_routing(self, rows: Sequence[RoutingRow]) -> None:
        """Replace the whole table."""
        self._connection.execute(delete(tables.routing_rows))
        if rows:
            self._connection.execute(insert(tables.routing_rows), [mapping.row_of_routing(row) for row in rows])

    def categories(self) -> Sequence[Category]:
        statement = select(tables.categories).order_by(tables.categories.c.code)
        return [mapping.category_in(row) for row in self._connection.execute(statement).mappings()]

    def category(self, code: CategoryCode) -> Category:
        row = one(self._connection, select(tables.categories).where(tables.categories.c.code == code))
        if row is None:
            raise Stale("This matter is not in the directory any more.")
        return mapping.category_in(row)

    def put_category(self, category: Category) -> None:
        put(self._connection, tables.categories, mapping.row_of_category(category))

    def phrases(self) -> Sequence[Phrase]:
        statement = select(tables.phrases).order_by(tables.phrases.c.phrase_id)
        return [mapping.phrase_in(row) for row in self._connection.execute(statement).mappings()]

    def put_phrase(self, phrase: Phrase) -> None:
        put(self._connection, tables.phrases, mapping.row_of_phrase(phrase))

    def calendar(self) -> WorkingCalendar:
        row = one(self._connection, select(tables.calendars).where(tables.calendars.c.name == THE_CALENDAR))
        if row is None:
            return WorkingCalendar(zone=ZoneInfo(DEFAULT_ZONE))
        days = select(tables.calendar_days).where(tables.calendar_days.c.calendar == THE_CALENDAR)
        return mapping.calendar_in(row, self._connection.execute(days).mappings().all())

    def put_calendar(self, calendar: WorkingCalendar) -> None:
        put(self._connection, tables.calendars, mapping.row_of_calendar(THE_CALENDAR, calendar))
        days = tables.calendar_days
        self._connection.execute(delete(days).where(days.c.calendar == THE_CALENDAR))
        if rows := mapping.rows_of_days(THE_CALENDAR, calendar):
            self._connection.execute(insert(days), rows)

    def wall(self, seat_id: SeatId) -> Wall | None:
        row = one(self._connection, select(tables.walls).where(tables.walls.c.seat_id == seat_id))
        return None if row is None else mapping.wall_in(row)

    def put_wall(self, seat_id: SeatId, wall: Wall) -> None:
        put(self._connection, tables.walls, mapping.row_of_wall(seat_id, wall))

    def further_walls(self, seat_id: SeatId) -> Mapping[int, Wall]:
        walls = tables.further_walls
        statement = select(walls).where(walls.c.seat_id == seat_id).order_by(walls.c.number)
        return {row["number"]: mapping.wall_in(row) for row in self._connection.execute(statement).mappings()}

    def put_further_wall(self, seat_id: SeatId, number: int, wall: Wall) -> None:
        put(self._connection, tables.further_walls, {**mapping.row_of_wall(seat_id, wall), "number": number})

    def remove_further_wall(self, seat_id: SeatId, number: int) -> None:
        walls = tables.further_walls
        self._connection.execute(delete(walls).where(walls.c.seat_id == seat_id, walls.c.number == number))


def _reading_of(name: str) -> Reading:
    reading: Reading = importlib.import_module(READINGS).reading_of(name)
    return reading
