"""Which rules watch a new camera: none until somebody chooses one; how long a vehicle may stand."""

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from console.application.onboarding_desk import OfferedRule
from console.domain.ids import CameraId
from console.domain.rules import CameraRule
from console.words import N_
from widgets.common.lettering import label
from widgets.state.telling import Named, Teller, Told

FIELD_PX = 36
DWELLS_S = (0, 30, 60, 120, 180, 300, 600, 1800)  # 0: what the rule itself proposes


class RulesForm(QWidget):
    """Offers rules and gives those that were chosen. GUI thread."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._offered: tuple[OfferedRule, ...] = ()
        self.boxes: list[QCheckBox] = []
        self._head = label("small", "t2", wrap=True)
        self._zone = label("small", "t2", wrap=True)
        self._dwell_name = label("small", "t2")
        self.dwell = QComboBox(self)
        self.dwell.setMinimumHeight(FIELD_PX)
        for seconds in DWELLS_S:
            self.dwell.addItem("", seconds)
        self._dwell_name.setBuddy(self.dwell)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addLayout(self._list)
        column.addSpacing(8)
        column.addWidget(self._dwell_name)
        column.addWidget(self.dwell)
        column.addWidget(self._zone)
        column.addStretch(1)

    @property
    def chosen(self) -> tuple[OfferedRule, ...]:
        return tuple(rule for rule, box in zip(self._offered, self.boxes, strict=True) if box.isChecked())

    def offer(self, offered: Sequence[OfferedRule]) -> None:
        """Offer these; the same ones again keep what was chosen, others begin with none."""
        if tuple(offered) == self._offered:
            return
        self._offered = tuple(offered)
        for old in self.boxes:
            old.hide()
            old.deleteLater()
        self.boxes = [QCheckBox(self) for _ in self._offered]
        for box in self.boxes:
            self._list.addWidget(box)
        self.setFocusProxy(self.boxes[0] if self.boxes else self.dwell)
        self.retranslate()

    def turn(self, at: int) -> None:
        """Choose the rule of this place, or no longer."""
        if 0 <= at < len(self.boxes):
            self.boxes[at].toggle()

    def rules_for(self, camera_id: CameraId) -> tuple[CameraRule, ...]:
        """Return the chosen rules, over the whole picture of a camera."""
        seconds = float(self.dwell.currentData() or 0)
        name = self._teller.say(Told(N_("whole picture")))
        return tuple(rule.kind.rule_for(camera_id, name, seconds or rule.kind.dwell_s) for rule in self.chosen)

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
        self._dwell_name.setText(say(Told(N_("How long a vehicle may stand"))))
        self.dwell.setAccessibleName(self._dwell_name.text())
        for at, seconds in enumerate(DWELLS_S):
            span = self._teller.span(timedelta(seconds=seconds))
            self.dwell.setItemText(at, span if seconds else say(Told(N_("as each rule proposes"))))
        for number, (rule, box) in enumerate(zip(self._offered, self.boxes, strict=True), start=1):
            values = {
                "number": number,
                "matter": Named(rule.category.zh, rule.category.en),
                "code": rule.category.code,
                "minutes": round(rule.kind.dwell_s / 60),
            }
            box.setText(say(Told(N_("{number}   {matter} ({code}) after {minutes} min"), values)))
        for part in (self._dwell_name, self.dwell, self._zone):
            part.setVisible(has_some)
