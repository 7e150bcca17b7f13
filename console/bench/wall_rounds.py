"""Rounds of looking at one program after the other, and what the figures say together. The arithmetic is pure."""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median

import psutil

from console.application.ports import Clock
from console.bench.medians import RESTLESS_ABOVE, spread
from console.bench.processes import look_at
from console.bench.wall_programs import RATE, Program

LOOK_EVERY_S = 0.2
FULL_RATE = 0.99  # PERFORMANCE: a stream is held when so much of it is shown
TARGETS = {
    "cpu_vs_ffmpeg": 1.8,
    "cpu_vs_mpv": 0.75,
    "cpu_vs_naive": 0.55,
    "ui_late_p99_ms": 6.0,
    "ui_cores": 0.15,
    "latency_p50_ms": 60.0,
    "latency_p99_ms": 90.0,
    "seat_pss_mb": 300.0,
}
AT_LEAST = {"painted_ratio": 0.995, "min_camera_ratio": 0.98}
# With the overload ladder; PERFORMANCE asks nothing else of 64.
OVERLOADED_FROM, OVERLOADED_LATE_MS, OVERLOADED_LEAST_PER_S = 64, 20.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one program did in one window of time.

    Attributes:
        cores: of all its processes. screen_cores: of the X server meanwhile. ui_cores: of the window's process.
        rates: distinct pictures shown a second, a value a camera (ffmpeg: decoded, its first stream).
        age_ms: from the camera's time to the paint. late_ms: of the window's event loop.
    """

    cores: float
    screen_cores: float = 0.0
    ui_cores: float = 0.0
    rates: tuple[float, ...] = ()
    age_ms: tuple[float, ...] = ()
    late_ms: tuple[float, ...] = ()
    pss_mib: float = 0.0
    is_whole: bool = True

    @property
    def painted(self) -> float:
        """Share of what the cameras sent."""
        return sum(self.rates) / len(self.rates) / RATE if self.rates else 0.0

    @property
    def per_picture_ms(self) -> float:
        """CPU time of a picture that was shown, the X server's share with it; 0 where none was."""
        shown = sum(self.rates)
        return 1000 * (self.cores + self.screen_cores) / shown if shown else 0.0


class Meter:
    """Looks at one program after the other. Used from one thread."""

    def __init__(self, clock: Clock, screen_pid: int | None, *, settle_s: float, lasts_s: float) -> None:
        """Args:
        screen_pid: of the X server, if there is one of our own.
        settle_s: how long a program that shows every camera is left alone. lasts_s: the length of the window.
        """
        self._clock = clock
        self._screen = psutil.Process(screen_pid) if screen_pid is not None else None
        self._settle_s, self._lasts_s = settle_s, lasts_s
        self._pause = threading.Event()

    def look(self, program: Program, cameras: int, within_s: float) -> Seen:
        """Wait until it shows every camera and look; one that does not in time is looked at as it is."""
        give_up_s = self._clock.monotonic_s() + within_s
        while not (is_whole := program.is_ready()) and self._clock.monotonic_s() < give_up_s:
            self._pause.wait(LOOK_EVERY_S)
        self._pause.wait(self._settle_s)
        began_s, first = program.counts()
        from_s, spent = self._clock.monotonic_s(), self._spent(program)
        self._pause.wait(self._lasts_s)
        to_s, spent_then = self._clock.monotonic_s(), self._spent(program)
        ended_s, last = program.counts()
        passed_s = max(ended_s - began_s, 1e-9)
        rates = [(count - first.get(name, 0.0)) / passed_s for name, count in last.items()]
        rates += [0.0] * (cameras - len(rates)) if len(last) > 1 else []
        age_ms, late_ms = program.told(from_s, to_s)
        cores = [(then - now) / (to_s - from_s) for now, then in zip(spent, spent_then, strict=True)]
        window = look_at(program.roots()[0], to_s)
        return Seen(
            cores=cores[0],
            ui_cores=cores[1],
            screen_cores=cores[2],
            rates=tuple(rates),
            age_ms=tuple(age_ms),
            late_ms=tuple(late_ms),
            pss_mib=window.pss_mib if window is not None else 0.0,
            is_whole=is_whole,
        )

    def _spent(self, program: Program) -> tuple[float, float, float]:
        """Return seconds of CPU so far: of the whole family, of the window, of the X server."""
        roots = program.roots()
        family: dict[int, float] = {}
        for root in roots:
            with suppress(psutil.Error):
                for process in (root, *root.children(recursive=True)):
                    family[process.pid] = _seconds(process)
        return sum(family.values()), family.get(roots[0].pid, 0.0), _seconds(self._screen) if self._screen else 0.0


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


