"""The page of health: the five silent things with what each means, and every camera that is not seen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from console.application.ports import Clock
from console.words import N_
from widgets.common import theme
from widgets.common.lettering import ElidedLabel, Panel, StateShape, dress, label, rule_line, scrolled
from widgets.common.page_keys import bind
from widgets.health.health_bar import CONDITION_WORDS
from widgets.health.keys import HEALTH_KEYS
from widgets.state import health as h
from widgets.state.telling import Teller

TICK_MS = 1000
WIDEST_PX = 1240  # farther apart, the eye loses the line between name and time


class HealthRow(QWidget):
    """One of the five, in full: shape, word, state, number, since when, what it means."""

    def __init__(self, kind: h.HealthKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._shape = StateShape("low", 16, self)
        self._title = label("strong", "t1", strong=True)
        self._number = label("body", "t1", strong=True, wrap=True)
        self._since = label("small", "t2")
        self._means = label("body", "t2", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 10, 16, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(2, 1)
        grid.addWidget(self._shape, 0, 0)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._number, 0, 2)
        grid.addWidget(self._since, 0, 3, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._means, 1, 1, 1, 3)

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Title, number, since and meaning as shown now."""
        return (self._title.text(), self._number.text(), self._since.text(), self._means.text())

    def show_line(self, line: h.HealthLine, means: str, teller: Teller, *, has_since: bool) -> None:
        say = teller.words.say
        condition = say(CONDITION_WORDS[line.condition])
        self._shape.show_shape(h.shape_of(line.condition), condition)
        self._title.setText(say(self.kind.title))
        self._number.setText(teller.say(line.told))
        since = say(N_("{condition} since {time}"), condition=condition, time=teller.clock(line.since))
        self._since.setText(since if has_since else condition)
        self._means.setText(say(means))
        for part, role, tone, strong in (
            (self._title, "strong", "t1", True),
            (self._number, "body", "t1", True),
            (self._since, "small", "t2", False),
            (self._means, "body", "t2", False),
        ):
            dress(part, role, tone, strong=strong)


class UnseenRow(QWidget):
    """A camera that is not seen: number, name, why, since when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StateShape("fault", 16, self)
        self._name = ElidedLabel("body", "t1", strong=True, middle=True)
        self._why = ElidedLabel("body", "t2")
        self._since = label("small", "t2")
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 6, 16, 6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        for column, part in enumerate((self._shape, self._name, self._why, self._since)):
            grid.addWidget(part, 0, column)

    @property
    def words(self) -> str:
        return f"{self._name.text()} {self._why.text()} {self._since.text()}"

    def show_camera(self, camera: h.UnseenCamera, teller: Teller) -> None:
        self._name.setText(f"{camera.number} {camera.name}")
        self._why.setText(teller.say(camera.why))
        self._since.setText(teller.words.say(N_("since {time}"), time=teller.clock(camera.since)))
        self._shape.show_shape("fault", self._why.text())
        dress(self._name, "body", "t1", strong=True)
        dress(self._why, "body", "t2")
        dress(self._since, "small", "t2")
        self.setAccessibleName(self.words)


class HealthPage(QWidget):
    """Lists, decides nothing. GUI thread.

    Signals:
        left: ``Esc``.
    """

    left = Signal()

    def __init__(self, teller: Teller, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._clock = teller, clock
        self._state = h.HealthState()
        self._has_list = False
        self.rows = tuple(HealthRow(kind) for kind in h.KINDS)
        self.unseen: list[UnseenRow] = []
        self._title = label("title", "t1", strong=True)
        self._head = label("strong", "t1", strong=True)
        self._nobody = label("body", "t2", wrap=True)
        self._lay_out()
        self._shortcuts = bind(self, HEALTH_KEYS, self.press)
        self._timer = QTimer(self)
        self._timer.setObjectName("health-page-1-s")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.retranslate)
        theme.no_input_method(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def _lay_out(self) -> None:
        items = Panel()
        column = QVBoxLayout(items)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(0)
        for at, row in enumerate(self.rows):
            if at:
                column.addWidget(rule_line())
            column.addWidget(row)
        cameras = Panel()
        self._cameras = QVBoxLayout(cameras)
        self._cameras.setContentsMargins(0, 12, 0, 12)
        self._cameras.setSpacing(0)
        for part in (self._head, self._nobody):
            part.setContentsMargins(16, 0, 16, 6)
            self._cameras.addWidget(part)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.setSpacing(8)
        self._title.setContentsMargins(16, 4, 16, 4)
        inside.addWidget(self._title)
        inside.addWidget(items)
        inside.addWidget(cameras)
        inside.addStretch(1)
        inner.setMaximumWidth(WIDEST_PX)
        area = scrolled(inner)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrows move it
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.setFocusProxy(area)

    # ---- what the window may say -----------------------------------------------------------------------------

    def note(self, lines: tuple[h.HealthLine, ...], heard_at: datetime) -> None:
        """Take in a report of the station and when it was heard."""
        self._state = replace(self._state, lines=lines, heard_at=heard_at)
        self.retranslate()

    def note_unseen(self, cameras: Sequence[h.UnseenCamera]) -> None:
        """Take in the cameras nobody sees now."""
        self._has_list = True
        self._state = replace(self._state, unseen=tuple(cameras))
        self.retranslate()

    def press(self, key: str) -> None:
        """Do what a key of ``HEALTH_KEYS`` says."""
        if key == "Esc":
            self.left.emit()

    def retranslate(self) -> None:
        """Say everything again, in the language and at the time of now."""
        now = self._clock.now()
        words, silent = self._teller.words, h.is_silent(self._state, now)
        for row, line in zip(self.rows, h.lines_now(self._state, now), strict=True):
            means = h.meaning(row.kind, line, is_silent=silent)
            row.show_line(line, means, self._teller, has_since=self._state.heard_at is not None)
        self._title.setText(words.say(N_("Health")))
        self._head.setText(words.say(N_("Cameras not seen")))
        dress(self._title, "title", "t1", strong=True)
        dress(self._head, "strong", "t1", strong=True)
        dress(self._nobody, "body", "t2")
        self._show_unseen(is_known=self._has_list and not silent)

    def _show_unseen(self, *, is_known: bool) -> None:
        cameras = self._state.unseen
        while len(self.unseen) < len(cameras):
            row = UnseenRow(self)
            self.unseen.append(row)
            self._cameras.addWidget(row)
        for at, row in enumerate(self.unseen):
            row.setVisible(at < len(cameras))
            if at < len(cameras):
                row.show_camera(cameras[at], self._teller)
        nobody = N_("Every camera is seen.") if is_known else N_("Not known: the station has not said.")
        self._nobody.setText(self._teller.words.say(nobody))
        self._nobody.setVisible(not cameras)

    @property
    def nobody(self) -> QLabel:
        """The line that stands where no camera is listed."""
        return self._nobody

    # ---- Qt's own ----

    def showEvent(self, event: QShowEvent) -> None:
        self.retranslate()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
