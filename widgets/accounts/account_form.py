"""The form beside the list of accounts: what one is called, may do, and where. It asks; the page carries out."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from console.application.accounts_desk import AccountLine, NewAccount
from console.domain.accounts import Role, Scope
from console.words import N_
from widgets.accounts.account_words import scope_of
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, follow_text_size, label
from widgets.login.login_page import ROLE_WORDS
from widgets.state.telling import Teller, Told

FIELD_PX = 36
NEW, CHANGE, PASSWORD = "new", "change", "password"
TITLES = {NEW: N_("New account"), CHANGE: N_("Account {name}"), PASSWORD: N_("Another password for {name}")}


@dataclass(frozen=True, slots=True)
class Changed:
    """What was typed of an account that exists."""

    display_name: str
    role: Role
    scope: Scope
    is_active: bool


class AccountForm(Panel):
    """Has one of three shapes: a new account, a change, another password. GUI thread.

    Signals:
        saved: the form's ``kind`` shall be carried out with what is typed now.
    """

    saved = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._name = ""
        self.kind = CHANGE
        self._title = label("strong", "t1", strong=True)
        self.sign_in_name, self.display_name = QLineEdit(self), QLineEdit(self)
        self.role = QComboBox(self)
        for role in Role:
            self.role.addItem("", role.value)
        self.areas, self.cameras = QLineEdit(self), QLineEdit(self)
        self.password, self.again = QLineEdit(self), QLineEdit(self)
        for secret in (self.password, self.again):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.is_active = QCheckBox(self)
        self.button = KeyButton("Ctrl+Enter", self, is_main=True, height=44)
        self._fields: tuple[tuple[str, QWidget, tuple[str, ...]], ...] = (
            (N_("Account"), self.sign_in_name, (NEW,)),
            (N_("Name"), self.display_name, (NEW, CHANGE)),
            (N_("Role"), self.role, (NEW, CHANGE)),
            (N_("Areas, by the codes of their grid; empty: everywhere"), self.areas, (NEW, CHANGE)),
            (N_("Cameras, by their codes"), self.cameras, (NEW, CHANGE)),
            (N_("Password, at least 15 characters"), self.password, (NEW, PASSWORD)),
            (N_("The password again"), self.again, (NEW, PASSWORD)),
        )
        self._labels = [label("small", "t2", wrap=True) for _ in self._fields]
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(6)
        column.addWidget(self._title)
        for name, (_, field, _) in zip(self._labels, self._fields, strict=True):
            field.setFixedHeight(FIELD_PX)
            name.setBuddy(field)
            column.addWidget(name)
            column.addWidget(field)
        column.addWidget(self.is_active)
        column.addSpacing(8)
        column.addWidget(self.button)
        column.addStretch(1)
        self.button.clicked.connect(self.submit)
        self.retranslate()

    # ---- what the page may say -------------------------------------------------------------------------------

    def show_new(self) -> None:
        """Ask for a new account, with nothing typed."""
        self._become(NEW, "")
        for typed in (self.sign_in_name, self.display_name, self.areas, self.cameras):
            typed.clear()
        self.role.setCurrentIndex(self.role.findData(Role.OPERATOR.value))
        self.is_active.setChecked(True)
        self.sign_in_name.setFocus()

    def show_account(self, line: AccountLine) -> None:
        """Show an account as it is."""
        self._become(CHANGE, line.sign_in_name)
        self.display_name.setText(line.display_name)
        self.role.setCurrentIndex(self.role.findData(line.role.value))
        self.areas.setText(" ".join(sorted(line.scope.areas)))
        self.cameras.setText(" ".join(sorted(line.scope.cameras)))
        self.is_active.setChecked(line.is_active)

    def show_password(self, line: AccountLine) -> None:
        """Ask for another password, twice."""
        self._become(PASSWORD, line.sign_in_name)
        self.password.setFocus()

    def submit(self) -> None:
        """Ask for what is typed to be carried out."""
        self.saved.emit(self.kind)

    @property
    def passwords_agree(self) -> bool:
        return self.password.text() == self.again.text()

    def new_account(self) -> NewAccount:
        """Return what is typed. Raises ``DomainError`` where a place is none."""
        return NewAccount(
            sign_in_name=self.sign_in_name.text(),
            display_name=self.display_name.text(),
            role=self._role(),
            password=self.password.text(),
            scope=scope_of(self.areas.text(), self.cameras.text()),
        )

    def changed(self) -> Changed:
        """Return what is typed. Raises ``DomainError`` where a place is none."""
        return Changed(
            self.display_name.text(),
            self._role(),
            scope_of(self.areas.text(), self.cameras.text()),
            self.is_active.isChecked(),
        )

    def retranslate(self) -> None:
        """Say everything again; what was typed stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(TITLES[self.kind], {"name": self._name})))
        for name, (sentence, field, _) in zip(self._labels, self._fields, strict=True):
            name.setText(say(Told(sentence)))
            field.setAccessibleName(name.text())
        for at, role in enumerate(Role):
            self.role.setItemText(at, say(Told(ROLE_WORDS[role])))
        self.is_active.setText(say(Told(N_("may sign in"))))
        self.button.say(say(Told(N_("Add") if self.kind == NEW else N_("Save"))))

    def _role(self) -> Role:
        return Role(self.role.currentData())

    def _become(self, kind: str, name: str) -> None:
        self.kind, self._name = kind, name
        self.password.clear()
        self.again.clear()
        for words, (_, field, kinds) in zip(self._labels, self._fields, strict=True):
            words.setVisible(kind in kinds)
            field.setVisible(kind in kinds)
        self.is_active.setVisible(kind == CHANGE)
        self.retranslate()
