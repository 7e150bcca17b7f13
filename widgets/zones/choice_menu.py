"""A short list to choose from, opened by a key and chosen by a digit."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget


class ChoiceMenu(QMenu):
    """Made each time it is asked for; it deletes itself when it closes. GUI thread.

    Signals:
        picked: the place of the choice in the list.
    """

    picked = Signal(int)

    def __init__(self, head: str, choices: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.aboutToHide.connect(self.deleteLater)
        self.triggered.connect(self._take)
        self.addAction(head).setEnabled(False)
        for at, words in enumerate(choices):
            digit = f"&{at + 1}  " if at < 9 else ""
            action = QAction(digit + words.replace("&", "&&"), self)
            action.setData(at)
            self.addAction(action)

    def _take(self, action: QAction) -> None:
        self.picked.emit(action.data())
