"""The jobs of a station, and their rhythm."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from console.application.case_clocks import WARNINGS_AT_ONCE, CaseClocks
from console.application.learning import LearningNotes
from console.application.ports import Clock, Queries
from console.application.ptz_desk import PtzDesk
from console.application.upkeep import Upkeep
from console.domain.ptz import DueTour
from console.infrastructure.jobs import Job, Turn
from console.infrastructure.watch.storage import StorageWatch

# Room that is short wakes it at once; age and quotas have time.
FREE_EVERY = timedelta(minutes=1)
RELEASE_EVERY = timedelta(hours=1)
# Judgement: a lamp that turns red a quarter of a minute late is on time for limits of hours.
DEADLINES_EVERY = timedelta(seconds=15)
# Judgement: a round begins and ends by a calendar of minutes.
TOURS_EVERY = timedelta(seconds=5)
# Judgement: the fifth of the shortest limits that a warning leaves is minutes.
WARN_EVERY = timedelta(seconds=15)


# Judgement: a lesson is not missed for a quarter of a minute, and starting what learns takes seconds of a core.
LEARN_EVERY = timedelta(seconds=15)
# Judgement: while no lesson judges alarms nobody waits for what learns, and each start of it is seconds of a core.
LEARN_PATIENCE = timedelta(minutes=10)


def retention_of(station: str) -> str:
    """Return the name of the job that frees this station's disk: others have disks of their own."""
    return f"retention of {station}"


def jobs_of(
    station: str,
    storage: StorageWatch,
    upkeep: Upkeep,
    queries: Queries,
    tell: Callable[[str, tuple[str, ...]], None],
    clock: Clock,
    ptz: PtzDesk,
    take_tours: Callable[[Sequence[DueTour]], None],
) -> list[Job]:
    """Return what a station does by itself.

    Args:
        station: its name among those of one database.
        tell: tells this station's seats that rows of a topic changed.
        take_tours: hears which cameras go their round now.
    """

    def deadlines(turn: Turn) -> bool:
        """Have the seats look again at cases whose time is over: nobody touched them, and their lamp turns."""
        now = clock.now()
        overdue = queries.overdue_since(turn.last_began_at or now - DEADLINES_EVERY, now)
        if overdue:
            tell("cases", tuple(overdue))
        return False

    def release(_turn: Turn) -> bool:
        return upkeep.release_closed()

    def forget(_turn: Turn) -> bool:
        return upkeep.forget_stays()

    def tours(_turn: Turn) -> bool:
        """Say which cameras go their round by the calendar; which station turns one, its lease says."""
        take_tours(ptz.tours_due())
        return False

    return [
        Job(name=f"ptz tours at {station}", every=TOURS_EVERY, act=tours),
        Job(name=retention_of(station), every=FREE_EVERY, act=storage.free),
        Job(name=f"deadlines at {station}", every=DEADLINES_EVERY, act=deadlines),
        Job(name="locks of closed cases", every=RELEASE_EVERY, act=release),
        Job(name="old stays in bays", every=RELEASE_EVERY, act=forget),
    ]


def warnings_of(clocks: CaseClocks, tell: Callable[[str, tuple[str, ...]], None]) -> Job:
    """Return the job that warns of deadlines, whether or not a seat is open: one for all stations of a database."""

    def warn(_turn: Turn) -> bool:
        warned = tuple(clocks.warn())
        if warned:
            tell("cases", warned)
        return len(warned) >= WARNINGS_AT_ONCE

    return Job(name="warnings of deadlines", every=WARN_EVERY, act=warn)


def learning_of(station: str, notes: LearningNotes, learn: Callable[[], None]) -> Job:
    """Return the job that learns from verdicts.

    Args:
        learn: starts what learns and waits for its end; called only when there is something new, and before the first
            lesson only once that has waited ``LEARN_PATIENCE``.
    """
    waits_since: datetime | None = None

    def act(turn: Turn) -> bool:
        nonlocal waits_since
        if not notes.has_news():
            waits_since = None
            return False
        waits_since = waits_since or turn.began_at
        if notes.judges() or turn.began_at - waits_since >= LEARN_PATIENCE:
            waits_since = None
            learn()
        return False

    return Job(name=f"learning at {station}", every=LEARN_EVERY, act=act)
