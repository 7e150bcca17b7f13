"""Where a replay stands and the keys that move it: one bar for one camera or for several in step."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel, label
from widgets.state.replay import ReplayState, speed_words
from widgets.state.telling import Teller, Told

HINTS_FROM_PX = 560


class ReplayTransport(Panel):
    """48 px. Signals: key_chosen: the key of what was clicked."""

    key_chosen = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None, *, has_events: bool = True) -> None:
        """Args:
        has_events: whoever has it serves the keys of events and of a span.
        """
        super().__init__(parent)
        self._teller, self._has_events = teller, has_events
        self._shown: tuple[ReplayState | None, datetime | None] = (None, None)
        self._play = KeyButton("Space", self, is_main=True, height=36)
        self._play.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._play.clicked.connect(self._clicked)
        self._position = label("strong", "t1", strong=True)
        self._speed = label("body", "t2")
        self._hints = KeyHints(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self._play)
        row.addWidget(self._position)
        row.addWidget(self._speed)
        row.addWidget(self._hints, 1, Qt.AlignmentFlag.AlignVCenter)

    @property
    def words(self) -> tuple[str, str]:
        """The time of day and the speed shown now."""
        return self._position.text(), self._speed.text()

    def show_state(self, state: ReplayState | None, at: datetime | None) -> None:
        """Show where it stands; without a state only the moment where it would begin."""
        is_other_speed = self._shown[0] is None or state is None or self._shown[0].speed != state.speed
        self._shown = state, at
        is_playing = state is not None and state.is_playing
        self._play.say(self._teller.say(Told(N_("Pause")) if is_playing else Told(N_("Play"))))
        self._play.setEnabled(at is not None)
        self._position.setText(f"{self._teller.clock(at)}.{at.microsecond // 100_000}" if at is not None else "—")
        if is_other_speed:
            self._speed.setText(speed_words(state.speed if state is not None else 1.0))

    def retranslate(self) -> None:
        say = self._teller.say
        hints = [
            ((",", "."), say(Told(N_("one frame")))),
            (("←", "→"), say(Told(N_("1 s (Shift 10 s)")))),
            (("-", "="), say(Told(N_("speed")))),
            (("Q",), say(Told(N_("sound")))),
        ]
        if self._has_events:
            hints += [(("[", "]"), say(Told(N_("event")))), (("I", "O"), say(Told(N_("in, out"))))]
        self._hints.show_hints(hints)
        self.show_state(*self._shown)

    def _clicked(self) -> None:
        self.key_chosen.emit("Space")
