"""A site with a station of its own that tests may stop, kill and start again, and a seat without a window."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from console.application.errors import Unavailable
from console.demo.site import SEAT, SITE_NAME, add_own_cameras, seed, write_settings
from console.infrastructure.categories_csv import read_categories
from console.infrastructure.channel.messages import ShutDown
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import Paths
from console.infrastructure.starting import StartedStation, start_station
from console.infrastructure.station_link import StationLink
from console.site import Site
from console.station import slots_prefix
from console.story.seat import Ears
from resources.locate import locate

WITHIN_S = 90.0  # a station's cold start on a machine that does much else
END_WITHIN_S = 20.0


@dataclass(slots=True)
class RunningStation:
    """The station of a site as its seat knows it. Used from the test's thread.

    Attributes:
        told: every reason the link gave for the station being away; ``None`` when it was back.
        changes: when the link opened (true) and was lost (false), by the monotonic clock.
    """

    site: Site
    ears: Ears
    told: list[Unavailable | None] = field(default_factory=list)
    changes: list[tuple[float, bool]] = field(default_factory=list)
    starts: list[StartedStation] = field(default_factory=list)
    link: StationLink | None = None

    def start(self) -> StartedStation:
        started = start_station(["--site", SITE_NAME, "--stay"], self.site.paths.logs / "station.out")
        self.starts.append(started)
        return started

    def note_link(self, is_open: bool) -> None:
        self.changes.append((time.monotonic(), is_open))
        self.ears.note_link(is_open)

    @property
    def pid(self) -> int:
        return int(json.loads(self.site.endpoint_file.read_text(encoding="utf-8"))["pid"])

    def children(self) -> list[psutil.Process]:
        """Return every process below the station."""
        return psutil.Process(self.pid).children(recursive=True)

    def worker(self, role: str) -> psutil.Process | None:
        """Return the running worker of a role."""
        return next((child for child in self.children() if role in _command(child)), None)

    def wait_for_worker(self, role: str) -> psutil.Process:
        return self.ears.wait(f"the {role}", WITHIN_S, lambda: self.worker(role))

    def wait_until_linked(self) -> None:
        self.ears.wait("the station answers", WITHIN_S, lambda: self.ears.is_linked)

    def wait_until_away(self) -> None:
        self.ears.wait("the station is away", WITHIN_S, lambda: not self.ears.is_linked)

    def slot_files(self) -> list[str]:
        prefix = slots_prefix(self.site)
        return [path.name for path in Path("/dev/shm").glob(f"{prefix}*")]

    def stop(self) -> None:
        """Let the station stand still."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> int:
        """Kill the station outright, and return the process it was."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        return pid


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def lives(process: psutil.Process) -> bool:
    """Say whether a process still runs; one that has ended and that nobody has asked about yet does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(look: Callable[[], bool], within_s: float) -> float:
    """Wait until something is true, and return how many seconds that took.

    Raises:
        AssertionError: it was not true in time.
    """
    begun_s = time.monotonic()
    while not look():
        assert time.monotonic() - begun_s < within_s, "not true in time"
        time.sleep(0.02)
    return time.monotonic() - begun_s


@contextmanager
def a_site(addresses: list[str]) -> Iterator[Site]:
    """Make the demo's site in a data folder of its own, with these cameras and a unit that nobody runs."""
    write_settings(Paths.for_site(SITE_NAME).make().data)
    site = Site.open(SITE_NAME)
    upgrade(site.database)
    categories = tuple(item for path in sorted(locate("categories").glob("*.csv")) for item in read_categories(path))
    facts = {"api_key": "key", "base_url": "http://127.0.0.1:1"}
    seed(site, Argon2PasswordHasher(), categories, cameras={}, speakers=[], department=facts)
    add_own_cameras(site, addresses)
    try:
        yield site
    finally:
        site.close()


@contextmanager
def nobody_listening() -> Iterator[str]:
    """Give a place that refuses, and that nobody else can get meanwhile."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{nobody.getsockname()[1]}"


@contextmanager
def a_running_station(site: Site) -> Iterator[RunningStation]:
    """Run the site's station and be its seat; whatever the test did to it, in the end nothing of it runs."""
    running = RunningStation(site, Ears(site.clock))
    link = StationLink(
        endpoint_file=site.endpoint_file,
        seat_id=SEAT,
        start=running.start,
        clock=site.clock,
        heard=running.ears.hear,
        changed=running.note_link,
        told=running.told.append,
    )
    running.link = link
    link.open()
    try:
        yield running
        running.wait_until_linked()
        last = psutil.Process(running.pid)
        link.send(ShutDown(reason="The test is over."))
        until(lambda: not lives(last), END_WITHIN_S)
    finally:
        link.close()
        for started in running.starts:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(started.pid).kill()
