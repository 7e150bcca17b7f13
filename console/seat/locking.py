"""The lock of a seat: by key or when nobody is there; the wall runs on beside the question for the password."""

import logging

from PySide6.QtCore import QObject, Signal

from console.application.sign_in import LockedFor, SignIn
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from widgets.desk import Desk
from widgets.login.lock_panel import LockPage, LockPanel
from widgets.main_window import MainWindow
from widgets.state.telling import Teller
from widgets.wall.wall_page import WallPage

_log = logging.getLogger(__name__)


class SeatLock(QObject):
    """Lives in the GUI thread.

    Signals:
        unlocked: who may act at the seat again. handed_over: whoever locked it gives the seat away.
    """

    unlocked = Signal(Actor)
    handed_over = Signal()

    def __init__(
        self, window: MainWindow, sign_in: SignIn, desk: Desk, teller: Teller, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window, self._sign_in, self._desk, self._teller = window, sign_in, desk, teller
        self._panel: LockPanel | None = None
        self._wall: WallPage | None = None
        self._page: LockPage | None = None
        self._waiting: int | None = None

    @property
    def is_locked(self) -> bool:
        return self._panel is not None

    def lock(self, actor: Actor, why: LockedFor, wall: WallPage | None) -> None:
        """Cover what may not be read and ask for the password; a seat without a wall is covered whole."""
        if self._panel is not None:
            return
        panel = LockPanel(
            lambda password, code: self._sign_in.unlock(actor, password, code),
            self._desk,
            self._teller,
            actor.display_name,
        )
        if self._waiting is not None:
            panel.note_waiting(self._waiting)
        panel.unlocked.connect(self._opened)
        panel.handed_over.connect(self._hand_over)
        self._panel, self._wall = panel, wall
        if wall is not None:
            self._window.shut("wall")
            wall.lock(panel)
        else:
            self._page = LockPage(panel)
            self._window.cover(self._page)
        _log.info("the seat is locked (%s)", why)
        self._desk.ask(lambda: self._sign_in.lock(actor, why), _done, _not_noted)

    def note_waiting(self, alarms: int) -> None:
        """Take in how many alarms wait."""
        self._waiting = alarms
        if self._panel is not None:
            self._panel.note_waiting(alarms)

    def forget_waiting(self) -> None:
        """Say no number any more: who comes next may see other alarms, or none."""
        self._waiting = None

    def retranslate(self) -> None:
        if self._panel is not None:
            self._panel.retranslate()

    def _opened(self, actor: Actor) -> None:
        self._take_away()
        self.unlocked.emit(actor)

    def _hand_over(self) -> None:
        self._take_away()
        self.handed_over.emit()

    def _take_away(self) -> None:
        panel, self._panel = self._panel, None
        if self._wall is not None:
            self._wall.unlock()
            self._window.reopen()
        elif self._page is not None:
            self._window.uncover()
            self._page.deleteLater()
        self._wall = self._page = None
        if panel is not None:
            panel.deleteLater()


def _done(_: None) -> None:
    """The line is written."""


def _not_noted(refusal: Refusal) -> None:
    """The seat is locked all the same: that the records are away is no reason to leave names open to be read."""
    _log.error("locking the seat could not be written down: %s", refusal)
