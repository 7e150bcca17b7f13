"""The page for recordings: find a camera and a day, see what there is, play any moment, and keep, lock or delete it.

Long because it ties fields, picture, time line and orders to three desks; what is decided stands in the desks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.application.ports import Clock
from console.application.read_models import CaseRow
from console.application.recordings_desk import (
    LONGEST_CUT,
    LOOK_BACK,
    Recorded,
    RecordingLink,
    RecordingsDesk,
    SpanWanted,
)
from console.application.storage_desk import Removed, StorageDesk
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera
from console.domain.errors import Refusal
from console.domain.ids import CameraId
from console.domain.retention import Deletion
from console.words import N_
from widgets.common.lettering import Panel, TellingLine, follow_text_size
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.recordings.ask_row import AskRow
from widgets.recordings.find_panel import FindPanel
from widgets.recordings.keys import RECORDING_KEYS
from widgets.recordings.orders_panel import OrdersPanel
from widgets.recordings.replay_transport import ReplayTransport
from widgets.recordings.replay_view import ReplayView
from widgets.recordings.replaying import Replaying, ReplayPlayer, ReplayWish
from widgets.recordings.time_line import TimeLine
from widgets.state.replay import next_event, order_for
from widgets.state.telling import Teller, Told, told_of
from widgets.state.time_line import ZOOMS, Lanes, Window, day_of, lanes_of
from widgets.wall.render_clock import RenderClock

SIDE_PX, NARROW_SIDE_PX, LIST_PX, NARROW_LIST_PX = 328, 264, 280, 216
NARROW_BELOW, SINGLE_BELOW = 1500, 1100
LEAST = QSize(480, 320)
FIRST_ZOOM = 1  # an hour
# How much is opened at once around a moment: an hour's segments are found and checked in milliseconds.
BEFORE, AFTER = timedelta(minutes=10), timedelta(minutes=50)
# A recording that plays up to the end of what was opened goes on with what follows from here.
AT_THE_END = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDesks:
    """What the page asks. ``cameras`` and ``cases`` are slow; any thread."""

    recordings: RecordingsDesk
    storage: StorageDesk
    link: RecordingLink
    cameras: Callable[[Actor], Sequence[Camera]]
    cases: Callable[[Actor], Sequence[CaseRow]]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Evidence that was asked for and has not come yet."""

    request_id: str
    case_id: str
    number: str


