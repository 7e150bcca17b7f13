"""Whether anybody is at the desk: any key, click, wheel or move of the mouse counts."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

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
# Moving the mouse makes a hundred events a second; beginning to wait anew is worth it once a second.
ANEW_AFTER_MS = 1000


class IdleWatch(QObject):
    """Lives in the GUI thread and sees every event of the application while it is on.

    Signals:
        idle: nobody has touched anything for so long; said once, until ``begin``.
    """

    idle = Signal()

    def __init__(self, application: QApplication, minutes: float, parent: QObject | None = None) -> None:
        """Args:
        minutes: how long nobody may touch anything; 0 never says ``idle``.
        """
        super().__init__(parent)
        self._application = application
        self._timer = QTimer(self)
        self._timer.setObjectName("idle")
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(minutes * 60_000))
        self._timer.timeout.connect(self.idle)

    def begin(self) -> None:
        """Count from now."""
        if self._timer.interval() > 0:
            self._application.installEventFilter(self)
            self._timer.start()

    def end(self) -> None:
        self._application.removeEventFilter(self)
        self._timer.stop()

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        waited_ms = self._timer.interval() - self._timer.remainingTime()
        if event.type() in _SIGNS and self._timer.isActive() and waited_ms > ANEW_AFTER_MS:
            self._timer.start()
        return False
