"""One row of the review queue: thumbnail, state shape, matter, place, whose it is, age."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.application.read_models import AlarmRow
from console.domain.alarms import Priority
from console.words import N_
from widgets.common import theme
from widgets.common.keyed_rows import RowRole
from widgets.common.state_icon import state_icon
from widgets.state.review import ReviewState
from widgets.state.telling import Named, Teller, Told, age

ROW_PX = 74  # DESIGN §3
THUMB = QSize(96, 54)
BAR_PX = 4


class QueueDelegate(QStyledItemDelegate):
    """Paints rows from the page's state; ``thumbnail_of`` returns a small picture that is ready, or a null one."""

    def __init__(
        self,
        teller: Teller,
        state_of: Callable[[], ReviewState],
        thumbnail_of: Callable[[AlarmRow], QImage],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._teller = teller
        self._state_of = state_of
        self._thumbnail_of = thumbnail_of

    # ---- Qt's own ----

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = QFontMetrics(theme.font("body", strong=True)).height() + 2 * QFontMetrics(theme.font("small")).height()
        return QSize(200, max(ROW_PX, lines + 10))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = cast(AlarmRow, index.data(RowRole))
        state = self._state_of()
        rect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.colour("g4" if is_selected else "g2"))
        if is_selected:
            painter.fillRect(QRect(rect.left(), rect.top(), BAR_PX, rect.height()), theme.colour("focus"))
        painter.setPen(theme.cosmetic_pen("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._paint_thumbnail(painter, QRect(rect.left() + 12, rect.top() + 10, THUMB.width(), THUMB.height()), row)
        self._paint_words(painter, rect.adjusted(12 + THUMB.width() + 12, 8, -12, -8), row, state, is_selected)
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, room: QRect, row: AlarmRow) -> None:
        painter.fillRect(room, theme.colour("g0"))
        picture = self._thumbnail_of(row)
        if picture.isNull():
            return
        size = picture.deviceIndependentSize().toSize()
        painter.drawImage(
            room.left() + (room.width() - size.width()) // 2, room.top() + (room.height() - size.height()) // 2, picture
        )

    def _paint_words(
        self, painter: QPainter, room: QRect, row: AlarmRow, state: ReviewState, is_selected: bool
    ) -> None:
        line = room.height() // 3
        first = QRect(room.left(), room.top(), room.width(), line)
        second = first.translated(0, line)
        third = second.translated(0, line)
        icon = state_icon(shape_of(row), 16)
        icon.paint(painter, QRect(first.left(), first.top() + (line - 16) // 2, 16, 16))
        waited = age(state.now - row.raised_at)
        painter.setFont(theme.font("body", strong=True))
        metrics = QFontMetrics(painter.font())
        width = metrics.horizontalAdvance(waited)
        painter.setPen(theme.colour("t1"))
        matter = self._teller.say(Named(row.category_zh, row.category_en))
        # The matter is never cut for the age: where both do not fit, the age goes to the third line.
        fits = 22 + metrics.horizontalAdvance(matter) + 8 + width <= first.width()
        place_of_age = first if fits else third
        painter.drawText(place_of_age, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), waited)
        title = first.adjusted(22, 0, -width - 8 if fits else 0, 0)
        third = third if fits else third.adjusted(0, 0, -width - 8, 0)
        _draw(painter, title, matter, theme.colour("t1"), Qt.TextElideMode.ElideRight)
        painter.setFont(theme.font("small"))
        place = row.where
        _draw(painter, second, place, theme.colour("t2"), Qt.TextElideMode.ElideMiddle)
        quiet = theme.colour("t2" if is_selected else "t3")  # t3 does not stand on g4
        _draw(painter, third, self._teller.say(whose(row, state, self._teller)), quiet, Qt.TextElideMode.ElideRight)


def _draw(painter: QPainter, room: QRect, words: str, colour: QColor, elide: Qt.TextElideMode) -> None:
    painter.setPen(colour)
    fitted = QFontMetrics(painter.font()).elidedText(words, elide, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), fitted)


def shape_of(row: AlarmRow) -> str:
    """Return the name of the row's state shape."""
    match row.priority:
        case Priority.HIGH:
            return "high" if row.acknowledged_at is None else "high_acknowledged"
        case Priority.MEDIUM:
            return "medium"
        case Priority.LOW:
            return "low"


def whose(row: AlarmRow, state: ReviewState, teller: Teller) -> Told:
    """Say whose the alarm is now, in one line."""
    if state.is_gone(row):
        return Told(N_("No longer waiting"))
    if state.is_mine(row) and row.claimed_until is not None:
        return Told(N_("Yours • claim {left} left"), {"left": row.claimed_until - state.now})
    if state.is_held(row):
        return Told(N_("Seat {seat} {who} has it"), {"seat": row.claimed_seat, "who": row.claimed_by})
    if row.hits > 1:
        return Told(N_("Unclaimed • {count} hits merged"), {"count": row.hits})
    if row.acknowledged_at is None:
        return Told(N_("Nobody yet"))
    return Told(N_("Unclaimed"))


def spoken_row(row: AlarmRow, state: ReviewState, teller: Teller) -> str:
    """Return the row as a screen reader says it: priority, matter, place, whose, age."""
    told = Told(
        N_("{priority}: {matter}, {place}, {whose}, {age}"),
        {
            "priority": Told(PRIORITY_WORDS[row.priority]),
            "matter": Named(row.category_zh, row.category_en),
            "place": row.where,
            "whose": whose(row, state, teller),
            "age": state.now - row.raised_at,
        },
    )
    return teller.say(told)


PRIORITY_WORDS = {Priority.HIGH: N_("High"), Priority.MEDIUM: N_("Medium"), Priority.LOW: N_("Low")}
