"""The one clock of a window by which its tiles pull their pictures."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from widgets.wall.frame_source import Frame

# Twice a 25 fps camera's pace and more: a frame waits 16 ms at most, and none is missed by beating.
EVERY_MS = 16


class RenderClock(QObject):
    """Ticks while at least one tile is on the screen; lives in the GUI thread."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = 0
        self._drawn: list[Callable[[str, Frame], None]] = []
        self._timer = QTimer(self)
        self._timer.setObjectName("render-clock-16-ms")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.ticked)

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

    def join(self) -> None:
        """A tile came onto the screen."""
        self._shown += 1
        if not self._timer.isActive():
            self._timer.start()

    def leave(self) -> None:
        """A tile left the screen; without any the clock stands still."""
        self._shown = max(0, self._shown - 1)
        if self._shown == 0:
            self._timer.stop()
