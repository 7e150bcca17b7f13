"""The talk bar: who would hear it, what goes out, exactly what is known of each speaker, and how to stop.

Long because the bar's two heights share every part; what is decided stands in ``widgets.state.talk``.
"""

from datetime import timedelta

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.application.ports import StationLink
from console.application.talk import TalkDesk
from console.domain.accounts import Actor
from console.domain.cameras import Camera
from console.domain.errors import Refusal
from console.domain.ids import CameraId, CaseId
from console.domain.speaking import TalkSession
from console.words import N_
from widgets.common import theme
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import ElidedLabel, StateShape, follow_text_size, label
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.state import talk as t
from widgets.state.telling import Teller, Told, age, told_of
from widgets.talk.keys import TALK_KEYS
from widgets.talk.level_meter import LevelMeter
from widgets.talk.talk_words import REACHED, head_words, level_words, note_words

ARMED_PX, ON_AIR_PX, EDGE_PX = 56, 228, 4
TICK_MS = 100
SPEAKERS_SHOWN, SENTENCES_SHOWN = 4, 4
TWO_COLUMNS_BELOW = 1500
TYPED_PX = 320


class TalkBar(QWidget):
    """Above the health bar of any window; hidden until armed. Lives in the GUI thread.

    A microphone is open only while the hold key is down: key up, lost focus, another program in front, ``lock`` and
    sixty seconds end it, and a key that repeats never opens it again.

    Signals:
        closed: nothing is armed any more; the page below takes the focus back.
        on_air_changed: the camera whose speakers sound now, an empty string when none does.
    """

    closed = Signal()
    on_air_changed = Signal(str)

    def __init__(
        self,
        actor: Actor,
        talk: TalkDesk,
        link: StationLink,
        desk: Desk,
        teller: Teller,
        parent: QWidget | None = None,
        *,
        spoken_language: str = "zh",
    ) -> None:
        super().__init__(parent)
        self._actor, self._talk, self._link, self._desk, self._teller = actor, talk, link, desk, teller
        self._spoken_language = spoken_language
        self._state = t.TalkState()
        self._on_air_at = ""
        self._since = QElapsedTimer()
        self._since.start()
        self._shape = StateShape("low", 24, self)
        self._head = label("title", "t1", strong=True)
        self._elapsed = label("figure", "t1", strong=True)
        self._place = ElidedLabel("body", "t2", middle=True)
        self._meter = LevelMeter(self)
        self._level = label("small", "t2")
        self._longest = label("small", "t2")
        self._note = label("small", "t1", wrap=True)
        self._hold = KeyHints(self)
        self._hears_title = label("body", "t1", strong=True)
        self._rows = [SpeakerRow(self) for _ in range(SPEAKERS_SHOWN)]
        self._kept = label("caption", "t3", wrap=True)
        self._ready_title = label("body", "t1", strong=True)
        self._ready = [KeyButton(str(at + 1), self, height=32) for at in range(SENTENCES_SHOWN)]
        self._typed = QLineEdit(self)
        self._typed.setMinimumWidth(TYPED_PX)
        self._type = KeyButton("/", self, height=32)
        self._after_title = label("body", "t1", strong=True)
        self._after = [label("body", "t2", wrap=True) for _ in range(3)]
        self._stop = KeyButton("Esc", self, height=36)
        self._lay_out()
        self._shortcuts = bind(self, TALK_KEYS, self.press)
        self._timer = QTimer(self)
        self._timer.setObjectName("talk-hold-100-ms")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._typed.installEventFilter(self)
        self._typed.returnPressed.connect(self._submit)
        for button in (*self._ready, self._type, self._stop):
            button.clicked.connect(self._clicked)
        program = QGuiApplication.instance()
        assert isinstance(program, QGuiApplication)
        program.applicationStateChanged.connect(self._program_left)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.hide()
        self._show()

    def _lay_out(self) -> None:
        self._columns = [QWidget(self) for _ in range(4)]
        first = QVBoxLayout(self._columns[0])
        head = QHBoxLayout()
        head.setSpacing(10)
        for part in (self._shape, self._head):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self._elapsed)
        first.addLayout(head)
        first.addWidget(self._place)
        first.addWidget(self._meter)
        level = QHBoxLayout()
        level.addWidget(self._level, 1)
        level.addWidget(self._longest)
        first.addLayout(level)
        first.addWidget(self._note)
        first.addStretch(1)
        first.addWidget(self._hold)
        second = QVBoxLayout(self._columns[1])
        second.addWidget(self._hears_title)
        for speaker in self._rows:
            second.addWidget(speaker)
        second.addWidget(self._kept)
        second.addStretch(1)
        third = QVBoxLayout(self._columns[2])
        third.addWidget(self._ready_title)
        for button in self._ready:
            third.addWidget(button)
        typing = QHBoxLayout()
        typing.addWidget(self._type)
        typing.addWidget(self._typed, 1)
        typing.addStretch(0)
        third.addLayout(typing)
        third.addStretch(1)
        fourth = QVBoxLayout(self._columns[3])
        fourth.addWidget(self._after_title)
        for line in self._after:
            fourth.addWidget(line)
        fourth.addStretch(1)
        fourth.addWidget(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, EDGE_PX, 0, 0)
        row.setSpacing(0)
        for column, stretch in zip(self._columns, (23, 30, 29, 18), strict=True):
            inner = column.layout()
            assert inner is not None
            inner.setContentsMargins(20, 8, 20, 8)
            inner.setSpacing(4)
            row.addWidget(column, stretch)
        self._type.setMaximumWidth(56)

    # ---- what the window may say -----------------------------------------------------------------------------

    @property
    def state(self) -> t.TalkState:
        return self._state

    def arm(self, camera: Camera, case_id: CaseId | None = None) -> None:
        """Get ready to speak at a camera's speakers; the bar shows and takes the keys. Nothing goes out yet."""
        if self._state.is_busy:
            return
        camera_id = CameraId(camera.camera_id)

        def read() -> t.Armed:
            return t.Armed(
                camera_id=camera_id,
                camera_number=camera.number,
                camera_name=camera.name,
                speakers=tuple(self._talk.speakers_of(self._actor, camera_id)),
                sentences=tuple(self._talk.phrases(self._actor, camera_id, self._spoken_language)),
                case_id=case_id,
            )

        self._desk.fetch(read, self._armed, self._refused)

    def note_talk(
        self,
        session_id: str,
        condition: str,
        elapsed_s: float,
        level_dbfs: float,
        reached: dict[str, str],
        reason: str = "",
    ) -> None:
        """Take in what the talk worker says of a session (``TalkState`` of the station)."""
        self._act(t.Heard(session_id, condition, elapsed_s, level_dbfs, tuple(sorted(reached.items())), reason))

    def hold(self, *, is_repeat: bool = False) -> None:
        """The hold key went down (``Space`` in the bar, ``F12`` anywhere)."""
        self._act(t.KeyDown(self._since.elapsed() / 1000, is_repeat))

    def let_go(self, why: Told | None = None) -> None:
        """The hold key came up, or something else ends the hold."""
        self._act(t.Let(why))

    def lock(self) -> None:
        """The seat is being locked: whatever is spoken ends now."""
        self._act(t.Let(Told(N_("The seat was locked; the microphone is closed."))))
        if self._state.is_busy:
            self._act(t.Pressed("Esc"))

    def press(self, key: str) -> None:
        """Do what a key of ``TALK_KEYS`` says."""
        if key == "Enter":
            if self._state.is_typing:
                self._submit()
            return
        self._act(t.Pressed(key))

    def retranslate(self) -> None:
        """Say everything again, in the language of now; what was typed stays."""
        follow_text_size(self)
        self._show()

    # ---- acts and orders -------------------------------------------------------------------------------------

    def _act(self, act: t.Act) -> None:
        before = self._state
        self._state = t.reduce(before, act)
        if self._state.is_held:
            self._timer.start()
        else:
            self._timer.stop()
        if self._state.asked is not None:
            self._ask(self._state.asked)
        if self._state == before:
            return
        self._show()
        if self._state.armed is None and before.armed is not None:
            self.hide()
            self.closed.emit()
        if before.is_typing and not self._state.is_typing and self._state.armed is not None:
            self.setFocus()
        sounding = self._state.armed.camera_id if self._state.is_on_air and self._state.armed is not None else ""
        if sounding != self._on_air_at:
            self._on_air_at = sounding
            self.on_air_changed.emit(sounding)

    def _ask(self, order: t.Order) -> None:
        if isinstance(order, t.Stop):
            talk_id = order.talk_id
            self._desk.ask(lambda: self._talk.stop(self._actor, self._link, talk_id), lambda _: None, self._refused)
            return
        self._desk.ask(lambda: self._carry_out(order), self._ordered, self._refused)

    def _carry_out(self, order: t.OpenMicrophone | t.SayPhrase | t.SayText) -> TalkSession:
        language = self._spoken_language
        match order:
            case t.OpenMicrophone(camera_id=camera_id, case_id=case_id):
                return self._talk.open_microphone(self._actor, self._link, camera_id, case_id=case_id)
            case t.SayPhrase(camera_id=camera_id, phrase_id=phrase_id, case_id=case_id):
                return self._talk.speak(
                    self._actor, self._link, camera_id, phrase_id, language=language, case_id=case_id
                )
            case t.SayText(camera_id=camera_id, text=text, case_id=case_id):
                return self._talk.speak_text(
                    self._actor, self._link, camera_id, text, language=language, case_id=case_id
                )

    def _armed(self, armed: t.Armed) -> None:
        self._act(t.Arm(armed))
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _ordered(self, talk: TalkSession) -> None:
        self._act(t.Ordered(talk.talk_id))

    def _refused(self, error: Refusal) -> None:
        self._act(t.Refused(told_of(error)))

    def _submit(self) -> None:
        text = self._typed.text().strip()
        if text:
            self._act(t.Submitted(text))
            if self._state.is_busy:
                self._typed.clear()

    def _tick(self) -> None:
        self._act(t.Ticked(self._since.elapsed() / 1000))

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.press(button.key)

    def _program_left(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.let_go(Told(N_("Another window took the focus; the microphone is closed.")))

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        state, say = self._state, self._teller.say
        is_tall = state.air is not t.Air.IDLE
        self.setFixedHeight(ON_AIR_PX if is_tall else ARMED_PX)
        shape = "air" if state.is_on_air else {"failed": "fault", "ended": "ok"}.get(state.air, "low")
        head = say(head_words(state))
        self._shape.show_shape(shape, head)
        self._head.setText(head)
        self._tone(state)
        self._elapsed.setText(age(timedelta(seconds=state.elapsed_s)) if is_tall else "")
        armed = state.armed
        place = f"{armed.camera_number} {armed.camera_name}" if armed is not None else ""
        self._place.setText(place)
        self._meter.show_levels(state.levels, is_on_air=state.is_on_air)
        self._level.setText(say(level_words(state)))
        self._longest.setText(say(Told(N_("60 s at most"))) if state.is_live else "")
        note = note_words(state)
        self._note.setText(say(note))
        self._hold.show_hints(((("Space",), say(_hold_words(state))),))
        self._show_speakers(state)
        self._show_sentences(state)
        self._show_after(state)
        self._fit()

    def _tone(self, state: t.TalkState) -> None:
        palette = self._head.palette()
        palette.setColor(self._head.foregroundRole(), theme.colour("air" if state.is_on_air else "t1"))
        self._head.setPalette(palette)
        self.update()

    def _show_speakers(self, state: t.TalkState) -> None:
        say = self._teller.say
        self._hears_title.setText(say(Told(N_("Who hears it"))))
        armed, known = state.armed, dict(state.reached)
        speakers = armed.speakers if armed is not None else ()
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(speakers))
            if at < len(speakers):
                speaker = speakers[at]
                shape, word = REACHED.get(known.get(speaker.speaker_id, "waiting"), REACHED["waiting"])
                is_asked = state.air is not t.Air.IDLE
                row.show_speaker(speaker.name, shape if is_asked else "low", say(Told(word)) if is_asked else "")
        if armed is not None and not speakers:
            self._kept.setText(say(Told(N_("There is no speaker beside this camera."))))
        else:
            self._kept.setText(say(Told(N_("Recorded as evidence: who, where, when, and the sound's digest."))))

    def _show_sentences(self, state: t.TalkState) -> None:
        say = self._teller.say
        self._ready_title.setText(say(Told(N_("Ready sentences"))))
        sentences = state.armed.sentences if state.armed is not None else ()
        is_tall = state.air is not t.Air.IDLE
        can_speak = not state.is_busy and state.armed is not None and bool(state.armed.speakers)
        for at, button in enumerate(self._ready):
            button.setVisible(at < len(sentences) and (is_tall or not state.is_typing) and (is_tall or at < 2))
            button.setEnabled(can_speak)
            if at < len(sentences):
                button.say(sentences[at][1])
                button.setToolTip(sentences[at][1])
        self._typed.setPlaceholderText(say(Told(N_("Words to be spoken; Enter speaks them"))))
        self._typed.setAccessibleName(say(Told(N_("Words to be spoken; Enter speaks them"))))
        self._type.say("" if state.is_typing else say(Told(N_("Type"))))
        self._type.setMaximumWidth(52 if state.is_typing else 120)
        self._type.setEnabled(can_speak)
        if state.is_typing and not self._typed.isVisibleTo(self):
            self._typed.show()
            self._typed.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif not state.is_typing:
            self._typed.hide()

    def _show_after(self, state: t.TalkState) -> None:
        say = self._teller.say
        self._after_title.setText(say(Told(N_("Afterwards"))))
        lines = (
            N_("It stands in the talk log with its recording."),
            N_("Look at the street: does it help?"),
            N_("If it stays, confirm the alarm (Y)."),
        )
        for line, sentence in zip(self._after, lines, strict=True):
            line.setText(say(Told(sentence)))
        self._stop.say(say(Told(N_("Stop and close"))) if state.is_busy else say(Told(N_("Close"))))

    def _fit(self) -> None:
        """Lay the armed bar in one line; on air in four columns, two where there is no room for more."""
        is_tall = self._state.air is not t.Air.IDLE
        is_narrow = self.width() < TWO_COLUMNS_BELOW
        for part in (self._meter, self._level, self._longest, self._note, self._elapsed):
            part.setVisible(is_tall)
        self._place.setVisible(True)
        for part in (self._hears_title, self._kept, self._ready_title, self._after_title, *self._after):
            part.setVisible(is_tall)
        self._kept.setVisible(is_tall or (self._state.armed is not None and not self._state.armed.speakers))
        self._columns[1].setVisible(is_tall or not is_narrow)
        self._columns[2].setVisible(not is_tall or not is_narrow or self._state.is_typing)
        self._columns[3].setVisible(not is_tall or not is_narrow)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        shares = (23, 30, 29, 18) if is_tall else (34, 14, 50, 9)
        for column, share in zip(self._columns, shares, strict=True):
            row.setStretchFactor(column, share)
        direction = QBoxLayout.Direction.TopToBottom if is_tall else QBoxLayout.Direction.LeftToRight
        for column in self._columns:
            inner = column.layout()
            assert isinstance(inner, QVBoxLayout)
            inner.setDirection(direction)
            side, top = (20, 8) if is_tall else (12, 4)
            inner.setContentsMargins(side, top, side, top)

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.hold(is_repeat=event.isAutoRepeat())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.let_go()
            event.accept()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.let_go(Told(N_("The focus went elsewhere; the microphone is closed.")))
        super().focusOutEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._typed and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            is_typing = event.type() == QEvent.Type.FocusIn
            for shortcut in self._shortcuts:
                if shortcut.key().toString() not in ("Esc", "Return", "Enter", "Ctrl+Return", "Ctrl+Enter"):
                    shortcut.setEnabled(not is_typing)
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g2"))
            edge = "air" if self._state.is_on_air else "edge"
            painter.fillRect(0, 0, self.width(), EDGE_PX if self._state.is_on_air else 1, theme.colour(edge))


class SpeakerRow(QWidget):
    """One speaker and exactly what is known of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel("body", "t1")
        self._shape = StateShape("low", 16, self)
        self._known = label("body", "t2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(8)
        row.addWidget(self._name, 1)
        row.addWidget(self._shape)
        row.addWidget(self._known)

    @property
    def known(self) -> str:
        return self._known.text()

    def show_speaker(self, name: str, shape: str, known: str) -> None:
        self._name.setText(name)
        self._shape.show_shape(shape, known)
        self._shape.setVisible(bool(known))
        self._known.setText(known)


def _hold_words(state: t.TalkState) -> Told:
    if state.is_held:
        return Told(N_("let go to stop"))
    if state.armed is not None and not state.armed.speakers:
        return Told(N_("no speaker here"))
    return Told(N_("hold to speak live (or F12)"))
