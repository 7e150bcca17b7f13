"""The one clock of a window by which its tiles pull their pictures."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from widgets.wall.frame_source import Frame

# How late a tick is said to be: what one in twenty of the last two seconds exceeded. A page that takes a moment to open
# is one tick in a hundred.
TELL_EVERY_MS, TOLD_OVER_TICKS, LATEST_SHARE = 1000, 120, 0.05
# Twice a 25 fps camera's pace and more: a frame waits 16 ms at most, and none is missed by beating.
EVERY_MS = 16
# A tile's new picture costs 0.4 ms with its paint (this machine, 2026-11-23). Cameras of one maker send in step, and
# 64 of them at once would hold the keys up for 26 ms; forty at 25 a second still lose none.
MOST_A_TICK = 16


class RenderClock(QObject):
    """Lets the tiles on the screen pull, one after the other, and stands still without any; lives in the GUI thread.

    Plain calls: a signal would cost each tile as much again as the look for a new picture.

    Signals:
        paced: once a second, how many seconds late its ticks are.
    """

    paced = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._late_ms: deque[int] = deque(maxlen=TOLD_OVER_TICKS)
        self._since_tick, self._since_told = QElapsedTimer(), QElapsedTimer()
        self._pulls: tuple[Callable[[], bool], ...] = ()
        self._first = 0
        self._drawn: list[Callable[[str, Frame], None]] = []
        self._timer = QTimer(self)
        self._timer.setObjectName("render-clock-16-ms")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def watch(self, drawn: Callable[[str, Frame], None]) -> None:
        """Tell ``drawn`` of each frame that is drawn for the first time, and of whose camera, from within the paint."""
        if drawn not in self._drawn:
            self._drawn.append(drawn)

    def note_drawn(self, camera_id: str, frame: Frame) -> None:
        """A tile drew this frame and none of its number before."""
        for drawn in self._drawn:
            drawn(camera_id, frame)

    def join(self, pull: Callable[[], bool]) -> int:
        """A tile came onto the screen: let it pull at each tick, and return how many do now.

        Args:
            pull: takes what is new and says whether that makes it paint.
        """
        self._pulls = (*self._pulls, pull)
        if not self._timer.isActive():
            self._late_ms.clear()
            self._since_tick.start()
            self._since_told.start()
            self._timer.start()
        return len(self._pulls)

    def leave(self, pull: Callable[[], bool]) -> None:
        """A tile left the screen; without any the clock stands still."""
        self._pulls = tuple(other for other in self._pulls if other != pull)
        if not self._pulls:
            self._timer.stop()

    def _tick(self) -> None:
        self._late_ms.append(max(0, self._since_tick.restart() - EVERY_MS))
        if self._since_told.elapsed() >= TELL_EVERY_MS:
            self._since_told.restart()
            self.paced.emit(sorted(self._late_ms)[int(len(self._late_ms) * (1 - LATEST_SHARE))] / 1000)
        pulls, most = (*self._pulls[self._first :], *self._pulls[: self._first]), MOST_A_TICK
        for place, pull in enumerate(pulls):
            most -= pull()
            if most <= 0:  # who waits now is the first of the next tick
                self._first = (self._first + place + 1) % len(pulls)
                break
