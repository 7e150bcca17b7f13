"""A list that opens beside the wall: rows with a number to call them by, a drawing, and what else can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from console.domain.walls import Layout
from widgets.choosing.keys import CHOOSING_KEYS
from widgets.common import theme
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Ground, dress, label, scrolled
from widgets.common.page_keys import bind
from widgets.state.called import SECOND_WITHIN_S

ROW_PX, PAD_PX, DRAWING_PX = 44, 12, (48, 28)
ACTION_PX = 36
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """One row, in words already.

    Attributes:
        number: what its digits are.
        is_on: it is what the wall has now, or a switch that is on.
    """

    row_id: str
    number: int
    words: str
    second: str = ""
    drawing: Layout | None = None
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class SideAct:
    """What can be done besides: its key and its words; the key is one of ``CHOOSING_KEYS``."""

    key: str
    words: str


class SideList(Ground):
    """Holds the focus while it is open, so that no key reaches the wall; GUI thread.

    Signals:
        taken: a row was taken, its id. asked: the key of an act. named: a name was given. row_meant: another row is
        selected. closed: back to the wall.
    """

    taken = Signal(str)
    asked = Signal(str)
    named = Signal(str)
    row_meant = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("g1", parent)
        self._title = label("strong", "t1", strong=True)
        self._nothing = label("body", "t2", wrap=True)
        self._said = label("small", "t1", wrap=True)
        self._rows = _Rows()
        self._rows.clicked.connect(self.taken)
        self._area: QScrollArea = scrolled(self._rows)
        self._field = QLineEdit(self)
        self._field.returnPressed.connect(self._name_given)
        self._acts = QVBoxLayout()
        self._acts.setSpacing(4)
        self._buttons: list[KeyButton] = []
        self._hints = KeyHints(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAD_PX, 8, PAD_PX, 8)
        column.setSpacing(8)
        for part in (self._title, self._field, self._said, self._nothing):
            column.addWidget(part)
        column.addWidget(self._area, 1)
        column.addLayout(self._acts)
        column.addWidget(self._hints)
        self._field.hide()
        self._waiting = QTimer(self)
        self._waiting.setObjectName("side-list-second-digit")
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(round(SECOND_WITHIN_S * 1000))
        self._waiting.timeout.connect(self._take_called)
        self._called = ""
        self._may_be_empty = False
        self._shortcuts = bind(self, CHOOSING_KEYS, self.press)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.no_input_method(self)
        theme.no_input_method(self._rows)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def rows(self) -> tuple[SideRow, ...]:
        return self._rows.rows

    @property
    def selected(self) -> SideRow | None:
        return self._rows.selected

    def show_rows(self, title: str, rows: Sequence[SideRow], nothing: str, acts: Sequence[SideAct]) -> None:
        """Show these rows; the selected one stays selected. ``nothing`` stands where there is none."""
        self._title.setText(title)
        dress(self._title, "strong", "t1", strong=True)
        self.setAccessibleName(title)
        self._rows.show_rows(rows)
        self._nothing.setText(nothing)
        self._nothing.setVisible(not rows)
        for old in self._buttons:
            old.hide()
            old.deleteLater()
        self._buttons = []
        for act in acts:
            button = KeyButton(act.key, self, height=ACTION_PX)
            button.say(act.words)
            button.clicked.connect(_Press(self, act.key))
            self._acts.addWidget(button)
            self._buttons.append(button)

    def show_hints(self, hints: Sequence[tuple[tuple[str, ...], str]]) -> None:
        self._hints.show_hints(hints)

    def say(self, words: str) -> None:
        """Say what happened, or why it did not, above the rows; nothing takes it away."""
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def ask_name(self, placeholder: str, *, may_be_empty: bool = False) -> None:
        """Let a name be typed; ``Enter`` gives it, ``Esc`` leaves it."""
        self._may_be_empty = may_be_empty
        self._field.clear()
        self._field.setPlaceholderText(placeholder)
        self._field.setAccessibleName(placeholder)
        self._field.show()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._listen(is_typing=True)

    def press(self, key: str) -> None:
        """Do what a key of this list says; one that is not offered here does nothing."""
        if key == "Esc":
            if self._field.isVisible():
                self._end_typing()
            else:
                self.closed.emit()
        elif key == "Enter":
            if self._field.isVisible():
                return
            if self.selected is not None:
                self.taken.emit(self.selected.row_id)
        elif key in ("Up", "Down", "Home", "End"):
            self._rows.step(key)
            self.row_meant.emit()
            self._area.ensureVisible(0, self._rows.middle_px, 0, ROW_PX)
            self.setAccessibleDescription(self.selected.words if self.selected is not None else "")
        elif key.isdigit():
            self._call(key)
        elif any(button.key == key for button in self._buttons):
            self.asked.emit(key)

    def _call(self, digit: str) -> None:
        """Take the row of a number; where more digits may follow, after 0.8 s without one."""
        called = self._called + digit
        if not any(str(row.number).startswith(called) for row in self.rows):
            called = digit
        self._called = called
        longer = [row for row in self.rows if str(row.number).startswith(called) and str(row.number) != called]
        self._select(next((row.row_id for row in self.rows if str(row.number) == called), ""))
        self._area.ensureVisible(0, self._rows.middle_px, 0, ROW_PX)
        if longer:
            self._waiting.start()
        else:
            self._take_called()

    def _select(self, row_id: str) -> None:
        self._rows.select(row_id)
        self.row_meant.emit()

    def _take_called(self) -> None:
        self._waiting.stop()
        called, self._called = self._called, ""
        row = next((row for row in self.rows if str(row.number) == called), None)
        if row is not None:
            self.taken.emit(row.row_id)

    def _name_given(self) -> None:
        name = self._field.text().strip()
        if name or self._may_be_empty:
            self._end_typing()
            self.named.emit(name)

    def _end_typing(self) -> None:
        self._field.hide()
        self._listen(is_typing=False)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _listen(self, *, is_typing: bool) -> None:
        """While a name is typed every key but ``Esc`` is the field's."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(not is_typing or shortcut.key().toString() == "Esc")


