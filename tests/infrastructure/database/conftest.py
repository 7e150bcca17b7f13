"""The same tests on both engines: SQLite always, PostgreSQL where it is installed (marker ``peer``)."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import Database, open_database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from tests.peers.database.postgresql_server import PostgresqlMissing, PostgresqlServer

OpenDatabase = Callable[[], Database]


class Server(Protocol):
    def empty_address(self) -> str:
        """Return the address of a new database without tables."""
        ...

    def ready_address(self) -> str:
        """Return the address of a new database with its tables."""
        ...


class SqliteFolder:
    """SQLite needs no server; a new database is a new file."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory

    def empty_address(self) -> str:
        folder: Path = self._factory.mktemp("sqlite")
        return f"sqlite:///{folder / 'citydesk.db'}"

    def ready_address(self) -> str:
        return upgraded(self.empty_address())


class Postgresql:
    """New databases are copies of one that was upgraded once."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._pattern = upgraded(server.new_address())

    def empty_address(self) -> str:
        return self._server.new_address()

    def ready_address(self) -> str:
        return self._server.new_address(like=self._pattern)


def upgraded(address: str) -> str:
    database = open_database(address, SystemClock())
    upgrade(database)
    database.close()
    return address


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.peer)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if request.param == "sqlite":
        yield SqliteFolder(tmp_path_factory)
        return
    try:
        postgresql = PostgresqlServer()
    except PostgresqlMissing as missing:
        pytest.skip(f"no PostgreSQL on this machine: {missing}")
    try:
        postgresql.start()
        yield Postgresql(postgresql)
    finally:
        postgresql.stop()


@pytest.fixture
def address(server: Server) -> str:
    """Return the address of a database with its tables and nothing in them."""
    return server.ready_address()


@pytest.fixture
def open_it(address: str) -> Iterator[OpenDatabase]:
    """Return a function that opens the same database once more, as another process would."""
    with ExitStack() as opened:

        def open_once_more() -> Database:
            database = open_database(address, SystemClock())
            opened.callback(database.close)
            return database

        yield open_once_more


@pytest.fixture
def database(open_it: OpenDatabase) -> Database:
    return open_it()


@pytest.fixture
def units(database: Database) -> SqlUnitsOfWork:
    return SqlUnitsOfWork(database)


@pytest.fixture
def queries(database: Database) -> SqlQueries:
    return SqlQueries(database)
