"""The column of a case's steps: shape, title, time, and a second line; folded it is a rail of shapes."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.cases.step_words import StepWords
from widgets.common import theme
from widgets.common.state_icon import state_icon
from widgets.state.telling import Teller

STEP_PX, PAD_PX, RAIL_PX = 56, 16, 48


class StepsColumn(QWidget):
    """Every step of a case, oldest first. Nothing in it can be changed."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._steps: tuple[StepWords, ...] = ()
        self._is_rail = False

    def show_steps(self, steps: Sequence[StepWords], *, is_rail: bool) -> None:
        self._steps = tuple(steps)
        self._is_rail = is_rail
        self.setMinimumHeight(len(self._steps) * STEP_PX + 2 * PAD_PX)
        say = self._teller.say
        words = [f"{say(step.title)}: {say(step.detail)}" for step in self._steps]
        self.setAccessibleName("; ".join(words))
        self.setToolTip("\n".join(words) if is_rail else "")
        self.update()

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(RAIL_PX if self._is_rail else 340, len(self._steps) * STEP_PX + 2 * PAD_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for at, step in enumerate(self._steps):
                self._paint_step(painter, PAD_PX + at * STEP_PX, step, is_last=at == len(self._steps) - 1)

    def _paint_step(self, painter: QPainter, top: int, step: StepWords, *, is_last: bool) -> None:
        if not is_last:
            painter.setPen(theme.cosmetic_pen("line"))
            painter.drawLine(PAD_PX + 8, top + 22, PAD_PX + 8, top + STEP_PX - 4)
        shape = {"done": "ok", "now": "live", "waits": "low"}.get(step.shape, step.shape)
        state_icon(shape, 16).paint(painter, QRect(PAD_PX, top + 2, 16, 16))
        if self._is_rail:
            return
        left = PAD_PX + 28
        room = QRect(left, top, self.width() - left - PAD_PX, 20)
        align = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font("small"))
        moment = self._teller.clock(step.at) if step.at is not None else "—"
        painter.setPen(theme.colour("t2"))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), moment)
        painter.setFont(theme.font("body", strong=step.shape in ("now", "overdue", "fault")))
        painter.setPen(theme.colour("t1"))
        painter.drawText(room, align, self._teller.say(step.title))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("t2"))
        second = self._teller.say(step.detail)
        fitted = QFontMetrics(painter.font()).elidedText(second, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room.translated(0, 20), align, fitted)
