"""What the wall painted, how old it was and how late the window was, a line a second: what ``bench wall`` reads."""

import json
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from console.application.ports import Clock
from widgets.main_window import MainWindow
from widgets.wall.frame_source import Frame
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage

SAY_EVERY_MS = 1000
# The window's lateness: how far behind its due time a timer of its own comes round.
PROBE_EVERY_MS = 20
# Each page is opened once before anything is counted: its memory is part of what a seat takes.
OPEN_EVERY_MS = 700
PAGES_AFTER_LINES = 3


class WallFigures(QObject):
    """Lives in the GUI thread for as long as its seat. It adds about 0.01 core to what it measures.

    A line holds: ``at_s`` by the monotonic clock, ``drawn`` distinct frames a camera since the seat began,
    ``age_ms`` from the camera's own time to the paint (only of cameras whose clock is known) and ``late_ms`` since
    the line before, and ``is_ready`` once every page was opened and the wall is back.
    """

    def __init__(self, window: MainWindow, file: Path, clock: Clock, parent: QObject, *, hears: bool = False) -> None:
        """Args:
        hears: press the key of sound once every page was opened and the wall is back.
        """
        super().__init__(parent)
        self._window, self._hears = window, hears
        self._opened: list[str] = []
        self._file = open(file, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - as long as the process
        self._clock = clock
        self._watched: RenderClock | None = None
        self._drawn: Counter[str] = Counter()
        self._age_ms: list[float] = []
        self._late_ms: list[float] = []
        self._lines = 0
        self._is_ready = False
        self._due_s = clock.monotonic_s()
        self._saying = self._every(SAY_EVERY_MS, "figures-1-s", self._say)
        self._probing = self._every(PROBE_EVERY_MS, "figures-20-ms", self._probe)
        self._opening = self._every(OPEN_EVERY_MS, "figures-700-ms", self._open_next)
        self._opening.stop()
        self.destroyed.connect(self._file.close)

    def _every(self, interval_ms: int, name: str, act: object) -> QTimer:
        timer = QTimer(self)
        timer.setObjectName(name)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(act)
        timer.start(interval_ms)
        return timer

    def _note_drawn(self, camera_id: str, frame: Frame) -> None:
        self._drawn[camera_id] += 1
        if frame.captured_at is not None:
            self._age_ms.append(round((self._clock.now() - frame.captured_at).total_seconds() * 1000, 1))

    def _probe(self) -> None:
        now_s = self._clock.monotonic_s()
        self._late_ms.append(round(max(0.0, now_s - self._due_s) * 1000, 1))
        self._due_s = now_s + PROBE_EVERY_MS / 1000

    def _say(self) -> None:
        clock = self._window.findChild(RenderClock)
        if clock is not None and clock is not self._watched:
            self._watched = clock
            clock.watch(self._note_drawn)
        age_ms, self._age_ms = self._age_ms, []
        late_ms, self._late_ms = self._late_ms, []
        said = {
            "at_s": self._clock.monotonic_s(),
            "drawn": dict(self._drawn),
            "age_ms": age_ms,
            "late_ms": late_ms,
            "is_ready": self._is_ready,
        }
        self._file.write(json.dumps(said) + "\n")
        self._lines += bool(self._drawn)
        if self._lines == PAGES_AFTER_LINES and not self._is_ready:
            self._opening.start()

    def _open_next(self) -> None:
        unopened = [page for page in self._window.pages if page not in self._opened]
        if unopened:
            self._opened.append(unopened[0])
            self._window.show_page(unopened[0])
            return
        self._opening.stop()
        self._window.show_page("wall")
        self._is_ready = True
        wall = self._window.findChild(WallPage)
        if self._hears and wall is not None:
            wall.press("Q")
