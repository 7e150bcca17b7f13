"""Where a window stands, noted as it moves, and how it is put there again."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from widgets.state.monitors import Box, Fill, Monitor, Spot, box_on, monitor_of
from widgets.wall.monitor_watch import Monitors

# A window being dragged is noted once it stands still.
NOTE_AFTER_MS = 400
_STATES: dict[Fill, Qt.WindowState] = {
    "screen": Qt.WindowState.WindowFullScreen,
    "maximized": Qt.WindowState.WindowMaximized,
    "window": Qt.WindowState.WindowNoState,
}
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange, QEvent.Type.Show)


class Standing(QObject):
    """Watches one window. Lives in the GUI thread.

    Signals:
        changed: it stands elsewhere, or fills its monitor now or no longer.
    """

    changed = Signal()

    def __init__(self, window: QWidget, monitors: Monitors) -> None:
        super().__init__(window)
        self._window, self._monitors = window, monitors
        self._box = _box_of(window)
        self._spot: Spot | None = None
        self._sheltered: Box | None = None
        self._noting = QTimer(self)
        self._noting.setObjectName("window-standing-400-ms")
        self._noting.setSingleShot(True)
        self._noting.setInterval(NOTE_AFTER_MS)
        self._noting.timeout.connect(self._note)
        window.installEventFilter(self)

    @property
    def spot(self) -> Spot | None:
        """Where it stood last; ``None`` before it stood anywhere. It outlives its monitor."""
        return self._spot

    @property
    def is_there(self) -> bool:
        """Say whether the monitor it belongs on is plugged in."""
        return self._spot is not None and monitor_of(self._spot, self._monitors.now()) is not None

    @property
    def is_sheltered(self) -> bool:
        """Say whether it stands elsewhere because its monitor was away."""
        return self._sheltered is not None

    def stand(self, spot: Spot) -> bool:
        """Stand there without taking the keyboard; say whether the monitor is there to stand on."""
        monitor = monitor_of(spot, self._monitors.now())
        self._spot = spot
        if monitor is None:
            return False
        self._box, self._sheltered = box_on(spot, monitor), None
        self._spot = Spot(monitor=monitor, box=self._box, fill=spot.fill)
        box = monitor.box if spot.fill == "screen" else self._box
        # First its place, then how much it fills: without a window manager nobody else would move it.
        self._window.setGeometry(box.x, box.y, box.width, box.height)
        # Not by showFullScreen, which also takes the keyboard.
        self._window.setWindowState(_STATES[spot.fill])
        self._window.setVisible(True)
        self._noting.stop()
        return True

    def shelter(self, monitor: Monitor) -> None:
        """Stand on another monitor until the own one is back; the spot stays what it was until somebody moves it."""
        if self._spot is not None:
            own = self._spot
            self._box = self._sheltered = box_on(own, monitor)
            self._window.setGeometry(self._box.x, self._box.y, self._box.width, self._box.height)
            self._noting.stop()

    def turn_full_screen(self) -> None:
        """Fill the monitor it stands on, or be a window again."""
        monitor = self._monitors.of(self._window)
        if monitor is not None:
            fill: Fill = "window" if self._window.isFullScreen() else "screen"
            self.stand(Spot(monitor=monitor, box=self._box, fill=fill))
            self.changed.emit()

    def rest(self) -> None:
        """Note nothing of a window that is being taken away."""
        self._noting.stop()

    def end(self) -> None:
        """Watch the window no more."""
        self._noting.stop()
        self._window.removeEventFilter(self)

    def _note(self) -> None:
        window, monitor = self._window, self._monitors.of(self._window)
        if monitor is None or not window.isVisible() or window.isMinimized():
            return
        fill: Fill = "screen" if window.isFullScreen() else "maximized" if window.isMaximized() else "window"
        if _box_of(window) == self._sheltered:
            return
        self._sheltered = None
        if fill == "window":
            self._box = _box_of(window)
        spot = Spot(monitor=monitor, box=self._box, fill=fill)
        if spot != self._spot:
            self._spot = spot
            self.changed.emit()

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() in _MOVES and self._window.isVisible():
                self._noting.start()
            elif event.type() in (QEvent.Type.Hide, QEvent.Type.Close):
                self._noting.stop()
        return False


def _box_of(window: QWidget) -> Box:
    at = window.geometry()
    return Box(x=at.x(), y=at.y(), width=at.width(), height=at.height())
