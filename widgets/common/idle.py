"""Whether anybody is at the desk: any key, click, wheel or move of the mouse counts."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

_SIGNS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)
# A window that opens is watched at the latest so much later.
WINDOWS_EVERY_MS = 2000
# Moving the mouse makes a hundred events a second; beginning to wait anew is worth it once a second.
ANEW_AFTER_MS = 1000


class IdleWatch(QObject):
    """Lives in the GUI thread and sees what reaches the windows of the application from outside while it is on.

    The windows only: a filter on the application would run for each paint of each tile, a thousand times a second.

    Signals:
        idle: nobody has touched anything for so long; said once, until ``begin``.
    """

    idle = Signal()

    def __init__(self, minutes: float, parent: QObject | None = None) -> None:
        """Args:
        minutes: how long nobody may touch anything; 0 never says ``idle``.
        """
        super().__init__(parent)
        self._looking = QTimer(self)
        self._looking.setObjectName("idle-windows-2-s")
        self._looking.setInterval(WINDOWS_EVERY_MS)
        self._looking.timeout.connect(self._watch_windows)
        self._timer = QTimer(self)
        self._timer.setObjectName("idle")
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(minutes * 60_000))
        self._timer.timeout.connect(self.idle)

    def begin(self) -> None:
        """Count from now."""
        if self._timer.interval() > 0:
            self._watch_windows()
            self._looking.start()
            self._timer.start()

    def end(self) -> None:
        self._looking.stop()
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)
        self._timer.stop()

    def _watch_windows(self) -> None:
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)  # who is asked twice to look looks once

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS and self._timer.isActive():
            waited_ms = self._timer.interval() - self._timer.remainingTime()
            if waited_ms > ANEW_AFTER_MS:
                self._timer.start()
        return False
