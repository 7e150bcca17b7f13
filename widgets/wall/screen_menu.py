"""The menu of screens elsewhere to which a wall can be sent: opened by a key, chosen by a digit."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.application.screens_desk import ScreenLine
from console.words import N_
from widgets.state.telling import Teller, Told


class ScreenMenu(QMenu):
    """Made each time it is asked for; it deletes itself when it closes.

    Signals:
        picked, cleared: the name of the screen.
    """

    picked = Signal(str)
    cleared = Signal(str)

    def __init__(self, screens: Sequence[ScreenLine], teller: Teller, parent: QWidget) -> None:
        super().__init__(parent)
        self.aboutToHide.connect(self.deleteLater)
        self.triggered.connect(self._take)
        head = self.addAction(teller.say(Told(N_("Show this wall on …"))))
        head.setEnabled(False)
        for at, screen in enumerate(screens, 1):
            self._offer(at, screen.name, screen.name, is_sending=True)
        used = [screen for screen in screens if screen.sent_at is not None]
        if used:
            self.addSeparator()
        for at, screen in enumerate(used, len(screens) + 1):
            told = Told(N_("Clear {screen} (sent by {who})"), {"screen": screen.name, "who": screen.sent_by})
            self._offer(at, teller.say(told), screen.name, is_sending=False)

    def _offer(self, at: int, said: str, name: str, *, is_sending: bool) -> None:
        digit = f"&{at}  " if at <= 9 else ""
        action = QAction(digit + said.replace("&", "&&"), self)
        action.setData((name, is_sending))
        self.addAction(action)

    def _take(self, action: QAction) -> None:
        name, is_sending = action.data()
        (self.picked if is_sending else self.cleared).emit(name)
