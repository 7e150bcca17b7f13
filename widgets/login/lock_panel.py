"""The locked seat: who locked it, what waits meanwhile, and the password that opens it again.

It stands where names and cases stood. The wall, sounds and health go on beside it.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.application.errors import CodeWanted
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Ground, Panel, follow_text_size, label
from widgets.desk import Desk
from widgets.state.telling import Teller, Told, told_of

PANEL_PX, FIELD_PX = 400, 36


class LockPanel(Panel):
    """Asks for the password of who locked the seat. GUI thread.

    Args:
        unlock: verifies password and code and returns who may act now; called off the GUI thread.

    Signals:
        unlocked: who may act at the seat again. handed_over: somebody else wants to sign in here.
    """

    unlocked = Signal(Actor)
    handed_over = Signal()

    def __init__(
        self,
        unlock: Callable[[str, str], Actor],
        desk: Desk,
        teller: Teller,
        who: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unlock, self._desk, self._teller, self._who = unlock, desk, teller, who
        self._is_busy = False
        self._waiting: int | None = None
        self._told: Told | None = None
        self._title = label("title", "t1", strong=True)
        self._note = label("body", "t2", wrap=True)
        self._waits = label("strong", "t1", strong=True, wrap=True)
        self.password = _secret_field(self)
        self.code = QLineEdit(self)
        self.code.setFixedHeight(FIELD_PX)
        self.code.hide()
        self.line = label("body", "t1", wrap=True)
        self.open_button = KeyButton("Enter", self, is_main=True, height=44)
        self.other_button = QPushButton(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        for part in (self._title, self._note, self._waits, self.password, self.code, self.open_button, self.line):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.other_button)
        for field in (self.password, self.code):
            field.returnPressed.connect(self.submit)
        self.open_button.clicked.connect(self.submit)
        self.other_button.clicked.connect(self._hand_over)
        self.retranslate()

    # ---- what the window may say -----------------------------------------------------------------------------

    def note_waiting(self, alarms: int) -> None:
        """Take in how many alarms wait; a locked seat says the number and nothing that names a place or person."""
        self._waiting = alarms
        self._show_waiting()

    def submit(self) -> None:
        """Try to open the seat with what was typed."""
        password, code = self.password.text(), self.code.text().strip()
        if self._is_busy:
            return
        if not password:
            self._tell(Told(N_("Type the password."), {}, True))
            return
        self._is_busy = True
        self._desk.ask(lambda: self._unlock(password, code), self._opened, self._refused)

    def retranslate(self) -> None:
        """Say everything again; what was typed stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Locked"))))
        note = Told(N_("Walls, sounds and health go on. {who} unlocks with the password."), {"who": self._who})
        self._note.setText(say(note))
        self.password.setPlaceholderText(say(Told(N_("Password"))))
        self.password.setAccessibleName(say(Told(N_("Password"))))
        self.code.setPlaceholderText(say(Told(N_("Code of the authenticator"))))
        self.code.setAccessibleName(say(Told(N_("Code of the authenticator"))))
        self.open_button.say(say(Told(N_("Unlock"))))
        self.other_button.setText(say(Told(N_("Somebody else signs in (ends this shift)"))))
        self._show_waiting()
        self._tell(self._told)

    def _hand_over(self) -> None:
        if not self._is_busy:
            self.handed_over.emit()

    # ---- answers ---------------------------------------------------------------------------------------------

    def _opened(self, actor: Actor) -> None:
        self._is_busy = False
        self.password.clear()
        self.code.clear()
        self._tell(None)
        self.unlocked.emit(actor)

    def _refused(self, error: Refusal) -> None:
        self._is_busy = False
        if isinstance(error, CodeWanted):
            self.code.show()
            self.code.selectAll()
            self.code.setFocus()
        else:
            self.password.clear()
            self.password.setFocus()
        self._tell(told_of(error))

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.setText(self._teller.say(told) if told is not None else "")

    def _show_waiting(self) -> None:
        self._waits.setVisible(self._waiting is not None)
        self._waits.setText(self._teller.say(Told(N_("Waiting alarms: {alarms}"), {"alarms": self._waiting})))

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()


class LockNote(Panel):
    """Stands in the other windows of a locked seat: what the queue names is hidden there too."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("title", "t1", strong=True)
        self._note = label("body", "t2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._note)
        column.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again in the language of now."""
        follow_text_size(self)
        self._title.setText(self._teller.say(Told(N_("Locked"))))
        self._note.setText(self._teller.say(Told(N_("The wall runs on. Unlock in the main window of this seat."))))


class LockPage(Ground):
    """The panel in the middle of an empty page, for those who have no wall."""

    def __init__(self, panel: LockPanel, parent: QWidget | None = None) -> None:
        super().__init__("g0", parent)
        self._panel = panel
        panel.setFixedWidth(PANEL_PX)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(panel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setFocusProxy(panel.password)

    def retranslate(self) -> None:
        self._panel.retranslate()


def _secret_field(parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setFixedHeight(FIELD_PX)
    return field
