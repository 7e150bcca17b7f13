"""The queue at the left of the review page: what waits, what came above, and this seat's own pace."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from console.application.read_models import AlarmRow
from console.words import N_
from widgets.alarms.queue_delegate import QueueDelegate, spoken_row
from widgets.common import theme
from widgets.common.keyed_rows import KeyedRows
from widgets.common.lettering import StateShape, label, rule_line
from widgets.state.review import ReviewState
from widgets.state.telling import Teller, Told

EASY, MODERATE, FLOOD = 1, 2, 10  # alarms in ten minutes (DESIGN §6)


class QueueView(QListView):
    """A list whose letters are the page's: typing never searches in it."""

    # ---- Qt's own ----

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class QueuePanel(QWidget):
    """Shows the rows of the state and says which one was clicked. The list never moves by itself."""

    row_picked = Signal(str)

    def __init__(
        self,
        teller: Teller,
        thumbnail_of: Callable[[AlarmRow], QImage],
        state: ReviewState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._teller = teller
        self._state = state
        self._title = label("strong", "t1", strong=True)
        self._order = label("caption", "t3")
        self._above = label("small", "t1", strong=True)
        self._above_shape = StateShape("high", 16, self)
        self._empty = label("body", "t2", wrap=True)
        self._away = label("small", "t1", wrap=True)
        self._hints = label("caption", "t3", wrap=True)
        self._pace = PaceBar(self)
        self._pace_title = label("body", "t2")
        self._pace_count = label("title", "t1", strong=True)
        self._pace_words = label("caption", "t3")
        self.model = KeyedRows[AlarmRow](lambda row: row.alarm_id, self._spoken, self)
        self.view = QueueView(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(QueueDelegate(teller, lambda: self._state, thumbnail_of, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.view.clicked.connect(self._clicked)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._order)
        above = QHBoxLayout()
        above.setContentsMargins(16, 4, 16, 4)
        above.addWidget(self._above_shape)
        above.addWidget(self._above, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        pace = QHBoxLayout()
        pace.addWidget(self._pace_title, 1)
        pace.addWidget(self._pace_count)
        foot.addWidget(self._hints)
        foot.addWidget(rule_line())
        foot.addLayout(pace)
        foot.addWidget(self._pace)
        foot.addWidget(self._pace_words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule_line())
        column.addLayout(above)
        column.addWidget(self._empty)
        column.addWidget(self._away)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        for part in (self._empty, self._away):
            part.setContentsMargins(16, 12, 16, 12)

    def show_state(self, state: ReviewState) -> None:
        """Show the state's rows and keep the selected row where it stands on the screen."""
        before = self._state
        self._state = state
        top = self._top_of(before.selected)
        self.model.show(state.rows)
        self.model.refresh()
        self._select(state, top if before.selected == state.selected else None)
        say = self._teller.say
        self._title.setText(say(Told(N_("To review {count}"), {"count": len(state.waiting)})))
        self._order.setText(say(Told(N_("High first, then oldest"))))
        self._above.setText(self._teller.words.plural("↑ {n} new", "↑ {n} new", state.new_above))
        self._above.setVisible(state.new_above > 0)
        self._above_shape.setVisible(state.new_high > 0)
        self._above_shape.show_shape("high", say(Told(N_("high, nobody heard it"))))
        self._empty.setText(say(_empty_words(state)))
        self._empty.setVisible(not state.rows)
        self._away.setVisible(state.away_since is not None)
        if state.away_since is not None:
            self._away.setText(
                say(
                    Told(
                        N_("Database away since {time}. Pictures go on; verdicts must wait; your text is kept."),
                        {"time": state.away_since},
                    )
                )
            )
        self._hints.setText(say(Told(N_("↑ ↓ move • Enter claim • O release • U undo, 10 s"))))
        self._show_pace(state)

    def _show_pace(self, state: ReviewState) -> None:
        say = self._teller.say
        self._pace_title.setText(say(Told(N_("This seat, last 10 min"))))
        self._pace_count.setText(str(state.rate))
        self._pace.show_count(state.rate)
        self._pace_words.setText(say(Told(pace_word(state.rate), {"easy": EASY, "moderate": MODERATE, "flood": FLOOD})))

    def _top_of(self, alarm_id: str | None) -> int | None:
        index = self.model.index_of(alarm_id)
        return self.view.visualRect(index).top() if index.isValid() else None

    def _select(self, state: ReviewState, top: int | None) -> None:
        index = self.model.index_of(state.selected)
        if not index.isValid():
            self.view.selectionModel().clear()
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(index, flags)
        if top is None:
            self.view.scrollTo(index)
            return
        self.view.doItemsLayout()
        shift = self.view.visualRect(index).top() - top
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + shift)

    def _clicked(self, index: QModelIndex) -> None:
        row = self.model.row_at(index)
        if row is not None:
            self.row_picked.emit(row.alarm_id)

    def _spoken(self, row: AlarmRow) -> str:
        return spoken_row(row, self._state, self._teller)


class PaceBar(QWidget):
    """Ten blocks, one for each alarm of the last ten minutes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setFixedHeight(8)

    def show_count(self, count: int) -> None:
        if count != self._count:
            self._count = count
            self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            width = (self.width() - 2 * (FLOOD - 1)) / FLOOD
            for at in range(FLOOD):
                is_full = at < self._count
                token = ("med" if self._count >= FLOOD else "t1") if is_full else "g4"
                painter.fillRect(round(at * (width + 2)), 0, round(width), self.height(), theme.colour(token))


def pace_word(count: int) -> str:
    """Return the sentence that names the band of this pace."""
    if count >= FLOOD:
        return N_("flood: {flood} or more in 10 min")
    if count > MODERATE:
        return N_("more than {moderate}, below {flood} (flood)")
    if count > EASY:
        return N_("moderate ({moderate}); flood is {flood}")
    return N_("easy (up to {easy}); flood is {flood}")


def _empty_words(state: ReviewState) -> Told:
    if not state.is_read:
        return Told(N_("Reading what waits…"))
    sight = state.sight
    if sight is None:
        return Told(N_("Nothing to review. Whether all cameras are watched is not known yet."))
    if sight.unseen > 0:
        return Told(
            N_("Nothing to review, but {unseen} of {cameras} cameras cannot be seen. F9 shows which."),
            {"unseen": sight.unseen, "cameras": sight.cameras},
        )
    if sight.cameras == 1 and state.last_raised_at is None:
        return Told(N_("Nothing to review. The one camera is watched."))
    if state.last_raised_at is None:
        return Told(N_("Nothing to review. All {cameras} cameras are watched."), {"cameras": sight.cameras})
    return Told(
        N_("Nothing to review. All {cameras} cameras are watched; last alarm {time}."),
        {"cameras": sight.cameras, "time": state.last_raised_at},
    )
