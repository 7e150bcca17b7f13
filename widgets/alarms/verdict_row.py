"""The row of verdicts: six keys, each with what comes next."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.state.review import Browsing, FilingMode, ReviewState
from widgets.state.telling import Named, Teller, Told

_VERDICTS: tuple[tuple[str, str], ...] = (
    ("Y", N_("Confirm")),
    ("N", N_("Dismiss")),
    ("M", N_("Merge")),
    ("P", N_("Postpone")),
    ("C", N_("Re-class")),
    ("T", N_("Speak")),
)


class VerdictRow(QWidget):
    """Shows the verdicts. A click is the same as its key; nothing here decides."""

    key_chosen = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._has_seconds = True
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.buttons = {key: KeyButton(key, self, is_main=key == "Y") for key, _ in _VERDICTS}
        for button in self.buttons.values():
            button.clicked.connect(self._clicked)
            row.addWidget(button, 1)

    def set_height(self, height: int, *, has_seconds: bool) -> None:
        """Give the buttons their height; without room for them the second lines are left to ``F1``."""
        self._has_seconds = has_seconds
        for button in self.buttons.values():
            button.set_height(height)

    def show_state(self, state: ReviewState) -> None:
        row = state.row
        can_decide = (
            row is not None
            and not state.is_gone(row)
            and state.busy is None
            and (not state.is_held(row) or state.is_mine(row))
        )
        for key, name in _VERDICTS:
            button = self.buttons[key]
            second = self._teller.say(_second(key, state)) if self._has_seconds else ""
            button.say(self._teller.say(Told(name)), second)
            button.setEnabled(can_decide if key != "T" else row is not None and _can_speak(state))
        self.buttons["Y"].make_main(isinstance(state.mode, Browsing | FilingMode))
        if isinstance(state.mode, FilingMode):
            self.buttons["Y"].say(
                self._teller.say(Told(N_("File and route"))), self._teller.say(Told(N_("Enter does it")))
            )

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.key_chosen.emit(button.key)


def _can_speak(state: ReviewState) -> bool:
    return state.sheet is None or bool(state.sheet.speakers)


def _second(key: str, state: ReviewState) -> Told | Named:
    match key:
        case "Y":
            return Told(N_("then Enter files"))
        case "N":
            return Told(N_("then reason 1–6"))
        case "M":
            return Told(N_("into a case here"))
        case "P":
            return Told(N_("5 • 10 • 30 min"))
        case "C":
            return Told(N_("another matter"))
        case _:
            if state.sheet is None or not state.sheet.speakers:
                return Told(N_("no speaker here"))
            return Told(N_("Speaker {name}"), {"name": state.sheet.speakers[0].name})
