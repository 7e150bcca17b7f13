"""The line above the picture: state shape, matter, priority and who heard it, place, since when, how long."""

from datetime import timedelta

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.domain.alarms import Priority
from console.words import N_
from widgets.alarms.queue_delegate import PRIORITY_WORDS, shape_of
from widgets.common.lettering import Chip, ElidedLabel, StateShape, label
from widgets.state.review import ReviewState
from widgets.state.telling import Named, Teller, Told

CODE_FROM_PX = 800  # below, the place needs the room; the code stands in the context as well


class SubjectBar(QWidget):
    """Says which alarm is open. 56 px at 1080 lines, 48 at 768."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._shape = StateShape("low", 24, self)
        self._matter = ElidedLabel("title", "t1", strong=True)
        self._chip = Chip(self)
        self._place = ElidedLabel("body", "t2", middle=True)
        self._code = label("body", "t3")
        self._since = label("body", "t2")
        self._stayed = label("body", "t1", strong=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for part in (self._shape, self._matter, self._chip):
            row.addWidget(part)
        row.addWidget(self._place, 1)
        for words in (self._code, self._since, self._stayed):
            row.addWidget(words)

    def show_state(self, state: ReviewState) -> None:
        row = state.row
        self.setVisible(row is not None)
        if row is None:
            return
        say = self._teller.say
        self._shape.show_shape(shape_of(row), say(Told(PRIORITY_WORDS[row.priority])))
        self._matter.setText(say(Named(row.category_zh, row.category_en)))
        self._chip.setText(say(_heard(state)))
        self._place.setText(row.where)
        self._code.setText(row.category)
        card = state.sheet.card if state.sheet is not None else None
        began = card.began_at if card is not None else row.raised_at
        self._since.setText(say(Told(N_("First seen {time}"), {"time": began})))
        rule = card.rule if card is not None else None
        stayed = timedelta(seconds=rule.dwell_s) if rule is not None and rule.has_stayed else None
        self._stayed.setText(
            say(Told(N_("stayed {span}"), {"span": self._teller.span(stayed)})) if stayed is not None else ""
        )

    # ---- Qt's own ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._code.setVisible(self.width() >= CODE_FROM_PX)


def _heard(state: ReviewState) -> Told:
    row = state.row
    assert row is not None
    priority = Told(PRIORITY_WORDS[row.priority])
    if row.acknowledged_at is None:
        word = N_("{priority} • nobody heard it") if row.priority is Priority.HIGH else N_("{priority} • new")
        return Told(word, {"priority": priority})
    if state.is_mine(row):
        return Told(N_("{priority} • yours"), {"priority": priority})
    if state.is_held(row):
        return Told(N_("{priority} • with seat {seat}"), {"priority": priority, "seat": row.claimed_seat})
    return Told(N_("{priority} • acknowledged"), {"priority": priority})
