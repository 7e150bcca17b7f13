"""What the station does by itself: when it is due again, after success and after failure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_RETRY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTurn:
    """A job that is ours now.

    Attributes:
        last_began_at: the beginning of the last turn that ended well, whoever had it; ``None`` at the first.
        failures: turns that failed since.
    """

    name: str
    last_began_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How a job fares, for the health page. ``failure`` is empty while it does what it should."""

    name: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    failure: str = ""


def next_after(ended_at: datetime, every: timedelta, failures: int) -> datetime:
    """Return when a job is due again: by its rhythm, or after a failure in 5, 10, 20 … s, never later than that."""
    if failures == 0:
        return ended_at + every
    wait: timedelta = FIRST_RETRY * 2 ** min(failures - 1, 16)
    return ended_at + min(every, wait)