class _Press:
    """A button's call; a name of its own, because a closure made in a loop would see the last key only."""

    def __init__(self, page: SideList, key: str) -> None:
        self._page, self._key = page, key

    def __call__(self) -> None:
        self._page.press(self._key)


class _Rows(QWidget):
    """The painted rows. ``clicked`` tells the id of a row under the mouse."""

    clicked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[SideRow, ...] = ()
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def selected(self) -> SideRow | None:
        return self.rows[self._at] if self._at < len(self.rows) else None

    @property
    def middle_px(self) -> int:
        return self._at * ROW_PX + ROW_PX // 2

    def show_rows(self, rows: Sequence[SideRow]) -> None:
        kept = self.selected.row_id if self.selected is not None else ""
        self.rows = tuple(rows)
        on = next((at for at, row in enumerate(self.rows) if row.is_on), 0)
        self._at = next((at for at, row in enumerate(self.rows) if row.row_id == kept), on)
        self.setFixedHeight(max(1, len(self.rows) * ROW_PX))
        self.update()

    def select(self, row_id: str) -> None:
        self._at = next((at for at, row in enumerate(self.rows) if row.row_id == row_id), self._at)
        self.update()

    def step(self, key: str) -> None:
        last = max(0, len(self.rows) - 1)
        self._at = {"Up": max(0, self._at - 1), "Down": min(last, self._at + 1), "Home": 0, "End": last}[key]
        self.update()

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(200, max(1, len(self.rows) * ROW_PX))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = int(event.position().y()) // ROW_PX
        if event.button() is Qt.MouseButton.LeftButton and 0 <= at < len(self.rows):
            self._at = at
            self.update()
            self.clicked.emit(self.rows[at].row_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for at, row in enumerate(self.rows):
                rect = QRect(0, at * ROW_PX, self.width(), ROW_PX)
                if event.rect().intersects(rect):
                    self._paint_row(painter, rect, row, is_selected=at == self._at)

    def _paint_row(self, painter: QPainter, rect: QRect, row: SideRow, *, is_selected: bool) -> None:
        painter.fillRect(rect, theme.colour("g4" if is_selected else "g1"))
        if is_selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), theme.colour("focus"))
        caption = theme.font("caption", strong=True)
        side = max(24, QFontMetrics(caption).horizontalAdvance(str(row.number)) + 10)
        cap = QRect(rect.left() + 10, rect.top() + (ROW_PX - 22) // 2, side, 22)
        painter.setPen(theme.cosmetic_pen("edge"))
        painter.drawRoundedRect(cap.adjusted(0, 0, -1, -1), 3, 3)
        painter.setPen(theme.colour("t1"))
        painter.setFont(caption)
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), str(row.number))
        left = cap.right() + 10
        if row.drawing is not None:
            room = QRect(left, rect.top() + (ROW_PX - DRAWING_PX[1]) // 2, *DRAWING_PX)
            paint_layout(painter, room, row.drawing)
            left = room.right() + 10
        right = rect.right() - 8
        if row.is_on:
            _paint_tick(painter, QRect(right - 14, rect.top(), 14, ROW_PX))
        right -= 20
        body, small = theme.font("body"), theme.font("caption")
        metrics = QFontMetrics(body)
        top, high = (rect.top() + 4, ROW_PX // 2 - 2) if row.second else (rect.top(), ROW_PX)
        painter.setFont(body)
        painter.setPen(theme.colour("t1"))
        words = metrics.elidedText(row.words, Qt.TextElideMode.ElideMiddle, max(0, right - left))
        painter.drawText(QRect(left, top, right - left, high), _LEFT, words)
        if row.second:
            painter.setFont(small)
            painter.setPen(theme.colour("t2"))
            second = QFontMetrics(small).elidedText(row.second, Qt.TextElideMode.ElideRight, max(0, right - left))
            painter.drawText(QRect(left, rect.top() + ROW_PX // 2, right - left, ROW_PX // 2 - 4), _LEFT, second)


def paint_layout(painter: QPainter, room: QRect, layout: Layout) -> None:
    """Draw a layout as little frames."""
    painter.setPen(theme.cosmetic_pen("t2"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width, height = room.width() - 1, room.height() - 1
    for column, row, wide, high in layout.places:
        left, top = column * width // layout.columns, row * height // layout.rows
        right, below = (column + wide) * width // layout.columns, (row + high) * height // layout.rows
        painter.drawRect(QRect(room.left() + left, room.top() + top, right - left, below - top))


def _paint_tick(painter: QPainter, rect: QRect) -> None:
    painter.setPen(theme.cosmetic_pen("t1", 2))
    middle, left = rect.center().y(), rect.left()
    painter.drawLine(left, middle, left + 4, middle + 4)
    painter.drawLine(left + 4, middle + 4, left + 12, middle - 5)
