"""What tells this matter from the one it is mistaken for: one line under the stills."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.common.lettering import ElidedLabel, Ground, label


class QuestionBar(Ground):
    """The distinguishing question, on a raised ground. 52 px at 1080 lines, 40 at 768."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("g3", parent)
        self._title = label("body", "t2")
        self._question = ElidedLabel("body", "t1", strong=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self._title)
        row.addWidget(self._question, 1)

    def say(self, title: str, question: str) -> None:
        self._title.setText(title)
        self._question.setText(question)
