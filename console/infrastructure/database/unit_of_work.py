"""Units of work: one transaction, all repositories."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from console.infrastructure.database.audit import SqlAudit
from console.infrastructure.database.engine import Database
from console.infrastructure.database.repositories.alarms import SqlAlarms
from console.infrastructure.database.repositories.bays import SqlBays
from console.infrastructure.database.repositories.case_warnings import SqlCaseWarnings
from console.infrastructure.database.repositories.cases import SqlCases
from console.infrastructure.database.repositories.directory import SqlDirectory
from console.infrastructure.database.repositories.evidence import SqlEvidence
from console.infrastructure.database.repositories.holdings import SqlHoldings
from console.infrastructure.database.repositories.jobs import SqlJobs
from console.infrastructure.database.repositories.locks import SqlLocks
from console.infrastructure.database.repositories.orders import SqlInbox, SqlOrders
from console.infrastructure.database.repositories.people import SqlAccounts, SqlShifts
from console.infrastructure.database.repositories.place_codes import SqlPlaceCodes
from console.infrastructure.database.repositories.ptz import SqlPtz
from console.infrastructure.database.repositories.rechecks import SqlRechecks
from console.infrastructure.database.repositories.recordings import SqlRecordings
from console.infrastructure.database.repositories.reports import SqlReports
from console.infrastructure.database.repositories.screens import SqlScreens
from console.infrastructure.database.repositories.sensors import SqlSensors
from console.infrastructure.database.repositories.shared import SqlShared
from console.infrastructure.database.repositories.sight import SqlSight
from console.infrastructure.database.repositories.talks import SqlTalks
from console.infrastructure.database.repositories.verifiers import SqlVerifiers
from console.infrastructure.database.repositories.wall_book import SqlWallBook
from console.infrastructure.database.repositories.watching import SqlWatching


class SqlUnitOfWork:
    """One transaction; see ``ports.UnitOfWork``. Belongs to the thread that began it.

    After ``commit`` it is over: a further statement is a bug and raises.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.alarms = SqlAlarms(connection)
        self.cases = SqlCases(connection)
        self.evidence = SqlEvidence(connection)
        self.recordings = SqlRecordings(connection)
        self.orders = SqlOrders(connection)
        self.inbox = SqlInbox(connection)
        self.rechecks = SqlRechecks(connection)
        self.talks = SqlTalks(connection)
        self.accounts = SqlAccounts(connection)
        self.shifts = SqlShifts(connection)
        self.directory = SqlDirectory(connection)
        self.audit = SqlAudit(connection)
        self.watching = SqlWatching(connection)
        self.locks = SqlLocks(connection)
        self.holdings = SqlHoldings(connection)
        self.jobs = SqlJobs(connection)
        self.screens = SqlScreens(connection)
        self.ptz = SqlPtz(connection)
        self.shared = SqlShared(connection)
        self.wall_book = SqlWallBook(connection)
        self.sight = SqlSight(connection)
        self.bays = SqlBays(connection)
        self.reports = SqlReports(connection)
        self.place_codes = SqlPlaceCodes(connection)
        self.verifiers = SqlVerifiers(connection)
        self.sensors = SqlSensors(connection)
        self.case_warnings = SqlCaseWarnings(connection)

    def commit(self) -> None:
        try:
            self._connection.commit()
        except BaseException:
            # SQLite leaves the transaction open when its COMMIT fails, and SQLAlchemy believes it over: such a
            # connection must not go back to the pool.
            self._connection.invalidate()
            raise
        self._connection.close()


class SqlUnitsOfWork:
    """Begins units of work on a database. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        with self._database.writing() as connection:
            yield SqlUnitOfWork(connection)

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        with self._database.reading() as connection:
            yield SqlUnitOfWork(connection)
