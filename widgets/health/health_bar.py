"""The bar at the bottom of every window: five silent things, each with shape, word and number."""

from datetime import datetime

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from console.application.ports import Clock
from console.words import N_
from widgets.common import icons, theme
from widgets.common.lettering import ElidedLabel
from widgets.common.state_icon import state_icon
from widgets.state import health as h
from widgets.state.telling import Teller

BAR_PX, SHAPE_PX, GAP_PX, BETWEEN_PX = 32, 14, 6, 18
LEAST_LINE_PX = 160  # a code of four digits with its sentence, elided at worst
TICK_MS = 1000
CONDITION_WORDS = {
    "ok": N_("in order"),
    "waiting": N_("held up"),
    "fault": N_("at fault"),
    "silent": N_("silent"),
}


class HealthItem(QWidget):
    """One of the five, painted: shape, icon, word, number. ``compact`` leaves the number out, never the shape."""

    def __init__(self, kind: h.HealthKind, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self.condition: h.Condition = "waiting"
        self._word = ""
        self._number = ""
        self._is_compact = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def number(self) -> str:
        return self._number

    @property
    def is_compact(self) -> bool:
        return self._is_compact

    def show_line(self, line: h.HealthLine, teller: Teller) -> None:
        """Show this line; a screen reader hears the word of the state too."""
        word, number = teller.words.say(self.kind.title), teller.say(line.told)
        if (word, number, line.condition) == (self._word, self._number, self.condition):
            return
        self._word, self._number, self.condition = word, number, line.condition
        condition = teller.words.say(CONDITION_WORDS[line.condition])
        said = teller.words.say(N_("{what}: {condition}, {number}"), what=word, condition=condition, number=number)
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def fold(self, *, is_compact: bool) -> None:
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self.updateGeometry()
            self.update()

    def width_px(self, *, is_compact: bool) -> int:
        """Return the width it asks for."""
        head = SHAPE_PX + GAP_PX + icons.IN_TEXT_PX + GAP_PX
        word = QFontMetrics(theme.font("small")).horizontalAdvance(self._word)
        number = QFontMetrics(theme.font("small", strong=True)).horizontalAdvance(self._number)
        return head + word + (0 if is_compact else GAP_PX + number) + 2

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(self.width_px(is_compact=self._is_compact), BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        middle = self.height() // 2
        left_centred = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        with QPainter(self) as painter:
            shape = QRect(0, middle - SHAPE_PX // 2, SHAPE_PX, SHAPE_PX)
            state_icon(h.shape_of(self.condition), SHAPE_PX).paint(painter, shape)
            x = SHAPE_PX + GAP_PX
            side = icons.IN_TEXT_PX
            picture = icons.pixmap(self.kind.icon, side, "t3", self.devicePixelRatioF())
            painter.drawPixmap(QRect(x, middle - side // 2, side, side), picture)
            x += side + GAP_PX
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("t2"))
            painter.drawText(QRect(x, 0, self.width() - x, self.height()), left_centred, self._word)
            if not self._is_compact:
                x += painter.fontMetrics().horizontalAdvance(self._word) + GAP_PX
                painter.setFont(theme.font("small", strong=True))
                painter.setPen(theme.colour("t1"))
                painter.drawText(QRect(x, 0, self.width() - x, self.height()), left_centred, self._number)


class DetailsButton(QAbstractButton):
    """The word "details" with the key that opens them; a shape before it says that something not on the bar fails."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._is_marked = False

    def mark(self, *, is_marked: bool) -> None:
        if is_marked != self._is_marked:
            self._is_marked = is_marked
            self.updateGeometry()
            self.update()

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        words = QFontMetrics(theme.font("small")).horizontalAdvance(self.text())
        return QSize((SHAPE_PX + GAP_PX if self._is_marked else 0) + words + 6 + 30, BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("t1" if self._is_marked else "t2"))
            vertical = int(Qt.AlignmentFlag.AlignVCenter)
            words = self.rect()
            if self._is_marked:
                cell = QRect(0, (self.height() - SHAPE_PX) // 2, SHAPE_PX, SHAPE_PX)
                state_icon("fault", SHAPE_PX).paint(painter, cell)
                words.setLeft(SHAPE_PX + GAP_PX)
            painter.drawText(words, vertical | int(Qt.AlignmentFlag.AlignLeft), self.text())
            cap = QRect(self.width() - 29, (self.height() - 20) // 2, 28, 20)
            painter.setPen(theme.cosmetic_pen("edge"))
            painter.drawRoundedRect(cap, 3, 3)
            painter.setFont(theme.font("caption", strong=True))
            painter.setPen(theme.colour("t1"))
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), "F9")


class HealthBar(QWidget):
    """Always the same five. It grows old by itself: without a report it says so. GUI thread.

    Signals:
        details_wanted: the operator clicked for the page of health.
    """

    details_wanted = Signal()

    def __init__(self, teller: Teller, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._clock = teller, clock
        self._state = h.HealthState()
        self.items = tuple(HealthItem(kind, self) for kind in h.BAR_KINDS)
        self._line = ElidedLabel("small", "t1", parent=self)
        self._details = DetailsButton(self)
        self._details.clicked.connect(self.details_wanted)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(BETWEEN_PX)
        for item in self.items:
            row.addWidget(item)
        row.addWidget(self._line, 1)
        row.addWidget(self._details)
        self.setFixedHeight(BAR_PX)
        self.setMinimumWidth(320)
        self._timer = QTimer(self)
        self._timer.setObjectName("health-bar-1-s")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.retranslate)
        self.retranslate()

    # ---- what the window may say -----------------------------------------------------------------------------

    @property
    def lines(self) -> tuple[h.HealthLine, ...]:
        """The five lines as they stand now."""
        return h.lines_now(self._state, self._clock.now())

    @property
    def details(self) -> DetailsButton:
        """The way to the page; it counts what is at fault and has no place here."""
        return self._details

    @property
    def line(self) -> str:
        return self._line.text()

    def note(self, lines: tuple[h.HealthLine, ...], heard_at: datetime) -> None:
        """Take in a report of the station and when it was heard."""
        self._state = h.heard(self._state, lines, (), heard_at)
        self.retranslate()

    def show_line(self, words: str) -> None:
        """Say one thing that went wrong and moves nothing; an empty one takes it away."""
        self._line.setText(words)
        self._line.setToolTip(words)
        self._fit()

    def retranslate(self) -> None:
        """Say everything again, in the language and at the time of now."""
        for item, line in zip(self.items, self.lines, strict=True):
            item.show_line(line, self._teller)
        beside = h.faults_beside(self._state, self._clock.now())
        words = self._teller.words
        self._details.setText(
            words.plural("{n} more fault", "{n} more faults", beside) if beside else words.say(N_("Details"))
        )
        self._details.mark(is_marked=beside > 0)
        self._details.setAccessibleName(f"{self._details.text()} F9")
        self._details.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        """Where all numbers do not fit, those in order give way first, then those that wait; faults keep theirs."""
        room = self.width() - 32 - self._details.sizeHint().width() - BETWEEN_PX * 6
        room -= LEAST_LINE_PX if self._line.text() else self._line.minimumSizeHint().width()
        compact: set[str] = set()
        for condition in ("", "ok", "waiting", "silent", "fault"):
            compact |= {item.kind.name for item in self.items if item.condition == condition}
            if sum(item.width_px(is_compact=item.kind.name in compact) for item in self.items) <= room:
                break
        for item in self.items:
            item.fold(is_compact=item.kind.name in compact)
        self._row.activate()  # at once, or one paint would show them cut

    # ---- Qt's own ----

    def showEvent(self, event: QShowEvent) -> None:
        self.retranslate()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g1"))
            painter.setPen(theme.cosmetic_pen("line"))
            painter.drawLine(self.rect().topLeft(), self.rect().topRight())
