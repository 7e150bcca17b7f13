"""The accounts page: who may sign in, as what and where; only administrators are shown it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.application.accounts_desk import AccountLine, AccountsDesk, TotpSecret
from console.application.ports import Clock
from console.domain.accounts import Actor
from console.domain.errors import DomainError, Refusal
from console.domain.ids import AccountId
from console.words import N_
from widgets.accounts.account_form import CHANGE, NEW, PASSWORD, AccountForm
from widgets.accounts.account_words import HEADS, PLACES_COLUMN, row_of, told_fault
from widgets.accounts.keys import ACCOUNT_KEYS
from widgets.accounts.second_step import SecondStep
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel, TellingLine, follow_text_size, label, scrolled
from widgets.common.page_keys import bind
from widgets.common.text_table import TextTable
from widgets.desk import Desk
from widgets.state.telling import Teller, Told, told_of

FORM_PX = 440


class AccountsPage(QWidget):
    """List and form. Lives in the GUI thread; the desk's verbs hash and write off it.

    Signals:
        left: ``Esc`` in the list.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        accounts: AccountsDesk,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._accounts, self._desk, self._teller, self._clock = actor, accounts, desk, teller, clock
        self._lines: tuple[AccountLine, ...] = ()
        self._told: Told | None = None
        self._is_busy = False
        self._ending = ""  # whose second step the next S would end
        self._title = label("strong", "t1", strong=True)
        self._hints = KeyHints(self)
        self.table = TextTable(PLACES_COLUMN, self)
        self.form = AccountForm(teller, self)
        self.second = SecondStep(teller, self)
        self.line = TellingLine(self)
        self._side = QStackedWidget(self)
        self._side.addWidget(scrolled(self.form))
        self._side.addWidget(self.second)
        self._side.setFixedWidth(FORM_PX)
        self._lay_out()
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.form.saved.connect(self._save)
        self.second.confirmed.connect(self._confirm)
        self._shortcuts = bind(self, ACCOUNT_KEYS, self.press)
        self.setFocusProxy(self.table)
        self.retranslate()

    def _lay_out(self) -> None:
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 8, 0, 8)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.setSpacing(24)
        head.addWidget(self._title)
        head.addWidget(self._hints, 1)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(panel, 1)
        row.addWidget(self._side)

    # ---- what the window may say -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list again."""
        self._desk.fetch(lambda: self._accounts.all(self._actor), self._came, self._refused)

    def press(self, key: str) -> None:
        """Do what a key of ``ACCOUNT_KEYS`` says."""
        line = self.chosen
        ending, self._ending = self._ending, ""
        if key == "Ctrl+Enter":
            self.form.submit()
        elif key == "Esc":
            self._step_back()
        elif key == "N":
            self._show_side(self.form)
            self.form.show_new()
        elif line is None:
            return
        elif key == "E":
            self._show_side(self.form)
            self.form.show_account(line)
            self.form.display_name.setFocus()
        elif key == "P":
            self._show_side(self.form)
            self.form.show_password(line)
        elif key == "U":
            done = Told(N_("{name} may try again."), {"name": line.display_name})
            self._order(lambda: self._accounts.unlock_out(self._actor, line.account_id), done)
        elif key == "S":
            self._turn_second_step(line, is_asked_twice=ending == line.account_id)

    @property
    def chosen(self) -> AccountLine | None:
        """The account that is selected."""
        return next((line for line in self._lines if line.account_id == self.table.key), None)

    def retranslate(self) -> None:
        """Say everything again; selection and what was typed stay."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Accounts"))))
        hints = (("N", N_("new")), ("E", N_("change")), ("P", N_("password")), ("S", N_("second step")))
        self._hints.show_hints([((key,), say(Told(words))) for key, words in hints])
        self.table.setAccessibleName(self._title.text())
        self.form.retranslate()
        self.second.retranslate()
        self._show_rows()
        self._tell(self._told)

    # ---- orders and answers ----------------------------------------------------------------------------------

    def _save(self, kind: str) -> None:
        line = self.chosen
        if kind != CHANGE and not self.form.passwords_agree:
            self._tell(Told(N_("The two passwords are not the same."), {}, True))
            return
        try:
            if kind == NEW:
                new = self.form.new_account()
                done = Told(N_("{name} may sign in."), {"name": new.display_name})
                self._order(lambda: self._accounts.add(self._actor, new), done)
            elif kind == CHANGE and line is not None:
                changed = self.form.changed()
                self._order(
                    lambda: self._accounts.change(
                        self._actor,
                        line.account_id,
                        display_name=changed.display_name,
                        role=changed.role,
                        scope=changed.scope,
                        is_active=changed.is_active,
                    ),
                    Told(N_("Saved. It holds from the next sign-in of {name}."), {"name": changed.display_name}),
                )
            elif kind == PASSWORD and line is not None:
                password = self.form.password.text()
                self._order(
                    lambda: self._accounts.set_password(self._actor, line.account_id, password),
                    Told(N_("{name} has another password."), {"name": line.display_name}),
                )
        except DomainError as fault:
            self._tell(told_fault(fault))

    def _turn_second_step(self, line: AccountLine, *, is_asked_twice: bool) -> None:
        if line.has_second_step and not is_asked_twice:
            self._ending = line.account_id
            self._tell(Told(N_("S once more ends the second step of {name}."), {"name": line.display_name}))
            return
        if line.has_second_step:
            done = Told(N_("{name} signs in with the password alone."), {"name": line.display_name})
            self._order(lambda: self._accounts.end_totp(self._actor, line.account_id), done)
            return

        def shown(secret: TotpSecret) -> None:
            self._is_busy = False
            self._show_side(self.second)
            self.second.show_secret(line.sign_in_name, secret)

        self._is_busy = True
        self._desk.ask(lambda: self._accounts.begin_totp(self._actor, line.account_id), shown, self._refused)

    def _confirm(self, code: str) -> None:
        line = self.chosen
        if line is not None:
            done = Told(N_("{name} is asked for a code from now on."), {"name": line.display_name})
            self._order(lambda: self._accounts.confirm_totp(self._actor, line.account_id, code), done)

    def _order(self, work: Callable[[], AccountId | None], done: Told) -> None:
        """Have it done once, say so, and read the list again; a refusal leaves what was typed."""
        if self._is_busy:
            return
        self._is_busy = True

        def finished(_: AccountId | None) -> None:
            self._is_busy = False
            self._tell(done)
            self._show_list()
            self.refresh()

        self._desk.ask(work, finished, self._refused)

    def _came(self, lines: Sequence[AccountLine]) -> None:
        self._lines = tuple(lines)
        self._show_rows()

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._tell(told_of(refusal))

    # ---- showing ---------------------------------------------------------------------------------------------

    def _picked(self, _: str) -> None:
        line = self.chosen
        self.second.forget()
        if line is not None:
            self._show_side(self.form)
            self.form.show_account(line)

    def _opened(self, _: str) -> None:
        self.press("E")

    def _step_back(self) -> None:
        if self.table.hasFocus():
            self.left.emit()
        else:
            self._show_list()

    def _show_list(self) -> None:
        self._picked(self.table.key)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_side(self, part: QWidget) -> None:
        self._side.setCurrentIndex(1 if part is self.second else 0)

    def _show_rows(self) -> None:
        now = self._clock.now()
        heads = [self._teller.say(Told(head)) for head in HEADS]
        self.table.show_rows(heads, [row_of(line, now, self._teller) for line in self._lines])

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
