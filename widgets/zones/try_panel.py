"""What a rule would have raised: how far the trial is, and each hit with its moment; a hit is shown in the picture."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.rules import CameraRule
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import label
from widgets.common.text_table import TextRow, TextTable
from widgets.state import trying as t
from widgets.state.overlay import LABEL_WORDS
from widgets.state.telling import Teller, Told

BUTTON_PX = 40


class Trials(Protocol):
    """Tries rules on recorded pictures, elsewhere; one at a time."""

    def begin(
        self, rule: CameraRule, pieces: Sequence[t.Piece], told: Callable[[t.TrialTold], None], *, keeps_stills: bool
    ) -> None:
        """Begin, and call ``told`` in the GUI thread for each line until one is over. One before it is ended."""
        ...

    def end(self) -> None:
        """End the trial under way; nothing is told any more, and its stills are gone."""
        ...


class TryPanel(QWidget):
    """Lives in the GUI thread; shows a trial and decides nothing.

    Signals:
        hit_meant: the number of the hit at hand. end_wanted: the button.
    """

    hit_meant = Signal(int)
    end_wanted = Signal()

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._trial: t.Trial | None = None
        self._title = label("strong", "t1", strong=True, wrap=True)
        self._state = label("small", "t2", wrap=True)
        self._note = label("small", "t3", wrap=True)
        self.hits = TextTable(1, self)
        self.end_button = KeyButton("Esc", self, height=BUTTON_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._state)
        column.addWidget(self.hits, 1)
        column.addWidget(self._note)
        column.addWidget(self.end_button)
        self.hits.picked.connect(self._picked)
        self.end_button.clicked.connect(self.end_wanted)
        self.setFocusProxy(self.hits)

    @property
    def trial(self) -> t.Trial | None:
        return self._trial

    @property
    def words(self) -> str:
        """How the trial stands, as it is shown."""
        return self._state.text()

    def show_trial(self, trial: t.Trial) -> None:
        self._trial = trial
        self.retranslate()

    def retranslate(self) -> None:
        say, trial = self._teller.say, self._trial
        self._title.setText(say(Told(N_("What the rule would have raised"))))
        self.hits.setAccessibleName(self._title.text())
        self._note.setText(say(Told(N_("No alarm is raised by a trial; the hours of the rule are left aside."))))
        is_over = trial is not None and trial.is_over
        self.end_button.say(say(Told(N_("back") if is_over else N_("End the trial"))))
        self._state.setText("\n".join(say(one) for one in t.said(trial, self._teller)) if trial is not None else "")
        self._state.setAccessibleName(self._state.text())
        heads = [say(Told(head)) for head in (N_("Moment"), N_("What"), N_("Stayed"))]
        rows = [] if trial is None else [self._row(trial, at, hit) for at, hit in enumerate(trial.hits)]
        self.hits.show_rows(heads, rows)

    def _row(self, trial: t.Trial, at: int, hit: t.HitTold) -> TextRow:
        what = self._teller.say(Told(LABEL_WORDS[hit.label])) if hit.label in LABEL_WORDS else hit.label
        return TextRow(
            str(at),
            (
                t.moment(trial, hit.at_s, self._teller),
                f"{what} {hit.score:.0%}",
                self._teller.span(timedelta(seconds=hit.dwell_s)),
            ),
        )

    def _picked(self, key: str) -> None:
        if key:
            self.hit_meant.emit(int(key))
