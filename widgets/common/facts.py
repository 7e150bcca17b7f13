"""Rows of label and value, reused from one showing to the next."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from widgets.common.lettering import dress, label


class Facts(QWidget):
    """A small table: labels in t3 and values in t1; ``is_plain`` puts the weight left and the value right."""

    def __init__(self, parent: QWidget | None = None, *, is_plain: bool = False) -> None:
        super().__init__(parent)
        self._is_plain = is_plain
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0 if is_plain else 1, 1)
        if not is_plain:
            self._grid.setColumnMinimumWidth(0, 64)
        self._cells: list[tuple[QLabel, QLabel]] = []

    def show_rows(self, rows: Sequence[tuple[str, str]], strong: int = -1) -> None:
        """Show these rows; the value of row ``strong`` is set bold."""
        while len(self._cells) < len(rows):
            at = len(self._cells)
            name = label("body", "t1" if self._is_plain else "t3", wrap=self._is_plain)
            value = label("body", "t2" if self._is_plain else "t1", wrap=not self._is_plain)
            if self._is_plain:
                value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, at, 1)
            self._cells.append((name, value))
        for at, (name, value) in enumerate(self._cells):
            is_used = at < len(rows)
            name.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                name.setText(rows[at][0])
                value.setText(rows[at][1])
                if not self._is_plain:
                    dress(value, "body", "t1", strong=at == strong)

    def rows(self) -> list[tuple[str, str]]:
        """Return what is shown now."""
        return [(name.text(), value.text()) for name, value in self._cells if not name.isHidden()]
