"""A year of a city in the records: as many alarms as cases, seeded, with what hangs on them.

Written in bulk through the tables, each row as the repositories would write it.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, TypeVar

from console.bench.city_of_cameras import CAMERAS, cameras
from console.bench.desk_year import UNITS, ZONE, Year
from console.domain.accounts import Account, Actor, Role, Scope
from console.domain.cameras import Camera
from console.domain.categories import Category
from console.domain.deadlines import WorkingCalendar
from console.domain.ids import AccountId, AlarmId, CaseId, CategoryCode, SeatId, UnitId
from console.domain.routing import RoutingRow, Unit
from console.infrastructure.categories_csv import read_categories
from console.infrastructure.database.engine import Database
from console.infrastructure.database.tables import day_sequences
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from resources.locate import locate

Item = TypeVar("Item")

ROWS = 1_000_000
SEED = 20261124
YEAR = timedelta(days=365)
A_BATCH = 10_000
ALARMS_A_CAMERA = 16  # a year: a directory of 62,500 for the million
_CACHE = "PRAGMA cache_size = -400000"  # 400 MB while it is filled: random keys touch every page of their indexes
_BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 9, 8, 8, 9, 9, 9, 9, 8, 8, 7, 6, 4, 3)
_WEEKEND = 0.75

CHIEF = Actor(account_id=AccountId("bench-1"), display_name="李文静", role=Role.SUPERVISOR, seat_id=SeatId("01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What was written, as far as somebody must know it to ask for it.

    Attributes:
        local: an operator whose area is one community; ``CHIEF`` sees everything.
        waiting: alarms that wait for a verdict with their matters, the oldest first.
        some_cases: of all ages and stages, with when each was filed, the oldest first.
        written: rows by table.
    """

    streets: tuple[Camera, ...]
    matters: tuple[Category, ...]
    local: Actor
    waiting: tuple[tuple[AlarmId, CategoryCode], ...]
    some_cases: tuple[tuple[datetime, CaseId], ...]
    written: dict[str, int]


def fill(database: Database, rows: int, ends_at: datetime, seed: int = SEED) -> Ledger:
    """Write a year that ends at a moment into a database that has its tables and nothing in them."""
    chance = random.Random(seed)
    streets = tuple(cameras(min(CAMERAS, max(64, rows // ALARMS_A_CAMERA))))
    matters = [item for path in sorted(locate("categories").glob("*.csv")) for item in read_categories(path)]
    chance.shuffle(matters)
    community = Scope(frozenset({streets[len(streets) // 2].place.grid_cell[:12]}))
    local = replace(CHIEF, account_id=AccountId("bench-2"), display_name="王磊", role=Role.OPERATOR, scope=community)
    _directory(SqlUnitsOfWork(database), streets, matters, (CHIEF, local), chance)
    year = Year(rows, ends_at, streets, matters, chance)
    written: dict[str, int] = {}
    for turns in _batches(enumerate(_moments(rows, ends_at, chance)), A_BATCH):
        batch: dict[Any, list[dict[str, Any]]] = {}
        for number, at in turns:
            for table, row in year.turn(number, at):
                batch.setdefault(table, []).append(row)
        with database.writing() as connection:
            if database.is_sqlite:
                connection.exec_driver_sql(_CACHE)
            for table, found in batch.items():
                connection.execute(table.insert(), found)
                written[table.name] = written.get(table.name, 0) + len(found)
            connection.commit()
    with database.writing() as connection:
        days = [{"day": day, "last_taken": taken} for day, taken in year.taken.items()]
        connection.execute(day_sequences.insert(), days)
        connection.commit()
    return Ledger(
        streets=streets,
        matters=tuple(matters),
        local=local,
        waiting=tuple(year.waiting),
        some_cases=tuple(sorted(year.some_cases)),
        written=written,
    )


def _directory(
    units: SqlUnitsOfWork,
    streets: Iterable[Camera],
    matters: Iterable[Category],
    people: Iterable[Actor],
    chance: random.Random,
) -> None:
    """Write who acts where."""
    areas: set[str] = set()
    for batch in _batches(streets, 5000):
        areas.update(camera.place.grid_cell[:9] for camera in batch)
        with units.read() as unit:
            unit.directory.read_names([camera.name for camera in batch])
        with units.write() as unit:
            unit.directory.put_cameras(batch)
            unit.commit()
    with units.write() as unit:
        for actor in people:
            unit.accounts.add(
                Account(
                    account_id=actor.account_id,
                    sign_in_name=actor.account_id,
                    display_name=actor.display_name,
                    role=actor.role,
                    password_hash="",
                    scope=actor.scope,
                )
            )
        for matter in matters:
            unit.directory.put_category(matter)
        for number in range(UNITS):
            unit.directory.put_unit(
                Unit(
                    unit_id=UnitId(f"unit-{number}"), zh=f"第{number + 1}处置单位", en=f"Unit {number + 1}", address=""
                )
            )
        unit.directory.put_routing(_routing(sorted(areas), chance))
        unit.directory.put_calendar(WorkingCalendar(zone=ZONE, hours=((time(8), time(12)), (time(14), time(18)))))
        unit.commit()


def _routing(areas: Iterable[str], chance: random.Random) -> list[RoutingRow]:
    """Return a table in which every matter of every place has somebody, with finer lines for classes and streets."""
    lines = [("", "")]
    lines += [(f"{major:02}", "") for major in range(1, 11)]
    lines += [(f"{chance.randrange(1, 11):02}", area) for area in areas for _ in range(2)]
    return [
        RoutingRow(
            row=number,
            unit_id=UnitId(f"unit-{chance.randrange(UNITS)}"),
            category_prefix=category,
            grid_prefix=area,
        )
        for number, (category, area) in enumerate(lines, 1)
    ]


def _moments(rows: int, ends_at: datetime, chance: random.Random) -> Iterator[datetime]:
    """Give the moments of a year in order, by the rhythm of its weeks and days."""
    begins = [ends_at - YEAR + timedelta(days=day) for day in range(YEAR.days)]
    weights = [chance.uniform(0.8, 1.2) * (_WEEKEND if day.weekday() >= 5 else 1.0) for day in begins]
    whole, passed, given = sum(weights), 0.0, 0
    for begin, weight in zip(begins, weights, strict=True):
        passed += weight
        wanted = round(rows * passed / whole) - given
        given += wanted
        first = begin.astimezone(ZONE).hour
        hours = chance.choices(range(24), _BY_HOUR, k=wanted)
        seconds = sorted((((hour - first) % 24) + chance.random()) * 3600 for hour in hours)
        for second in seconds:
            yield begin + timedelta(seconds=second)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
