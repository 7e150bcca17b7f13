"""Claims about the supervisor: a worker that dies comes back, one that is silent is ended, and none outlives it."""

import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from console.infrastructure.channel.connection import Endpoint, listen
from console.infrastructure.clock import SystemClock
from console.infrastructure.supervisor import START_WITHIN_S, Supervisor, WorkerPlan

WITHIN_S = 60.0


class JumpingClock(SystemClock):
    """The system's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s


class Deaths:
    def __init__(self) -> None:
        self.lost: list[str] = []


def until(look: Callable[[], bool], tick: Callable[[], None]) -> bool:
    give_up_s = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up_s:
        tick()
        if look():
            return True
        time.sleep(0.02)
    return False


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
        plan = WorkerPlan("media-1", "media-worker", ("--logs", str(logs)))
        found = Supervisor([plan], Endpoint(port, key).to_environment(), clock, deaths.lost.append)
        yield found, deaths
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
    clock.ahead_s = START_WITHIN_S + 1
    watch.tick()
    assert deaths.lost == ["media-1"] and not psutil.pid_exists(first)
    assert until(lambda: "media-1" in watch.pids(), watch.tick)


def test_no_worker_outlives_its_supervisor(supervisor: tuple[Supervisor, Deaths]) -> None:
    watch, _ = supervisor
    watch.tick()
    process = psutil.Process(watch.pids()["media-1"])
    watch.end()
    assert not process.is_running()
