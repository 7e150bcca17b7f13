"""The database: SQLite in a file by default, PostgreSQL by address; both keep the same promises."""

import functools
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.infrastructure.database.failures import Outage, meaning

URL_VARIABLE = "CITYDESK_DATABASE_URL"
FILE_NAME = "citydesk.db"
WAIT_FOR_LOCK_S = 5.0  # judgement: a writing unit takes milliseconds; who waits longer should be told
CONNECT_TIMEOUT_S = 3
STATEMENT_TIMEOUT_S = 30  # judgement: the longest report takes 5 s
IDLE_IN_TRANSACTION_S = 60
POOL_SIZE = 5
TURN_AGAIN_S = 0.01
_READING = "citydesk_reading"
_READ_ONLY = {"postgresql_readonly": True}


def address_of(environment: Mapping[str, str], folder: Path) -> str:
    """Return the address of the database: what the environment names, else a file in the data folder."""
    named = environment.get(URL_VARIABLE, "")
    return named or f"sqlite:///{folder / FILE_NAME}"


class Database:
    """An engine and its health. Safe from any thread; close it before the process ends."""

    def __init__(self, engine: Engine, outage: Outage, rest_s: float = 0.0) -> None:
        self.engine = engine
        self._outage = outage
        self._rest_s = rest_s
        # A page is several statements: on PostgreSQL too they must see one moment, as they do in SQLite's WAL.
        reading = {_READING: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", **_READ_ONLY}
        self._reader = engine.execution_options(**reading)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database, writes nothing and blocks nobody.

        Raises:
            Unavailable: the database is away.
        """
        with self._connected(self._reader) as connection, connection.begin():
            self._outage.ended()
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that holds SQLite's write lock; rolled back unless committed.

        Raises:
            Unavailable: the database is away, or its lock was not free in time.
        """
        if self._outage.was_noted_within(self._rest_s):
            raise self._outage.again()
        with self._connected(self.engine) as connection:
            connection.begin()
            self._outage.ended_for_writers()
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        try:
            connection = engine.connect()
        except NoFreeConnection as cause:
            raise self._outage.noted() from cause
        with connection:
            yield connection


def open_database(
    address: str, clock: Clock, *, wait_for_lock_s: float = WAIT_FOR_LOCK_S, rest_s: float = 0.0
) -> Database:
    """Return the database at an address (``sqlite:///…`` or ``postgresql://…``). Connects at first use.

    Args:
        wait_for_lock_s: how long a unit waits for another's lock before it is told ``Unavailable``.
        rest_s: for so long after a failure every writer is told at once, and does not wait for the next.

    Raises:
        Unavailable: the address names no database that Citydesk knows.
    """
    url = _understood(address)
    make = _sqlite if url.get_backend_name() == "sqlite" else _postgresql
    engine = make(url, wait_for_lock_s)
    outage = Outage(clock)

    @event.listens_for(engine, "handle_error", retval=True)
    def translate(context: ExceptionContext) -> BaseException | None:
        return meaning(context, outage)

    return Database(engine, outage, rest_s)


def _understood(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # Without the cause: it may quote an address with a password in it.
        raise Unavailable("The address of the database cannot be understood. See CITYDESK_DATABASE_URL.") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise Unavailable("Citydesk keeps its records in SQLite or PostgreSQL; {name} is neither.", name=url.drivername)


_dumps = functools.partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def _sqlite(url: URL, wait_for_lock_s: float) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=_dumps,
        pool_size=POOL_SIZE,
        max_overflow=-1,
        connect_args={"timeout": wait_for_lock_s, "isolation_level": None},
    )

    def turn_to_wal(cursor: Any) -> None:
        # Where several open a new file at once SQLite says "busy" to all but one without waiting (seen in 1 of 30
        # such starts, SQLite 3.40): so we wait.
        deadline_s = time.monotonic() + wait_for_lock_s
        while True:
            try:
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    cursor.execute("PRAGMA journal_mode = WAL")
                return
            except engine.dialect.loaded_dbapi.OperationalError as cause:
                is_busy = getattr(cause, "sqlite_errorname", "") == "SQLITE_BUSY"
                if not is_busy or time.monotonic() > deadline_s:
                    raise
            time.sleep(TURN_AGAIN_S)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # isolation_level None: the driver begins nothing by itself; `begin` below says how.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA recursive_triggers = ON")  # INSERT OR REPLACE meets the triggers that refuse DELETE
        turn_to_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns to writing fails at once, whatever the time-out: a writer says so first.
        is_reading = connection.get_execution_options().get(_READING, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {int(is_reading)}")
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, wait_for_lock_s: float) -> Engine:
    limits = {
        "lock_timeout": wait_for_lock_s,
        "statement_timeout": STATEMENT_TIMEOUT_S,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_S,
    }
    # The address may bring options of its own, for example a search_path; connect_args would replace them.
    brought = url.query.get("options", ())
    options = [brought] if isinstance(brought, str) else [*brought]
    options += [f"-c {name}={int(amount_s * 1000)}" for name, amount_s in limits.items()]
    return create_engine(
        url,
        hide_parameters=True,
        json_serializer=_dumps,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=wait_for_lock_s,
        # After a restart of the server the pool's connections are dead; one round trip finds out before a desk does.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "citydesk",
            "options": " ".join(options),
            "tcp_user_timeout": STATEMENT_TIMEOUT_S * 1000,
        },
    )
