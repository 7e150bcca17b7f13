"""Claims about the supervisor: a worker that dies comes back, one that is silent is ended, and none outlives it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from console.infrastructure.channel.connection import Endpoint, listen
from console.infrastructure.clock import SystemClock
from console.infrastructure.memory import WORKER_SCORE
from console.infrastructure.supervisor import (
    SILENT_AFTER_S,
    START_WITHIN_S,
    Death,
    Supervisor,
    WorkerPlan,
    environment_for_child,
)

WITHIN_S = 60.0
ENDED_WITHIN_S = 5.0  # no process outlives its station by more


class JumpingClock(SystemClock):
    """The system's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s


class HeldClock(JumpingClock):
    """A clock that goes on only where a test puts it forward: starting a process takes no time by it."""

    def monotonic_s(self) -> float:
        return self.ahead_s


class Deaths:
    def __init__(self) -> None:
        self.told: list[Death] = []

    @property
    def lost(self) -> list[str]:
        return [death.worker_id for death in self.told]


def until(look: Callable[[], bool], tick: Callable[[], None]) -> bool:
    give_up_s = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up_s:
        tick()
        if look():
            return True
        time.sleep(0.02)
    return False


def pass_time(watch: Supervisor, clock: JumpingClock, seconds: float) -> None:
    """Let time pass as it does for a station that goes on working."""
    for _ in range(max(1, round(seconds * 2))):
        clock.ahead_s += min(0.5, seconds)
        watch.tick()


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def supervisor(clock: JumpingClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Supervisor, Deaths]]:
    deaths = Deaths()
    logs = tmp_path_factory.mktemp("logs")
    key = b"0123456789abcdef"
    # A door that never answers: the worker waits at it, as one that hangs at its start does.
    with listen(key) as door:
        port = door.address[1]
        assert isinstance(port, int)
        plan = WorkerPlan("media-1", "media-worker", ("--logs", str(logs), "--recordings", str(logs / "recordings")))
        found = Supervisor([plan], Endpoint(port, key).to_environment(), clock, deaths.told.append)
        yield found, deaths
        for pid in found.pids().values():  # they wait at the door, and would be waited for
            psutil.Process(pid).kill()
        found.end()


def test_a_killed_worker_is_started_again_and_its_loss_is_told(supervisor: tuple[Supervisor, Deaths]) -> None:
    watch, deaths = supervisor
    assert until(lambda: bool(watch.pids()), watch.tick)
    first = watch.pids()["media-1"]
    psutil.Process(first).kill()
    assert until(lambda: watch.pids().get("media-1", first) != first, watch.tick)
    assert deaths.lost == ["media-1"] and [one.restarts for one in watch.reports()] == [1]


def test_a_worker_without_a_pulse_is_ended_and_started_again(
    supervisor: tuple[Supervisor, Deaths], clock: JumpingClock
) -> None:
    watch, deaths = supervisor
    watch.tick()
    first = watch.pids()["media-1"]
    pass_time(watch, clock, START_WITHIN_S + 1)
    assert until(lambda: deaths.lost == ["media-1"], watch.tick) and not psutil.pid_exists(first)
    assert until(lambda: "media-1" in watch.pids(), watch.tick)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
def test_a_worker_that_stands_still_is_ended_after_five_seconds_of_silence(
    supervisor: tuple[Supervisor, Deaths], clock: JumpingClock
) -> None:
    watch, deaths = supervisor
    watch.tick()
    stopped = psutil.Process(watch.pids()["media-1"])
    watch.note_pulse("media-1")
    stopped.suspend()
    pass_time(watch, clock, SILENT_AFTER_S - 1)
    assert deaths.lost == [] and stopped.is_running()
    pass_time(watch, clock, 2)
    assert until(lambda: deaths.lost == ["media-1"], watch.tick)
    assert deaths.told[0].why == "silent" and not stopped.is_running()


def test_no_worker_is_blamed_for_a_station_that_stood_still_itself(
    supervisor: tuple[Supervisor, Deaths], clock: JumpingClock
) -> None:
    watch, deaths = supervisor
    watch.tick()
    first = watch.pids()["media-1"]
    watch.note_pulse("media-1")
    clock.ahead_s += 600
    watch.tick()
    assert watch.pids() == {"media-1": first} and deaths.lost == []


