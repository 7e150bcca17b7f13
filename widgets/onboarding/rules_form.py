"""Which rules watch a new camera: none until somebody chooses one, each with the figures of its family."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from console.application.onboarding_desk import OfferedRule
from console.domain.ids import CameraId
from console.domain.rules import CameraRule
from console.words import N_
from widgets.common.lettering import label
from widgets.onboarding.rule_figures import RuleRow
from widgets.state.telling import Teller, Told


class RulesForm(QWidget):
    """Offers rules and gives those that were chosen. GUI thread."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._offered: tuple[OfferedRule, ...] = ()
        self.rows: list[RuleRow] = []
        self._head = label("small", "t2", wrap=True)
        self._zone = label("small", "t2", wrap=True)
        self._inside = QWidget(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addLayout(self._list)
        inside.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addWidget(scroll, 1)
        column.addWidget(self._zone)

    @property
    def boxes(self) -> list[QCheckBox]:
        return [row.box for row in self.rows]

    @property
    def chosen(self) -> tuple[OfferedRule, ...]:
        return tuple(row.rule for row in self.rows if row.box.isChecked())

    def offer(self, offered: Sequence[OfferedRule]) -> None:
        """Offer these; the same ones again keep what was chosen, others begin with none."""
        if tuple(offered) == self._offered:
            return
        self._offered = tuple(offered)
        for old in self.rows:
            old.hide()
            old.deleteLater()
        self.rows = [
            RuleRow(rule, number, self._teller, self._inside) for number, rule in enumerate(self._offered, start=1)
        ]
        for row in self.rows:
            self._list.addWidget(row)
        if self.rows:
            self.setFocusProxy(self.rows[0].box)
        self.retranslate()

    def turn(self, at: int) -> None:
        """Choose the rule of this place, or no longer."""
        if 0 <= at < len(self.rows):
            self.rows[at].box.toggle()

    def rules_for(self, camera_id: CameraId) -> tuple[CameraRule, ...]:
        """Return the chosen rules, over the whole picture of a camera.

        Raises:
            DomainError: the figures of one do not make a rule.
        """
        return tuple(row.rule_for(camera_id) for row in self.rows if row.box.isChecked())

    def retranslate(self) -> None:
        say = self._teller.say
        has_some = bool(self._offered)
        self._head.setText(
            say(
                Told(N_("Which rules watch this camera? None needs to: it can be shown and recorded all the same."))
                if has_some
                else Told(N_("This site files no matter that a rule of ours can see; the camera is added without one."))
            )
        )
        self._zone.setText(say(Told(N_("A rule watches the whole picture until a zone is drawn for it."))))
        self._zone.setVisible(has_some)
        for row in self.rows:
            row.retranslate()
