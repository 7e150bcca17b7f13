"""The review page: queue, picture, verdicts, context. Keys and clicks become acts, orders go to the desks.

Long because it wires every part of the desk's main page; what is decided stands in ``widgets.state.review``.
"""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.case_desk import FiledCase
from console.application.errors import Unavailable
from console.application.ports import Clock
from console.application.read_models import AlarmRow
from console.domain.accounts import Actor, Verb
from console.domain.alarms import Priority
from console.domain.errors import Refusal
from console.domain.events import AlarmsChanged, CasesChanged, Event
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, CameraId
from console.words import N_
from widgets.alarms.choices import Choices
from widgets.alarms.context_column import ContextColumn
from widgets.alarms.fit import NARROW_BELOW, fit_for
from widgets.alarms.keys import REVIEW_KEYS
from widgets.alarms.orders import ReviewDesks, carry_out, read_directory, read_sheet
from widgets.alarms.question_bar import QuestionBar
from widgets.alarms.queue_delegate import THUMB
from widgets.alarms.queue_panel import QueuePanel
from widgets.alarms.stills_strip import Still, StillsStrip
from widgets.alarms.subject_bar import SubjectBar
from widgets.alarms.verdict_row import VerdictRow
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel, TellingLine, follow_text_size, scrolled
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.evidence.objects import object_words
from widgets.evidence.picture import EvidencePicture, overlay_of
from widgets.evidence.playback import ClipPlayer, Playback
from widgets.evidence.stills import Stills
from widgets.state import review as r
from widgets.state.hearing import sound_chip
from widgets.state.player import PlayerState
from widgets.state.review_keys import options, reduce
from widgets.state.review_words import choice_words, line_words
from widgets.state.telling import Named, Teller, Told, told_of

TICK_MS = 1000
POLL_EVERY_S = 5  # news may be lost; the queue is read at least this often while the page is visible
RENEW_EVERY = timedelta(seconds=60)  # half of the claim's lease
CLIP_ROOM = QSize(1280, 720)


