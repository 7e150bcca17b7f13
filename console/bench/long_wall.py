"""``citydesk bench wall --minutes N --sound``: a wall for an hour, one of its cameras heard all the while.

Sixteen cameras flash and beep every two seconds. The flash is looked for where it ends, in the screen's own memory,
the beep where it ends, in what the loudspeaker plays. Each process's memory after five minutes is held against its
memory at the end, as ``bench steady`` does.
"""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TextIO

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.bench import wall_programs as programs
from console.bench.loudspeaker import RecordedLoudspeaker, recorded_loudspeaker
from console.bench.machine import facts
from console.bench.processes import Look, by_role, look_at
from console.bench.screen import VirtualScreen, virtual_screen
from console.bench.steadiness import Spans, judge
from console.bench.street import served
from console.bench.wall_programs import RATE, Program
from console.bench.wall_rounds import percentile
from console.bench.wall_site import SITE_NAME, seed
from console.infrastructure.paths import Paths
from console.site import Site

EVERY_S, LASTS_S = 2.0, 0.2
SETTLES_S = 15.0  # before the first beep counts: the player has found its pace, the seat opened its pages
SHOWN_WITHIN_S = 120.0
LOOK_EVERY_S = 10.0
TELL_EVERY_S = 60.0
SAMPLE_S = 0.004
WHITE = 160  # of 255; the clip is below 100 where it does not flash
AT = (200, 180)  # within the first tile's picture of a 4 × 4, with or without a bar above it
FRAME_INTERVAL_MS = 1000.0 / RATE
MOST_OFFSET_MS = 80.0
ALWAYS = ("seat", "station", "media-1", "talk-1")
# An administrator's word for this site: any camera may be heard.
# Nobody touches the seat for an hour: locked after half of it, it would rightly be silent.
SETTINGS = {
    "CITYDESK_SOUND__LISTENING": "true",
    "CITYDESK_SOUND__TAG": "",
    "CITYDESK_SEAT__LOCK_AFTER_MIN": "0",
}


class FlashWatch:
    """Looks at one place of the screen until ``end``. ``flashes`` may be read from any thread."""

    def __init__(self, screen: VirtualScreen, clock: Clock) -> None:
        self._screen, self._clock = screen, clock
        self._ending = threading.Event()
        self.flashes: list[float] = []
        self._thread = threading.Thread(target=self._watch, name="flash-watch")
        self._thread.start()

    def _watch(self) -> None:
        was_white = True  # a flash that is on already has no beginning
        while not self._ending.wait(SAMPLE_S):
            is_white = self._screen.brightness(*AT) > WHITE
            if is_white and not was_white:
                self.flashes.append(self._clock.monotonic_s())
            was_white = is_white

    def end(self) -> None:
        self._ending.set()
        self._thread.join()


def offsets_ms(flashes: Sequence[float], beeps: Sequence[float]) -> list[float]:
    """Return by how many milliseconds the beep came after each flash; one that has none within half a period counts
    as half a period: silence is not in time."""
    found = []
    for flash_s in flashes:
        nearest_s = min((beep_s - flash_s for beep_s in beeps), key=abs, default=EVERY_S)
        found.append(1000 * min(max(nearest_s, -EVERY_S / 2), EVERY_S / 2))
    return found


