"""A PostgreSQL of its own for a story."""

from collections.abc import Iterator

import pytest

from tests.peers.database.postgresql_server import PostgresqlMissing, PostgresqlServer


@pytest.fixture
def postgresql() -> Iterator[PostgresqlServer]:
    try:
        server = PostgresqlServer()
    except PostgresqlMissing as missing:
        pytest.skip(f"no PostgreSQL on this machine: {missing}")
    try:
        server.start()
        yield server
    finally:
        server.stop()
