"""The window of a screen elsewhere: a wall that takes no key, and beside it who sent it and what is wrong."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.application.ports import Clock
from console.application.screens_desk import Shown
from console.words import N_
from widgets.common.lettering import Panel, follow_text_size, label
from widgets.health.health_bar import HealthBar
from widgets.state.telling import Teller, Told
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage


class ScreenNote(Panel):
    """Says which screen this is, who sent what it shows and since when, and what it waits for."""

    def __init__(self, teller: Teller, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._name = teller, name
        self._sent: tuple[str, datetime] | None = None
        self._trouble: Told | None = None
        self._title = label("title", "t1", strong=True)
        self._from = label("body", "t2", wrap=True)
        self._line = label("body", "t1", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        for part in (self._title, self._from, self._line):
            column.addWidget(part)
        column.addStretch(1)
        self.retranslate()

    def show_sender(self, sent: tuple[str, datetime] | None) -> None:
        """Say who sent what is shown and when; ``None`` where nothing is."""
        self._sent = sent
        self.retranslate()

    def show_trouble(self, trouble: Told | None) -> None:
        """Say what is wrong for as long as it is."""
        self._trouble = trouble
        self.retranslate()

    @property
    def said(self) -> str:
        """Everything it says."""
        return "\n".join(part.text() for part in (self._title, self._from, self._line))

    def retranslate(self) -> None:
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(self._name)
        told = Told(N_("Nothing is sent to this screen."))
        if self._sent is not None:
            who, at = self._sent
            told = Told(N_("Sent by {who} at {at}."), {"who": who, "at": at})
        self._from.setText(say(told))
        self._line.setText(say(self._trouble) if self._trouble is not None else "")


class ScreenWindow(QWidget):
    """Lives in the GUI thread. Nothing on it can be operated.

    Signals:
        closing: the window system closes it.
    """

    closing = Signal()

    def __init__(self, name: str, teller: Teller, clock: Clock) -> None:
        super().__init__()
        self._shown: Shown | None = None
        render_clock = RenderClock(self)
        self.page = WallPage(teller, clock, render_clock, self, offered=())
        self.note = ScreenNote(teller, name)
        self.health_bar = HealthBar(teller, clock, self)
        self.health_bar.details.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.page, 1)
        column.addWidget(self.health_bar)
        self.page.show_clock(is_shown=True)
        self.page.lock(self.note)
        self.setWindowTitle(teller.say(Told(N_("{name} · Citydesk"), {"name": name})))
        self.setMinimumSize(480, 352)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_wall(self, shown: Shown | None) -> bool:
        """Show what was sent; say whether that is something else than before."""
        if shown == self._shown:
            return False
        self._shown = shown
        self.note.show_sender((shown.sent_by, shown.sent_at) if shown is not None else None)
        if shown is not None:
            self.page.show_cameras(shown.cameras, shown.wall)
        return True

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)
