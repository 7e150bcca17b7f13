"""The numbered choices of the present mode, where stills and question stand otherwise: nothing else moves."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets.common.key_button import KeyButton
from widgets.common.lettering import label
from widgets.state.telling import Option, Teller

MOST_COLUMNS, GAP_PX = 3, 4


class Choices(QWidget):
    """Shows what the digit keys mean now. A click is the same as its key."""

    key_chosen = Signal(str)
    reason_typed = Signal(str)
    text_mode = Signal(bool)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("body", "t1", strong=True)
        self._hint = label("caption", "t3")
        self._buttons: list[KeyButton] = []
        self._typed = QLineEdit(self)
        self._typed.returnPressed.connect(self.submit)
        self._typed.installEventFilter(self)
        self._typed.hide()
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._hint)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addWidget(self._typed)
        column.addStretch(1)

    @property
    def typed(self) -> QLineEdit:
        """The field for a reason of one's own words."""
        return self._typed

    def show_options(self, title: str, hint: str, options: Sequence[Option]) -> None:
        """Show these choices, the chosen one filled."""
        self._title.setText(title)
        self._hint.setText(hint)
        while len(self._buttons) < len(options):
            button = KeyButton("", self, height=32)
            button.clicked.connect(self._clicked)
            self._buttons.append(button)
        for at, button in enumerate(self._buttons):
            button.setVisible(at < len(options))
            if at < len(options):
                option = options[at]
                button.key = option.key
                button.say(self._teller.say(option.label))
                button.setToolTip(button.text())
                button.mark(is_chosen=option.is_chosen)
        self._place(len(options))

    def ask_typed(self, placeholder: str, *, is_asked: bool) -> None:
        """Open or close the field; what was written stays in it."""
        self._typed.setPlaceholderText(placeholder)
        self._typed.setAccessibleName(placeholder)
        if is_asked and not self._typed.isVisibleTo(self):
            self._typed.show()
            self._typed.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif not is_asked:
            self._typed.hide()

    def _place(self, count: int) -> None:
        """Put the choices beside each other as far as none of them is cut: a sentence gets a line of its own."""
        widest = max((button.sizeHint().width() for button in self._buttons[:count]), default=0)
        room = self.width()
        fits = [n for n in range(1, MOST_COLUMNS + 1) if n * widest + (n - 1) * GAP_PX <= room]
        columns = fits[-1] if fits else 1
        for at, button in enumerate(self._buttons):
            self._grid.addWidget(button, at // columns, at % columns)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.key_chosen.emit(button.key)

    def submit(self) -> None:
        """Take the reason written, if there is one."""
        text = self._typed.text().strip()
        if text:
            self._typed.clear()
            self.reason_typed.emit(text)

    # ---- Qt's own ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(sum(not button.isHidden() for button in self._buttons))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._typed and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.text_mode.emit(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)
