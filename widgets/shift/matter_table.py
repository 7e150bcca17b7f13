"""The shift by matter: one row a matter, numbers right-aligned, every share with its parts."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.evaluation import MatterLine
from console.words import N_
from widgets.state.telling import Teller, Told, age, seconds_of

_Index = QModelIndex | QPersistentModelIndex
MatterRole = int(Qt.ItemDataRole.UserRole)


class Column(IntEnum):
    MATTER = 0
    ALARMS = 1
    CONFIRMED = 2
    DISMISSED = 3
    FILED = 4
    IN_TIME = 5
    RESPONSE = 6
    HANDLING = 7


HEADS = {
    Column.MATTER: N_("Matter"),
    Column.ALARMS: N_("Alarms"),
    Column.CONFIRMED: N_("Confirmed"),
    Column.DISMISSED: N_("Dismissed"),
    Column.FILED: N_("Filed"),
    Column.IN_TIME: N_("In time ÷ due"),
    Column.RESPONSE: N_("First response"),
    Column.HANDLING: N_("Mean handling"),
}


class MatterTable(QAbstractTableModel):
    """Rows of ``MatterLine`` with the name of their matter. Holds rows, computes nothing."""

    def __init__(self, teller: Teller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._rows: list[tuple[str, MatterLine]] = []

    def show(self, rows: Sequence[tuple[str, MatterLine]]) -> None:
        """Become these rows; those that stay are changed in place."""
        if len(rows) < len(self._rows):
            self.beginRemoveRows(QModelIndex(), len(rows), len(self._rows) - 1)
            del self._rows[len(rows) :]
            self.endRemoveRows()
        kept = len(self._rows)
        self._rows[:kept] = rows[:kept]
        if kept:
            self.dataChanged.emit(self.index(0, 0), self.index(kept - 1, len(Column) - 1))
        if len(rows) > kept:
            self.beginInsertRows(QModelIndex(), kept, len(rows) - 1)
            self._rows.extend(rows[kept:])
            self.endInsertRows()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    # ---- Qt's own ----

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._teller.say(Told(HEADS[Column(section)]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        name, line = self._rows[index.row()]
        if role == MatterRole:
            return line
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(index.column()))
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(Column(index.column()), name, line)
        return None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column is Column.MATTER else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _words(column: Column, name: str, line: MatterLine) -> str:
    match column:
        case Column.MATTER:
            return name
        case Column.ALARMS:
            return str(line.alarms)
        case Column.CONFIRMED:
            return str(line.confirmed)
        case Column.DISMISSED:
            return str(line.dismissed)
        case Column.FILED:
            return str(line.filed)
        case Column.IN_TIME:
            share = line.in_time.share
            parts = f"{line.in_time.part} ÷ {line.in_time.whole}"
            return parts if share is None else f"{parts} = {share * 100:.0f} %"
        case Column.RESPONSE:
            return "—" if line.mean_first_response_s is None else age(seconds_of(line.mean_first_response_s))
        case Column.HANDLING:
            return "—" if line.mean_handling_s is None else age(seconds_of(line.mean_handling_s))
