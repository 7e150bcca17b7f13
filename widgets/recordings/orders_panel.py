"""What can be done with the chosen span, what is locked, and what was deleted."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from console.domain.retention import Deletion, Lock
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.keyed_rows import KeyedRows
from widgets.common.lettering import Panel, label, rule_line
from widgets.state.telling import Teller, Told

BUTTON_PX = 36
ORDERS = {
    "C": N_("Cut into evidence"),
    "L": N_("Lock the span"),
    "X": N_("Delete the span"),
    "U": N_("Release the marked lock"),
}
WHY_WORDS = {
    "age": N_("too old"),
    "quota": N_("its quota was full"),
    "room": N_("the disk was full"),
    "room_below_days": N_("the disk was full, younger than it should have been"),
    "by_hand": N_("by hand"),
}


class OrdersPanel(Panel):
    """Lives in the GUI thread. What a role may not do has no button.

    Signals:
        key_chosen: the key of a button that was pressed.
    """

    key_chosen = Signal(str)

    def __init__(self, teller: Teller, orders: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._span: tuple[datetime | None, datetime | None] = (None, None)
        self._shows_log = False
        self._title = label("body", "t1", strong=True)
        self._chosen = label("small", "t2", wrap=True)
        self._list_title = label("body", "t1", strong=True)
        self._note = label("small", "t2", wrap=True)
        self.buttons = {key: KeyButton(key, self, height=BUTTON_PX) for key in orders}
        self._locks = KeyedRows[Lock](lambda lock: lock.lock_id, self._lock_words, self)
        self._log = KeyedRows[Deletion](lambda line: line.deletion_id, self._deletion_words, self)
        self._list = QListView(self)
        self._list.setWordWrap(True)
        self._list.setSpacing(2)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setModel(self._locks)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._chosen)
        for key in ("C", "L", "X"):
            if key in self.buttons:
                column.addWidget(self.buttons[key])
        column.addWidget(rule_line())
        column.addWidget(self._list_title)
        column.addWidget(self._note)
        column.addWidget(self._list, 1)
        if "U" in self.buttons:
            column.addWidget(self.buttons["U"])
        for button in self.buttons.values():
            button.clicked.connect(self._clicked)

    @property
    def shows_log(self) -> bool:
        return self._shows_log

    @property
    def marked_lock(self) -> Lock | None:
        """The lock that is marked, the first one where none is."""
        if self._shows_log:
            return None
        index = self._list.currentIndex()
        return self._locks.row_at(index if index.isValid() else self._locks.index(0, 0))

    def show_span(self, in_at: datetime | None, out_at: datetime | None) -> None:
        self._span = in_at, out_at
        self.retranslate()

    def show_locks(self, locks: Sequence[Lock]) -> None:
        self._locks.show(tuple(locks))
        self.retranslate()

    def show_log(self, deletions: Sequence[Deletion]) -> None:
        self._log.show(tuple(deletions))
        self.turn(shows_log=True)

    def turn(self, *, shows_log: bool) -> None:
        """Show the deletion log, or the locks."""
        self._shows_log = shows_log
        model = self._log if shows_log else self._locks
        self._list.setModel(model)
        self.retranslate()

    def retranslate(self) -> None:
        say = self._teller.say
        self._title.setText(say(Told(N_("Chosen span"))))
        in_at, out_at = self._span
        if in_at is not None and out_at is not None and in_at < out_at:
            words = Told(
                N_("{begin} to {end}, {length}"),
                {"begin": in_at, "end": out_at, "length": self._teller.span(out_at - in_at)},
            )
        else:
            words = Told(N_("Nothing is chosen. I sets the in point, O the out point."))
        self._chosen.setText(say(words))
        for key, button in self.buttons.items():
            button.say(say(Told(ORDERS[key])))
        if "U" in self.buttons:
            self.buttons["U"].setEnabled(self.marked_lock is not None)
        self._list_title.setText(say(Told(N_("Deletion log") if self._shows_log else N_("Locks of this camera"))))
        is_empty = (self._log if self._shows_log else self._locks).rowCount() == 0
        nothing = N_("Nothing was ever deleted.") if self._shows_log else N_("Nothing is locked here on this day.")
        self._note.setText(say(Told(nothing)) if is_empty else "")
        self._note.setVisible(is_empty)
        self._locks.refresh()
        self._log.refresh()

    def _lock_words(self, lock: Lock) -> str:
        values: dict[str, object] = {"by": lock.by, "reason": lock.reason, "day": self._teller.day(lock.at)}
        if lock.from_at is None or lock.to_at is None:
            return self._teller.say(Told(N_("evidence: {reason} ({by}, {day})"), values))
        span: dict[str, object] = {"begin": lock.from_at, "end": lock.to_at}
        return self._teller.say(Told(N_("{begin}–{end}: {reason} ({by}, {day})"), values | span))

    def _deletion_words(self, line: Deletion) -> str:
        why = Told(WHY_WORDS[line.why.value])
        values = {
            "day": self._teller.day(line.at),
            "time": line.at,
            "by": line.by,
            "why": line.reason or why,
            "from_day": self._teller.day(line.stored.begins_at),
            "from_time": line.stored.begins_at,
            "camera": line.stored.camera_id or "",
        }
        return self._teller.say(
            Told(N_("{day} {time} {by}: recording of {from_day} {from_time}, camera {camera}: {why}"), values)
        )

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.key_chosen.emit(button.key)

    def move_by(self, by: int) -> None:
        """Mark the row above or below."""
        model = self._list.model()
        if model.rowCount():
            here = self._list.currentIndex()
            at = max(0, min(model.rowCount() - 1, here.row() + by if here.isValid() else 0))
            self._list.setCurrentIndex(model.index(at, 0, QModelIndex()))
