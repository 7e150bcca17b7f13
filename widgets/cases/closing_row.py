"""The foot of the case page: closing conditions or reasons by number, then the verbs with their keys."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import TellingLine, label
from widgets.state import case as c
from widgets.state import case_acts
from widgets.state.case_acts import Timing
from widgets.state.telling import Named, Teller, Told

COLUMNS = 3


class ClosingRow(QWidget):
    """Shows what may be done now. A click is the same as its key; nothing here decides."""

    key_chosen = Signal(str)
    reason_typed = Signal(str)
    text_mode = Signal(bool)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("body", "t2")
        self._options: list[KeyButton] = []
        self._typed = QLineEdit(self)
        self._typed.returnPressed.connect(self.submit)
        self._typed.installEventFilter(self)
        self._typed.hide()
        self.line = TellingLine(self)
        self.close_button = KeyButton("Y", self, is_main=True, height=44)
        self._rework = KeyButton("N", self, height=44)
        self._again = KeyButton("R", self, height=44)
        self._undo = KeyButton("U", self, height=44)
        self._export = KeyButton("S", self, height=44)
        self._window = KeyButton("W", self, height=44)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        verbs = QHBoxLayout()
        verbs.setSpacing(8)
        for button in (self.close_button, self._rework, self._again, self._undo):
            button.clicked.connect(self._clicked)
            verbs.addWidget(button)
        verbs.addStretch(1)
        for button in (self._window, self._export):
            button.clicked.connect(self._clicked)
            verbs.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self._title)
        column.addLayout(self._grid)
        column.addWidget(self._typed)
        column.addLayout(verbs)

    @property
    def typed(self) -> QLineEdit:
        return self._typed

    @property
    def opens_window(self) -> bool:
        """Whether it is offered to open a masked window."""
        return self._window.isVisibleTo(self)

    def show_state(self, state: c.CaseState) -> None:
        say = self._teller.say
        self._title.setText(say(_title(state)))
        self._show_options(state)
        can_close = c.may_close(state)
        is_free = state.busy is None and state.page is not None
        self.close_button.say(say(Told(N_("Close case"))))
        self.close_button.setEnabled(is_free and can_close and state.chosen is not None)
        self._rework.say(say(Told(N_("Send back"))))
        self._rework.setEnabled(is_free and can_close)
        self._again.say(say(_again_word(state)))
        self._again.setEnabled(is_free and _may_again(state))
        left_s = c.undo_left_s(state)
        self._undo.setVisible(left_s > 0)
        self._undo.say(say(Told(N_("Undo ({seconds} s)"), {"seconds": left_s})))
        self._export.say(say(Told(N_("Export evidence"))))
        self._export.setEnabled(is_free)
        self._window.setVisible(c.may_open_window(state))
        self._window.say(say(Told(N_("Open the window"))))
        self._window.setEnabled(is_free)
        line = line_words(state)
        self.line.tell(say(line) if line is not None else "", is_refusal=line is not None and line.is_refusal)
        self._ask_typed(state)

    def submit(self) -> None:
        """Take the reason written, if there is one."""
        text = self._typed.text().strip()
        if text:
            self._typed.clear()
            self.reason_typed.emit(text)

    def _show_options(self, state: c.CaseState) -> None:
        options = c.options(state)
        while len(self._options) < len(options):
            button = KeyButton("", self, height=36)
            button.clicked.connect(self._clicked)
            self._grid.addWidget(button, len(self._options) // COLUMNS, len(self._options) % COLUMNS)
            self._options.append(button)
        for at, button in enumerate(self._options):
            button.setVisible(at < len(options))
            if at < len(options):
                button.key = options[at].key
                button.say(self._teller.say(options[at].label))
                button.mark(is_chosen=options[at].is_chosen)

    def _ask_typed(self, state: c.CaseState) -> None:
        is_typing = not isinstance(state.mode, c.Reading) and state.mode.is_typing
        self._typed.setPlaceholderText(self._teller.say(Told(N_("The reason, in your own words"))))
        if is_typing and not self._typed.isVisibleTo(self):
            self._typed.show()
            self._typed.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif not is_typing:
            self._typed.hide()

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.key_chosen.emit(button.key)

    # ---- Qt's own ----

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._typed and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.text_mode.emit(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)


def _title(state: c.CaseState) -> Told:
    match state.mode:
        case c.Reworking():
            return Told(N_("Why is it sent back? 1–{last} or / to type; Esc back"), {"last": len(c.REWORK_REASONS)})
        case c.Exporting():
            return Told(
                N_("What is it handed out for? 1–{last} or / to type; Esc back"), {"last": len(c.EXPORT_REASONS)}
            )
        case c.OpeningWindow():
            return Told(
                N_("What is the window opened for? 1–{last} or / to type; Esc back"), {"last": len(c.WINDOW_REASONS)}
            )
        case c.Sending(unit_id=None):
            return Told(N_("Which unit gets it? Esc back"))
        case c.Sending():
            return Told(N_("Why this unit? 1–{last} or / to type; Esc back"), {"last": len(c.REROUTE_REASONS)})
        case Timing() as timing:
            return case_acts.title(timing)
        case c.Reading() if c.may_close(state):
            return Told(N_("Closing condition: choose one, then Y closes"))
        case c.Reading():
            return Told("")


def _again_word(state: c.CaseState) -> Told:
    if c.parked(state) is not None:
        return Told(N_("Resend"))
    if c.is_returned(state):
        return Told(N_("Route again"))
    return Told(N_("Look again"))


def _may_again(state: c.CaseState) -> bool:
    return c.parked(state) is not None or c.is_returned(state) or c.may_close(state)


def line_words(state: c.CaseState) -> Told | None:
    """Return the line over the verbs: what was just done, or how the delivery fares."""
    if state.told is not None:
        return state.told
    if state.away_since is not None:
        return Told(
            N_("Database away since {time}. Pictures go on; verdicts must wait; your text is kept."),
            {"time": state.away_since},
            True,
        )
    stopped = c.parked(state)
    unit = None
    if state.page is not None:
        unit = next((item for item in state.units if item.unit_id == state.page.case.unit_id), None)
    if stopped is not None:
        name: Named | Told = Named(unit.zh, unit.en) if unit is not None else Told(N_("the unit"))
        return Told(
            N_("{tries} tries failed, stopped. Phone {unit}, then R to resend."),
            {"tries": stopped.tries, "unit": name},
            True,
        )
    tried = c.waiting(state)
    if tried is not None and tried.next_try_at is not None:
        left_s = max(0, int((tried.next_try_at - state.now).total_seconds()))
        return Told(N_("Their system does not answer; saved, next try in {seconds} s."), {"seconds": left_s}, True)
    return None
