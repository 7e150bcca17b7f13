"""The rows of the page of health: a silent thing, a process, a camera that is not seen, a change of this shift."""

from datetime import datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from console.words import N_
from widgets.common import theme
from widgets.common.lettering import ElidedLabel, StateShape, dress, label
from widgets.health.health_bar import CONDITION_WORDS
from widgets.state import health as h
from widgets.state.telling import Teller

RING_PX = 2
SINCE_PX, WHEN_PX = 150, 110  # so that what stands before them stands in columns


class WalkedRow(QWidget):
    """A row the keyboard can stand on; a screen reader is given all of it at once.

    Signals:
        reached: the focus came here; the page scrolls it into view.
    """

    reached = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.no_input_method(self)

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(theme.cosmetic_pen("focus", RING_PX))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 2, -3, -2), 4, 4)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.reached.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


class HealthRow(WalkedRow):
    """A silent thing in full: shape, word, number, since when, how old its pulse is, what it means, what to do."""

    def __init__(self, kind: h.HealthKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._shape = StateShape("low", 16, self)
        self._title = label("strong", "t1", strong=True)
        self._title.setMinimumWidth(96)
        self._number = label("body", "t1", strong=True, wrap=True)
        self._since = label("small", "t2")
        self._means = label("body", "t2", wrap=True)
        self._beat = label("small", "t3")
        self._to_do = label("body", "t1", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 8, 16, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(2, 1)
        grid.addWidget(self._shape, 0, 0)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._number, 0, 2)
        grid.addWidget(self._beat, 0, 3, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._since, 0, 4, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._means, 1, 1, 1, 4)
        grid.addWidget(self._to_do, 2, 1, 1, 4)
        self._since.setMinimumWidth(SINCE_PX)
        self._since.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Title, number, since and meaning as shown now."""
        return (self._title.text(), self._number.text(), self._since.text(), self._means.text())

    @property
    def to_do(self) -> str:
        """What to do next, as shown now; empty where nothing is."""
        return self._to_do.text()

    def show_line(self, line: h.HealthLine, means: str, to_do: str, teller: Teller, *, has_since: bool) -> None:
        say = teller.words.say
        condition = say(CONDITION_WORDS[line.condition])
        self._shape.show_shape(h.shape_of(line.condition), condition)
        self._title.setText(say(self.kind.title))
        self._number.setText(teller.say(line.told))
        since = say(N_("{condition} since {time}"), condition=condition, time=teller.clock(line.since))
        # A silent thing says since when in its number; twice would be once too often.
        self._since.setText(since if has_since and line.condition != "silent" else condition)
        self._means.setText(say(means))
        self._means.setVisible(bool(means))
        beat = line.beat_age
        self._beat.setText(say(N_("last sign {span} ago"), span=teller.span(beat)) if beat is not None else "")
        self._to_do.setText(say(to_do))
        self._to_do.setVisible(bool(to_do))
        said = [*self.words, self.to_do]
        self.setAccessibleName(", ".join(words for words in said if words))
        for part, role, tone, strong in (
            (self._title, "strong", "t1", True),
            (self._number, "body", "t1", True),
            (self._since, "small", "t2", False),
            (self._means, "body", "t2", False),
            (self._beat, "small", "t3", False),
            (self._to_do, "body", "t1", False),
        ):
            dress(part, role, tone, strong=strong)


class LineRow(WalkedRow):
    """One line with a shape: what (it gives way in the middle), how, and when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StateShape("fault", 16, self)
        self._what = ElidedLabel("body", "t1", strong=True, middle=True)
        self._how = label("body", "t2", wrap=True)
        self._when = label("small", "t2")
        self._when.setMinimumWidth(WHEN_PX)
        self._when.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 6, 16, 6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        for column, part in enumerate((self._shape, self._what, self._how, self._when)):
            grid.addWidget(part, 0, column)

    @property
    def words(self) -> str:
        return f"{self._what.text()} {self._how.text()} {self._when.text()}".strip()

    def show_words(self, shape: str, state: str, what: str, how: str, when: str) -> None:
        self._shape.show_shape(shape, state)
        self._what.setText(what)
        self._how.setText(how)
        self._when.setText(when)
        dress(self._what, "body", "t1", strong=True)
        dress(self._how, "body", "t2")
        dress(self._when, "small", "t2")
        self.setAccessibleName(self.words)

    def show_camera(self, camera: h.UnseenCamera, teller: Teller) -> None:
        """Show a camera that is not seen."""
        why = teller.say(camera.why)
        since = teller.words.say(N_("since {time}"), time=teller.clock(camera.since))
        self.show_words("fault", why, f"{camera.number} {camera.name}", why, since)

    def show_ill(self, ill: h.IllLine, teller: Teller, now: datetime) -> None:
        """Show a camera that is out of order."""
        what = teller.say(ill.told)
        at = teller.clock(ill.since)
        at = at if teller.is_today(ill.since, now) else f"{teller.day(ill.since)} {at}"
        self.show_words("fault", what, f"{ill.number} {ill.name}", what, teller.words.say(N_("since {time}"), time=at))

    def show_worker(self, worker: h.WorkerLine, teller: Teller) -> None:
        """Show a process of the station."""
        say = teller.words.say
        state = CONDITION_WORDS["ok" if worker.is_running else "fault"]
        beat = say(N_("last sign {span} ago"), span=teller.span(worker.beat_age)) if worker.beat_age is not None else ""
        role = say(h.ROLE_WORDS[worker.role]) if worker.role in h.ROLE_WORDS else worker.role
        alone = h.alone_told(worker)
        told = "\n".join(teller.say(line) for line in (alone, h.worker_told(worker)) if line is not None)
        self.show_words("live" if worker.is_running else "fault", say(state), f"{role} {worker.name}", told, beat)

    def show_change(self, change: h.ChangeLine, teller: Teller) -> None:
        """Show what came into another condition, and when."""
        say = teller.words.say
        state = say(CONDITION_WORDS[change.condition])
        number = "" if change.condition == "silent" else teller.say(change.told)
        how = say(N_("{condition}: {number}"), condition=state, number=number) if number else state
        title = say(h.kind_of(change.name).title)
        self.show_words(h.shape_of(change.condition), state, title, how, teller.clock(change.at))
