"""The one clock of a window by which its tiles pull their pictures."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from widgets.wall.frame_source import Frame

# Twice a 25 fps camera's pace and more: a frame waits 16 ms at most, and none is missed by beating.
EVERY_MS = 16


class RenderClock(QObject):
    """Lets the tiles on the screen pull, one after the other, and stands still without any; lives in the GUI thread.

    Plain calls: a signal would cost each tile as much again as the look for a new picture.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pulls: tuple[Callable[[], None], ...] = ()
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

    def join(self, pull: Callable[[], None]) -> None:
        """A tile came onto the screen: let it pull at each tick."""
        self._pulls = (*self._pulls, pull)
        if not self._timer.isActive():
            self._timer.start()

    def leave(self, pull: Callable[[], None]) -> None:
        """A tile left the screen; without any the clock stands still."""
        self._pulls = tuple(other for other in self._pulls if other != pull)
        if not self._pulls:
            self._timer.stop()

    def _tick(self) -> None:
        for pull in self._pulls:
            pull()
