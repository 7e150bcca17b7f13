"""When the database is away a desk is told so, with the hour and without the password."""

import re
import socket
import traceback
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.application.errors import Unavailable
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import Database, address_of, open_database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from tests.infrastructure.database.builders import NOW, minutes
from tests.infrastructure.database.test_claiming import at_once


class StandingClock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.shows = NOW

    def now(self) -> datetime:
        return self.shows

    def monotonic_s(self) -> float:
        return 0.0


def said_at(moment: datetime) -> str:
    return f"The database cannot be reached since {moment.astimezone():%H:%M:%S}."


def test_an_outage_is_told_with_the_hour_it_began_until_it_ends(tmp_path: Path) -> None:
    clock, folder = StandingClock(), tmp_path / "not there yet"
    database = open_database(f"sqlite:///{folder / 'citydesk.db'}", clock)
    units = SqlUnitsOfWork(database)
    for clock.shows in (NOW, NOW + minutes(7)):
        with pytest.raises(Unavailable) as told, units.read():
            pass
        assert str(told.value) == said_at(NOW)
    folder.mkdir()
    upgrade(database)
    with units.read():
        pass
    database.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    clock.shows = NOW + minutes(9)
    with pytest.raises(Unavailable, match=re.escape(said_at(NOW + minutes(9)))), units.write():
        pass
    database.close()


def test_whoever_waits_too_long_for_the_other_writer_is_told(units: SqlUnitsOfWork, address: str) -> None:
    impatient = open_database(address, SystemClock(), wait_for_lock_s=0.05)
    with units.write() as first:
        first.inbox.take("traffic", "answer", NOW)
        with pytest.raises(Unavailable), SqlUnitsOfWork(impatient).write() as second:
            second.inbox.take("traffic", "answer", NOW)
        with SqlUnitsOfWork(impatient).read() as reader:  # reading goes on
            assert list(reader.audit.lines(0, 1)) == []
        first.commit()
    with SqlUnitsOfWork(impatient).write() as second:
        assert not second.inbox.take("traffic", "answer", NOW)
    impatient.close()


def test_a_password_in_the_address_stands_in_no_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers there
        port = taken.getsockname()[1]
        database = open_database(f"postgresql://desk:s3cret-word@127.0.0.1:{port}/citydesk", SystemClock())
        with pytest.raises(Unavailable) as told, SqlUnitsOfWork(database).write():
            pass
        with pytest.raises(Unavailable):
            SqlQueries(database).backlog()
        database.close()
    assert "s3cret-word" not in "".join(traceback.format_exception(told.value))
    assert "s3cret-word" not in repr(database.engine)


@pytest.mark.parametrize(
    "address",
    [
        "mysql://desk:s3cret-word@host/x",
        "s3cret-word",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://s3cret-word@:x",
    ],
)
def test_an_address_of_nothing_we_know_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Unavailable) as told:
        open_database(address, SystemClock())
    assert "s3cret-word" not in "".join(traceback.format_exception(told.value))


def test_a_file_that_is_no_database_is_an_outage(tmp_path: Path) -> None:
    file = tmp_path / "citydesk.db"
    file.write_bytes(b"this is a letter to the mayor" * 100)
    database = open_database(f"sqlite:///{file}", SystemClock())
    with pytest.raises(Unavailable):
        upgrade(database)
    database.close()


def test_a_mistake_of_ours_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))


def test_the_address_is_the_environments_or_a_file_in_the_data_folder(tmp_path: Path) -> None:
    assert address_of({}, tmp_path) == f"sqlite:///{tmp_path / 'citydesk.db'}"
    named = {"CITYDESK_DATABASE_URL": "postgresql://desk@host/citydesk"}
    assert address_of(named, tmp_path) == "postgresql://desk@host/citydesk"


def test_a_new_file_opened_by_many_at_once_is_no_outage(tmp_path: Path) -> None:
    """SQLite answers "busy" at once, without waiting, to all but one of those that turn a new file to WAL."""

    def begin(folder: Path, _number: int) -> None:
        database = open_database(f"sqlite:///{folder / 'citydesk.db'}", SystemClock())
        with database.writing() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        database.close()

    for number in range(150):
        folder = tmp_path / str(number)
        folder.mkdir()
        at_once(partial(begin, folder))


def test_nobody_waits_twice_for_a_lock_that_was_not_free_a_moment_ago(units: SqlUnitsOfWork, address: str) -> None:
    clock = HandClock()
    resting = open_database(address, clock, wait_for_lock_s=0.05, rest_s=2.0)
    with units.write() as first:
        first.inbox.take("traffic", "answer", NOW)
        with pytest.raises(Unavailable), SqlUnitsOfWork(resting).write() as second:
            second.inbox.take("traffic", "answer", NOW)
        first.commit()
    with pytest.raises(Unavailable), SqlUnitsOfWork(resting).write():
        pass  # free again, but nobody has asked
    with SqlUnitsOfWork(resting).read() as reader:
        assert list(reader.audit.lines(0, 1)) == []
    clock.ahead_s = 2.1
    with SqlUnitsOfWork(resting).write() as second:
        assert not second.inbox.take("traffic", "answer", NOW)
    resting.close()


class HandClock(SystemClock):
    """The system's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s
