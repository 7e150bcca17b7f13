"""Claims about the demo's neighbours: what loses its power comes back where it was, with the street as it was."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.demo.control import DemoControl
from console.demo.peers import Neighbours
from console.demo.running import RunningDemo
from console.demo.site import SITE_NAME, write_settings
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import DATA_VARIABLE, Paths
from console.site import Site

WITHIN_S = 60.0


@pytest.fixture
def neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RunningDemo, Neighbours]]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    write_settings(Paths.for_site(SITE_NAME).make().data)
    site = Site.open(SITE_NAME)
    found = Neighbours(site.clock, site.paths.logs, print)
    try:
        yield RunningDemo.start(site, found, Argon2PasswordHasher()), found
    finally:
        found.end()
        site.close()


@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_neighbour_that_lost_its_power_is_the_same_when_it_is_back(
    neighbours: tuple[RunningDemo, Neighbours],
) -> None:
    demo, all_of_them = neighbours
    before = all_of_them.pids()
    assert set(before) == {"demo-cameras", "demo-department", "demo-speaker"}
    control = DemoControl(demo)
    control.camera_goes_to("after")
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    back: list[str] = []

    def all_are_back() -> bool:
        back.extend(all_of_them.tend())
        return len(back) == len(before)

    wait_for(all_are_back, "all are started again")

    assert sorted(back) == sorted(before) and not set(all_of_them.pids().values()) & set(before.values())
    # By the old addresses, token and key.
    wait_for(lambda: len(control.department.services()) > 0, "the department answers")
    wait_for(lambda: control.camera_shows() == "after", "the cameras show the street they showed")
    wait_for(lambda: udp_port_is_taken(int(demo.speaker["speakers"][1]["port"])), "the speakers listen")
    control.close()


def udp_port_is_taken(port: int) -> bool:
    rows = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(int(row.split()[1].partition(":")[2], 16) == port for row in rows)


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    give_up_s = time.monotonic() + WITHIN_S
    pause = threading.Event()
    while not _holds(is_so):
        assert time.monotonic() < give_up_s, f"not within {WITHIN_S:.0f} s: {what}"
        pause.wait(0.1)


def _holds(is_so: Callable[[], bool]) -> bool:
    try:
        return is_so()
    except Unavailable:
        return False
