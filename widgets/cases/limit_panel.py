"""The case's time limit: lamp, what is left, and a bar with the mark at 80 %."""

from datetime import datetime

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.cases import Case
from console.domain.deadlines import NEAR_THE_LIMIT, Lamp, lamp_at
from console.words import N_
from widgets.common import theme
from widgets.common.lettering import StateShape, label
from widgets.state.telling import Teller, Told


class LimitBar(QWidget):
    """How much of the time is used; the tick stands where the warning begins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used = 0.0
        self._token = "ok"
        self.setFixedHeight(14)

    def show_used(self, used: float, token: str) -> None:
        self._used, self._token = max(0.0, min(1.0, used)), token
        self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(0, 3, self.width(), 8, theme.colour("g4"))
            painter.fillRect(0, 3, round(self.width() * self._used), 8, theme.colour(self._token))
            painter.fillRect(round(self.width() * NEAR_THE_LIMIT), 0, 2, 14, theme.colour("t1"))


class LimitPanel(QWidget):
    """Says how a case stands against its deadline, which was stored when it was routed."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("body", "t1", strong=True)
        self._lamp = StateShape("in_time", 18, self)
        self._left = label("title", "t1", strong=True)
        self._bar = LimitBar(self)
        self._marks = [label("caption", "t2") for _ in range(3)]
        lamp = QHBoxLayout()
        lamp.setSpacing(8)
        lamp.addWidget(self._lamp)
        lamp.addWidget(self._left, 1)
        marks = QHBoxLayout()
        for at, mark in enumerate(self._marks):
            if at:
                marks.addStretch(1)
            marks.addWidget(mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addLayout(lamp)
        column.addWidget(self._bar)
        column.addLayout(marks)

    @property
    def words(self) -> str:
        """What is left, or how it ended."""
        return self._left.text()

    def show_case(self, case: Case, now: datetime) -> None:
        say = self._teller.say
        self._title.setText(say(Told(N_("Limit"))))
        if case.due_at is None or case.routed_at is None:
            self._lamp.show_shape("low", "")
            self._left.setText(say(Told(N_("No deadline yet"))))
            self._bar.show_used(0.0, "t2")
            for mark in self._marks:
                mark.setText("")
            return
        end = case.handled_at or now
        warn = case.near_at or case.routed_at + (case.due_at - case.routed_at) * NEAR_THE_LIMIT
        lamp = lamp_at(end, case.routed_at, case.due_at, case.near_at)
        used = _used(end, case.routed_at, warn, case.due_at)
        shape = {Lamp.IN_TIME: "in_time", Lamp.NEAR: "near", Lamp.OVERDUE: "overdue"}[lamp]
        words = _words(case, now, lamp, self._teller)
        self._lamp.show_shape(shape, say(words))
        self._left.setText(say(words))
        self._bar.show_used(used, "ok" if lamp is Lamp.IN_TIME else "med")
        moments = (
            Told(N_("sent {time}"), {"time": self._moment(case.routed_at, now)}),
            Told(N_("warning {time}"), {"time": self._moment(warn, now)}),
            Told(N_("due {time}"), {"time": self._moment(case.due_at, now)}),
        )
        for mark, told in zip(self._marks, moments, strict=True):
            mark.setText(say(told))

    def _moment(self, at: datetime, now: datetime) -> str:
        if self._teller.is_today(at, now):
            return self._teller.minute(at)
        return f"{self._teller.day(at)[5:]} {self._teller.minute(at)}"


def _used(now: datetime, start: datetime, near: datetime, due: datetime) -> float:
    """Return the share of the bar: what comes before the warning fills it to its mark, however long nights are."""
    if now < near:
        return NEAR_THE_LIMIT * ((now - start) / (near - start)) if near > start else 0.0
    return NEAR_THE_LIMIT + (1 - NEAR_THE_LIMIT) * ((now - near) / (due - near)) if due > near else 1.0


def _words(case: Case, now: datetime, lamp: Lamp, teller: Teller) -> Told:
    assert case.due_at is not None and case.routed_at is not None
    if case.handled_at is not None:
        span = teller.span(case.handled_at - case.routed_at)
        word = N_("Answered late, after {span}") if lamp is Lamp.OVERDUE else N_("Answered in {span}")
        return Told(word, {"span": span})
    if case.suspended_until is not None and case.is_suspended(now):
        until = f"{teller.day(case.suspended_until)} {teller.minute(case.suspended_until)}"
        return Told(N_("Suspended until {time}"), {"time": until})
    if lamp is Lamp.OVERDUE:
        return Told(N_("Overdue by {span}"), {"span": teller.span(now - case.due_at)})
    return Told(N_("{span} left"), {"span": teller.span(case.due_at - now)})
