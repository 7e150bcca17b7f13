"""A PostgreSQL of its own for a story."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.peers.database.postgresql_server import PostgresqlMissing, PostgresqlServer


@contextmanager
def a_postgresql() -> Iterator[PostgresqlServer]:
    """Run a server; without one on this machine the test is skipped."""
    try:
        server = PostgresqlServer()
    except PostgresqlMissing as missing:
        pytest.skip(f"no PostgreSQL on this machine: {missing}")
    try:
        server.start()
        yield server
    finally:
        server.stop()
