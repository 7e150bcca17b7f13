"""The cases page: the list, and the case that was opened. Keys and clicks become acts, orders go to the desks."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QLayout, QStackedLayout, QWidget

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.accounts import Actor, Verb
from console.domain.errors import Refusal
from console.domain.events import AlarmsChanged, CasesChanged, Event
from console.domain.evidence import EvidenceKind, Window
from console.domain.ids import CaseId
from widgets.cases.case_list import CaseList
from widgets.cases.case_page import CaseView
from widgets.cases.keys import CASE_KEYS
from widgets.cases.orders import CaseDesks, carry_out, read_list, read_page
from widgets.common.lettering import follow_text_size
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.evidence.playback import ClipPlayer, Playback
from widgets.evidence.stills import Stills
from widgets.state import case as c
from widgets.state.player import PlayerState
from widgets.state.telling import Teller, told_of

TICK_MS = 1000
POLL_EVERY_S = 5  # news may be lost; what is shown is read at least this often while the page is visible
CLIP_WIDTH, CLIP_HEIGHT = 1280, 720


class CasesPage(QWidget):
    """List and case. Lives in the GUI thread; the desks are asked through ``desk``.

    Signals:
        evidence_asked: an item of a case was picked; its id.
        left: ``Esc`` in the list.
    """

    evidence_asked = Signal(str)
    left = Signal()

    def __init__(
        self,
        actor: Actor,
        desks: CaseDesks,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        stills: Stills,
        clips: ClipPlayer,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._desks, self._desk = actor, desks, desk
        self._clock, self._clips = clock, clips
        self._state = c.CaseState(actor=actor, now=clock.now())
        self._playback: Playback | None = None
        self._ticks = 0
        self._is_reading_older = False
        self.list = CaseList(teller, self._state, self)
        self.view = CaseView(teller, stills, self)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(8, 8, 8, 8)
        self._stack.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.view)
        self._shortcuts = bind(self, CASE_KEYS, self.press)
        self._tab = QShortcut("Tab", self, self._next_pane, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._timer = QTimer(self)
        self._timer.setObjectName("cases-tick-1-s")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.list.row_picked.connect(self._pick)
        self.list.row_opened.connect(self.open_case)
        self.list.end_reached.connect(self._read_older)
        self.view.key_chosen.connect(self.press)
        self.view.reason_typed.connect(self._type)
        self.view.text_mode.connect(self._take_letters)
        self.view.evidence_picked.connect(self.evidence_asked)
        stills.ready.connect(self._still_came)
        self.setFocusProxy(self.list.view)
        self._show()

    # ---- what the window may say ---------------------------------------------------------------------------

    @property
    def state(self) -> c.CaseState:
        """What the page shows now."""
        return self._state

    def open_case(self, case_id: str) -> None:
        """Show one case (also one that the list has not reached)."""
        self._act(c.Opened(CaseId(case_id)))

    def note_news(self, event: Event) -> None:
        """Look again when something changed."""
        if isinstance(event, AlarmsChanged | CasesChanged):
            self.refresh()

    def refresh(self) -> None:
        """Read the list and the open case; a role that may see none is not asked for them again and again."""
        if not self._actor.may(Verb.SEE_CASES):
            return
        now = self._clock.now()
        self._desk.fetch(lambda: read_list(self._desks, self._actor, now), self._act, self._read_failed)
        self._read_page()

    def retranslate(self) -> None:
        """Say everything again, in the language of now."""
        follow_text_size(self)
        self._show()

    def press(self, key: str) -> None:
        """Do what a key of ``CASE_KEYS`` says."""
        if self.view.foot.typed.hasFocus() and key == "Enter":
            self.view.foot.submit()
            return
        if key in ("Space", ",", ".", "Left", "Right"):
            self._control_clip(key)
            return
        if key == "=":
            self.view.pictures.toggle_zoom()
            self._show()
            return
        if key == "Esc" and not self._state.is_open:
            self.left.emit()
            return
        self._act(c.Pressed(key))

    # ---- acts and orders -----------------------------------------------------------------------------------

    def _act(self, act: c.Act) -> None:
        before = self._state
        self._state = c.reduce(before, act)
        if self._state.selected != before.selected or not self._state.is_open:
            self._close_clip()
        self._show()
        if self._state.is_open and self._state.page is None and not isinstance(act, c.Ticked | c.ListRead):
            self._read_page()
        if before.is_swapped != self._state.is_swapped:
            self.view.pictures.follow(self._playback, is_swapped=self._state.is_swapped)
        if self._state.asked is not None:
            self._ask(self._state.asked)

    def _ask(self, order: c.Order) -> None:
        def done(gave: str | Window | None) -> None:
            self._act(c.Answered(order, self._clock.now(), gave))
            self.refresh()

        def refused(error: Refusal) -> None:
            self._act(c.Refused(order, told_of(error), self._clock.now(), isinstance(error, Unavailable)))
            self.refresh()

        self._desk.ask(lambda: carry_out(self._desks, self._actor, order), done, refused)

    def _read_page(self) -> None:
        case_id = self._state.selected
        if case_id is None or not self._state.is_open:
            return
        self._desk.fetch(lambda: read_page(self._desks, self._actor, case_id), self._act, self._read_failed)

    def _read_older(self) -> None:
        rows = self._state.rows
        if self._is_reading_older or not rows or not self._state.has_older:
            return
        self._is_reading_older = True
        before: tuple[datetime, str] = (rows[-1].filed_at, rows[-1].case_id)
        now = self._clock.now()
        self._desk.fetch(lambda: read_list(self._desks, self._actor, now, before), self._older_came, self._read_failed)

    def _older_came(self, read: c.ListRead) -> None:
        self._is_reading_older = False
        self._act(read)

    def _read_failed(self, error: Refusal) -> None:
        self._is_reading_older = False
        self._act(c.Refused(None, told_of(error), self._clock.now(), isinstance(error, Unavailable)))

    def _pick(self, case_id: str) -> None:
        self._act(c.Picked(CaseId(case_id)))

    def _type(self, text: str) -> None:
        self._act(c.Typed(text))
        self.view.setFocus()

    def _tick(self) -> None:
        self._act(c.Ticked(self._clock.now()))
        self._ticks += 1
        if self._ticks % POLL_EVERY_S == 0:
            self.refresh()

    def _still_came(self, path: str) -> None:
        if self._state.page is not None and any(item.path == path for item in self._state.page.evidence):
            self._show()

    def _take_letters(self, is_typing: bool) -> None:
        """Leave letters, digits and arrows to the text field while it has the focus; not ``Enter`` and ``Esc``."""
        for shortcut in self._shortcuts:
            if shortcut.key().toString() not in ("Return", "Enter", "Esc"):
                shortcut.setEnabled(not is_typing)

    def _next_pane(self) -> None:
        if self._state.is_open and self.view.is_single:
            self.view.next_pane()
        else:
            self.focusNextChild()

    # ---- the clip in place ---------------------------------------------------------------------------------

    def _control_clip(self, key: str) -> None:
        page = self._state.page
        if page is None or not self._state.is_open:
            return
        if self._playback is not None:
            self._playback.control(key)
            return
        clip = next((item for item in page.evidence if item.kind is EvidenceKind.CLIP), None)
        if clip is not None and key == "Space":
            self._playback = self._clips.open(clip.evidence_id, CLIP_WIDTH, CLIP_HEIGHT)
            self._playback.changed.connect(self._clip_changed)
            self.view.pictures.follow(self._playback, is_swapped=self._state.is_swapped)

    def _clip_changed(self, clip: PlayerState) -> None:
        """Say why a clip does not play; both stills stay."""
        if clip.failed is not None:
            self._act(c.Refused(None, clip.failed, self._clock.now()))

    def _close_clip(self) -> None:
        if self._playback is not None:
            self.view.pictures.follow(None, is_swapped=self._state.is_swapped)
            self._playback.close()
            self._playback.deleteLater()
            self._playback = None

    # ---- showing -------------------------------------------------------------------------------------------

    def _show(self) -> None:
        state = self._state
        was_open = self._stack.currentWidget() is self.view
        if state.is_open:
            self.view.show_state(state)
        else:
            self.list.show_state(state)
        if state.is_open != was_open:
            self._stack.setCurrentWidget(self.view if state.is_open else self.list)
            self.setFocusProxy(self.view if state.is_open else self.list.view)
            if self.isVisible():
                (self.view if state.is_open else self.list.view).setFocus()

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._close_clip()
