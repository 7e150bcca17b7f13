"""The monitors that are plugged in, and word of each change. The one place that asks Qt for them."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from widgets.state.monitors import Box, Monitor

# A monitor that comes back is there first and gets its place and size then, in several steps (judgement).
SETTLE_MS = 400


class Monitors(Protocol):
    """What is plugged in."""

    @property
    def changed(self) -> SignalInstance:
        """Emitted after one came, went or changed its size or place."""
        ...

    def now(self) -> Sequence[Monitor]: ...

    def of(self, window: QWidget) -> Monitor | None:
        """Return the monitor a window stands on; ``None`` where that cannot be said."""
        ...


class MonitorWatch(QObject):
    """Lives in the GUI thread. One that goes is told at once, what comes or moves when it stands still."""

    changed = Signal()

    def __init__(self, application: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._settling = QTimer(self)
        self._settling.setObjectName("monitors-settle-400-ms")
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.changed)
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._removed)
        for screen in application.screens():
            screen.geometryChanged.connect(self._settling.start)

    def now(self) -> Sequence[Monitor]:
        return [_monitor(screen) for screen in self._application.screens()]

    def of(self, window: QWidget) -> Monitor | None:
        screen = window.screen()
        return _monitor(screen) if screen in self._application.screens() else None

    def end(self) -> None:
        """Say nothing any more."""
        self._settling.stop()
        self._application.screenAdded.disconnect(self._added)
        self._application.screenRemoved.disconnect(self._removed)

    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._settling.start)
        self._settling.start()

    def _removed(self, _: QScreen) -> None:
        self.changed.emit()
        self._settling.start()  # what stays may move up


def _monitor(screen: QScreen) -> Monitor:
    box = screen.geometry()
    return Monitor(
        name=screen.name(),
        serial=" ".join(part for part in (screen.manufacturer(), screen.model(), screen.serialNumber()) if part)
        if screen.serialNumber()
        else "",
        box=Box(x=box.x(), y=box.y(), width=box.width(), height=box.height()),
    )
