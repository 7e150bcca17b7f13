"""A schema or database of its own in somebody's PostgreSQL: a story or bench run twice finds nothing of the first."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from console.infrastructure.database.engine import Database


@contextmanager
def scratch_schema(address: str) -> Iterator[str]:
    """Give the address of a new, empty schema; it is dropped afterwards. An empty or SQLite address is given back.

    The address carries the password it came with: give it to children by their environment only.
    """
    if not address.startswith("postgres"):
        yield address
        return
    url = make_url(address).set(drivername="postgresql+psycopg")
    name = f"story_{secrets.token_hex(6)}"
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f'CREATE SCHEMA "{name}"'))
        own = url.update_query_dict({"options": f"-csearch_path={name}"})
        try:
            yield own.render_as_string(hide_password=False)
        finally:
            with engine.begin() as connection:
                connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    finally:
        engine.dispose()


@contextmanager
def scratch_database(address: str, like: str = "") -> Iterator[str]:
    """Give the address of a new database beside the one of an address: empty, or a copy of ``like`` (an address).

    Nobody may be connected to what is copied. It is dropped afterwards, whoever still is connected to it. The role
    needs CREATEDB.
    """
    url = make_url(address).set(drivername="postgresql+psycopg")
    name = f"bench_{secrets.token_hex(6)}"
    pattern = f' TEMPLATE "{make_url(like).database}"' if like else ""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"{pattern}'))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()


def survey(database: Database) -> None:
    """Let PostgreSQL learn what its tables hold, as its own housekeeping would in time. SQLite keeps no such notes."""
    if database.is_sqlite:
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.invalidate()  # so patient a connection is nobody else's