class ReviewPage(QWidget):
    """Where alarms get their verdict. Lives in the GUI thread; the desks are asked through ``desk``.

    Signals:
        speak_asked: ``T`` was pressed; the id of the camera whose speakers are wanted.
        left: ``Esc`` with nothing begun.
    """

    speak_asked = Signal(str)
    left = Signal()

    def __init__(
        self,
        actor: Actor,
        desks: ReviewDesks,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        stills: Stills,
        clips: ClipPlayer,
        live_picture: Callable[[CameraId], QImage],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._desks, self._desk, self._teller = actor, desks, desk, teller
        self._clock, self._stills, self._clips, self._live_picture = clock, stills, clips, live_picture
        self._state = r.ReviewState(actor=actor, now=clock.now())
        self._playback: Playback | None = None
        self._playing_of: str = ""
        self._pinned = ""
        self._renewed_at = clock.now()
        self._ticks = 0
        self._pane = 0
        self._queue = QueuePanel(teller, self._thumbnail, self._state)
        self._subject = SubjectBar(teller)
        self._picture = EvidencePicture()
        self._strip = StillsStrip()
        self._question = QuestionBar()
        self._choices = Choices(teller)
        self._line = TellingLine()
        self._verdicts = VerdictRow(teller)
        self._hints = KeyHints()
        self._context = ContextColumn(teller)
        self._lay_out()
        self._shortcuts = bind(self, REVIEW_KEYS, self.press)
        self._tab = QShortcut("Tab", self, self._next_pane, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._tab.setEnabled(False)
        self._timer = QTimer(self)
        self._timer.setObjectName("review-tick-1-s")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._connect()
        self.setFocusProxy(self._queue.view)
        self.retranslate()

    def _lay_out(self) -> None:
        self._lower = QWidget()
        lower = QVBoxLayout(self._lower)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(8)
        lower.addWidget(self._strip)
        lower.addWidget(self._question)
        lower.addWidget(self._choices)
        self._review = Panel()
        column = QVBoxLayout(self._review)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(8)
        column.addWidget(self._subject)
        column.addWidget(self._picture, 1)
        column.addWidget(self._lower)
        column.addWidget(self._line)
        column.addWidget(self._verdicts)
        column.addWidget(self._hints)
        column.addStretch(0)
        self._left = Panel.around(self._queue)
        self._right = Panel.around(scrolled(self._context))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._left)
        row.addWidget(self._review, 1)
        row.addWidget(self._right)

    def _connect(self) -> None:
        self._queue.row_picked.connect(self._pick)
        self._verdicts.key_chosen.connect(self.press)
        self._choices.key_chosen.connect(self.press)
        self._choices.reason_typed.connect(self._type)
        self._context.key_chosen.connect(self.press)
        self._strip.picked.connect(self._pin)
        self._stills.ready.connect(self._still_came)
        self._choices.text_mode.connect(self._take_letters)

    # ---- what the window may say ---------------------------------------------------------------------------

    @property
    def state(self) -> r.ReviewState:
        """What the page shows now."""
        return self._state

    def note_news(self, event: Event) -> None:
        """Look at the queue again when something changed, and at the open alarm when it is the one."""
        if isinstance(event, AlarmsChanged | CasesChanged):
            self.refresh()
        selected = self._state.selected
        if isinstance(event, AlarmsChanged) and selected is not None and selected in event.alarm_ids:
            self._read_sheet(selected)

    def note_sight(self, sight: r.Sight | None) -> None:
        """Take in how many cameras can be seen (from the station's health); ``None`` while nobody can say."""
        self._act(r.SightNoted(sight))

    def refresh(self) -> None:
        """Read the queue; while a read is under way another one is not begun."""
        if self._actor.may(Verb.REVIEW):
            self._desk.fetch(lambda: self._desks.review.queue(self._actor), self._queue_came, self._read_failed)

    def retranslate(self) -> None:
        """Say everything again, in the language of now; selection and written text stay."""
        follow_text_size(self)
        self._show()

    def press(self, key: str) -> None:
        """Do what a key of ``REVIEW_KEYS`` says."""
        if self._choices.typed.hasFocus() and key == "Enter":
            self._choices.submit()
            return
        if key in ("Space", "Left", "Right", "Q"):
            self._control_clip(key)
            return
        if key == "Esc" and self._state.mode == r.Browsing() and self._state.told is None:
            self.left.emit()
            return
        self._act(r.Pressed(key))

    # ---- acts and orders -----------------------------------------------------------------------------------

    def _act(self, act: r.Act) -> None:
        before = self._state
        self._state = reduce(before, act)
        if self._state.mode != r.Browsing() or isinstance(self._state.asked, r.TakeClaim):
            self._open_review_pane()
        self._show()
        if self._state.selected != before.selected or (self._state.sheet is None and before.sheet is not None):
            self._open_selected()
        elif isinstance(act, r.QueueRead):
            self._look_at_gone(before)
        order = self._state.asked
        if isinstance(order, r.Speak):
            self.speak_asked.emit(order.camera_id)
        elif order is not None:
            self._ask(order)

    def _ask(self, order: r.Order) -> None:
        def done(case: object) -> None:
            self._answered(order, case)

        def refused(error: Refusal) -> None:
            self._refused(order, error)

        self._desk.ask(lambda: carry_out(self._desks, self._actor, order), done, refused)

    def _answered(self, order: r.Order, case: object) -> None:
        filed = case if isinstance(case, FiledCase) else None
        if isinstance(order, r.TakeClaim):
            self._renewed_at = self._clock.now()
        self._act(r.Answered(order, self._clock.now(), filed))
        self.refresh()

    def _refused(self, order: r.Order | None, error: Refusal) -> None:
        self._act(r.Refused(order, told_of(error), self._clock.now(), isinstance(error, Unavailable)))
        if order is not None:
            self.refresh()

    def _open_selected(self) -> None:
        self._close_clip()
        self._pinned = ""
        alarm_id = self._state.selected
        if alarm_id is None:
            self._picture.show_still(QImage())
            return
        self._read_sheet(alarm_id)

    def _read_sheet(self, alarm_id: AlarmId) -> None:
        self._desk.fetch(lambda: read_sheet(self._desks, self._actor, alarm_id), self._sheet_came, self._read_failed)

    def _look_at_gone(self, before: r.ReviewState) -> None:
        """The open alarm has just left the queue: read it again to say who decided what."""
        row, old = self._state.row, before.row
        if row is not None and self._state.is_gone(row) and old is not None and not before.is_gone(old):
            self._read_sheet(AlarmId(row.alarm_id))

    def _queue_came(self, rows: object) -> None:
        assert isinstance(rows, list | tuple)
        self._act(r.QueueRead(tuple(rows), self._clock.now()))
        sheet, selected = self._state.sheet, self._state.selected
        if sheet is not None and selected is not None and not self._playing_of:
            self._read_sheet(selected)  # its clip was not there yet; no news of it may ever come
        if not self._state.categories:
            self._desk.fetch(lambda: read_directory(self._desks), self._act, self._read_failed)

    def _sheet_came(self, sheet: object) -> None:
        assert isinstance(sheet, r.Sheet)
        self._act(r.SheetRead(sheet))
        if sheet.card.row.alarm_id == self._state.selected and self._playing_of != self._state.selected:
            self._open_clip(sheet)

    def _read_failed(self, error: Refusal) -> None:
        self._refused(None, error)

    def _pick(self, alarm_id: str) -> None:
        self._act(r.Picked(AlarmId(alarm_id)))

    def _type(self, text: str) -> None:
        self._act(r.Typed(text))
        self._queue.view.setFocus()

    def _tick(self) -> None:
        now = self._clock.now()
        self._act(r.Ticked(now))
        self._ticks += 1
        if self._ticks % POLL_EVERY_S == 0:
            self.refresh()
        row = self._state.row
        if row is not None and self._state.is_mine(row) and now - self._renewed_at >= RENEW_EVERY:
            self._renewed_at = now
            order = r.TakeClaim(AlarmId(row.alarm_id))
            self._desk.ask(
                lambda: carry_out(self._desks, self._actor, order),
                lambda _: self.refresh(),
                lambda error: self._refused(None, error),
            )

    # ---- pictures ------------------------------------------------------------------------------------------

    def _open_clip(self, sheet: r.Sheet) -> None:
        clip = next((item for item in sheet.card.evidence if item.kind is EvidenceKind.CLIP), None)
        if clip is None:
            return  # it is still being written; the news of its arrival opens it
        self._playing_of = sheet.card.row.alarm_id
        self._playback = self._clips.open(clip.evidence_id, CLIP_ROOM.width(), CLIP_ROOM.height())
        self._playback.changed.connect(self._clip_changed)
        self._picture.follow(self._playback)

    def _clip_changed(self, clip: PlayerState) -> None:
        """Say why a clip does not play, and the still stays; or what is heard of it."""
        told = clip.failed or (sound_chip(clip.sound).words if clip.sound is not None else None)
        self._picture.show_caption(self._teller.say(told) if told is not None else "")

    def _close_clip(self) -> None:
        self._picture.follow(None)
        self._picture.show_caption("")
        self._playing_of = ""
        if self._playback is not None:
            self._playback.close()
            self._playback.deleteLater()
            self._playback = None

    def _control_clip(self, key: str) -> None:
        if self._playback is None:
            return
        if self._pinned:
            self._pinned = ""
            self._picture.follow(self._playback)
            self._show()
            return
        self._playback.control(key)

    def _pin(self, evidence_id: str) -> None:
        """Show this still instead of the clip until ``Space``."""
        self._pinned = evidence_id
        self._picture.follow(None)
        self._show()

    def _thumbnail(self, row: AlarmRow) -> QImage:
        ratio = self.devicePixelRatioF()
        picture = self._stills.picture(row.still_path, THUMB * ratio)
        if not picture.isNull():
            picture.setDevicePixelRatio(ratio)
        return picture

    def _still_came(self, path: str) -> None:
        self._queue.view.viewport().update()
        if any(path == still.path for still in self._stills_of_alarm()):
            self._show_pictures()

    def _stills_of_alarm(self) -> tuple[EvidenceItem, ...]:
        sheet = self._state.sheet
        if sheet is None:
            return ()
        kept = [item for item in sheet.card.evidence if item.kind is EvidenceKind.STILL]
        return tuple(sorted(kept, key=lambda item: item.captured_at or item.begins_at))

    def _show_pictures(self) -> None:
        state = self._state
        row = state.row
        if row is None:
            self._picture.show_words("")
            self._picture.show_overlay(None)
            self._strip.show_stills([])
            return
        items = self._stills_of_alarm()
        pinned = next((item for item in items if item.evidence_id == self._pinned), None)
        raised = min(items, key=lambda item: abs(item.begins_at - row.raised_at), default=None)
        path = pinned.path if pinned is not None else raised.path if raised is not None else row.still_path
        if pinned is not None or not self._picture.is_live_clip:
            big = self._stills.picture(path, CLIP_ROOM)
            self._picture.show_still(big)
        deleted_at = next((item.deleted_at for item in items if item.deleted_at is not None), None)
        if deleted_at is not None:
            day = {"day": self._teller.day(deleted_at)}
            self._picture.show_words(
                self._teller.say(Told(N_("Its pictures were deleted on {day} by retention."), day))
            )
        else:
            self._picture.show_words(self._teller.say(Told(N_("No picture was kept of this alarm."))))
        rule = state.sheet.card.rule if state.sheet is not None else None
        is_unheard = row.priority is Priority.HIGH and row.acknowledged_at is None
        self._picture.show_overlay(
            overlay_of(rule, object_words(self._teller, rule), rule.zone_name if rule else "", is_unheard=is_unheard)
        )
        self._picture.toggle(boxes=state.shows_boxes, zones=state.shows_zones)
        self._strip.show_stills(self._strip_of(row, items, path, raised))

    def _strip_of(
        self, row: AlarmRow, items: tuple[EvidenceItem, ...], shown: str, raised: EvidenceItem | None
    ) -> list[tuple[Still, QImage]]:
        size = self._strip.thumb_size * self.devicePixelRatioF()
        cells = []
        for item in items[-6:]:
            at = item.captured_at or item.begins_at
            word = N_("Alarm {time}") if item is raised else "{time}"
            caption = self._teller.say(Told(word, {"time": at}))
            still = Still(item.evidence_id, item.path, caption, item.path == shown and not self._picture.is_live_clip)
            cells.append((still, self._stills.picture(item.path, size)))
        live = self._live_picture(CameraId(row.camera_id)) if row.camera_id else QImage()
        if not live.isNull():
            cells.append((Still("", "", self._teller.say(Told(N_("Now")))), live))
        return cells

    # ---- showing -------------------------------------------------------------------------------------------

    def _show(self) -> None:
        state, say = self._state, self._teller.say
        self._queue.show_state(state)
        self._subject.show_state(state)
        self._verdicts.show_state(state)
        self._context.show_state(state)
        self._show_pictures()
        is_choosing = state.mode != r.Browsing()
        for part in (self._strip, self._question):
            part.setVisible(not is_choosing and state.row is not None)
        self._choices.setVisible(is_choosing)
        if is_choosing:
            title, hint = choice_words(state)
            self._choices.show_options(say(title), say(hint), options(state))
        is_typing = isinstance(state.mode, r.Rerouting | r.Reclassing) and state.mode.is_typing
        wanted = N_("Name or code") if isinstance(state.mode, r.Reclassing) else N_("Why another unit")
        self._choices.ask_typed(say(Told(wanted)), is_asked=is_typing)
        if not is_typing and not self._queue.view.hasFocus() and self._choices.typed.hasFocus():
            self._queue.view.setFocus()
        if state.sheet is not None:
            category = state.sheet.category
            self._question.say(say(Told(N_("Tell apart"))), say(Named(category.question_zh, category.question_en)))
        else:
            self._question.say(say(Told(N_("Tell apart"))), "")
        line = line_words(state)
        self._line.tell(say(line) if line is not None else "", is_refusal=line is not None and line.is_refusal)
        self._hints.show_hints(
            (
                (("Space",), say(Told(N_("play")))),
                (("←", "→"), say(Told(N_("1 s")))),
                (("D",), say(Told(N_("boxes")))),
                (("Z",), say(Told(N_("zones")))),
                (("R",), say(Told(N_("route")))),
                (("A",), say(Told(N_("acknowledge")))),
            )
        )

    def _take_letters(self, is_typing: bool) -> None:
        """Leave letters, digits and arrows to the text field while it has the focus; not ``Enter`` and ``Esc``."""
        for shortcut in self._shortcuts:
            if shortcut.key().toString() not in ("Return", "Enter", "Esc"):
                shortcut.setEnabled(not is_typing)

    def _next_pane(self) -> None:
        """Show the next of queue, review and context, where only one of them has room."""
        self._pane = (self._pane + 1) % 3
        self._fit()

    def _open_review_pane(self) -> None:
        """Where one pane has room: what was begun is decided beside the picture."""
        if self._tab.isEnabled() and self._pane != 1:
            self._pane = 1
            self._fit()

    def _fit(self) -> None:
        """Give each pane its width and the parts their heights for the room there is (DESIGN §6)."""
        width, height = self.width(), self.height()
        fit = fit_for(width, height)
        self._subject.setFixedHeight(fit.subject)
        self._strip.set_thumb_size(QSize(fit.still * 16 // 9, fit.still))
        self._question.setFixedHeight(fit.question)
        self._lower.setFixedHeight(fit.still + fit.question + 8)
        self._verdicts.set_height(fit.verdict, has_seconds=width >= NARROW_BELOW or fit.is_single)
        self._hints.setVisible(fit.has_hints)
        self._tab.setEnabled(fit.is_single)
        for at, pane in enumerate((self._left, self._review, self._right)):
            pane.setVisible(not fit.is_single or at == self._pane)
        if not fit.is_single:
            self._left.setFixedWidth(fit.left)
            self._right.setFixedWidth(fit.right)
        else:
            for pane in (self._left, self._right):
                pane.setMinimumWidth(0)
                pane.setMaximumWidth(16777215)
        review_px = width - 32 if fit.is_single else width - fit.left - fit.right - 32
        self._picture.setMaximumHeight((review_px - 32) * 9 // 16)

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()
        if self._state.sheet is not None and self._playback is None:
            self._open_clip(self._state.sheet)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._close_clip()
