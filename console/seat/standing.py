"""Whether the account that opened the seat still would: of a change at another machine no news comes."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.application.sign_in import SignIn, Standing
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from widgets.desk import Desk

# Judgement: seats of one machine hear at once; elsewhere a lost right ends within this and the time of one reading.
ASK_EVERY_MS = 5000


class StandingWatch(QObject):
    """Asks the records every five seconds. Lives in the GUI thread.

    Signals:
        password_changed: the seat was opened with a password that is no longer the account's.
        ended: the account is out of use.
    """

    password_changed = Signal()
    ended = Signal()

    def __init__(self, sign_in: SignIn, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sign_in, self._desk = sign_in, desk
        self._actor: Actor | None = None
        self._timer = QTimer(self)
        self._timer.setObjectName("seat-standing-5-s")
        self._timer.setInterval(ASK_EVERY_MS)
        self._timer.timeout.connect(self.ask)

    def begin(self, actor: Actor) -> None:
        """Watch the account of who has just shown their password."""
        self._actor = actor
        self._timer.start()

    def end(self) -> None:
        self._actor = None
        self._timer.stop()

    @Slot()
    def note_own_change(self) -> None:
        """Take in that the password was changed here, by who sits here: the next one found is theirs."""
        if self._actor is not None:
            self._actor = replace(self._actor, password_mark="")

    @Slot()
    def ask(self) -> None:
        """Ask now."""
        actor = self._actor
        if actor is not None:
            self._desk.fetch(lambda: (actor, *self._sign_in.standing(actor)), self._came, _not_known)

    def _came(self, found: tuple[Actor, Standing, str]) -> None:
        asked_of, standing, mark = found
        if asked_of is not self._actor:
            return  # an answer about somebody before, or about the password before
        if standing is Standing.OUT_OF_USE:
            self.end()
            self.ended.emit()
        elif standing is Standing.PASSWORD_CHANGED:
            self._actor = replace(asked_of, password_mark=mark)  # said once; whoever opens the lock begins anew
            self.password_changed.emit()
        elif not asked_of.password_mark:
            self._actor = replace(asked_of, password_mark=mark)


def _not_known(_: Refusal) -> None:
    """The records are away: the wall goes on, and every other verb asks them itself."""
