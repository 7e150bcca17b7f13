"""The place of a page that is still being made: its tab and its F-key work from the first moment."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.main_window import Speaking


class PageRoom(QWidget):
    """Lives in the GUI thread. Empty until ``fill``; then the page has all of it, and its focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def fill(self, page: QWidget) -> None:
        """Put the page in. Whoever waits for it, with the focus on its room, goes on in it."""
        is_waited_for = self.hasFocus()
        self._page = page
        self._column.addWidget(page)
        self.setFocusProxy(page)
        if is_waited_for:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        if isinstance(self._page, Speaking):
            self._page.retranslate()
