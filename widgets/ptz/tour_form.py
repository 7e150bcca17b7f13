"""When a tour runs, and its name: the fields beside its steps."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import DomainError
from console.domain.ptz import LONGEST_TOUR_NAME, DayKind
from console.words import N_
from widgets.common.lettering import label
from widgets.state import ptz_tours as t
from widgets.state.telling import Teller, Told

FIELD_PX = 36
DAYS_A_ROW = 4


class TourFields(QWidget):
    """Shows a form and says what it became; decides nothing. GUI thread.

    Signals:
        changed: the form as it is now. refused: a ``DomainError``, what was typed is none.
    """

    changed = Signal(object)
    refused = Signal(object)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._form: t.TourForm | None = None
        self.name, self.begins, self.ends = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.name.setMaxLength(LONGEST_TOUR_NAME)
        self.days = [QCheckBox(self) for _ in t.DAY_WORDS]
        self.kept_to = QComboBox(self)
        for kind in DayKind:
            self.kept_to.addItem("", kind)
        self._labels = [label("small", "t2") for _ in range(5)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        hours = QGridLayout()
        hours.setHorizontalSpacing(8)
        for at, field in enumerate((self.begins, self.ends)):
            hours.addWidget(self._labels[3 + at], 0, at)
            hours.addWidget(field, 1, at)
        days = QGridLayout()
        days.setContentsMargins(0, 0, 0, 4)
        for at, day in enumerate(self.days):
            days.addWidget(day, at // DAYS_A_ROW, at % DAYS_A_ROW)
            day.toggled.connect(self._give)
        for field in (self.name, self.begins, self.ends):
            field.setFixedHeight(FIELD_PX)
        self.kept_to.setMinimumHeight(FIELD_PX)
        column.addWidget(self._labels[0])
        column.addWidget(self.name)
        column.addSpacing(6)
        column.addWidget(self._labels[1])
        column.addLayout(days)
        column.addWidget(self._labels[2])
        column.addWidget(self.kept_to)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.addLayout(hours, 1)
        column.addLayout(row)
        column.addStretch(1)
        named = ((0, self.name), (2, self.kept_to), (3, self.begins), (4, self.ends))
        for at, buddy in named:
            self._labels[at].setBuddy(buddy)
        self.name.editingFinished.connect(self._give)
        self.begins.editingFinished.connect(self._give)
        self.ends.editingFinished.connect(self._give)
        self.kept_to.currentIndexChanged.connect(self._give)

    def show_form(self, form: t.TourForm | None) -> None:
        """Show a tour's fields; without one they are empty and cannot be used."""
        self._form = form
        shown = form or t.TourForm(days=frozenset())
        with (
            QSignalBlocker(self.name),
            QSignalBlocker(self.begins),
            QSignalBlocker(self.ends),
            QSignalBlocker(self.kept_to),
        ):
            if self.name.text() != shown.name:
                self.name.setText(shown.name)
            self.begins.setText(f"{shown.begins:%H:%M}" if form is not None else "")
            self.ends.setText(f"{shown.ends:%H:%M}" if form is not None else "")
            self.kept_to.setCurrentIndex(list(DayKind).index(shown.kept_to))
        for at, day in enumerate(self.days):
            with QSignalBlocker(day):
                day.setChecked(at in shown.days)
        self.setEnabled(form is not None)

    def retranslate(self) -> None:
        say = self._teller.say
        words = (
            N_("Name of the PTZ tour"),
            N_("Days of the week"),
            N_("Holidays, as the city's calendar has them"),
            N_("From"),
            N_("Until; the same as from is all day"),
        )
        for above, sentence in zip(self._labels, words, strict=True):
            above.setText(say(Told(sentence)))
        for field, at in ((self.name, 0), (self.kept_to, 2), (self.begins, 3), (self.ends, 4)):
            field.setAccessibleName(self._labels[at].text())
        for day, word in zip(self.days, t.DAY_WORDS, strict=True):
            day.setText(say(Told(word)))
        for at, kind in enumerate(DayKind):
            self.kept_to.setItemText(at, say(Told(t.KIND_WORDS[kind])))

    def _give(self) -> None:
        if self._form is None:
            return
        try:
            begins, ends = t.hours_in(self.begins.text()), t.hours_in(self.ends.text())
        except DomainError as cause:
            self.refused.emit(cause)
            return
        form = replace(
            self._form,
            name=self.name.text().strip(),
            days=frozenset(at for at, day in enumerate(self.days) if day.isChecked()),
            kept_to=DayKind(self.kept_to.currentData()),
            begins=begins,
            ends=ends,
        )
        if form != self._form:
            self.changed.emit(form)
