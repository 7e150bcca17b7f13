"""What the camera said when it looked again: one word, how often it looked, and why it could not tell."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.read_models import CasePage
from console.domain.cases import RecheckAnswer
from console.domain.rechecks import Recheck, RecheckStage
from console.words import N_
from widgets.cases.step_words import ANSWER_WORDS
from widgets.common import theme
from widgets.common.lettering import Ground, StateShape, label
from widgets.state.telling import Teller, Told

_SHAPES = {
    RecheckAnswer.CLEARED: ("ok", "ok"),
    RecheckAnswer.STILL_THERE: ("overdue", "med"),
    RecheckAnswer.CANNOT_TELL: ("fault", "fault"),
}


class RecheckStrip(Ground):
    """The camera's own opinion; the operator decides."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__("g3", parent)
        self._teller = teller
        self._bar = "edge"
        self._shape = StateShape("low", 24, self)
        self._answer = label("title", "t1", strong=True)
        self._note = label("small", "t2", wrap=True)
        self._looks = label("body", "t1")
        self._reason = label("small", "t2", wrap=True)
        for right in (self._looks, self._reason):
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._answer)
        words.addWidget(self._note)
        looks = QVBoxLayout()
        looks.setSpacing(0)
        looks.addWidget(self._looks)
        looks.addWidget(self._reason)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(self._shape)
        row.addLayout(words, 1)
        row.addLayout(looks, 1)

    @property
    def answer(self) -> str:
        """The word shown now."""
        return self._answer.text()

    def show_page(self, page: CasePage) -> None:
        say = self._teller.say
        done = [look for look in page.rechecks if look.stage is RecheckStage.DONE and look.answer is not None]
        asked = [look for look in page.rechecks if look.stage is RecheckStage.ASKED]
        if asked and (not done or asked[-1].asked_at > done[-1].asked_at):
            self._show("low", "edge", Told(N_("The camera looks again")), Told(N_("the answer appears here")))
        elif done:
            self._show_answer(done[-1])
            return
        elif page.case.handled_at is not None:
            self._show("low", "edge", Told(N_("Not checked yet")), Told(N_("R lets the camera look again")))
        else:
            self._show("low", "edge", Told(N_("Not handled yet")), Told(N_("the camera looks again after the answer")))
        self._looks.setText("")
        self._reason.setText(say(Told("")))

    def _show_answer(self, look: Recheck) -> None:
        assert look.answer is not None
        answer = RecheckAnswer(look.answer)
        shape, bar = _SHAPES[answer]
        self._show(shape, bar, Told(ANSWER_WORDS[answer]), Told(N_("the camera's opinion; you decide")))
        looks = Told(N_("{looks} looks, seen in {with_it}"), {"looks": look.looks, "with_it": look.looks_with})
        self._looks.setText(self._teller.say(looks))
        if look.reason:
            self._reason.setText(self._teller.say(Told(look.reason)))
        elif look.done_at is not None:
            self._reason.setText(self._teller.say(Told(N_("same camera, same rule, {time}"), {"time": look.done_at})))

    def _show(self, shape: str, bar: str, answer: Told, note: Told) -> None:
        self._bar = bar
        self._shape.show_shape(shape, self._teller.say(answer))
        self._answer.setText(self._teller.say(answer))
        self._note.setText(self._teller.say(note))
        self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.fillRect(0, 0, 4, self.height(), theme.colour(self._bar))
