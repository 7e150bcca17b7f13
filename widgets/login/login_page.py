"""The login page: one column with seat, account, password and language; under it what waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.application.errors import CodeWanted
from console.application.read_models import Backlog
from console.application.sign_in import SignIn
from console.domain.accounts import Actor, Role
from console.domain.errors import Refusal
from console.domain.ids import SeatId
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Ground, TellingLine, follow_text_size, label, rule_line, scrolled
from widgets.desk import Desk
from widgets.state.telling import Teller, Told, told_of

COLUMN_PX, FIELD_PX = 400, 36
LANGUAGES = (("zh_CN", "中文"), ("en", "English"))
ROLE_WORDS = {
    Role.OPERATOR: N_("operator"),
    Role.DISPATCHER: N_("dispatcher"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.OFFICER: N_("officer"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.AUDITOR: N_("auditor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of the demo site, shown on its login page. Never given outside the demo."""

    sign_in_name: str
    password: str
    display_name: str
    role: Role


class LoginPage(Ground):
    """Signs a person in at a seat. Verifying takes tens of milliseconds off the GUI thread; typing is kept meanwhile.

    Args:
        backlog: reads what waits; any thread. demo_accounts: only on the demo site.

    Signals:
        signed_in: who may act at the seat from now on.
        language_chosen: ``zh_CN`` or ``en``.
    """

    signed_in = Signal(Actor)
    language_chosen = Signal(str)

    def __init__(
        self,
        sign_in: SignIn,
        desk: Desk,
        teller: Teller,
        seat_id: SeatId,
        backlog: Callable[[], Backlog],
        demo_accounts: Sequence[DemoAccount] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("g0", parent)
        self._sign_in, self._desk, self._teller, self._backlog = sign_in, desk, teller, backlog
        self._demo = tuple(demo_accounts)
        self._waits: Backlog | None = None
        self._is_busy = False
        self._error: Told | None = None
        self._title = label("title", "t1", strong=True)
        self._labels = [label("small", "t2") for _ in range(5)]
        self.seat = QLineEdit(seat_id)
        self.account = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.code = QLineEdit()
        self.language = QComboBox()
        for code, name in LANGUAGES:
            self.language.addItem(name, code)
        self._button = KeyButton("Enter", self, is_main=True, height=44)
        self.line = TellingLine(self)
        self._waiting = label("body", "t2", wrap=True)
        self._demo_title = label("small", "t2", wrap=True)
        self._demo_buttons = [QPushButton(self) for _ in self._demo]
        self._lay_out()
        self.setFocusProxy(self.account)
        self._button.clicked.connect(self.submit)
        for field in (self.seat, self.account, self.password, self.code):
            field.returnPressed.connect(self.submit)
        for button in self._demo_buttons:
            button.clicked.connect(self._demo_clicked)
        self.language.currentIndexChanged.connect(self._language_picked)
        self.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addSpacing(12)
        fields = self._fields()
        for name, field in zip(self._labels, fields, strict=True):
            field.setFixedHeight(FIELD_PX)
            name.setBuddy(field)
            column.addWidget(name)
            column.addWidget(field)
        self._ask_for_code(is_wanted=False)
        column.addSpacing(10)
        column.addWidget(self._button)
        column.addWidget(self.line)
        column.addWidget(self._waiting)
        if self._demo:
            column.addWidget(rule_line())
            column.addWidget(self._demo_title)
            for button in self._demo_buttons:
                column.addWidget(button)
        column.addStretch(3)
        inner = QWidget()
        inner.setLayout(column)
        inner.setFixedWidth(COLUMN_PX)
        centred = QWidget()
        row = QHBoxLayout(centred)
        row.addStretch(1)
        row.addWidget(inner)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(centred))  # half of 1920 × 1080 has no room for the demo's accounts

    def _fields(self) -> tuple[QWidget, ...]:
        return self.seat, self.account, self.password, self.code, self.language

    # ---- what the window may say -----------------------------------------------------------------------------

    def submit(self) -> None:
        """Try to sign in with what was typed."""
        name, password, seat = self.account.text().strip(), self.password.text(), self.seat.text().strip()
        code = self.code.text().strip()
        if self._is_busy:
            return
        if not name or not password or not seat:
            self._tell(Told(N_("Type seat, account and password."), {}, True))
            return
        self._is_busy = True
        self._tell(Told(N_("Signing in…")))
        self._desk.ask(lambda: self._sign_in.sign_in(name, password, SeatId(seat), code), self._let_in, self._refused)

    def retranslate(self) -> None:
        """Say everything again; what was typed stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Citydesk"))))
        names = (N_("Seat"), N_("Account"), N_("Password"), N_("Code of the authenticator"), N_("Language"))
        for shown, field, sentence in zip(self._labels, self._fields(), names, strict=True):
            shown.setText(say(Told(sentence)))
            field.setAccessibleName(say(Told(sentence)))
        self._button.say(say(Told(N_("Sign in"))))
        code = "zh_CN" if self._teller.is_chinese else "en"
        at = self.language.findData(code)
        if at != self.language.currentIndex():
            self.language.blockSignals(True)
            self.language.setCurrentIndex(at)
            self.language.blockSignals(False)
        self._demo_title.setText(say(Told(N_("Demo site only: these accounts are public. A click fills one in."))))
        for button, account in zip(self._demo_buttons, self._demo, strict=True):
            values = {
                "name": account.sign_in_name,
                "password": account.password,
                "who": account.display_name,
                "role": Told(ROLE_WORDS[account.role]),
            }
            button.setText(say(Told(N_("{name} / {password} • {who}, {role}"), values)))
        self._show_waiting()
        self._tell(self._error)

    # ---- answers ---------------------------------------------------------------------------------------------

    def _let_in(self, actor: Actor) -> None:
        self._is_busy = False
        self.password.clear()
        self._ask_for_code(is_wanted=False)
        self._tell(None)
        self.signed_in.emit(actor)

    def _refused(self, error: Refusal) -> None:
        self._is_busy = False
        is_code = isinstance(error, CodeWanted)
        self._ask_for_code(is_wanted=is_code)
        field = self.code if is_code else self.password
        field.selectAll()
        field.setFocus()
        self._tell(told_of(error))

    def _ask_for_code(self, *, is_wanted: bool) -> None:
        """Show the field of the second step only to those who have one."""
        if not is_wanted:
            self.code.clear()
        self.code.setVisible(is_wanted)
        self._labels[self._fields().index(self.code)].setVisible(is_wanted)

    def _backlog_came(self, waits: Backlog) -> None:
        self._waits = waits
        self._show_waiting()

    def _backlog_failed(self, error: Refusal) -> None:
        self._waits = None
        self._waiting.setText(self._teller.say(told_of(error)))

    def _demo_clicked(self) -> None:
        at = next(at for at, button in enumerate(self._demo_buttons) if button is self.sender())
        self.account.setText(self._demo[at].sign_in_name)
        self.password.setText(self._demo[at].password)
        self.password.setFocus()

    def _language_picked(self, at: int) -> None:
        self.language_chosen.emit(str(self.language.itemData(at)))

    def _tell(self, told: Told | None) -> None:
        self._error = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    def _show_waiting(self) -> None:
        waits = self._waits
        if waits is None:
            self._waiting.setText("")
            return
        if waits.orders_parked:
            told = Told(
                N_("Waiting: alarms {alarms}, deliveries {orders}, stopped deliveries {parked}."),
                {"alarms": waits.alarms_waiting, "orders": waits.orders_waiting, "parked": waits.orders_parked},
            )
        elif waits.alarms_waiting or waits.orders_waiting:
            told = Told(
                N_("Waiting: alarms {alarms}, deliveries {orders}."),
                {"alarms": waits.alarms_waiting, "orders": waits.orders_waiting},
            )
        else:
            told = Told(N_("Nothing waits."))
        self._waiting.setText(self._teller.say(told))

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._desk.fetch(self._backlog, self._backlog_came, self._backlog_failed)
        (self.account if not self.account.text() else self.password).setFocus()
