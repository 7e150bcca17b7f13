"""A job runs in its rhythm, once at a time whoever runs it, comes back after a failure, and disturbs no other."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.application.errors import Stale, Unavailable
from console.application.ports import UnitOfWork, UnitsOfWork
from console.domain.jobs import next_after
from console.infrastructure.clock import SystemClock
from console.infrastructure.jobs import LEASE, Job, JobRunner, Turn
from tests.application.city import BEGIN, City, open_city

MINUTE = timedelta(minutes=1)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


class Work:
    """Counts its turns, and fails when told to."""

    def __init__(self) -> None:
        self.turns: list[datetime | None] = []
        self.failure: Exception | None = None
        self.more = 0

    def __call__(self, turn: Turn) -> bool:
        self.turns.append(turn.last_began_at)
        if self.failure is not None:
            raise self.failure
        self.more -= 1
        return self.more >= 0


class Shaky:
    """Units of work on a database that can go away."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self.is_away = False

    def write(self) -> AbstractContextManager[UnitOfWork]:
        if self.is_away:
            raise Unavailable("The database cannot be reached since {at}.", at="10:00")
        return self._units.write()

    def read(self) -> AbstractContextManager[UnitOfWork]:
        return self._units.read()


def runner(city: City, work: Callable[[Turn], bool], owner: str = "first", every: timedelta = MINUTE) -> JobRunner:
    return JobRunner([Job(name="retention", every=every, act=work)], owner, city.units, city.clock)


def test_a_job_runs_in_its_rhythm_and_knows_when_it_ran_last(city: City) -> None:
    work = Work()
    found = runner(city, work)
    for _ in range(4):
        found.run_due()
        found.run_due()
        city.clock.wait(seconds=61)
    assert work.turns == [None, BEGIN, BEGIN + timedelta(seconds=61), BEGIN + timedelta(seconds=122)]
    (state,) = found.states()
    assert (state.failures, state.failure) == (0, "")
    assert state.next_at == state.ended_at + MINUTE if state.ended_at else False


def test_a_job_that_is_wanted_runs_at_once_and_one_with_more_to_do_goes_on(city: City) -> None:
    work = Work()
    found = runner(city, work)
    found.run_due()
    found.wake("retention")
    found.run_due()
    assert len(work.turns) == 2
    work.more = 2
    found.wake("retention")
    for _ in range(5):
        found.run_due()
    assert len(work.turns) == 5


def test_two_stations_share_a_job_and_never_run_it_at_the_same_time(city: City) -> None:
    at_once: list[str] = []
    other_work = Work()
    other = runner(city, other_work, "second")

    def act(_turn: Turn) -> bool:
        other.wake("retention")
        other.run_due()
        at_once.extend("x" for _ in other_work.turns)
        return False

    first = runner(city, act)
    first.run_due()
    assert at_once == [] and other_work.turns == []
    city.clock.wait(seconds=61)
    other.run_due()
    assert other_work.turns == [BEGIN]
    first.run_due()
    assert other_work.turns == [BEGIN], "it was done: it is not due for the first one"


def test_a_machine_that_slept_through_its_lease_stops_where_it_is(city: City) -> None:
    done: list[str] = []

    def act(turn: Turn) -> bool:
        turn.renew()
        done.append("first batch")
        city.clock.wait(seconds=LEASE.total_seconds() + 1)
        turn.renew()
        done.append("second batch")
        return False

    found = runner(city, act)
    found.run_due()
    assert done == ["first batch"]
    assert found.states()[0].failure == "Another station has taken over retention."


def test_a_failure_is_tried_again_soon_then_more_seldom_and_said(city: City, caplog: pytest.LogCaptureFixture) -> None:
    work = Work()
    work.failure = Unavailable("The disk of {folder} is away.", folder="recordings")
    found = runner(city, work)
    with caplog.at_level(logging.WARNING):
        for seconds in (0, 4, 1, 9, 1, 19, 1):
            city.clock.wait(seconds=seconds)
            found.run_due()
    assert len(work.turns) == 4
    assert found.states()[0].failure == "The disk of recordings is away." and found.states()[0].failures == 4
    assert len(caplog.records) == 1, "a line per change of state, none per try"
    work.failure = None
    city.clock.wait(seconds=60)
    found.run_due()
    assert found.states()[0].failure == "" and work.turns[-1] is None


def test_a_bug_in_one_job_ends_no_other(city: City, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = Work(), Work()
    broken.failure = ZeroDivisionError()
    jobs = [Job(name="broken", every=MINUTE, act=broken), Job(name="sound", every=MINUTE, act=sound)]
    found = JobRunner(jobs, "first", city.units, city.clock)
    with caplog.at_level(logging.ERROR):
        found.run_due()
    assert len(sound.turns) == 1 and "stumbled" in caplog.text
    assert [state.failure for state in found.states()] == ["ZeroDivisionError", ""]


def test_without_a_database_a_job_waits_and_then_goes_on(city: City) -> None:
    work, units = Work(), Shaky(city.units)
    found = JobRunner([Job(name="retention", every=MINUTE, act=work)], "first", units, city.clock)
    units.is_away = True
    found.run_due()
    assert work.turns == [] and found.states()[0].failures == 1
    units.is_away = False
    city.clock.wait(seconds=5)
    found.run_due()
    assert len(work.turns) == 1 and found.states()[0].failure == ""


def test_the_runner_works_in_a_thread_of_its_own_until_it_is_ended(tmp_path: Path) -> None:
    with open_city(tmp_path) as city:
        ran = threading.Event()

        def act(_turn: Turn) -> bool:
            assert threading.current_thread().name == "jobs"
            ran.set()
            return False

        found = JobRunner([Job(name="deadlines", every=MINUTE, act=act)], "first", city.units, SystemClock())
        found.start()
        assert ran.wait(30)
        found.end(within_s=10)


def test_the_wait_after_failures_grows_to_the_jobs_own_rhythm() -> None:
    waits = [next_after(BEGIN, timedelta(minutes=1), failures) - BEGIN for failures in range(7)]
    assert [wait.total_seconds() for wait in waits] == [60, 5, 10, 20, 40, 60, 60]


def test_a_turn_is_renewed_for_as_long_as_it_is_ours(city: City) -> None:
    turns: list[Turn] = []

    def act(turn: Turn) -> bool:
        turns.append(turn)
        for _ in range(5):
            city.clock.wait(seconds=LEASE.total_seconds() - 1)
            turn.renew()
        return False

    runner(city, act).run_due()
    with pytest.raises(Stale):
        turns[0].renew()
