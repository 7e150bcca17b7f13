"""A table of words: one row a thing, keyed, so that a selection survives reading again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from widgets.common import theme

ROW_PX = 36
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row: what it is, and the words of its cells in the order of the heads."""

    key: str
    cells: tuple[str, ...]


class TextRows(QAbstractTableModel):
    """Holds rows and heads, decides nothing. GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads: tuple[str, ...] = ()
        self._rows: tuple[TextRow, ...] = ()

    def show(self, heads: Sequence[str], rows: Sequence[TextRow]) -> None:
        self.beginResetModel()
        self._heads, self._rows = tuple(heads), tuple(rows)
        self.endResetModel()

    @property
    def rows(self) -> tuple[TextRow, ...]:
        return self._rows

    # ---- Qt's own ----

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._rows[index.row()].cells[index.column()]
        return None


class TextTable(QTableView):
    """Shows ``TextRows``; letters belong to the page around it. GUI thread.

    Signals:
        picked: the key of the row that is selected now, empty where none is. opened: a row was clicked twice.
    """

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self, stretched: int, parent: QWidget | None = None) -> None:
        """Args:
        stretched: the column that takes the room that is left.
        """
        super().__init__(parent)
        self._stretched = stretched
        self._is_filling = False
        self.model_rows = TextRows(self)
        self.setModel(self.model_rows)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(self._doubled)
        theme.no_input_method(self)

    def show_rows(self, heads: Sequence[str], rows: Sequence[TextRow]) -> None:
        """Become these rows; the selected thing stays selected where it is still there, else the first is."""
        before = self.key
        self._is_filling = True
        self.model_rows.show(heads, rows)
        header = self.horizontalHeader()
        for column in range(len(heads)):
            is_wide = column == self._stretched
            header.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Stretch if is_wide else QHeaderView.ResizeMode.ResizeToContents
            )
        keys = [row.key for row in rows]
        if keys:
            self.selectRow(keys.index(before) if before in keys else 0)
        self._is_filling = False
        if self.key != before:
            self.picked.emit(self.key)

    @property
    def key(self) -> str:
        """The key of the selected row, empty where none is."""
        at = self.currentIndex().row()
        rows = self.model_rows.rows
        return rows[at].key if 0 <= at < len(rows) else ""

    def _moved(self) -> None:
        if not self._is_filling:
            self.picked.emit(self.key)

    def _doubled(self) -> None:
        self.opened.emit(self.key)

    # ---- Qt's own ----

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        ):
            super().keyPressEvent(event)
        else:
            event.ignore()
