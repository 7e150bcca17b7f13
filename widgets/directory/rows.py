"""The panel's list: its model, and the painting of a branch and of a camera."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.application.directory_ports import Ailment
from console.words import N_
from widgets.common import theme
from widgets.common.state_icon import state_icon
from widgets.state.directory import AILMENT_WORDS, KIND_WORDS, STANDING_WORDS, Row, name_of
from widgets.state.telling import Teller, Told
from widgets.wall.dragging import CAMERA_MIME, mime_of

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX = 44
INDENT_PX = 16
SHAPE_PX = 16
GAP_PX = 8
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class CameraState:
    """How a camera is: the shape of ``state_icon`` and the word beside it. ``is_silent``: it gives no picture."""

    shape: str
    word: Told
    is_silent: bool = False


class DirectoryRows(QAbstractListModel):
    """Holds rows; decides nothing. GUI thread."""

    def __init__(self, teller: Teller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._rows: tuple[Row, ...] = ()
        self.states: Mapping[str, CameraState] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def show(self, rows: Sequence[Row]) -> None:
        """Become these rows; those at the beginning and end that stay are not touched."""
        old, new = self._rows, tuple(rows)
        same = 0
        while same < min(len(old), len(new)) and old[same].key == new[same].key:
            same += 1
        tail = 0
        while tail < min(len(old), len(new)) - same and old[-1 - tail].key == new[-1 - tail].key:
            tail += 1
        if len(old) - tail > same:
            self.beginRemoveRows(QModelIndex(), same, len(old) - tail - 1)
            self._rows = (*old[:same], *old[len(old) - tail :])
            self.endRemoveRows()
        if len(new) - tail > same:
            self.beginInsertRows(QModelIndex(), same, len(new) - tail - 1)
            self._rows = new
            self.endInsertRows()
        self._rows = new
        if new:
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))

    def said(self, row: Row) -> tuple[str, str]:
        """Return a row's first and second line."""
        say = self._teller.say
        if row.branch is not None:
            count = f"{row.branch.cameras:,}".replace(",", " ")
            return say(name_of(row.branch)), say(Told(N_("Cameras: {n}"), {"n": count}))
        if row.camera is None:
            return say(Told(N_("More…"))), ""
        line = row.camera
        state = self.states.get(line.camera_id)
        kind = say(Told(KIND_WORDS[line.kind])) if line.kind in KIND_WORDS else ""
        standing = say(Told(STANDING_WORDS[line.standing])) if line.standing in STANDING_WORDS else ""
        known = say(state.word) if state is not None else ""
        ailing = [say(Told(AILMENT_WORDS[one])) for one in line.ailments if one is not Ailment.SILENT or not known]
        facts = (
            known,
            *(words for words in ailing if words != known),
            standing,
            kind,
            line.address,
            line.owner,
            *line.tags,
        )
        return f"{line.number}  {line.name}", " · ".join(fact for fact in facts if fact)

    # ---- Qt's own ----

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.said(row)[0]
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return ", ".join(part for part in self.said(row) if part)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        plain = super().flags(index)
        is_camera = index.isValid() and self._rows[index.row()].camera is not None
        return plain | Qt.ItemFlag.ItemIsDragEnabled if is_camera else plain

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        for index in indexes:
            camera = self._rows[index.row()].camera
            if camera is not None:
                return mime_of(camera.camera_id)
        return QMimeData()


class DirectoryPainter(QStyledItemDelegate):
    """Paints a row in two lines: what it is, and what is known of it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        del option, index
        return QSize(120, round(ROW_PX * theme.text_scale()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model, row = index.model(), index.data(ROW_ROLE)
        if not isinstance(model, DirectoryRows) or not isinstance(row, Row):
            return
        first, second = model.said(row)
        room: QRect = option.rect
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(room, theme.colour("g4"))
            painter.fillRect(QRect(room.left(), room.top(), 4, room.height()), theme.colour("focus"))
        left = room.left() + GAP_PX + row.depth * INDENT_PX
        shape = QRect(left, room.top() + (room.height() - SHAPE_PX) // 2, SHAPE_PX, SHAPE_PX)
        if row.branch is not None:
            painter.setPen(theme.cosmetic_pen("t2", 2))
            _paint_arrow(painter, shape, is_open=row.is_open)
        elif row.camera is not None and row.camera.ailments:
            state_icon("fault", SHAPE_PX).paint(painter, shape)
        elif row.camera is not None and (state := model.states.get(row.camera.camera_id)) is not None:
            state_icon(state.shape, SHAPE_PX).paint(painter, shape)
        text = QRect(shape.right() + GAP_PX, room.top() + 3, 0, room.height() - 6)
        text.setRight(room.right() - GAP_PX)
        if row.camera is not None and row.camera.is_favourite:
            star = QRect(text.right() - SHAPE_PX, text.top(), SHAPE_PX, text.height() // 2)
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colour("t1"))
            painter.drawText(star, Qt.AlignmentFlag.AlignCenter, "★")
            text.setRight(star.left() - GAP_PX // 2)
        if row.branch is not None:  # what it is at the left, how many at the right
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.colour("t2"))
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, second)
            text.setRight(text.right() - painter.fontMetrics().horizontalAdvance(second) - GAP_PX)
            second = ""
        half = text.height() // 2
        top = QRect(text.left(), text.top(), text.width(), half if second else text.height())
        below = QRect(text.left(), text.top() + half, text.width(), half)
        for words, role, colour, where in (
            (first, "body", "t1", top),
            (second, "caption", "t2" if is_selected else "t3", below),
        ):
            painter.setFont(theme.font(role))
            painter.setPen(theme.colour(colour))
            elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, where.width())
            painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()


def _paint_arrow(painter: QPainter, room: QRect, *, is_open: bool) -> None:
    """Draw which way the branch turns: right while closed, down while open."""
    x, y = room.center().x(), room.center().y()
    if is_open:
        painter.drawLine(x - 4, y - 2, x, y + 2)
        painter.drawLine(x, y + 2, x + 4, y - 2)
    else:
        painter.drawLine(x - 2, y - 4, x + 2, y)
        painter.drawLine(x + 2, y, x - 2, y + 4)
