"""``citydesk bench start``: how long from the command to the first camera picture in the seat.

A round measures three programs one after the other: a bare PySide6 window (the limit of this interpreter and this
screen), a seat that finds no station and starts one, and a seat that finds one running. The clock runs from the
moment the process is made until its picture stands on the screen, read from the screen's own memory; where there is
no Xvfb, until the program's own line says so.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TextIO

import psutil

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.bench.machine import facts
from console.bench.medians import RESTLESS_ABOVE, is_settled, spread
from console.bench.own_site import END_WITHIN_S, end_station, own_data
from console.bench.screen import VirtualScreen, virtual_screen
from console.demo.peers import Neighbours
from console.demo.running import RunningDemo
from console.demo.site import PASSWORD, SEAT, SITE_NAME, write_settings
from console.infrastructure.channel.connection import Endpoint, connect
from console.infrastructure.channel.messages import Hello, VisionPace
from console.infrastructure.logs import Logs
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import Paths
from console.infrastructure.supervisor import command_for, environment_for_child
from console.site import ENDPOINT_FILE, Site

TARGET_S = 3.0
LIMIT_STARTS = 3  # the least of so many is a round's limit: it is short, and a limit is what nothing disturbed
LOOK_EVERY_S = 0.01
PICTURE_WITHIN_S = 60.0
STATION_SETTLED_WITHIN_S = 90.0
SIGN_IN_VARIABLE = "CITYDESK_DEMO_PASSWORD"
FIRST_PICTURE = "first picture"


@dataclass(slots=True)
class Measured:
    """Seconds, one entry a round."""

    limit_s: list[float] = field(default_factory=list)
    cold_s: list[float] = field(default_factory=list)
    warm_s: list[float] = field(default_factory=list)

    @property
    def series(self) -> tuple[list[float], ...]:
        return self.limit_s, self.cold_s, self.warm_s


def main(arguments: list[str]) -> int:
    """Measure until the medians settle. Exit code 1 where no picture came, else 0, whatever the figures are."""
    parser = argparse.ArgumentParser(prog="citydesk bench start")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, instead of a table")
    chosen = parser.parse_args(arguments)
    told: TextIO = sys.stderr if chosen.json else sys.stdout
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder, own_data(Path(folder)):
        try:
            with ExitStack() as stack:
                screen = None
                if sys.platform == "linux" and shutil.which("Xvfb"):
                    screen = stack.enter_context(virtual_screen(Path(folder)))
                bench = stack.enter_context(demo_site(Path(folder), screen))
                measured = bench.run(told)
        except Unavailable as cause:
            print(cause, file=sys.stderr)
            return 1
    result = summary(measured, saw_pixels=screen is not None)
    if chosen.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            print(f"{name:28} {value}")
    return 0


class StartBench:
    """Starts programs and watches for their pictures. Used from one thread."""

    def __init__(self, folder: Path, data: Path, clock: Clock, screen: VirtualScreen | None) -> None:
        self._folder = folder
        self._data = data
        self._clock = clock
        self._screen = screen
        self._pause = threading.Event()

    def run(self, told: TextIO) -> Measured:
        """Run rounds until the medians settle.

        Raises:
            Unavailable: a picture did not come in time.
        """
        measured = Measured()
        self._round(Measured())  # compiles bytecode and the detector, and fills the disk's cache; not counted
        while not is_settled(measured.series):
            self._round(measured)
            last = [f"{values[-1]:.2f}" for values in measured.series]
            load = psutil.getloadavg()[0]
            print("limit {} s, cold {} s, warm {} s".format(*last), f"(load {load:.1f})", file=told, flush=True)
        return measured

    def _round(self, measured: Measured) -> None:
        measured.limit_s.append(min(self._bare_window() for _ in range(LIMIT_STARTS)))
        words = ["--site", SITE_NAME, "--seat", SEAT, "--sign-in", "op"]
        seat, log = command_for("seat", words), self._data / "logs" / "seat.log"
        try:
            measured.cold_s.append(self._time(seat, {SIGN_IN_VARIABLE: PASSWORD}, log))
            self._wait_for_a_settled_station()
            measured.warm_s.append(self._time(seat, {SIGN_IN_VARIABLE: PASSWORD}, log))
        finally:
            end_station(self._data)  # so that the next round is as cold as this one

    def _bare_window(self) -> float:
        mark = self._folder / "bare-window"
        mark.unlink(missing_ok=True)
        return self._time(command_for("bare-window", ["--told", str(mark)]), {}, mark)

    def _time(self, command: Sequence[str], extra: dict[str, str], log: Path) -> float:
        """Return the seconds from making the process until its picture is there; the process is ended."""
        if self._screen is not None:
            self._wait_for("an empty screen", END_WITHIN_S, lambda: not self._shows_picture())
            extra = extra | {"DISPLAY": self._screen.display, "QT_QPA_PLATFORM": "xcb"}
        known = log.stat().st_size if log.exists() else 0
        began_s = self._clock.monotonic_s()
        process = subprocess.Popen(command, env=environment_for_child(extra))
        try:
            self._wait_for("a picture", PICTURE_WITHIN_S, lambda: self._is_there(log, known))
            return self._clock.monotonic_s() - began_s
        finally:
            process.terminate()
            try:
                process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _is_there(self, log: Path, known: int) -> bool:
        if self._screen is not None:
            return self._shows_picture()
        return log.exists() and FIRST_PICTURE in log.read_bytes()[known:].decode(errors="replace")

    def _shows_picture(self) -> bool:
        return self._screen is not None and self._screen.shows_picture

    def _wait_for(self, what: str, within_s: float, look: Callable[[], bool]) -> None:
        give_up_s = self._clock.monotonic_s() + within_s
        while not look():
            if self._clock.monotonic_s() > give_up_s:
                raise Unavailable("Not seen within {seconds} s: {what}.", seconds=within_s, what=what)
            self._pause.wait(LOOK_EVERY_S)

    def _wait_for_a_settled_station(self) -> None:
        """Wait until the station's workers are all at work: a warm start is measured on a machine at rest."""
        channel = connect(Endpoint.load(self._data / ENDPOINT_FILE))
        try:
            channel.send(Hello(role="seat", worker_id="bench", pid=os.getpid()))
            give_up_s = self._clock.monotonic_s() + STATION_SETTLED_WITHIN_S
            while not isinstance(channel.receive(), VisionPace):
                if self._clock.monotonic_s() > give_up_s:
                    raise Unavailable("The station's detector did not come to work.")
        finally:
            channel.close()


