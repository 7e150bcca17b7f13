"""The bench of the desk on PostgreSQL: it makes databases of its own beside the named one, and takes them away."""

import json

import psycopg
import pytest

from console.bench.desk import main
from tests.peers.database.postgresql_server import PostgresqlServer


@pytest.mark.peer
def test_the_desk_is_measured_on_a_named_server_and_nothing_of_it_stays(
    postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    address = postgresql.new_address()

    assert main(["--json", "--rows", "1000", "--only", "postgresql", "--once", "--database", address]) == 0

    one = json.loads(capsys.readouterr().out)["engines"]["postgresql"]
    assert one["twin_ends_alike"]
    assert one["written"]["alarms"] == one["written"]["cases"] == 1000
    assert all(figures["vs_sql"] > 0 for figures in one["acts"].values())
    with psycopg.connect(address) as connection:
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
    assert not [name for name in names if name.startswith("bench_")]
