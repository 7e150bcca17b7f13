"""``citydesk bench wall``: what a wall of live cameras costs, how much of them it paints, and how late it is.

A real RTSP server plays an even 640×360 stream at 25 a second as many times as cameras are asked for. A round looks at
one program after the other: one ffmpeg that decodes all of them to nothing (the limit), a real seat with its station
and workers, the program everybody writes first (``naive_wall``), and a window of mpv a camera. What is painted is
counted in the paint itself; ages run from the server's send time (its RTCP sender reports) to the paint.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import psutil

from console.application.errors import Unavailable
from console.bench import long_wall
from console.bench import wall_programs as programs
from console.bench.machine import facts
from console.bench.medians import is_settled
from console.bench.own_site import own_data
from console.bench.screen import virtual_screen
from console.bench.street import Street, street
from console.bench.wall_programs import Program
from console.bench.wall_rounds import Meter, Section, full_rate
from console.bench.wall_site import SITE_NAME, columns_for, seed
from console.infrastructure.paths import Paths
from console.site import Site

CAMERAS = (16, 25, 64)
WINDOW_S = 10.0
SETTLE_S = 4.0
SHOWN_WITHIN_S = 90.0
A_CAMERA_WITHIN_S = 1.5  # cv2 opens one after the other
SCREEN = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Chosen:
    cameras: tuple[int, ...]
    lasts_s: float
    is_once: bool


def main(arguments: list[str]) -> int:
    """Measure until the medians settle. Exit code 1 where the wall could not be brought up, else 0."""
    parser = argparse.ArgumentParser(prog="citydesk bench wall")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, instead of a table")
    parser.add_argument("--streams", default=",".join(map(str, CAMERAS)), help="how many cameras, a section each")
    parser.add_argument("--seconds", type=float, default=WINDOW_S, help="length of each window (default 10)")
    parser.add_argument("--once", action="store_true", help="one round only: no verdict")
    parser.add_argument("--minutes", type=float, default=0.0, help="the seat alone for so long, memory and all")
    parser.add_argument("--sound", action="store_true", help="with --minutes: one camera is heard, and measured")
    given = parser.parse_args(arguments)
    if bool(given.minutes) != given.sound:
        parser.error("--minutes and --sound go together")
    chosen = Chosen(tuple(int(part) for part in given.streams.split(",")), given.seconds, given.once)
    told: TextIO = sys.stderr if given.json else sys.stdout
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is ended takes its programs with it
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder, own_data(Path(folder)):
        try:
            if given.sound:
                result = long_wall.measure(given.minutes, chosen.cameras[0], Path(folder), told)
            else:
                result = _run(chosen, Path(folder), told)
        except (Unavailable, KeyboardInterrupt) as cause:
            print(str(cause) or "stopped", file=sys.stderr)
            return 1
    if given.json:
        print(json.dumps(result, ensure_ascii=False))
    elif given.sound:
        print(long_wall.table(result))
    else:
        for name, value in result.items():
            print(f"{name:20} {value}")
    return 0


def _run(chosen: Chosen, folder: Path, told: TextIO) -> dict[str, object]:
    missing: list[str] = []
    sections = []
    with ExitStack() as stack:
        extra, screen_pid = {"QT_QPA_PLATFORM": "offscreen"}, None
        if sys.platform == "linux" and shutil.which("Xvfb"):
            before = {child.pid for child in psutil.Process().children()}
            screen = stack.enter_context(virtual_screen(folder))
            extra = {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
            screen_pid = next(child.pid for child in psutil.Process().children() if child.pid not in before)
        else:
            missing.append("Xvfb: painted offscreen, no mpv")
        missing += [f"{name}: not installed" for name in ("ffmpeg", "mpv") if not programs.has(name)]
        server = ""
        for cameras in chosen.cameras:
            served = stack.enter_context(street(cameras, lambda line: print(line, file=told, flush=True)))
            server = served.server
            section = _Rounds(folder, served, extra, screen_pid, chosen.lasts_s).run(told, is_once=chosen.is_once)
            sections.append(section)
    first = sections[0].told()
    return {
        "bench": "wall",
        **first,
        "streams_full_rate": {name: full_rate(sections, name) for name in ("citydesk", "mpv", "naive")},
        "server": server,
        "missing": missing,
        "sections": [section.told() for section in sections[1:]],
        "machine": facts(),
    }


class _Rounds:
    """Looks at every program with one number of cameras."""

    def __init__(
        self, folder: Path, served: Street, extra: dict[str, str], screen_pid: int | None, lasts_s: float
    ) -> None:
        self._folder, self._served, self._extra = folder, served, extra
        self._lasts_s = lasts_s
        self._screen_pid = screen_pid
        self._cameras = len(served.addresses)

    def run(self, told: TextIO, *, is_once: bool) -> Section:
        section = Section(self._cameras)
        site = Site.open(SITE_NAME)
        try:
            seed(site, self._served.addresses)
            meter = Meter(site.clock, self._screen_pid, settle_s=SETTLE_S, lasts_s=self._lasts_s)
            starts = self._programs(site)
            within_s = SHOWN_WITHIN_S + A_CAMERA_WITHIN_S * self._cameras
            while not section.rounds or not (is_once or is_settled(section.series)):
                for name, start in starts.items():
                    with start() as program:
                        section.add(name, meter.look(program, self._cameras, within_s))
                self._say(section, told)
        finally:
            site.close()
        return section

    def _programs(self, site: Site) -> dict[str, Callable[[], AbstractContextManager[Program]]]:
        addresses, folder, extra = self._served.addresses, self._folder, self._extra
        columns = columns_for(self._cameras)
        size = (SCREEN[0] // columns, SCREEN[1] // columns)
        data = Paths.for_site(SITE_NAME).data
        found: dict[str, Callable[[], AbstractContextManager[Program]]] = {}
        if programs.has("ffmpeg"):
            found["ffmpeg"] = lambda: programs.ffmpeg(addresses, folder, site.clock)
        found["citydesk"] = lambda: programs.citydesk(data, self._cameras, folder, extra)
        found["naive"] = lambda: programs.naive(addresses, folder, columns, extra)
        if programs.has("mpv") and "DISPLAY" in extra:
            found["mpv"] = lambda: programs.mpv(addresses, folder, size, columns, extra, site.clock)
        return found

    def _say(self, section: Section, told: TextIO) -> None:
        last = [f"{name} {seen[-1].cores:.2f} ({seen[-1].painted:.1%})" for name, seen in section.rounds.items()]
        load = psutil.getloadavg()[0]
        print(f"{self._cameras} cameras, cores (painted): {', '.join(last)}; load {load:.1f}", file=told, flush=True)
