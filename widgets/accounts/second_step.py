"""Setting up the second step of an account: the picture for the app, and a code of it as proof."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.application.accounts_desk import TotpSecret
from console.words import N_
from widgets.accounts.code_picture import CodePicture
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, follow_text_size, label
from widgets.state.telling import Teller, Told

FIELD_PX = 36
GROUP = 4


class SecondStep(Panel):
    """Shows a secret once and asks for a code of it. GUI thread.

    Signals:
        confirmed: the code that was typed.
    """

    confirmed = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._name = ""
        self._title = label("strong", "t1", strong=True)
        self._note = label("body", "t2", wrap=True)
        self.picture = CodePicture(self)
        self.by_hand = QLineEdit(self)
        self.by_hand.setReadOnly(True)
        self.code = QLineEdit(self)
        self.button = KeyButton("Enter", self, is_main=True, height=44)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        for part in (self._title, self._note, self.picture, self.by_hand, self.code, self.button):
            column.addWidget(part)
        column.addStretch(1)
        for field in (self.by_hand, self.code):
            field.setFixedHeight(FIELD_PX)
        self.code.returnPressed.connect(self._submit)
        self.button.clicked.connect(self._submit)
        self.forget()
        self.retranslate()

    def show_secret(self, name: str, secret: TotpSecret) -> None:
        """Show what the app is given, until ``forget``."""
        self._name = name
        self.picture.show_text(secret.uri)
        groups = [secret.secret[at : at + GROUP] for at in range(0, len(secret.secret), GROUP)]
        self.by_hand.setText(" ".join(groups))
        self.code.clear()
        self.retranslate()
        self.code.setFocus()

    def forget(self) -> None:
        """Show no secret any more."""
        self.picture.show_text("")
        self.by_hand.clear()
        self.code.clear()

    def retranslate(self) -> None:
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Second step of {name}"), {"name": self._name})))
        note = N_("Let the authenticator app read this picture, or type the letters below it. Then type its code.")
        self._note.setText(say(Told(note)))
        self.picture.setAccessibleName(say(Told(N_("Picture for the authenticator"))))
        self.by_hand.setAccessibleName(say(Told(N_("Letters for the authenticator"))))
        self.code.setAccessibleName(say(Told(N_("Code of the authenticator"))))
        self.code.setPlaceholderText(self.code.accessibleName())
        self.button.say(say(Told(N_("Confirm the second step"))))

    def _submit(self) -> None:
        if self.code.text().strip():
            self.confirmed.emit(self.code.text().strip())