def test_a_death_may_bring_one_more_worker_which_leaves_when_it_is_dismissed(
    clock: JumpingClock, tmp_path: Path
) -> None:
    key = b"0123456789abcdef"
    with listen(key) as door:
        arguments = ("--logs", str(tmp_path), "--recordings", str(tmp_path / "recordings"))
        alone = WorkerPlan("media-q1", "media-worker", arguments, alone_for="cam05")
        found: list[Supervisor] = []
        watch = Supervisor(
            [WorkerPlan("media-1", "no-such-role"), WorkerPlan("media-2", "no-such-role")],
            Endpoint(door.address[1], key).to_environment(),
            clock,
            lambda death: found[0].add(alone) if death.in_a_row == 1 and death.worker_id == "media-1" else None,
        )
        found.append(watch)
        assert until(lambda: "media-q1" in watch.pids(), watch.tick)
        assert [one.worker_id for one in watch.reports() if one.alone_for] == ["media-q1"]
        process = psutil.Process(watch.pids()["media-q1"])
        watch.dismiss("media-q1")
        assert "media-q1" not in watch.pids()

        def is_gone() -> bool:
            clock.ahead_s += 0.5  # it waits at a door that never answers
            return not process.is_running()

        assert until(is_gone, watch.tick)
        watch.end()


def test_a_killed_worker_is_back_within_a_second(supervisor: tuple[Supervisor, Deaths]) -> None:
    watch, _ = supervisor
    assert until(lambda: bool(watch.pids()), watch.tick)
    first = watch.pids()["media-1"]
    psutil.Process(first).kill()
    killed_s = time.monotonic()
    assert until(lambda: watch.pids().get("media-1", first) != first, watch.tick)
    assert time.monotonic() - killed_s < 1.0


def test_a_worker_that_dies_again_and_again_is_started_more_and_more_seldom() -> None:
    clock, deaths = HeldClock(), Deaths()
    # A role that there is not: it ends as soon as it has started.
    found = Supervisor([WorkerPlan("vision-1", "no-such-role")], {}, clock, deaths.told.append)
    starts_s: list[float] = []
    for _ in range(4):
        assert until(lambda: bool(found.pids()) and found.reports()[0].restarts == len(starts_s), found.tick)
        starts_s.append(clock.monotonic_s())
        assert until(lambda: len(deaths.told) == len(starts_s), found.tick)
        ended_s = clock.monotonic_s()
        while not found.pids():
            clock.ahead_s += 0.1
            found.tick()
        starts_s[-1] = clock.monotonic_s() - ended_s
    waits_s = [round(wait_s * 2) / 2 for wait_s in starts_s]
    assert waits_s == [0.0, 0.5, 1.0, 2.0]
    found.end()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the line of whom to take first is Linux's")
def test_a_worker_that_grows_too_large_is_started_anew_and_the_kernel_would_take_it_first(
    clock: JumpingClock, tmp_path: Path
) -> None:
    deaths = Deaths()
    key = b"0123456789abcdef"
    with listen(key) as door:
        plan = WorkerPlan("media-1", "media-worker", ("--logs", str(tmp_path)), most_mib=10)
        found = Supervisor([plan], Endpoint(door.address[1], key).to_environment(), clock, deaths.told.append)
        found.tick()
        score = Path(f"/proc/{found.pids()['media-1']}/oom_score_adj").read_text(encoding="ascii")
        assert int(score) == WORKER_SCORE
        assert until(lambda: bool(deaths.told), lambda: pass_time(found, clock, 0.1))
        assert deaths.told[0].why == "too_large" and deaths.told[0].code < 0
        found.end()


def test_no_worker_outlives_its_supervisor(supervisor: tuple[Supervisor, Deaths]) -> None:
    watch, _ = supervisor
    watch.tick()
    process = psutil.Process(watch.pids()["media-1"])
    watch.end()
    assert not process.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_a_worker_stopped_while_it_starts_does_not_outlive_a_killed_station(tmp_path: Path) -> None:
    """It has not run a line of Python yet, and a process that stands still asks nobody for anything."""
    station = subprocess.Popen(
        [sys.executable, "-c", _STARTS_AND_STOPS, str(tmp_path)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        env=environment_for_child({}),
    )
    assert station.stdout is not None and station.stdin is not None
    worker = psutil.Process(int(station.stdout.readline()))
    try:
        assert until(lambda: worker.status() == psutil.STATUS_STOPPED, lambda: None)
        station.kill()
        station.wait(10)
        worker.wait(ENDED_WITHIN_S)
    finally:
        for process in (station, worker):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        station.communicate()


_STARTS_AND_STOPS = """
import os, signal, sys
from console.infrastructure.clock import SystemClock
from console.infrastructure.supervisor import Supervisor, WorkerPlan
plan = WorkerPlan("media-1", "media-worker", ("--logs", sys.argv[1], "--recordings", sys.argv[1]))
watch = Supervisor([plan], {}, SystemClock(), print)
watch.tick()
(pid,) = watch.pids().values()
os.kill(pid, signal.SIGSTOP)
print(pid, flush=True)
sys.stdin.read()
"""
