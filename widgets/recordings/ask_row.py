"""One question under the picture: a reason, and a case where evidence is cut for one. It blocks nothing else."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from console.application.read_models import CaseRow
from console.words import N_
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import ElidedLabel, Panel
from widgets.state.telling import Teller, Told

FIELD_PX, LEAST_FIELD_PX = 36, 160


class AskRow(Panel):
    """Hidden while nothing is asked. Whoever wires it reads ``reason`` and ``case_id`` when the answer is given."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._question: Told | str = ""
        self._words = ElidedLabel("body", "t1", strong=True)
        self.cases = QComboBox(self)
        self._answer = QLineEdit(self)
        self._hints = KeyHints(self)
        self._is_final = False
        for field in (self.cases, self._answer):
            field.setFixedHeight(FIELD_PX)
            field.setMinimumWidth(LEAST_FIELD_PX)
        self.cases.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self._words, 2)
        row.addWidget(self.cases, 3)
        row.addWidget(self._answer, 3)
        row.addWidget(self._hints)
        self.hide()

    @property
    def reason(self) -> str:
        return self._answer.text().strip()

    @property
    def case_id(self) -> str:
        """The chosen case's id; empty while there is none."""
        return str(self.cases.currentData() or "")

    @property
    def is_final(self) -> bool:
        """Whether it asks for the second time."""
        return self._is_final

    def ask(self, question: Told, *, with_case: bool = False) -> None:
        """Ask for a reason, for a case too if wanted."""
        self._question, self._is_final = question, False
        self._answer.clear()
        self.cases.setVisible(with_case)
        self._answer.show()
        self.show()
        self.retranslate()
        (self.cases if with_case else self._answer).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask_again(self, question: Told) -> None:
        """Ask whether it is really meant; only ``Y`` answers, the reason stays as it is."""
        self._question, self._is_final = question, True
        self._answer.hide()
        self.retranslate()

    def show_cases(self, cases: Sequence[CaseRow]) -> None:
        self.cases.clear()
        for row in cases:
            what = row.category_zh if self._teller.is_chinese else row.category_en
            self.cases.addItem(f"{row.number} · {what} · {row.address}", row.case_id)

    def retranslate(self) -> None:
        say = self._teller.say
        self._words.setText(say(self._question))
        self._words.setToolTip(self._words.text())
        self._answer.setPlaceholderText(say(Told(N_("Reason (required)"))))
        self._answer.setAccessibleName(f"{self._words.text()} {self._answer.placeholderText()}")
        self.cases.setAccessibleName(say(Told(N_("Case"))))
        key = "Y" if self._is_final else "Enter"
        self._hints.show_hints((((key,), say(Told(N_("do it")))), (("Esc",), say(Told(N_("leave it"))))))