def summary(measured: Measured, *, saw_pixels: bool) -> dict[str, object]:
    """Return the figures with what they were measured on; the verdict is ``None`` on a restless machine."""
    limit_s = median(measured.limit_s)
    warm_s, cold_s = median(measured.warm_s), median(measured.cold_s)
    is_restless = spread(measured.limit_s) > RESTLESS_ABOVE
    return {
        "bench": "start",
        "seat_first_picture_s": round(warm_s, 2),
        "seat_first_picture_cold_s": round(cold_s, 2),
        "bare_window_s": round(limit_s, 2),
        "vs_bare_window": round(warm_s / limit_s, 2),
        "cold_vs_bare_window": round(cold_s / limit_s, 2),
        "target_s": TARGET_S,
        "meets_target": None if is_restless else max(warm_s, cold_s) <= TARGET_S,
        "limit_varied_by": round(spread(measured.limit_s), 2),
        "rounds": len(measured.limit_s),
        "all_s": {
            "bare_window": [round(value, 2) for value in measured.limit_s],
            "cold": [round(value, 2) for value in measured.cold_s],
            "warm": [round(value, 2) for value in measured.warm_s],
        },
        "seen_by": "pixels of the screen" if saw_pixels else "the program's own line",
        "machine": facts(),
    }


@contextmanager
def demo_site(folder: Path, screen: VirtualScreen | None) -> Iterator[StartBench]:
    """Bring the demo's cameras up and its site into the database, and take them down again.

    Raises:
        Unavailable: they were not ready in time, or footage is missing.
    """
    write_settings(Paths.for_site(SITE_NAME).make().data)
    site = Site.open(SITE_NAME)
    logs = Logs(site.paths.logs, "bench")
    logs.begin()
    neighbours = Neighbours(site.clock, site.paths.logs, print)
    try:
        RunningDemo.start(site, neighbours, Argon2PasswordHasher())
        yield StartBench(folder, site.paths.data, site.clock, screen)
    finally:
        neighbours.end()
        site.close()
        logs.end()