@dataclass(slots=True)
class Section:
    """All rounds with so many cameras; by program, in the order they were looked at."""

    cameras: int
    rounds: dict[str, list[Seen]] = field(default_factory=dict)

    def add(self, program: str, seen: Seen) -> None:
        self.rounds.setdefault(program, []).append(seen)

    @property
    def series(self) -> list[list[float]]:
        """What must settle: the cost of each program."""
        return [[one.cores for one in seen] for seen in self.rounds.values()]

    def told(self) -> dict[str, object]:
        """Return the figures: medians over the rounds; of ages and lateness the percentiles of all rounds together."""
        ours, limit = self.rounds["citydesk"], self.rounds.get("ffmpeg", [])
        age_ms = [age for one in ours for age in one.age_ms]
        late_ms = [late for one in ours for late in one.late_ms]
        figures: dict[str, float | None] = {
            "cpu_vs_ffmpeg": _over(ours, limit, lambda one: one.cores),
            "cpu_vs_mpv": _over(ours, self.rounds.get("mpv", []), lambda one: one.cores + one.screen_cores),
            "cpu_vs_naive": _over(ours, self.rounds.get("naive", []), lambda one: one.per_picture_ms),
            "painted_ratio": median(one.painted for one in ours),
            "min_camera_ratio": median(min(one.rates, default=0.0) / RATE for one in ours),
            "least_pictures_per_s": min(min(one.rates, default=0.0) for one in ours),
            "ui_late_p99_ms": percentile(late_ms, 0.99),
            "ui_cores": median(one.ui_cores for one in ours),
            "latency_p50_ms": percentile(age_ms, 0.5),
            "latency_p99_ms": percentile(age_ms, 0.99),
            "seat_pss_mb": median(one.pss_mib for one in ours) * 1.048576,
        }
        rounded = {name: None if value is None else round(value, 3) for name, value in figures.items()}
        varied = spread([one.cores for one in limit]) if len(limit) > 1 else None
        return {
            "cameras": self.cameras,
            **rounded,
            "limit_varied_by": None if varied is None else round(varied, 2),
            "missed": None if varied is None or varied > RESTLESS_ABOVE else missed(rounded, self.cameras),
            "rounds": len(ours),
            "programs": {name: _told(seen) for name, seen in self.rounds.items()},
        }


def missed(figures: Mapping[str, float | None], cameras: int) -> list[str]:
    """Return the names of the targets that were not met. One that could not be measured is none that was met."""
    if cameras >= OVERLOADED_FROM:
        late_ms, least = figures["ui_late_p99_ms"], figures["least_pictures_per_s"]
        found = [] if late_ms is not None and late_ms <= OVERLOADED_LATE_MS else ["ui_late_p99_ms"]
        return found + ([] if least is not None and least >= OVERLOADED_LEAST_PER_S else ["least_pictures_per_s"])
    over = [name for name, most in TARGETS.items() if (value := figures[name]) is None or value > most]
    return over + [name for name, least in AT_LEAST.items() if (value := figures[name]) is None or value < least]


def full_rate(sections: Sequence[Section], program: str) -> int:
    """Return the most streams of those tried that a program held; 0 where it held none or was not there."""
    held = [
        section.cameras
        for section in sections
        if section.rounds.get(program) and median(one.painted for one in section.rounds[program]) >= FULL_RATE
    ]
    return max(held, default=0)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that ``share`` of all values do not exceed, ``None`` of nothing."""
    if not values:
        return None
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def _over(ours: Sequence[Seen], theirs: Sequence[Seen], of: Callable[[Seen], float]) -> float | None:
    """Return the median ratio of rounds: both looked at the same machine within a minute of each other."""
    ratios = [of(one) / of(other) for one, other in zip(ours, theirs, strict=False) if of(one) > 0 and of(other) > 0]
    return median(ratios) if ratios else None


def _told(seen: Sequence[Seen]) -> dict[str, object]:
    return {
        "cores": [round(one.cores, 3) for one in seen],
        "x_server_cores": [round(one.screen_cores, 3) for one in seen],
        "painted": [round(one.painted, 3) for one in seen],
        "ms_per_picture": [round(one.per_picture_ms, 2) for one in seen],
        "showed_every_camera": all(one.is_whole for one in seen),
    }
