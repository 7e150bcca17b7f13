"""What the engine's errors mean to a desk: the world failed, someone was first, or a bug of ours."""

from datetime import datetime

from sqlalchemy.engine import ExceptionContext

from console.application.errors import Stale, Unavailable
from console.application.ports import Clock
from console.words import N_

# Names of sqlite3's result codes (their extended codes begin alike) that are the world's fault.
# SQLITE_ERROR, SQLITE_MISUSE and the rest are ours.
_SQLITE_WORLD = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
    "SQLITE_PROTOCOL",
    "SQLITE_PERM",
    "SQLITE_NOMEM",
)
_SQLITE_FULL = "SQLITE_FULL"
_SQLITE_TAKEN = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
# PostgreSQL: classes of SQLSTATE. 08 connection, 53 resources, 57 operator intervention (time-out, shutdown),
# 58 system error, 55 object not in the state (lock time-out).
_PG_WORLD = ("08", "53", "55", "57", "58")
_PG_FULL = "53100"
_PG_TAKEN = "23505"
_PG_COLLIDED = ("40001", "40P01")
_FULL = N_("The disk of the records is full: nothing was written. It goes on when there is room.")
_TAKEN = N_("Somebody was first: this is written down already.")


class Outage:
    """Since when the database is away. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: datetime | None = None
        self._noted_s: float | None = None

    def ended(self) -> None:
        """Somebody could read."""
        self._since = None

    def ended_for_writers(self) -> None:
        self._since = self._noted_s = None

    def was_noted_within(self, seconds: float) -> bool:
        """Tell whether it was away so short a time ago that asking again would only cost the same wait."""
        return self._noted_s is not None and self._clock.monotonic_s() - self._noted_s < seconds

    def again(self) -> Unavailable:
        """Return what to raise without having asked."""
        return self._told(self._since or self._clock.now())

    def noted(self) -> Unavailable:
        """Return what to raise; the moment in it is the first failure's, in this machine's local time."""
        self._noted_s = self._clock.monotonic_s()
        if self._since is None:
            self._since = self._clock.now()
        return self._told(self._since)

    def _told(self, since: datetime) -> Unavailable:
        return Unavailable("The database cannot be reached since {at}.", at=f"{since.astimezone():%H:%M:%S}")


def meaning(context: ExceptionContext, outage: Outage) -> Exception | None:
    """Return what to raise instead of a driver's error, or ``None`` to let it pass.

    What passes is a bug of ours, or the pool finding out that a connection is dead: it makes a new one.
    """
    cause = context.original_exception
    if context.is_pre_ping or not isinstance(cause, Exception):
        return None
    sqlite_name: str | None = getattr(cause, "sqlite_errorname", None)
    if sqlite_name is not None:
        return _meaning_of_sqlite(sqlite_name, outage)
    state: str | None = getattr(cause, "sqlstate", None)
    if state == _PG_TAKEN:
        return Stale(_TAKEN)
    if state == _PG_FULL:
        return Unavailable(_FULL)
    if state in _PG_COLLIDED:
        return Stale("Somebody else was writing at the same moment. Try again.")
    is_world = state is not None and state.startswith(_PG_WORLD)
    # A connection that never came about has no SQLSTATE.
    is_connecting = context.connection is None and context.sqlalchemy_exception is not None
    return outage.noted() if is_world or is_connecting or context.is_disconnect else None


def _meaning_of_sqlite(name: str, outage: Outage) -> Exception | None:
    if name.startswith(_SQLITE_TAKEN):
        return Stale(_TAKEN)
    if name.startswith(_SQLITE_FULL):
        return Unavailable(_FULL)
    return outage.noted() if name.startswith(_SQLITE_WORLD) else None
