"""Where the clip stands: a bar to click, position and length, and the keys that move it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from console.words import N_
from widgets.common import theme
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel, label
from widgets.state.player import PlayerState
from widgets.state.telling import Teller, Told


class PositionBar(QWidget):
    """The clip's length as a bar; a click goes there."""

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = 0.0
        self.setFixedHeight(20)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_part(self, part: float) -> None:
        if part != self._part:
            self._part = max(0.0, min(1.0, part))
            self.update()

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(320, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.width() > 0:
            self.sought.emit(event.position().x() / self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(0, 7, self.width(), 6, theme.colour("g4"))
            at = round(self._part * (self.width() - 2))
            painter.fillRect(0, 7, at, 6, theme.colour("t2"))
            painter.fillRect(at, 0, 2, 20, theme.colour("t1"))


class Transport(Panel):
    """48 px under the picture."""

    key_chosen = Signal(str)
    sought = Signal(float)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._duration_s = 0.0
        self._play = KeyButton("Space", self, is_main=True, height=36)
        self._play.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._play.clicked.connect(self._played)
        self._position = label("strong", "t1", strong=True)
        self._bar = PositionBar(self)
        self._bar.sought.connect(self._seek)
        self._hints = KeyHints(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self._play)
        row.addWidget(self._position)
        row.addWidget(self._bar, 1)
        row.addWidget(self._hints, 1)

    @property
    def position(self) -> str:
        """The words shown now."""
        return self._position.text()

    def show_state(self, state: PlayerState) -> None:
        say = self._teller.say
        self._duration_s = state.duration_s
        self._play.say(say(Told(N_("Pause"))) if state.is_playing else say(Told(N_("Play"))))
        self._play.setEnabled(state.is_open)
        self._position.setText(f"{state.position_s:.1f} / {state.duration_s:.1f} s" if state.is_open else "—")
        self._bar.show_part(state.position_s / state.duration_s if state.duration_s > 0 else 0.0)
        self._hints.show_hints(
            (
                ((",", "."), say(Told(N_("one frame")))),
                (("←", "→"), say(Told(N_("1 s (Shift 10 s)")))),
                (("D",), say(Told(N_("boxes")))),
                (("Q",), say(Told(N_("sound")))),
            )
        )

    def _played(self) -> None:
        self.key_chosen.emit("Space")

    def _seek(self, part: float) -> None:
        self.sought.emit(part * self._duration_s)
