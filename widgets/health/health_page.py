"""The page of health: each silent thing with what it means, cameras not seen, processes, and the shift's changes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QLabel, QVBoxLayout, QWidget

from console.application.ports import Clock
from console.words import N_
from widgets.common import theme
from widgets.common.lettering import Panel, dress, label, rule_line, scrolled
from widgets.common.page_keys import bind
from widgets.health.health_rows import HealthRow, LineRow, WalkedRow
from widgets.health.keys import HEALTH_KEYS
from widgets.state import health as h
from widgets.state.telling import Teller, Told

TICK_MS = 1000
TWO_COLUMNS_FROM_PX = 1300  # below, the lists stand under the things
MOST_CHANGES = 40  # of this shift, newest first; the page is for a glance, the log has them all


class _Lines:
    """A panel with a head, rows that come and go, and a sentence where there is none. GUI thread."""

    def __init__(self, parent: QWidget) -> None:
        self.panel = Panel(parent)
        self.head = label("strong", "t1", strong=True)
        self.hint = label("small", "t2", wrap=True)
        self.nobody = label("body", "t2", wrap=True)
        self.rows: list[LineRow] = []
        self._column = QVBoxLayout(self.panel)
        self._column.setContentsMargins(0, 12, 0, 12)
        self._column.setSpacing(0)
        for part in (self.head, self.hint, self.nobody):
            part.setContentsMargins(16, 0, 16, 6)
            self._column.addWidget(part)

    def show(self, head: str, nobody: str, fill: Sequence[Callable[[LineRow], None]], hint: str = "") -> list[LineRow]:
        """Show a row for each of ``fill`` and return those that are new."""
        made = []
        while len(self.rows) < len(fill):
            row = LineRow(self.panel)
            self.rows.append(row)
            made.append(row)
            self._column.addWidget(row)
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(fill))
            if at < len(fill):
                fill[at](row)
        self.head.setText(head)
        self.nobody.setText(nobody)
        self.nobody.setVisible(not fill)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        dress(self.head, "strong", "t1", strong=True)
        dress(self.hint, "small", "t2")
        dress(self.nobody, "body", "t2")
        return made


class HealthPage(QWidget):
    """Lists, decides nothing. GUI thread.

    Signals:
        left: ``Esc``.
        file_asked: ``V`` on a camera that is out of order; the id of its fault.
        withdraw_asked: ``U`` on one that is filed; the id of its case.
        reference_asked: ``G`` on one; its own id.
    """

    left = Signal()
    file_asked = Signal(str)
    withdraw_asked = Signal(str)
    reference_asked = Signal(str)

    def __init__(self, teller: Teller, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._clock = teller, clock
        self._state = h.HealthState()
        self._has_list = False
        self._shift_from: datetime | None = None
        self.rows = tuple(HealthRow(kind) for kind in h.KINDS)
        self._title = label("title", "t1", strong=True)
        self._unseen, self._workers, self._changes = _Lines(self), _Lines(self), _Lines(self)
        self._ill = _Lines(self)
        self._has_ill_list, self._is_only_unfiled = False, False
        self._told: Told | None = None
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._area = scrolled(self._lay_out())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        for row in self.rows:
            row.reached.connect(self._follow)
        self._shortcuts = bind(self, HEALTH_KEYS, self.press)
        self._timer = QTimer(self)
        self._timer.setObjectName("health-page-1-s")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.retranslate)
        theme.no_input_method(self)
        self.setFocusProxy(self.rows[0])
        self.retranslate()

    def _lay_out(self) -> QWidget:
        things = Panel()
        column = QVBoxLayout(things)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(0)
        self._rules = [rule_line() for _ in self.rows[1:]]
        for at, row in enumerate(self.rows):
            if at:
                column.addWidget(self._rules[at - 1])
            column.addWidget(row)
        lists = QVBoxLayout()
        lists.setSpacing(8)
        for part in (self._ill, self._unseen, self._workers, self._changes):
            lists.addWidget(part.panel)
        lists.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(things)
        left.addStretch(1)
        self._columns.setSpacing(8)
        self._columns.addLayout(left, 3)
        self._columns.addLayout(lists, 2)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.setSpacing(8)
        self._title.setContentsMargins(16, 4, 16, 4)
        inside.addWidget(self._title)
        inside.addLayout(self._columns)
        inside.addStretch(1)
        return inner

    # ---- what the window may say -----------------------------------------------------------------------------

    def note(self, lines: tuple[h.HealthLine, ...], heard_at: datetime, workers: tuple[h.WorkerLine, ...] = ()) -> None:
        """Take in a report of the station and when it was heard."""
        self._state = h.heard(self._state, lines, workers, heard_at)
        self._say_if_looked_at()

    def note_unseen(self, cameras: Sequence[h.UnseenCamera]) -> None:
        """Take in the cameras nobody sees now."""
        self._has_list = True
        self._state = replace(self._state, unseen=tuple(cameras))
        self._say_if_looked_at()

    def note_ill(self, cameras: Sequence[h.IllLine]) -> None:
        """Take in the cameras that are out of order, the oldest first."""
        self._has_ill_list = True
        self._state = replace(self._state, ill=tuple(cameras))
        self._say_if_looked_at()

    def tell(self, told: Told) -> None:
        """Say what came of a key, until the next one."""
        self._told = told
        self._say_if_looked_at()

    def note_changes(self, changes: Sequence[h.ChangeLine]) -> None:
        """Take in the changes of condition, oldest first."""
        self._state = replace(self._state, changes=tuple(changes))
        self._say_if_looked_at()

    def note_shift(self, begins_at: datetime) -> None:
        """Take in when this shift began: what changed before it is left out."""
        self._shift_from = begins_at
        self.retranslate()

    def press(self, key: str) -> None:
        """Do what a key of ``HEALTH_KEYS`` says."""
        if key == "Esc":
            self.left.emit()
            return
        self._told = None
        if key in ("V", "U", "G"):
            self._ask(key)
            return
        if key == "N":
            self._is_only_unfiled = not self._is_only_unfiled
            self.retranslate()
            return
        rows = self.walk
        here = rows.index(focus) if isinstance(focus := QApplication.focusWidget(), WalkedRow) and focus in rows else -1
        last = len(rows) - 1
        to = {"Up": here - 1, "K": here - 1, "Down": here + 1, "J": here + 1, "Home": 0, "End": last}[key]
        rows[max(0, min(to, last))].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _ask(self, key: str) -> None:
        """Ask for what a key means of the camera the keyboard stands on; of a single one also from elsewhere."""
        shown, rows = self._shown_ill(), [row for row in self._ill.rows if not row.isHidden()]
        focus = QApplication.focusWidget()
        at = rows.index(focus) if isinstance(focus, LineRow) and focus in rows else 0 if len(rows) == 1 else -1
        if at < 0:
            return
        ill = shown[at]
        if key == "V" and not ill.case_id:
            self.file_asked.emit(ill.fault_id)
        elif key == "U" and ill.case_id:
            self.withdraw_asked.emit(ill.case_id)
        elif key == "G":
            self.reference_asked.emit(ill.camera_id)

    def _shown_ill(self) -> list[h.IllLine]:
        return [one for one in self._state.ill if not (self._is_only_unfiled and one.case_id)]

    @property
    def walk(self) -> list[WalkedRow]:
        """The rows the keyboard walks over, in reading order."""
        lists = (*self._ill.rows, *self._unseen.rows, *self._workers.rows, *self._changes.rows)
        return [row for row in (*self.rows, *lists) if not row.isHidden()]

    @property
    def line(self) -> str:
        """What is said of the list of cameras out of order: what came of a key, else the keys."""
        return self._ill.hint.text()

    @property
    def ill(self) -> list[LineRow]:
        return self._ill.rows

    @property
    def unseen(self) -> list[LineRow]:
        return self._unseen.rows

    @property
    def workers(self) -> list[LineRow]:
        return self._workers.rows

    @property
    def changes(self) -> list[LineRow]:
        return self._changes.rows

    @property
    def nobody(self) -> QLabel:
        """The line that stands where no camera is listed."""
        return self._unseen.nobody

    def _say_if_looked_at(self) -> None:
        """News come twice a second all day; nobody pays for words that nobody sees."""
        if self.isVisible():
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything again, in the language and at the time of now."""
        now = self._clock.now()
        lines = {line.name: line for line in h.all_lines(self._state, now)}
        silent = h.is_silent(self._state, now)
        for at, row in enumerate(self.rows):
            line = lines.get(row.kind.name)
            row.setVisible(line is not None)
            if at:
                self._rules[at - 1].setVisible(line is not None)
            if line is not None:
                means, to_do = h.meaning(line, is_station_silent=silent)
                row.show_line(line, means, to_do, self._teller, has_since=self._state.heard_at is not None)
        self._title.setText(self._teller.words.say(N_("Health")))
        dress(self._title, "title", "t1", strong=True)
        self._show_lists(is_silent=silent)

    def _show_lists(self, *, is_silent: bool) -> None:
        say, teller, state = self._teller.words.say, self._teller, self._state
        is_known = self._has_list and not is_silent
        not_known = N_("Not known: the station has not said.")
        shown = self._shown_ill()
        keys = say(N_("V files · U takes it back · G this is how it should look · N not filed only"))
        all_filed = (
            N_("All of them are filed.") if state.ill else N_("None that is judged. What nobody shows is not judged.")
        )
        made = self._ill.show(
            say(N_("Cameras out of order")),
            say(all_filed if self._has_ill_list else not_known),
            [partial(LineRow.show_ill, ill=ill, teller=teller, now=self._clock.now()) for ill in shown],
            teller.say(self._told) if self._told is not None else keys if state.ill else "",
        )
        made += self._unseen.show(
            say(N_("Cameras not seen")),
            say(N_("Every camera is seen.") if is_known else not_known),
            [partial(LineRow.show_camera, camera=camera, teller=teller) for camera in state.unseen],
        )
        workers = () if is_silent else state.workers
        made += self._workers.show(
            say(N_("Processes of the station")),
            say(not_known),
            [partial(LineRow.show_worker, worker=worker, teller=teller) for worker in workers],
        )
        since = self._shift_from
        changes = [one for one in reversed(state.changes) if since is None or one.at >= since][:MOST_CHANGES]
        made += self._changes.show(
            say(N_("Changes of this shift")),
            say(N_("Nothing changed.") if is_known else not_known),
            [partial(LineRow.show_change, change=change, teller=teller) for change in changes],
        )
        for row in made:
            row.reached.connect(self._follow)

    def _follow(self) -> None:
        row = self.sender()
        if isinstance(row, WalkedRow):
            self._area.ensureWidgetVisible(row, 0, 8)

    # ---- Qt's own ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= TWO_COLUMNS_FROM_PX
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(across if is_wide else down)

    def showEvent(self, event: QShowEvent) -> None:
        self.retranslate()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
