"""The list of cases, newest first, read by key as far as the operator goes down."""

from typing import cast

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console.application.read_models import CaseRow
from console.domain.cases import RecheckAnswer, Stage
from console.domain.deadlines import Lamp, lamp_at
from console.words import N_
from widgets.cases.step_words import ANSWER_WORDS, STAGE_WORDS
from widgets.common import theme
from widgets.common.keyed_rows import KeyedRows, RowRole
from widgets.common.lettering import Ground, label
from widgets.common.state_icon import state_icon
from widgets.state.case import CaseState
from widgets.state.telling import Named, Teller, Told

ROW_PX = 40
# Shares of the width: number, matter, place, unit, stage, limit.
COLUMNS = (0.15, 0.18, 0.24, 0.16, 0.15, 0.12)
HEADS = (N_("Number"), N_("Matter"), N_("Place"), N_("Unit"), N_("Stage"), N_("Limit"))


class CaseDelegate(QStyledItemDelegate):
    """Paints one case a row, in columns."""

    def __init__(self, teller: Teller, view: "CaseList") -> None:
        super().__init__(view)
        self._teller = teller
        self._view = view

    # ---- Qt's own ----

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = cast(CaseRow, index.data(RowRole))
        rect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.colour("g4" if is_selected else "g2"))
        if is_selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), theme.colour("focus"))
        painter.setPen(theme.cosmetic_pen("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        shape, limit = limit_of(row, self._view.state, self._teller)
        words = row_words(row, self._teller)
        for at, room in enumerate(cells_of(rect)):
            painter.setFont(theme.font("body", strong=at == 1))
            painter.setPen(theme.colour("t1" if at in (0, 1, 4) else "t2"))
            text = words[at] if at < len(words) else limit
            if at == len(COLUMNS) - 1:
                state_icon(shape, 16).paint(painter, QRect(room.left(), room.top() + (ROW_PX - 16) // 2, 16, 16))
                room = room.adjusted(22, 0, 0, 0)
            mode = Qt.TextElideMode.ElideMiddle if at == 2 else Qt.TextElideMode.ElideRight
            fitted = QFontMetrics(painter.font()).elidedText(text, mode, room.width() - 8)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), fitted)
        painter.restore()


class CaseView(QListView):
    """A list whose letters are the page's."""

    # ---- Qt's own ----

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class CaseList(Ground):
    """Shows the rows of the state.

    Signals:
        row_picked, row_opened: one click, two clicks; the case's id.
        end_reached: the last row shown came into view and older cases may exist.
    """

    row_picked = Signal(str)
    row_opened = Signal(str)
    end_reached = Signal()

    def __init__(self, teller: Teller, state: CaseState, parent: QWidget | None = None) -> None:
        super().__init__("g2", parent)
        self._teller = teller
        self.state = state
        self._title = label("strong", "t1", strong=True)
        self._note = label("caption", "t3")
        self._heads = [label("small", "t3") for _ in HEADS]
        self._empty = label("body", "t2", wrap=True)
        self._empty.setContentsMargins(16, 12, 16, 12)
        self.model = KeyedRows[CaseRow](lambda row: row.case_id, self._spoken, self)
        self.view = CaseView(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CaseDelegate(teller, self))
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.view.clicked.connect(self._clicked)
        self.view.doubleClicked.connect(self._opened)
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._note)
        heads = QHBoxLayout()
        heads.setContentsMargins(16, 4, 12, 4)
        heads.setSpacing(0)
        for share, cell in zip(COLUMNS, self._heads, strict=True):
            cell.setMinimumWidth(24)
            heads.addWidget(cell, round(share * 100))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(heads)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)

    def show_state(self, state: CaseState) -> None:
        self.state = state
        say = self._teller.say
        self._title.setText(say(Told(N_("Cases"))))
        for cell, word in zip(self._heads, HEADS, strict=True):
            cell.setText(say(Told(word)))
        self._note.setText(say(Told(N_("newest first • Enter opens"))))
        self._empty.setVisible(not state.rows)
        if state.away_since is not None:
            away = Told(N_("Database away since {time}. Cases come back by themselves."), {"time": state.away_since})
            self._empty.setText(say(away))
            self._empty.setVisible(True)
        elif not state.is_read:
            self._empty.setText(say(Told(N_("Reading cases…"))))
        else:
            self._empty.setText(say(Told(N_("No case yet. A confirmed alarm that is filed stands here (F3)."))))
        self.model.show(state.rows)
        self.model.refresh()
        index = self.model.index_of(state.selected)
        if index.isValid() and self.view.currentIndex() != index:
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)
        if state.has_older and state.position is not None and state.position >= len(state.rows) - 2:
            self.end_reached.emit()

    def _clicked(self, index: QModelIndex) -> None:
        row = self.model.row_at(index)
        if row is not None:
            self.row_picked.emit(row.case_id)

    def _opened(self, index: QModelIndex) -> None:
        row = self.model.row_at(index)
        if row is not None:
            self.row_opened.emit(row.case_id)

    def _scrolled(self, value: int) -> None:
        if self.state.has_older and value >= self.view.verticalScrollBar().maximum():
            self.end_reached.emit()

    def _spoken(self, row: CaseRow) -> str:
        return ", ".join((*row_words(row, self._teller), limit_of(row, self.state, self._teller)[1]))


def cells_of(rect: QRect) -> list[QRect]:
    """Return the cells of a row, by the shares of the columns."""
    cells = []
    left, width = float(rect.left() + 16), rect.width() - 28
    for share in COLUMNS:
        cells.append(QRect(round(left), rect.top(), round(share * width), rect.height()))
        left += share * width
    return cells


def row_words(row: CaseRow, teller: Teller) -> tuple[str, str, str, str, str]:
    """Return number, matter, place, unit and stage of a row."""
    stage: Told | Named = Told(STAGE_WORDS[Stage(row.stage)])
    if row.stage == Stage.CHECKED and row.recheck:
        stage = Told(
            N_("{stage} • {answer}"), {"stage": stage, "answer": Told(ANSWER_WORDS[RecheckAnswer(row.recheck)])}
        )
    return (
        row.number,
        teller.say(Named(row.category_zh, row.category_en)),
        row.address,
        teller.say(Named(row.unit_zh, row.unit_en)),
        teller.say(stage),
    )


def limit_of(row: CaseRow, state: CaseState, teller: Teller) -> tuple[str, str]:
    """Return shape and words of a row's limit; a closed case has none running."""
    if row.closed_at is not None or row.stage == Stage.VOID or row.due_at is None:
        return "ok" if row.closed_at is not None else "low", ""
    end = row.handled_at or state.now
    lamp = lamp_at(end, row.filed_at, row.due_at, row.near_at)
    shape = {Lamp.IN_TIME: "in_time", Lamp.NEAR: "near", Lamp.OVERDUE: "overdue"}[lamp]
    if row.handled_at is not None:
        return shape, teller.say(Told(N_("answered")))
    if lamp is Lamp.OVERDUE:
        return shape, teller.say(Told(N_("Overdue by {span}"), {"span": teller.span(state.now - row.due_at)}))
    return shape, teller.say(Told(N_("{span} left"), {"span": teller.span(row.due_at - state.now)}))
