"""News and answers from other threads, delivered on the GUI thread."""

from PySide6.QtCore import QObject, Signal


class Bridge(QObject):
    """Turns whatever another thread says into one Qt signal.

    Lives in the GUI thread and may be called from any thread: connect ``said`` to methods of QObjects only, because
    a plain callable would run in the sender's thread.
    """

    said = Signal(object)

    def publish(self, message: object) -> None:
        """Queue a message for the GUI thread. Safe from any thread."""
        self.said.emit(message)
