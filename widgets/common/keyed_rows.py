"""A list model over immutable rows with keys: it changes by the difference, so a selection never jumps."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
RowRole = int(Qt.ItemDataRole.UserRole)


class KeyedRows(QAbstractListModel, Generic[Row]):
    """Shows rows in the order given. Lives in the GUI thread; holds rows, decides nothing.

    ``RowRole`` gives the row itself; ``DisplayRole`` and ``AccessibleTextRole`` give what ``words_of`` says of it.
    """

    def __init__(
        self, key: Callable[[Row], str], words_of: Callable[[Row], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._words_of = words_of
        self._rows: list[Row] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Become ``rows`` by removing, moving, inserting and changing single rows; never by reset."""
        wanted = [self._key(row) for row in rows]
        keep = set(wanted)
        for at in reversed(range(len(self._rows))):
            if self._key(self._rows[at]) not in keep:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self._rows[at]
                self.endRemoveRows()
        for at, row in enumerate(rows):
            self._place(at, row, wanted[at])

    def refresh(self) -> None:
        """Say that every row is to be painted anew (time went on, or the language changed)."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def index_of(self, key: str | None) -> QModelIndex:
        """Return the index of the row with this key, an invalid one if it is not shown."""
        for at, row in enumerate(self._rows):
            if self._key(row) == key:
                return self.index(at, 0)
        return QModelIndex()

    def row_at(self, index: Index) -> Row | None:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        return self._rows[index.row()]

    def _place(self, at: int, row: Row, key: str) -> None:
        here = next((i for i in range(at, len(self._rows)) if self._key(self._rows[i]) == key), None)
        if here is None:
            self.beginInsertRows(QModelIndex(), at, at)
            self._rows.insert(at, row)
            self.endInsertRows()
            return
        if here != at:
            self.beginMoveRows(QModelIndex(), here, here, QModelIndex(), at)
            self._rows.insert(at, self._rows.pop(here))
            self.endMoveRows()
        if self._rows[at] != row:
            self._rows[at] = row
            self.dataChanged.emit(self.index(at, 0), self.index(at, 0))

    # ---- Qt's own ----

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == RowRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words_of(row)
        return None
