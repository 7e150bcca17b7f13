"""The private PostgreSQL of the benches, as tests want it."""

from console.bench.own_postgresql import OwnPostgresql
from console.bench.own_postgresql import PostgresqlMissing as PostgresqlMissing

OPTIONS = {
    # Its workers would come and go during a test that counts processes.
    "autovacuum": "off",
    "max_parallel_workers": 0,
    # We kill processes, not machines: what the kernel holds survives them.
    "fsync": "off",
}


class PostgresqlServer(OwnPostgresql):
    """A server that these tests may kill."""

    def __init__(self) -> None:
        super().__init__(OPTIONS)
