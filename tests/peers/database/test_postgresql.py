"""Against a real PostgreSQL that is killed, comes back, and makes two writers wait for each other."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from console.application.errors import Stale, Unavailable
from console.domain.audit import first_break
from console.domain.ids import AlarmId
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW
from tests.peers.database.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.peer


@pytest.fixture
def units(postgresql: PostgresqlServer) -> Iterator[SqlUnitsOfWork]:
    database = open_database(postgresql.new_address(), SystemClock())
    upgrade(database)
    yield SqlUnitsOfWork(database)
    database.close()


def test_a_killed_server_is_an_outage_and_when_it_is_back_nothing_committed_is_lost(
    postgresql: PostgresqlServer,
) -> None:
    database = open_database(postgresql.new_address(), SystemClock())
    upgrade(database)
    units, queries = SqlUnitsOfWork(database), SqlQueries(database)
    for number in range(20):
        with units.write() as unit:
            unit.alarms.add(builders.alarm(f"alarm-{number:02}"))
            unit.audit.append(builders.facts(subject=f"alarm-{number:02}"))
            unit.commit()
    with units.write() as unit:
        unit.alarms.add(builders.alarm("never committed"))
        postgresql.kill()
        with pytest.raises(Unavailable):
            unit.commit()
    with pytest.raises(Unavailable):
        queries.alarm_queue(NOW, 100)
    with pytest.raises(Unavailable), units.read() as unit:
        unit.audit.lines(0, 1)

    postgresql.start()

    assert len(queries.alarm_queue(NOW, 100)) == 20
    with units.write() as unit:
        unit.audit.append(builders.facts(subject="after"))
        unit.commit()
    with units.read() as unit:
        lines = unit.audit.lines(0, 100)
    assert [line.facts.subject for line in lines] == [
        *(f"alarm-{number:02}" for number in range(20)),
        "after",
    ]
    assert first_break(lines) is None
    database.close()


def test_a_restart_between_two_units_is_not_noticed(postgresql: PostgresqlServer, units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.commit()
    postgresql.kill()
    postgresql.start()
    with units.read() as unit:
        assert unit.alarms.get(AlarmId("alarm-1")) == builders.alarm()


def test_an_address_keeps_the_options_it_brings(postgresql: PostgresqlServer) -> None:
    address = postgresql.new_address()
    with ExitStack() as opened:

        def asked(address: str, setting: str) -> str:
            database = open_database(address, SystemClock())
            opened.callback(database.close)
            with database.writing() as connection:
                return str(connection.exec_driver_sql(f"SHOW {setting}").scalar_one())

        own = f"{address}?options=-csearch_path%3Dstory"
        assert asked(own, "search_path") == "story"
        assert asked(own, "lock_timeout") == asked(address, "lock_timeout") == "5s"


def test_two_writers_that_wait_for_each_other_are_parted_one_is_told_to_look_again(
    units: SqlUnitsOfWork,
) -> None:
    names = ("alarm-1", "alarm-2")
    with units.write() as unit:
        for name in names:
            unit.alarms.add(builders.alarm(name))
        unit.commit()
    each_has_one = threading.Barrier(2)

    def seat(first: str, second: str) -> bool:
        try:
            with units.write() as unit:
                own, other = unit.alarms.get(AlarmId(first)), unit.alarms.get(AlarmId(second))
                unit.alarms.save(own)
                each_has_one.wait()
                unit.alarms.save(other)
                unit.commit()
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        went = list(pool.map(seat, names, reversed(names)))
    assert sorted(went) == [False, True]
    with units.read() as unit:
        assert [unit.alarms.get(AlarmId(name)).version for name in names] == [1, 1]
