"""What the station does by itself: named jobs in a rhythm, each under a lease, tried again after a failure.

A job of the whole site is leased in the database, so that two stations on one PostgreSQL never run it at once; a job
of this machine (its disk, its seats) has its machine in its name and is leased the same way.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.application.errors import Stale, Unavailable
from console.application.ports import Clock, UnitsOfWork
from console.domain.jobs import JobState, JobTurn, next_after

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
# Judgement: far longer than a batch of any job; a station that dies inside one is missed for so long at most.
LEASE = timedelta(minutes=2)


class Turn:
    """One run of a job. Belongs to the thread of the runner."""

    def __init__(self, taken: JobTurn, owner: str, units: UnitsOfWork, clock: Clock) -> None:
        self.last_began_at = taken.last_began_at
        self.failures = taken.failures
        self.began_at = clock.now()
        self._name = taken.name
        self._owner = owner
        self._units = units
        self._clock = clock

    def renew(self) -> None:
        """Hold the lease longer; called between batches.

        Raises:
            Stale: this machine slept too long and another has the job: stop here.
        """
        now = self._clock.now()
        with self._units.write() as unit:
            if not unit.jobs.renew(self._name, self._owner, now, now + LEASE):
                raise Stale("Another station has taken over {name}.", name=self._name)
            unit.commit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be done again and again.

    Attributes:
        act: does a batch and returns whether there is more to do at once.
    """

    name: str
    every: timedelta
    act: Callable[[Turn], bool]


@dataclass(slots=True)
class _Standing:
    job: Job
    state: JobState
    look_at: datetime | None = None
    is_wanted: threading.Event = field(default_factory=threading.Event)


class JobRunner:
    """One thread, ``run``. ``wake``, ``states`` and ``end`` from any thread."""

    def __init__(self, jobs: Sequence[Job], owner: str, units: UnitsOfWork, clock: Clock) -> None:
        """Args:
        owner: this station, by a name it keeps when it is started anew.
        """
        self._jobs = {job.name: _Standing(job, JobState(name=job.name)) for job in jobs}
        self._owner = owner
        self._units = units
        self._clock = clock
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, name: str) -> None:
        """Run a job now, whatever its rhythm says."""
        self._jobs[name].is_wanted.set()
        self._woken.set()

    def states(self) -> tuple[JobState, ...]:
        """Return how each job fares."""
        return tuple(standing.state for standing in self._jobs.values())

    def end(self, within_s: float) -> None:
        self._ending.set()
        self._woken.set()
        self._thread.join(within_s)

    def _run(self) -> None:
        while not self._ending.is_set():
            self.run_due()
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()

    def run_due(self) -> None:
        """Run what is due or wanted, each once."""
        for standing in self._jobs.values():
            if self._ending.is_set():
                return
            is_wanted = standing.is_wanted.is_set()
            if is_wanted or standing.look_at is None or self._clock.now() >= standing.look_at:
                standing.is_wanted.clear()
                self._run_one(standing, is_wanted=is_wanted)

    def _run_one(self, standing: _Standing, *, is_wanted: bool) -> None:
        job, turn = standing.job, None
        try:
            turn = self._take(standing, is_wanted=is_wanted)
            if turn is None:
                return
            has_more = job.act(turn)
        except (Unavailable, Stale) as cause:
            self._note(standing, turn, str(cause), has_more=False)
        except Exception as cause:  # noqa: BLE001 - the top of a thread: a bug in one job must not end the others
            _log.exception("job %s stumbled", job.name)
            self._note(standing, turn, type(cause).__name__, has_more=False)
        else:
            self._note(standing, turn, "", has_more=has_more)

    def _take(self, standing: _Standing, *, is_wanted: bool) -> Turn | None:
        name, now = standing.job.name, self._clock.now()
        with self._units.write() as unit:
            taken = unit.jobs.take(name, self._owner, now, now + LEASE, is_wanted=is_wanted)
            next_at = unit.jobs.next_at(name)
            unit.commit()
        if taken is not None:
            return Turn(taken, self._owner, self._units, self._clock)
        # Another station is at it or has done it; look again when it is due, or when its lease may have run out.
        standing.look_at = max(next_at or now, now + timedelta(seconds=LOOK_EVERY_S))
        standing.state = JobState(name=name, next_at=standing.look_at)
        return None

    def _note(self, standing: _Standing, turn: Turn | None, failure: str, *, has_more: bool) -> None:
        """Write down how it went, here and, where the turn was ours, in the database."""
        job, ended_at, before = standing.job, self._clock.now(), standing.state
        failures = max(before.failures, turn.failures if turn else 0) + 1 if failure else 0
        next_at = ended_at if has_more else next_after(ended_at, job.every, failures)
        if failure and before.failure != failure:
            _log.warning("job %s failed: %s", job.name, failure)
        elif before.failure and not failure:
            _log.info("job %s goes again", job.name)
        began_at = turn.began_at if turn else before.began_at
        standing.look_at = next_at
        standing.state = JobState(
            name=job.name, began_at=began_at, ended_at=ended_at, next_at=next_at, failures=failures, failure=failure
        )
        if turn is None:
            return
        try:
            with self._units.write() as unit:
                unit.jobs.finish(job.name, self._owner, turn.began_at, ended_at, next_at, failure)
                unit.commit()
        except Unavailable as cause:
            _log.warning("the end of job %s is not written down: %s", job.name, cause)