def measure(minutes: float, cameras: int, folder: Path, told: TextIO) -> dict[str, object]:
    """Show and hear the wall for so long and return the figures with the verdict.

    Raises:
        Unavailable: something it needs is missing, or the wall did not come up.
    """
    with ExitStack() as stack:
        screen = stack.enter_context(virtual_screen(folder))
        speaker = stack.enter_context(recorded_loudspeaker(folder))
        clip = flash_and_beep(folder, minutes + 4)
        street = stack.enter_context(served(clip, cameras, has_sound=True))
        site = Site.open(SITE_NAME)
        stack.callback(site.close)
        seed(site, street.addresses)
        extra = {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", **speaker.environment, **SETTINGS}
        data = Paths.for_site(SITE_NAME).data
        program = stack.enter_context(programs.citydesk(data, cameras, folder, extra, hears=True))
        watch = FlashWatch(screen, site.clock)
        stack.callback(watch.end)
        return _Hour(program, watch, speaker, site.clock, told).run(minutes * 60, cameras)


class _Hour:
    """Looks at a running wall. Used from one thread."""

    def __init__(
        self, program: Program, watch: FlashWatch, speaker: RecordedLoudspeaker, clock: Clock, told: TextIO
    ) -> None:
        self._program, self._watch, self._speaker, self._clock, self._told = program, watch, speaker, clock, told
        self._pause = threading.Event()
        self._looks: dict[str, list[Look]] = {}
        self._at_s: list[float] = []

    def run(self, lasts_s: float, cameras: int) -> dict[str, object]:
        self._wait(self._program.is_ready, "The wall did not show every camera.")
        self._wait(lambda: bool(self._speaker.beeps), "Nothing was heard.")
        self._pause.wait(SETTLES_S)
        began_s = self._clock.monotonic_s()
        first_s, first = self._program.counts()
        tell_s = 0.0
        while (now_s := self._clock.monotonic_s() - began_s) < lasts_s:
            self._look(now_s)
            if now_s >= tell_s:
                self._say(now_s, began_s)
                tell_s += TELL_EVERY_S
            self._pause.wait(max(0.0, len(self._at_s) * LOOK_EVERY_S - (self._clock.monotonic_s() - began_s)))
        self._look(now_s)
        last_s, last = self._program.counts()
        rates = {name: (count - first.get(name, 0.0)) / (last_s - first_s) for name, count in last.items()}
        return self._result(began_s, now_s, rates, cameras)

    def _wait(self, is_so: Callable[[], bool], otherwise: str) -> None:
        give_up_s = self._clock.monotonic_s() + SHOWN_WITHIN_S
        while not is_so():
            if self._clock.monotonic_s() > give_up_s:
                raise Unavailable(otherwise)
            self._pause.wait(0.2)

    def _look(self, now_s: float) -> None:
        self._at_s.append(now_s)
        running = by_role(self._program.roots())
        for role, process in running.items():
            look = look_at(process, now_s)
            if look is not None:
                self._looks.setdefault(role, []).append(look)

    def _say(self, now_s: float, began_s: float) -> None:
        parts = [f"{role} {looks[-1].pss_mib:.0f}" for role, looks in sorted(self._looks.items())]
        offsets = self._offsets(began_s + max(0.0, now_s - TELL_EVERY_S))
        heard = f"; sound {median(offsets):+.0f} ms" if offsets else ""
        print(f"{now_s / 60:4.1f} min, PSS in MiB: {', '.join(parts)}{heard}", file=self._told, flush=True)

    def _offsets(self, began_s: float) -> list[float]:
        """Return those of the flashes since then; the last of all may still be waiting for its beep."""
        flashes = [flash_s for flash_s in list(self._watch.flashes) if flash_s >= began_s]
        return offsets_ms(flashes[:-1], list(self._speaker.beeps))

    def _result(self, began_s: float, lasted_s: float, rates: Mapping[str, float], cameras: int) -> dict[str, object]:
        spans = Spans.of_run(lasted_s)
        verdicts = [judge(role, looks, spans, self._at_s) for role, looks in sorted(self._looks.items())]
        _ages, late_ms = self._program.told(began_s, began_s + lasted_s)
        offsets = self._offsets(began_s)
        figures = {
            "ui_late_p99_ms": percentile(late_ms, 0.99),
            "sound_offset_p50_ms": percentile([abs(offset) for offset in offsets], 0.5),
            "sound_offset_p99_ms": percentile([abs(offset) for offset in offsets], 0.99),
            "sound_late_median_ms": median(offsets) if offsets else None,
            "least_pictures_per_s": min(rates.values(), default=0.0) if len(rates) == cameras else 0.0,
            "latency_p99_ms": percentile(_ages, 0.99),
        }
        rounded = {name: None if value is None else round(value, 1) for name, value in figures.items()}
        judged = {verdict.role for verdict in verdicts if verdict.is_judged}
        missed = missed_of(rounded, beeps=len(offsets), lasted_s=lasted_s)
        missed += [f"{role}: was not there" for role in ALWAYS if role not in judged]
        missed += [f"{verdict.role}: {fault}" for verdict in verdicts for fault in verdict.faults]
        return {
            "bench": "wall",
            "minutes": round(lasted_s / 60, 1),
            "cameras": cameras,
            **rounded,
            "beeps": len(offsets),
            "missed": missed,
            "doubts": [f"{verdict.role}: {doubt}" for verdict in verdicts for doubt in verdict.doubts],
            "roles": {verdict.role: verdict.told() for verdict in verdicts},
            "machine": facts(),
        }


def missed_of(figures: Mapping[str, float | None], *, beeps: int, lasted_s: float) -> list[str]:
    """Return what was not met. What could not be measured was not met either."""
    most = {"ui_late_p99_ms": FRAME_INTERVAL_MS, "sound_offset_p99_ms": MOST_OFFSET_MS}
    found = [name for name, limit in most.items() if (value := figures[name]) is None or value > limit]
    if beeps < 0.9 * lasted_s / EVERY_S:
        found.append("beeps")
    return found


def flash_and_beep(folder: Path, minutes: float) -> Path:
    """Return a clip like the even street's, 640×360 at 25 a second, dark but for its flashes.

    Raises:
        Unavailable: ffmpeg is not there, or cannot.
    """
    path = folder / "flash-and-beep.mp4"
    is_on = f"lt(mod(t,{EVERY_S:g}),{LASTS_S:g})"
    picture = f"testsrc2=size=640x360:rate={RATE:g},lutyuv=y=val/3"
    picture += f",drawbox=color=white:thickness=fill:enable='{is_on}'"
    sound = f"aevalsrc='if({is_on},0.6*sin(2*PI*1000*t),0.01*sin(2*PI*200*t))':s=16000"
    command = [
        "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound,
        "-t", f"{minutes * 60:.0f}", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "50",
        "-crf", "30", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k", "-y", str(path),
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as cause:
        raise Unavailable("The clip that flashes and beeps could not be made; is ffmpeg installed?") from cause
    return path


def table(result: Mapping[str, object]) -> str:
    """Return the figures as lines."""
    return "\n".join(f"{name:22} {value}" for name, value in result.items() if name not in ("roles", "machine"))