class RecordingsPage(QWidget):
    """Lives in the GUI thread; desks are asked off it, pictures come from the station.

    Signals:
        left: ``Esc`` with nothing open.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        desks: RecordingDesks,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        player: ReplayPlayer,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._desks, self._desk = actor, desks, desk
        self._teller, self._clock, self._player = teller, clock, player
        self._camera: Camera | None = None
        self._cameras: dict[str, Camera] = {}
        self._day = day_of(clock.now(), teller.zone)
        self._zoom = FIRST_ZOOM
        self._window = self._day
        self._found: Recorded | None = None
        self._lanes = Lanes()
        self._at: datetime | None = None
        self._in: datetime | None = None
        self._out: datetime | None = None
        self._opened: Window | None = None
        self._replaying: Replaying | None = None
        self._was_playing = False
        self._wanted: tuple[str, datetime] | None = None
        self._asked = ""
        self._cut: _Cut | None = None
        self._pane = "find"
        self._told: Told | None = None
        self.finder = FindPanel(teller, self)
        self.view = ReplayView(teller, clock, RenderClock(self), self)
        self.transport = ReplayTransport(teller, self)
        self.time_line = TimeLine(teller, self)
        self.ask = AskRow(teller, self)
        self.line = TellingLine(self)
        permitted = {"C": Verb.SEE_RECORDINGS, "L": Verb.LOCK_EVIDENCE, "X": Verb.DELETE_RECORDING}
        permitted["U"] = Verb.LOCK_EVIDENCE
        self.orders = OrdersPanel(teller, [key for key, verb in permitted.items() if actor.may(verb)], self)
        self._lay_out()
        self._shortcuts = bind(self, RECORDING_KEYS, self.press)
        self.finder.picked.connect(self._picked)
        self.orders.key_chosen.connect(self.press)
        self.transport.key_chosen.connect(self.press)
        self.time_line.sought.connect(self._go)
        self.time_line.zoom_asked.connect(self._zoom_by)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(LEAST)  # or three panes beside each other would keep the window from being made small
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.retranslate()
        self._show_nothing(Told(N_("Choose a camera and a day; Enter opens its recordings.")))

    def _lay_out(self) -> None:
        below = Panel()
        column = QVBoxLayout(below)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.time_line)
        self._middle = QWidget(self)
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(8)
        middle.addWidget(self.view, 1)
        middle.addWidget(self.transport)
        middle.addWidget(below)
        middle.addWidget(self.ask)
        middle.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.finder)
        row.addWidget(self._middle, 1)
        row.addWidget(self.orders)

    # ---- what the window may say -----------------------------------------------------------------------------

    def open_at(self, camera_id: str, at: datetime) -> None:
        """Show a camera's recordings and play from a moment, as the wall asks for it."""
        self._wanted = (camera_id, at)
        if self._cameras:
            self._open_wanted()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Read which cameras there are."""
        self._desk.fetch(lambda: self._desks.cameras(self._actor), self._cameras_came, self._refused)

    def note_failed(self, request_id: str, reason: str) -> bool:
        """Take in that a cut could not be made; false if it was not asked for here."""
        if self._cut is None or self._cut.request_id != request_id:
            return False
        self._cut = None
        self._tell(Told(reason, {}, True))
        return True

    def note_evidence(self, subjects: Sequence[str]) -> None:
        """Take in that there is new evidence of these cases."""
        if self._cut is not None and self._cut.case_id in subjects:
            self._tell(Told(N_("The clip lies with case {number}, sealed."), {"number": self._cut.number}))
            self._cut = None

    def retranslate(self) -> None:
        follow_text_size(self)
        for part in (self.finder, self.view, self.transport, self.orders, self.ask):
            part.retranslate()
        self.finder.day.setPlaceholderText(self._teller.day(self._clock.now()))
        self.time_line.setAccessibleName(self._teller.say(Told(N_("Time line"))))
        self.time_line.updateGeometry()
        self.time_line.update()
        self._tell(self._told)

    def press(self, key: str) -> None:
        """Do what a key of ``RECORDING_KEYS`` says."""
        match key:
            case "Esc":
                self._back()
            case "Enter":
                self._enter()
            case "/":
                self._show_pane("find")
                self.finder.camera.setFocus(Qt.FocusReason.ShortcutFocusReason)
                self.finder.camera.selectAll()
            case "Up" | "Down":
                self._move(-1 if key == "Up" else 1)
            case "PgUp" | "PgDn":
                self._zoom_by(1 if key == "PgUp" else -1)
            case "I" | "O":
                self._set_end(key)
            case "C" | "L" | "X" | "U":
                self._ask(key)
            case "Y":
                self._delete()
            case "G":
                self._turn_log()
            case "[" | "]":
                self._go_to_event(1 if key == "]" else -1)
            case "Home" | "End":
                self._go_to_end(key)
            case _:
                self._transport_key(key)

    # ---- finding ---------------------------------------------------------------------------------------------

    def _cameras_came(self, cameras: Sequence[Camera]) -> None:
        self._cameras = {camera.camera_id: camera for camera in cameras}
        self.finder.show_cameras(cameras)
        if self._wanted is not None:
            self._open_wanted()

    def _open_wanted(self) -> None:
        assert self._wanted is not None
        camera_id, at = self._wanted
        if camera_id not in self._cameras:
            self._wanted = None
            self._tell(Told(N_("That camera is not in your places."), {}, True))
            return
        self._day = day_of(at, self._teller.zone)
        self.finder.mark(CameraId(camera_id))
        self._open(self._cameras[camera_id])

    def _picked(self, camera_id: str) -> None:
        self._wanted = None
        self._open_day(self._cameras.get(camera_id))

    def _open_day(self, camera: Camera | None) -> None:
        """Open the day that is written, today where none is."""
        if self.finder.day.text().strip():
            begin = self.finder.day_written(self._teller.zone)
            if begin is None:
                self._tell(Told(N_("Write the day like {day}."), {"day": self._teller.day(self._clock.now())}, True))
                self.finder.day.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            self._day = day_of(begin, self._teller.zone)
        else:
            self._day = day_of(self._clock.now(), self._teller.zone)
        if camera is not None:
            self._open(camera)

    def _open(self, camera: Camera) -> None:
        if self._camera is None or camera.camera_id != self._camera.camera_id:
            self._in = self._out = None
        self._close_replay()
        self._camera, self._found, self._at = camera, None, None
        self.finder.day.setText(self._teller.day(self._day.from_at))
        self._show_pane("play")
        self._show_nothing(Told(N_("Reading what was recorded…")))
        self._search()

    def _search(self) -> None:
        camera, day = self._camera, self._day
        if camera is None:
            return
        self._desk.fetch(
            lambda: (
                camera.camera_id,
                day,
                self._desks.recordings.find(self._actor, camera.camera_id, day.from_at, day.to_at),
            ),
            self._found_came,
            self._refused,
        )

    def _found_came(self, answer: tuple[CameraId, Window, Recorded]) -> None:
        camera_id, day, found = answer
        if self._camera is None or camera_id != self._camera.camera_id or day != self._day:
            return  # another one is open by now
        is_new = self._found is None
        self._found, self._lanes = found, lanes_of(found, self._clock.now())
        self.orders.show_locks(found.locks)
        if self._replaying is None:
            self._stand_first(is_new=is_new)
        self._show_time()

    def _stand_first(self, *, is_new: bool) -> None:
        """Stand at what was asked for, else at the newest recording, an hour before its end at most."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._at = wanted[1]
            self._play_from(self._at)
            return
        if not self._lanes.bars:
            self._show_nothing(Told(N_("Nothing was recorded of {camera} on {day}."), self._what()))
            self._at = None
            return
        last = self._lanes.bars[-1]
        self._at = max(last.from_at, last.to_at - timedelta(minutes=1))
        self._show_nothing(Told(N_("{camera}, {day}. Space plays from {time}."), self._what() | {"time": self._at}))
        if self._told is not None and not is_new:
            return  # what was just done stands there
        recorded = sum((bar.to_at - bar.from_at for bar in self._lanes.bars), timedelta())
        values = {"length": self._teller.span(recorded), "gaps": len(self._lanes.gaps)}
        self._tell(Told(N_("{length} recorded on this day; {gaps} gaps."), values))

    def _what(self) -> dict[str, object]:
        assert self._camera is not None
        return {"camera": f"{self._camera.number} {self._camera.name}", "day": self._teller.day(self._day.from_at)}

    # ---- playing ---------------------------------------------------------------------------------------------

    def _transport_key(self, key: str) -> None:
        replaying = self._replaying
        if replaying is None or not replaying.state.is_open:
            if key == "Space" and self._at is not None:
                self._play_from(self._at)
            return
        order = order_for(replaying.state, key)
        if order is not None and order.action == "seek" and order.at is not None:
            self._go(order.at)
        elif key == "Space" and not replaying.state.is_playing and self._is_at_the_end(replaying):
            self._play_from(replaying.state.at)
        else:
            replaying.press(key)

    def _go(self, at: datetime) -> None:
        """Stand at a moment: by a seek where it is open, else by opening it; only shown where nothing plays yet."""
        if self._camera is None or not self._day.holds(at):
            return
        self._at = at
        if self._replaying is not None and self._opened is not None and self._opened.holds(at):
            self._replaying.seek(at)
        elif self._replaying is not None:
            self._play_from(at)
        self._show_time()

    def _play_from(self, at: datetime) -> None:
        """Open what was recorded around a moment and play from it; the last minutes need no reason."""
        camera = self._camera
        if camera is None:
            return
        now, reason = self._clock.now(), self.finder.reason.text().strip()
        is_recent = now - at < LOOK_BACK - timedelta(seconds=5)
        if is_recent and not reason:
            span = Window(at, self._day.to_at)
            self._desk.ask(
                lambda: self._desks.recordings.look_back(self._actor, [camera.camera_id], at),
                lambda _: self._play(camera, span, at),
                self._refused,
            )
            return
        if not reason:
            self._tell(Told(N_("Write the reason for looking, then Enter."), {}, True))
            self._show_pane("find")
            self.finder.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        span = Window(max(self._day.from_at, at - BEFORE), min(self._day.to_at, at + AFTER))
        if is_recent:  # what is being recorded now no index knows yet
            work: Callable[[], object] = lambda: self._desks.recordings.look_back(self._actor, [camera.camera_id], at)  # noqa: E731
        else:
            work = lambda: self._desks.recordings.play(  # noqa: E731
                self._actor, camera.camera_id, span.from_at, span.to_at, reason
            )
        self._desk.ask(work, lambda _: self._play(camera, span, at), self._refused)

    def _play(self, camera: Camera, span: Window, at: datetime) -> None:
        if self._camera is None or camera.camera_id != self._camera.camera_id or not self.isVisible():
            return
        self._close_replay()
        size = self.view.picture_size_px()
        wish = ReplayWish(
            camera_id=camera.camera_id,
            from_at=span.from_at,
            to_at=span.to_at,
            max_width=size.width(),
            max_height=size.height(),
        )
        self._opened, self._at = span, at
        self._replaying = self._player.open([wish], at)
        self._replaying.changed.connect(self._moved)
        self.view.follow(self._replaying, camera.camera_id, f"{camera.number} {camera.name}")
        self._replaying.play(at)
        self._tell(None)
        self._show_pane("play")
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _moved(self) -> None:
        replaying = self._replaying
        if replaying is None or self.sender() is not replaying:
            return
        state = replaying.state
        if state.is_open:
            self._at = state.at
            self._leave_gap(replaying)
            self._go_on(replaying)
            self._was_playing = state.is_playing
        self._show_time()

    def _leave_gap(self, replaying: Replaying) -> None:
        """Play on behind a gap, and say that there was one."""
        state = replaying.state
        if not state.is_playing or state.shown_at is not None:
            return
        begins = [bar.from_at for bar in self._lanes.bars]
        begins += [state.from_at] if state.from_at is not None else []  # what only the worker's memory keeps
        following = min((begin for begin in begins if begin > state.at), default=None)
        if following is not None and self._opened is not None and self._opened.holds(following):
            replaying.seek(following)
            values = {"begin": state.at, "end": following}
            self._tell(Told(N_("Nothing is recorded from {begin} to {end}; played on behind it."), values))

    def _go_on(self, replaying: Replaying) -> None:
        """Open what follows when what was opened is over, and the day has more."""
        if not self._was_playing or replaying.state.is_playing or not self._is_at_the_end(replaying):
            return
        end = replaying.state.at
        following = next((bar for bar in self._lanes.bars if bar.to_at > end + AT_THE_END), None)
        if following is not None:
            self._play_from(max(end, following.from_at))

    def _is_at_the_end(self, replaying: Replaying) -> bool:
        state = replaying.state
        return state.to_at is not None and state.at >= state.to_at - AT_THE_END

    def _close_replay(self) -> None:
        if self._replaying is not None:
            self._replaying.changed.disconnect(self._moved)
            self._replaying.close()
        self._replaying, self._opened, self._was_playing = None, None, False

    def _go_to_event(self, by: int) -> None:
        at = next_event(self._lanes.events, self._at, by) if self._at is not None else None
        if at is not None:
            self._go(at)

    def _go_to_end(self, key: str) -> None:
        if self._lanes.bars:
            last = self._lanes.bars[-1]
            self._go(
                self._lanes.bars[0].from_at if key == "Home" else max(last.from_at, last.to_at - timedelta(seconds=10))
            )

    def _zoom_by(self, by: int) -> None:
        self._zoom = max(0, min(len(ZOOMS) - 1, self._zoom - by))
        self._show_time()

    # ---- keeping, locking, deleting --------------------------------------------------------------------------

    def _set_end(self, key: str) -> None:
        if self._at is None:
            return
        if key == "I":
            self._in = self._at
        else:
            self._out = self._at
        self.orders.show_span(self._in, self._out)
        self._show_time()

    def _span(self) -> Window | None:
        """Return the chosen span; where none is, say how one is chosen."""
        if self._camera is None or self._in is None or self._out is None or self._out <= self._in:
            self._tell(Told(N_("Choose a span first: I sets the in point, O the out point behind it."), {}, True))
            return None
        return Window(self._in, self._out)

    def _ask(self, key: str) -> None:
        if key not in self.orders.buttons:
            self._tell(Told(N_("Your role may not do this. Ask the shift leader."), {}, True))
            return
        lock = self.orders.marked_lock
        if key == "U":
            if lock is None:
                self._tell(Told(N_("Nothing is locked here on this day.")))
                return
            self._begin_asking(key, Told(N_("Release the lock “{reason}”?"), {"reason": lock.reason}))
            return
        span = self._span()
        if span is None or self._camera is None:
            return
        values = {"begin": span.from_at, "end": span.to_at, "camera": f"{self._camera.number} {self._camera.name}"}
        if key == "C":
            if span.to_at - span.from_at > LONGEST_CUT:
                minutes = int(LONGEST_CUT.total_seconds() // 60)
                self._tell(Told("At most {minutes} minutes at once.", {"minutes": minutes}, True))
                return
            self._desk.fetch(lambda: self._desks.cases(self._actor), self._cases_came, self._refused)
        elif key == "L":
            self._begin_asking(key, Told(N_("Lock {begin}–{end} of {camera}?"), values))
        else:
            self._begin_asking(key, Told(N_("Delete what was recorded {begin}–{end} of {camera}?"), values))

    def _cases_came(self, cases: Sequence[CaseRow]) -> None:
        if not cases:
            self._tell(Told(N_("There is no case to cut evidence for."), {}, True))
            return
        self.ask.show_cases(cases)
        self._begin_asking("C", Told(N_("Evidence of which case?")), with_case=True)

    def _begin_asking(self, key: str, question: Told, *, with_case: bool = False) -> None:
        self._asked = key
        self._show_pane("play")
        self.ask.ask(question, with_case=with_case)

    def _end_asking(self) -> None:
        self._asked = ""
        self.ask.hide()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answer(self) -> None:
        """Do what is asked about, for the reason that was written."""
        camera, reason, key = self._camera, self.ask.reason, self._asked
        span = Window(self._in, self._out) if self._in is not None and self._out is not None else None
        if not reason:
            self._tell(Told(N_("Write the reason, then Enter."), {}, True))
            return
        lock = self.orders.marked_lock
        if key == "U" and lock is not None:
            self._order(
                lambda: self._desks.storage.unlock(self._actor, lock.lock_id, reason),
                Told(N_("The lock is released; who, when and why stay in the audit.")),
            )
        elif camera is None or span is None:
            return
        elif key == "L":
            self._order(
                lambda: self._desks.storage.lock_span(self._actor, camera.camera_id, span.from_at, span.to_at, reason),
                Told(N_("Locked: neither retention nor a person deletes it until it is released.")),
            )
        elif key == "C":
            self._cut_span(camera, span, reason)
        elif key == "X":
            values = {"begin": span.from_at, "end": span.to_at, "camera": f"{camera.number} {camera.name}"}
            self.ask.ask_again(
                Told(N_("For good, every file that touches {begin}–{end} of {camera}: press Y."), values)
            )
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order(self, work: Callable[[], object], done: Told) -> None:
        def came(_: object) -> None:
            self._end_asking()
            self._tell(done)
            self._search()

        self._desk.ask(work, came, self._refused)

    def _cut_span(self, camera: Camera, span: Window, reason: str) -> None:
        case_id, number = self.ask.case_id, self.ask.cases.currentText().split(" ", 1)[0]
        wanted = SpanWanted(
            camera_id=camera.camera_id,
            from_at=span.from_at,
            to_at=span.to_at,
            subject_id=case_id,
            reason=reason,
        )

        def came(request_id: str) -> None:
            self._cut = _Cut(request_id, case_id, number)
            self._end_asking()
            self._tell(Told(N_("Cutting it for case {number}…"), {"number": number}))

        self._desk.ask(lambda: self._desks.recordings.cut(self._actor, self._desks.link, wanted), came, self._refused)

    def _delete(self) -> None:
        """The second time: yes."""
        camera, reason, first, last = self._camera, self.ask.reason, self._in, self._out
        if self._asked != "X" or not self.ask.is_final or camera is None or first is None or last is None:
            return

        def came(removed: Removed) -> None:
            self._end_asking()
            megabytes = f"{removed.size_bytes / 1e6:.0f}"
            self._tell(Told(N_("{files} files deleted, {size} MB."), {"files": removed.files, "size": megabytes}))
            self._close_replay()
            self._search()

        self._desk.ask(
            lambda: self._desks.storage.delete_recordings(self._actor, camera.camera_id, first, last, reason),
            came,
            self._refused,
        )

    def _turn_log(self) -> None:
        self._show_pane("orders")
        if self.orders.shows_log or not self._actor.may(Verb.AUDIT):
            self.orders.turn(shows_log=False)
            return

        def came(deletions: Sequence[Deletion]) -> None:
            self.orders.show_log(deletions)

        self._desk.fetch(lambda: self._desks.storage.deletions(self._actor), came, self._refused)

    # ---- keys that mean what lies nearest --------------------------------------------------------------------

    def _enter(self) -> None:
        if self._asked:
            if not self.ask.is_final:
                self._answer()
        elif self.finder.reason.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_pane("play")
            if self._at is not None:
                self._play_from(self._at)
        else:
            self._wanted = None
            self._open_day(self.finder.chosen)
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back(self) -> None:
        if self._asked:
            self._end_asking()
        elif isinstance(self.focusWidget(), QLineEdit) and self.focusWidget().hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_pane("play" if self._camera is not None else "find")
        elif self._is_single and self._pane != "play" and self._camera is not None:
            self._show_pane("play")
        else:
            self.left.emit()

    def _move(self, by: int) -> None:
        if self._asked and self.ask.cases.hasFocus():
            at = self.ask.cases.currentIndex() + by
            self.ask.cases.setCurrentIndex(max(0, min(self.ask.cases.count() - 1, at)))
        elif self._is_single and self._pane == "orders":
            self.orders.move_by(by)
        else:
            self.finder.move_by(by)

    # ---- showing ---------------------------------------------------------------------------------------------

    def _refused(self, refusal: Refusal) -> None:
        self._tell(told_of(refusal))
        if self._found is None and self._camera is not None:
            self._show_nothing(told_of(refusal))

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    def _show_nothing(self, words: Told) -> None:
        self.view.show_nothing(words)
        self._show_time()

    def _show_time(self) -> None:
        lanes = self._lanes if self._found is not None else Lanes()
        at = self._at or (lanes.bars[-1].to_at if lanes.bars else self._clock.now())
        length = min(ZOOMS[self._zoom][0], self._day.to_at - self._day.from_at)
        if not self._window.holds(at) or self._window.length != length or not self._day.holds(self._window.from_at):
            self._window = Window.around(at, self._zoom, self._day)  # else it stands still under the eye
        self.time_line.show_lanes(self._window, lanes)
        self.time_line.show_at(self._at)
        self.time_line.show_span(self._in, self._out)
        self.transport.show_state(self._replaying.state if self._replaying is not None else None, self._at)

    @property
    def _is_single(self) -> bool:
        return self.width() < SINGLE_BELOW

    def _show_pane(self, pane: str) -> None:
        """Show a pane; where there is room for all, all of them."""
        self._pane = pane
        self.finder.setVisible(not self._is_single or pane == "find")
        self._middle.setVisible(not self._is_single or pane == "play")
        self.orders.setVisible(not self._is_single or pane == "orders")

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW
        for panel, wide, narrow in ((self.finder, LIST_PX, NARROW_LIST_PX), (self.orders, SIDE_PX, NARROW_SIDE_PX)):
            panel.setMinimumWidth(0 if self._is_single else narrow if is_narrow else wide)
            panel.setMaximumWidth(16777215 if self._is_single else narrow if is_narrow else wide)
        self._show_pane(self._pane)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._cameras:
            self.refresh()
        elif self._camera is not None:
            self._search()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._replaying is not None:
            self._close_replay()
            if self._at is not None:
                self._show_nothing(
                    Told(N_("{camera}, {day}. Space plays from {time}."), self._what() | {"time": self._at})
                )
