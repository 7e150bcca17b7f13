"""``citydesk bench vision``: what looking costs beside the model alone, and how many cameras it serves.

The vision worker is the product's own process; it reads frames from shared memory as it does behind a station and
says what it saw, which is counted where the station would hear it. Its limit is OpenVINO's own benchmark_app with the
same model, device and hint, at the same niceness, in the same round. Where cameras are named, a real RTSP server
plays them and the product's media worker decodes them; where a wall is named, a real seat paints it.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TextIO

import psutil

from console.application.errors import Unavailable
from console.bench import wall_programs as programs
from console.bench.bare_model import DEVICE, bare_look_ms, benchmark_app
from console.bench.machine import facts
from console.bench.medians import is_settled
from console.bench.own_site import own_data
from console.bench.screen import virtual_screen
from console.bench.street import CLIP, street
from console.bench.vision_feed import Feed
from console.bench.vision_rounds import Measured, holds, summary
from console.bench.vision_station import MEDIA, VISION, OwnStation
from console.bench.wall_rounds import Meter
from console.bench.wall_site import SITE_NAME, seed
from console.infrastructure.assets.command import open_store
from console.infrastructure.channel.messages import Seen
from console.infrastructure.clock import SystemClock
from console.infrastructure.paths import Paths
from console.infrastructure.site_models import SHIPPED_FILE, SHIPPED_PAPERS
from console.site import Site
from inference.frames import Frame
from inference.manifest import read_manifest
from inference.replay import frames
from resources.locate import locate

PARTS = ("throughput", "share", "overlay", "beside", "cameras")
WINDOW_S = 8.0
SETTLE_S = 3.0
SEEN_WITHIN_S = 60.0
FED_CAMERAS = 64  # × 5 looks a second: more than the default model gives on two cores (at most 133, measured)
LOOKS_PER_S = 5.0
OVERLAY_CAMERAS = 9
STREAMS = 16
PACES = (5, 2)
MOST_CAMERAS = 64
CLIP_FPS, CLIP_FRAMES = 10.0, 60


def main(arguments: list[str]) -> int:
    """Measure until the medians settle. Exit code 1 where something could not be measured, else 0."""
    parser = argparse.ArgumentParser(prog="citydesk bench vision")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, instead of a table")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be given again")
    parser.add_argument("--seconds", type=float, default=WINDOW_S, help="length of each window (default 8)")
    parser.add_argument("--once", action="store_true", help="one round only: no verdict")
    chosen = parser.parse_args(arguments)
    told: TextIO = sys.stderr if chosen.json else sys.stdout
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is ended takes its programs with it
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder, own_data(Path(folder)):
        bench = _Bench(Path(folder), chosen.seconds, told)
        try:
            measured = bench.run(chosen.only or PARTS, is_once=chosen.once)
        except (Unavailable, KeyboardInterrupt) as cause:
            print(str(cause) or "stopped", file=sys.stderr)
            return 1
    result = {"bench": "vision", **summary(measured, is_once=chosen.once), "model": SHIPPED_FILE, "device": DEVICE}
    result["machine"] = facts()
    if chosen.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            print(f"{name:28} {value}")
    return 0


class _Bench:
    """Measures one part after the other. Used from one thread."""

    def __init__(self, folder: Path, lasts_s: float, told: TextIO) -> None:
        self._folder = folder
        self._lasts_s = lasts_s
        self._told = told
        self._clock = SystemClock()
        self._model = open_store().path_of(SHIPPED_FILE)
        self._manifest = read_manifest(locate(SHIPPED_PAPERS))
        self._measured = Measured()

    def run(self, parts: tuple[str, ...] | list[str], *, is_once: bool) -> Measured:
        rounds = [part for part in ("throughput", "share", "beside") if part in parts]
        measured = self._measured
        while rounds and (not measured.series or not (is_once or is_settled(measured.series))):
            if "throughput" in rounds:
                self._throughput()
            if "share" in rounds:
                self._share()
            if "beside" in rounds:
                self._beside()
        if "overlay" in parts:
            self._overlay()
        if "cameras" in parts:
            for looks in PACES:
                measured.cameras[looks] = self._most_cameras(looks)
                self._say(f"{measured.cameras[looks]} cameras at {looks} looks a second")
        return measured

    def _throughput(self) -> None:
        with self._station() as (station, _), closing(self._feed(station, FED_CAMERAS)) as feed:
            feed.serve(SETTLE_S)
            self._measured.looks_per_s.append(feed.serve(self._lasts_s))
        self._measured.app_per_s.append(benchmark_app(self._model, self._lasts_s))
        ours, app = self._measured.looks_per_s[-1], self._measured.app_per_s[-1]
        self._say(f"{ours:.1f} looks a second, benchmark_app {app:.1f}, ratio {ours / app:.2f}")

    def _share(self) -> None:
        with self._station() as (station, worker), closing(self._feed(station, 1)) as feed:
            feed.serve(SETTLE_S)
            before = _spent_s(worker)
            looks = feed.serve(self._lasts_s, every_s=1 / LOOKS_PER_S) * self._lasts_s
            if looks < 1:
                raise Unavailable("The vision worker looked at nothing.")
            self._measured.look_ms.append(1000 * (_spent_s(worker) - before) / looks)
        wanted = self._manifest.input
        self._measured.bare_ms.append(bare_look_ms(self._model, wanted, LOOKS_PER_S, self._lasts_s, self._clock))
        ours, bare = self._measured.look_ms[-1], self._measured.bare_ms[-1]
        self._say(f"{ours:.1f} ms of CPU a look, {bare:.1f} of them inference")

    def _beside(self) -> None:
        with ExitStack() as stack:
            station, _ = stack.enter_context(self._station())
            feed = stack.enter_context(closing(self._feed(station, FED_CAMERAS)))
            feed.serve(SETTLE_S)
            self._measured.alone_per_s.append(feed.serve(self._lasts_s))
            served = stack.enter_context(street(STREAMS, self._say))
            site = stack.enter_context(closing(Site.open(SITE_NAME)))
            seed(site, served.addresses)
            extra = {"QT_QPA_PLATFORM": "offscreen"}
            if sys.platform == "linux" and shutil.which("Xvfb"):
                screen = stack.enter_context(virtual_screen(self._folder))
                extra = {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
            data = Paths.for_site(SITE_NAME).data
            seat = stack.enter_context(programs.citydesk(data, STREAMS, self._folder, extra))
            meter = Meter(self._clock, None, settle_s=SETTLE_S, lasts_s=self._lasts_s)
            looking = stack.enter_context(ThreadPoolExecutor(1)).submit(meter.look, seat, STREAMS, SEEN_WITHIN_S)
            rates = []
            while not looking.done():  # the last windows of a second are those the meter looked in
                rates.append(feed.serve(1.0))
            self._measured.beside_per_s.append(median(rates[-max(1, round(self._lasts_s)) :]))
            self._measured.painted.append(looking.result().painted)
        beside, alone = self._measured.beside_per_s[-1], self._measured.alone_per_s[-1]
        painted = self._measured.painted[-1]
        self._say(f"{beside:.1f} looks a second beside {STREAMS} streams ({painted:.1%} painted), {alone:.1f} alone")

    def _overlay(self) -> None:
        with self._street(OVERLAY_CAMERAS) as (station, addresses):
            self._begin(station, addresses, LOOKS_PER_S)
            for seen in self._heard(station, self._lasts_s):
                self._measured.delay_ms.append((self._clock.now() - seen.received_at).total_seconds() * 1000)
        said = len(self._measured.delay_ms) / self._lasts_s
        self._say(f"{OVERLAY_CAMERAS} cameras, {said:.1f} of {OVERLAY_CAMERAS * LOOKS_PER_S:.0f} looks a second")

    def _most_cameras(self, looks: int) -> int:
        """Return the most cameras that are all looked at as often as asked, found by halving."""
        with self._street(MOST_CAMERAS) as (station, addresses):
            held, beyond = 0, MOST_CAMERAS + 1
            while beyond - held > 1:
                count = (held + beyond) // 2
                seen = self._begin(station, addresses[:count], looks)
                is_held = seen and self._holds(station, count, looks)
                held, beyond = (count, beyond) if is_held else (held, count)
                for number in range(count):
                    station.leave(_name(number))
                self._drain(station)
        return held

    def _holds(self, station: OwnStation, count: int, looks: int) -> bool:
        counts = Counter(seen.camera_id for seen in self._heard(station, self._lasts_s))
        return holds(counts, count, looks, self._lasts_s)

    def _begin(self, station: OwnStation, addresses: tuple[str, ...], looks_per_s: float) -> bool:
        """Open and watch cameras and wait until each was looked at; false where one was not in time."""
        for number, address in enumerate(addresses):
            station.open(_name(number), address, looks_per_s)
            station.watch(_name(number), looks_per_s)
        missing = {_name(number) for number in range(len(addresses))}
        give_up_s = self._clock.monotonic_s() + SEEN_WITHIN_S
        while missing and self._clock.monotonic_s() < give_up_s:
            message = station.next(0.1)
            if isinstance(message, Seen):
                missing.discard(message.camera_id)
        list(self._heard(station, SETTLE_S))
        return not missing

    def _heard(self, station: OwnStation, lasts_s: float) -> Iterator[Seen]:
        until_s = self._clock.monotonic_s() + lasts_s
        while (left_s := until_s - self._clock.monotonic_s()) > 0:
            message = station.next(left_s)
            if isinstance(message, Seen):
                yield message

    def _drain(self, station: OwnStation) -> None:
        list(self._heard(station, 1.0))

    @contextmanager
    def _station(self) -> Iterator[tuple[OwnStation, psutil.Process]]:
        with closing(OwnStation(self._manifest.input, self._clock)) as station:
            words = ["--model", str(self._model), "--manifest", str(locate(SHIPPED_PAPERS)), "--device", DEVICE]
            worker = station.start(VISION, [*words, "--logs", str(self._folder / "logs")])
            yield station, worker

    @contextmanager
    def _street(self, cameras: int) -> Iterator[tuple[OwnStation, tuple[str, ...]]]:
        with street(cameras, self._say) as served, self._station() as (station, _):
            logs, recordings = self._folder / "logs", self._folder / "recordings"
            logs.mkdir(exist_ok=True)
            station.start(MEDIA, ["--logs", str(logs), "--recordings", str(recordings)])
            yield station, served.addresses

    def _feed(self, station: OwnStation, cameras: int) -> Feed:
        return Feed(station, [_name(number) for number in range(cameras)], LOOKS_PER_S, self._frames(), self._clock)

    def _frames(self) -> list[Frame]:
        clip = open_store().path_of(CLIP)
        return list(islice(frames(clip, self._manifest.input, CLIP_FPS, LOOKS_PER_S), CLIP_FRAMES))

    def _say(self, line: str) -> None:
        print(f"{line}; load {psutil.getloadavg()[0]:.1f}", file=self._told, flush=True)


def _name(number: int) -> str:
    return f"cam{number + 1:02d}"


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
