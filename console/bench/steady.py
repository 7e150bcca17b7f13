"""``citydesk bench steady``: whether the demo still holds after half an hour what it held after five minutes.

Runs the demo in a data folder of its own and looks at each of its processes every ten seconds: memory (PSS), threads,
file handles, and the slots in shared memory. The median of the last five minutes is held against that of minutes five
to ten. There is no verdict where PSS changed and the memory of the process itself did not: others that run on the
machine share the libraries' pages. With ``--faults`` a process is killed or stopped every minute; the same is asked.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import psutil

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.bench.faults import Faults
from console.bench.machine import facts
from console.bench.own_site import END_WITHIN_S, end_station, own_data, station_of
from console.bench.processes import Look, by_role, look_at
from console.bench.screen import virtual_screen
from console.bench.steadiness import LEEWAY, MOST_CHANGE, Course, Spans, Verdict, judge
from console.demo.control import DemoControl
from console.demo.peers import Neighbours
from console.demo.running import RunningDemo
from console.demo.site import PASSWORD, SEAT, SITE_NAME, write_settings
from console.demo.street import Street
from console.infrastructure.logs import Logs
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import Paths
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.terminal import terminal_words
from console.site import Site
from console.station import slots_prefix

LOOK_EVERY_S = 10.0
TELL_EVERY_S = 60.0
TICK_S = 0.2
SIGN_IN_VARIABLE = "CITYDESK_DEMO_PASSWORD"
SHARED_MEMORY = Path("/dev/shm")
# Whoever is missing among these, the demo did not run whole; a second media worker depends on the machine.
ALWAYS = ("demo-cameras", "demo-department", "demo-speaker", "seat", "station", "media-1", "vision-1", "talk-1")


def main(arguments: list[str]) -> int:
    """Run the demo and judge it. Exit code 1 where something changed or the demo did not run."""
    parser = argparse.ArgumentParser(prog="citydesk bench steady")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default 30)")
    parser.add_argument("--faults", action="store_true", help="kill or stop a process every minute")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, instead of a table")
    chosen = parser.parse_args(arguments)
    told: TextIO = sys.stderr if chosen.json else sys.stdout
    if sys.platform != "linux":
        said = terminal_words(os.environ).say("citydesk {verb}: only on Linux", verb="bench steady")
        print(said, file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder, own_data(Path(folder)):
        try:
            with ExitStack() as stack:
                extra = {}
                if shutil.which("Xvfb"):
                    display = stack.enter_context(virtual_screen(Path(folder))).display
                    extra = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
                bench = stack.enter_context(_demo(extra))
                result = bench.run(chosen.minutes * 60, told, has_faults=chosen.faults)
        except (Unavailable, KeyboardInterrupt) as cause:
            print(str(cause) or "stopped", file=sys.stderr)
            return 1
    print(json.dumps(result, ensure_ascii=False) if chosen.json else _table(result))
    return 1 if result["changed"] else 0


class SteadyBench:
    """Looks at a running demo. Used from one thread."""

    def __init__(self, site: Site, neighbours: Neighbours, seat: psutil.Process) -> None:
        self._data = site.paths.data
        self._slots_prefix = slots_prefix(site)
        self._clock: Clock = site.clock
        self._neighbours = neighbours
        self._seat = seat
        self._looks: dict[str, list[Look]] = {}
        self._slots: list[tuple[float, int]] = []
        self._at_s: list[float] = []
        self._pause = threading.Event()

    def run(self, lasts_s: float, told: TextIO, *, has_faults: bool) -> dict[str, object]:
        """Look until the time is over and return the figures with the verdict.

        Raises:
            Unavailable: the seat ended by itself.
        """
        faults = Faults(self._neighbours)
        began_s = self._clock.monotonic_s()
        look_s = tell_s = now_s = 0.0
        try:
            while now_s < lasts_s:
                if now_s >= look_s:
                    running = self._running()
                    self._look(running, now_s)
                    faults.note(now_s, running)
                    look_s += LOOK_EVERY_S
                if now_s >= tell_s:
                    print(self._line(now_s), file=told, flush=True)
                    tell_s += TELL_EVERY_S
                if has_faults:
                    faults.tick(now_s, self._running)
                if not self._seat.is_running() or self._seat.status() == psutil.STATUS_ZOMBIE:
                    raise Unavailable("The seat has ended.")
                self._pause.wait(TICK_S)
                now_s = self._clock.monotonic_s() - began_s
        finally:
            faults.end()
        return self._result(lasts_s, faults)

    def _running(self) -> dict[str, psutil.Process]:
        # The seat's children and ours; a station outlives the seat that started it.
        station = station_of(self._data)
        roots = [psutil.Process(), *([station] if station is not None else [])]
        running = by_role(roots)
        running.pop("bench", None)
        return running

    def _look(self, running: dict[str, psutil.Process], now_s: float) -> None:
        self._at_s.append(now_s)
        slots = {path.name for path in SHARED_MEMORY.glob(f"{self._slots_prefix}*")}
        for role, process in running.items():
            look = look_at(process, now_s)
            if look is not None:
                self._looks.setdefault(role, []).append(look)
            slots |= slots_of(process, self._slots_prefix)
        self._slots.append((now_s, len(slots)))

    def _line(self, now_s: float) -> str:
        last = {role: looks[-1] for role, looks in self._looks.items() if looks[-1].at_s == self._at_s[-1]}
        parts = [f"{role} {look.pss_mib:.0f}" for role, look in sorted(last.items())]
        return f"{now_s / 60:4.1f} min, PSS in MiB: {', '.join(parts)}; {self._slots[-1][1]} slots"

    def _result(self, lasted_s: float, faults: Faults) -> dict[str, object]:
        spans = Spans.of_run(lasted_s)
        verdicts = [judge(role, looks, spans, self._at_s) for role, looks in sorted(self._looks.items())]
        slots = Course.of([(at_s, float(count)) for at_s, count in self._slots], spans)
        changed = changes(verdicts, slots)
        doubts = [f"{verdict.role}: {doubt}" for verdict in verdicts for doubt in verdict.doubts]
        return {
            "bench": "steady",
            "minutes": round(lasted_s / 60, 1),
            "is_steady": False if changed else None if doubts else True,
            "changed": changed,
            "doubts": doubts,
            "compared_s": {"first": list(spans.first), "last": list(spans.last)},
            "limits": {"pss": MOST_CHANGE, "threads_handles_slots": LEEWAY},
            "roles": {verdict.role: verdict.told() for verdict in verdicts},
            "slots": slots.rounded(1),
            "faults": [fault.told() for fault in faults.done],
            "machine": facts(),
        }


def slots_of(process: psutil.Process, prefix: str) -> set[str]:
    """Return the slots a process has mapped; one whose file is deleted already still holds memory."""
    try:
        listing = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    beginning = f"{SHARED_MEMORY}/{prefix}"
    return {line.partition(f"{SHARED_MEMORY}/")[2] for line in listing.splitlines() if beginning in line}


def changes(verdicts: Sequence[Verdict], slots: Course) -> list[str]:
    """Return in words what did not stay what it was; empty for a steady demo."""
    judged = {verdict.role for verdict in verdicts if verdict.is_judged}
    changed = [f"{role}: was not there" for role in ALWAYS if role not in judged]
    changed += [f"{verdict.role}: {fault}" for verdict in verdicts for fault in verdict.faults]
    if not slots.is_flat:
        changed.append(f"slots went from {slots.first:.0f} to {slots.last:.0f}")
    return changed


def _table(result: dict[str, object]) -> str:
    lines = [f"{name:12} {result[name]}" for name in ("minutes", "is_steady", "changed", "doubts", "slots")]
    roles = result["roles"]
    assert isinstance(roles, dict)
    for role, told in roles.items():
        figures = [f"{name} {told[name]['first']:.0f} → {told[name]['last']:.0f}" for name in _FIGURES if name in told]
        lines.append(f"{role:16} {told.get('pss_change', 0):+7.1%}  {', '.join(figures) or 'comes and goes'}")
    return "\n".join(lines)


_FIGURES = ("pss_mib", "own_mib", "threads", "handles")


@contextmanager
def _demo(extra: dict[str, str]) -> Iterator[SteadyBench]:
    """Bring the whole demo up with an operator at its seat, and take it down again."""
    write_settings(Paths.for_site(SITE_NAME).make().data)
    site = Site.open(SITE_NAME)
    logs = Logs(site.paths.logs, "bench")
    logs.begin()
    neighbours = Neighbours(site.clock, site.paths.logs, print)
    try:
        demo = RunningDemo.start(site, neighbours, Argon2PasswordHasher())
        street = Street(DemoControl(demo), site.clock, lambda: None)  # when power comes back is for the plan of faults
        street.start()
        words = ["--site", SITE_NAME, "--seat", SEAT, "--demo", "--sign-in", "op"]
        seat = subprocess.Popen(
            command_for("seat", words), env=environment_for_child({SIGN_IN_VARIABLE: PASSWORD} | extra)
        )
        try:
            yield SteadyBench(site, neighbours, psutil.Process(seat.pid))
        finally:
            seat.terminate()
            try:
                seat.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                seat.kill()
                seat.wait()
            end_station(site.paths.data)
            street.end()
    finally:
        neighbours.end()
        site.close()
        logs.end()
