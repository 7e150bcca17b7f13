"""Whose turn a job is: one row a name, leased by whoever updates it first."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, text, update

from console.domain.jobs import JobTurn
from console.infrastructure.database.repositories.rows import one
from console.infrastructure.database.retention_tables import jobs
from console.infrastructure.database.types import UtcTime

_KNOW = text(
    "INSERT INTO jobs (name, owner, next_at, runs, failures, failure) VALUES (:name, '', :now, 0, 0, '')"
    " ON CONFLICT (name) DO NOTHING"
).bindparams(bindparam("now", type_=UtcTime()))


class SqlJobs:
    """Keeps the promises of ``ports.Jobs``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, name: str, owner: str, now: datetime, lease_until: datetime, *, is_wanted: bool) -> JobTurn | None:
        self._connection.execute(_KNOW, {"name": name, "now": now})
        # The owner may take its own lease again: a station that comes back after its death is the only one of its
        # folder, so whatever it held is nobody's.
        is_free = or_(jobs.c.leased_until.is_(None), jobs.c.leased_until <= now, jobs.c.owner == owner)
        statement = update(jobs).where(jobs.c.name == name, is_free)
        if not is_wanted:
            statement = statement.where(jobs.c.next_at <= now)
        row = self._connection.execute(
            statement.values(owner=owner, leased_until=lease_until).returning(jobs.c.began_at, jobs.c.failures)
        ).first()
        if row is None:
            return None
        return JobTurn(name=name, last_began_at=row.began_at, failures=row.failures)

    def renew(self, name: str, owner: str, now: datetime, lease_until: datetime) -> bool:
        changed = self._connection.execute(
            update(jobs)
            .where(jobs.c.name == name, jobs.c.owner == owner, jobs.c.leased_until > now)
            .values(leased_until=lease_until)
        )
        return changed.rowcount == 1

    def finish(
        self, name: str, owner: str, began_at: datetime, ended_at: datetime, next_at: datetime, failure: str
    ) -> None:
        values: dict[str, object] = {"leased_until": None, "ended_at": ended_at, "next_at": next_at, "failure": failure}
        if failure:
            values["failures"] = jobs.c.failures + 1
        else:
            values |= {"began_at": began_at, "failures": 0, "runs": jobs.c.runs + 1}
        self._connection.execute(update(jobs).where(jobs.c.name == name, jobs.c.owner == owner).values(**values))

    def next_at(self, name: str) -> datetime | None:
        row = one(self._connection, select(jobs.c.next_at).where(jobs.c.name == name))
        return None if row is None else row["next_at"]
