"""Changing one's own password at the seat: the old one, the new one twice, a code where there is a second step."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.application.errors import CodeWanted
from console.domain.errors import Refusal
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import TellingLine, follow_text_size, label
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.settings.keys import OWN_PASSWORD_KEYS
from widgets.state.telling import Teller, Told, told_of

FIELD_PX = 36
Change = Callable[[str, str, str], None]


class OwnPassword(QWidget):
    """One button until it is asked for, then a form. GUI thread; the change itself runs off it.

    Signals:
        changed: the password is another now. closed: the form was left or is done.
    """

    changed = Signal()
    closed = Signal()

    def __init__(self, change: Change, desk: Desk, teller: Teller, parent: QWidget | None = None) -> None:
        """Args:
        change: takes the old password, the new one and the code; slow, raises ``Refusal``.
        """
        super().__init__(parent)
        self._change, self._desk, self._teller = change, desk, teller
        self._is_busy = False
        self._told: Told | None = None
        self.button = KeyButton("P", self, height=36)
        self.button.setMaximumWidth(400)
        self.old, self.new, self.again, self.code = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        for secret in (self.old, self.new, self.again):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._fields = (
            (N_("Password of now"), self.old),
            (N_("Password, at least 15 characters"), self.new),
            (N_("The password again"), self.again),
            (N_("Code of the authenticator"), self.code),
        )
        self._labels = [label("small", "t2") for _ in self._fields]
        self.save = KeyButton("Ctrl+Enter", self, is_main=True, height=44)
        self._form = QWidget(self)
        self.line = TellingLine(self)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._title = label("strong", "t1", strong=True)
        column.addWidget(self._title)
        for name, (_, field) in zip(self._labels, self._fields, strict=True):
            field.setFixedHeight(FIELD_PX)
            name.setBuddy(field)
            column.addWidget(name)
            column.addWidget(field)
        column.addSpacing(4)
        column.addWidget(self.save)
        self._form.setMaximumWidth(400)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        for part in (self.button, self._form, self.line):
            whole.addWidget(part)
        self.button.clicked.connect(self.open)
        self.save.clicked.connect(self.submit)
        self._shortcuts = bind(self._form, OWN_PASSWORD_KEYS, self.press)
        self._show_form(is_shown=False)
        self.retranslate()

    @property
    def is_open(self) -> bool:
        return not self._form.isHidden()

    def open(self) -> None:
        """Ask for the passwords."""
        self._tell(None)
        self._show_form(is_shown=True)
        self.old.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def press(self, key: str) -> None:
        """Do what a key of ``OWN_PASSWORD_KEYS`` says."""
        if key == "Esc":
            self._close()
        else:
            self.submit()

    def submit(self) -> None:
        """Have the password changed, if the new one was typed alike twice."""
        if self._is_busy:
            return
        if self.new.text() != self.again.text():
            self._tell(Told(N_("The two passwords are not the same."), {}, True))
            return
        old, new, code = self.old.text(), self.new.text(), self.code.text().strip()
        self._is_busy = True
        self._desk.ask(lambda: self._change(old, new, code), self._done, self._refused)

    def retranslate(self) -> None:
        """Say everything again; what was typed stays."""
        follow_text_size(self)
        say = self._teller.say
        for name, (sentence, field) in zip(self._labels, self._fields, strict=True):
            name.setText(say(Told(sentence)))
            field.setAccessibleName(name.text())
        self.button.say(say(Told(N_("Change my password"))))
        self._title.setText(say(Told(N_("Change my password"))))
        self.save.say(say(Told(N_("Save"))))
        self._tell(self._told)

    def _done(self, _: None) -> None:
        self._is_busy = False
        self._close()
        self._tell(Told(N_("Your password is changed. Your other seats are locked until it is typed there.")))
        self.changed.emit()

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._tell(told_of(refusal))
        if isinstance(refusal, CodeWanted):
            self._show_code(is_shown=True)
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        self._tell(None)
        self._show_form(is_shown=False)
        self.closed.emit()

    def _show_form(self, *, is_shown: bool) -> None:
        for _, field in self._fields:
            field.clear()
        self._show_code(is_shown=False)
        self._form.setVisible(is_shown)
        self.button.setVisible(not is_shown)

    def _show_code(self, *, is_shown: bool) -> None:
        self.code.setVisible(is_shown)
        self._labels[-1].setVisible(is_shown)

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )
