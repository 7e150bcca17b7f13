"""The supervisor's page of what verdicts taught: each camera and kind, its lessons, its line, and what is kept off."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.application.learning_desk import KeptOffAlarm, LearningDesk, Learnt
from console.domain.accounts import Actor
from console.domain.errors import DomainError, Refusal
from console.domain.ids import AlarmId
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, TellingLine, follow_text_size, label, scrolled
from widgets.common.page_keys import bind
from widgets.common.text_table import TextTable
from widgets.desk import Desk
from widgets.evidence.stills import Stills
from widgets.learning.keys import LEARNING_KEYS
from widgets.learning.learning_words import (
    CAMERA_COLUMN,
    HEADS,
    KEPT_HEADS,
    KEPT_STRETCHED,
    LESSON_HEADS,
    calibration_of,
    camera_name,
    kept_row,
    key_of,
    kind_name,
    lesson_row,
    line_of,
    row_of,
    told_meaning,
)
from widgets.state.telling import Teller, Told, told_of

LESSONS_STRETCHED = 6
STILL = QSize(240, 135)
LINE_PX, FIELD_PX, TABLE_PX = 72, 36, 120
ABOUT = (
    N_("“False alarms left”: the share of false alarms that still come while 95 % of the real ones are kept."),
    N_("By the detector's score alone → by the verifier, on alarms it had not seen."),
)


class LearningPage(QWidget):
    """Cameras above, lessons or what is kept off below. Lives in the GUI thread; reading happens off it.

    Signals:
        left: ``Esc``.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        lessons: LearningDesk,
        desk: Desk,
        teller: Teller,
        stills: Stills,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._lessons, self._desk, self._teller = actor, lessons, desk, teller
        self._stills = stills
        self._learnt: tuple[Learnt, ...] = ()
        self._kept: tuple[KeptOffAlarm, ...] = ()
        self._is_busy = self.is_read = self._shows_kept = False
        self._told: Told | None = None
        self._title = label("strong", "t1", strong=True)
        self._about = label("small", "t2", wrap=True)
        self.table = TextTable(CAMERA_COLUMN, self)
        self.nothing = label("body", "t2", wrap=True)
        self._whose = label("strong", "t1", strong=True)
        self.meaning = label("body", "t1", wrap=True)
        self.lessons = TextTable(LESSONS_STRETCHED, self)
        self.calibration = label("small", "t2", wrap=True)
        self.kept = TextTable(KEPT_STRETCHED, self)
        self.none_kept = label("body", "t2", wrap=True)
        self.still = label("body", "t2")
        self.still.setFixedSize(STILL)
        self.share = QLineEdit(self)
        self.share.setFixedSize(LINE_PX, FIELD_PX)
        self._share_name = label("small", "t2")
        self._share_name.setBuddy(self.share)
        self.buttons = {key: KeyButton(key, self, height=FIELD_PX) for key in ("L", "B", "N", "G", "Y")}
        self.line = TellingLine(self)
        self._lay_out()
        self.table.picked.connect(self._show_selected)
        self.kept.picked.connect(self._show_still)
        self._stills.ready.connect(self._show_still)
        self.share.returnPressed.connect(self._set_line)
        for button in self.buttons.values():
            button.clicked.connect(self._clicked)
        self._shortcuts = bind(self, LEARNING_KEYS, self.press)
        self.setFocusProxy(self.table)
        self.retranslate()

    def _lay_out(self) -> None:
        panel, below = Panel(), Panel()
        for card, parts in (
            (panel, (self._title, self._about, self.line, self.nothing, self.table)),
            (below, (self._whose, self.meaning, self.lessons, self.calibration, self.none_kept)),
        ):
            column = QVBoxLayout(card)
            column.setContentsMargins(16, 8, 16, 8)
            column.setSpacing(8)
            for part in parts:
                column.addWidget(part, 1 if isinstance(part, TextTable) else 0)
        self._beside = QWidget(below)
        beside = QHBoxLayout(self._beside)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(12)
        beside.addWidget(self.kept, 1)
        beside.addWidget(self.still, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._beside, 1)
        orders = QHBoxLayout()
        orders.setSpacing(8)
        orders.addWidget(self._share_name)
        orders.addWidget(self.share)
        for button in self.buttons.values():
            orders.addWidget(button)
        column.addLayout(orders)
        self._below = below
        for table in (self.table, self.lessons):
            table.setMinimumHeight(TABLE_PX)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.setSpacing(8)
        inside.addWidget(panel, 3)
        inside.addWidget(below, 2)
        self._area = scrolled(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    # ---- what the window may say -----------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Do what a key of ``LEARNING_KEYS`` says."""
        if key == "R":
            self.read()
        elif key == "L":
            self.share.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.share.selectAll()
            self._area.ensureWidgetVisible(self._below)
        elif key == "Enter" and self.share.hasFocus():
            self._set_line()
        elif key in ("B", "N"):
            self._change_lesson(key)
        elif key == "G":
            self._shows_kept = not self._shows_kept
            self._show_selected()
            self._area.ensureWidgetVisible(self._below)
        elif key == "Y":
            self._show_after_all()
        elif key == "Esc" and not self.table.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key == "Esc":
            self.left.emit()

    def read(self) -> None:
        """Read what is known now."""
        if self._is_busy:
            return
        self._is_busy = True
        self._tell(Told(N_("Reading what was learned…")))
        self._desk.fetch(self._read, self._came, self._refused)

    def retranslate(self) -> None:
        """Say everything again."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("What verdicts taught"))))
        self._about.setText(" ".join(say(Told(sentence)) for sentence in ABOUT))
        self.nothing.setText(
            say(
                Told(
                    N_("Nothing was learned yet. Lessons come of alarms with a still that were confirmed or dismissed.")
                )
            )
        )
        self.none_kept.setText(say(Told(N_("Nothing is kept off the queue."))))
        self._share_name.setText(say(Told(N_("Line, % (0 keeps nothing off)"))))
        self.share.setAccessibleName(self._share_name.text())
        names = (N_("Set a line"), N_("Back a lesson"), N_("Newest"), N_("Lessons or kept off"), N_("Show after all"))
        for button, sentence in zip(self.buttons.values(), names, strict=True):
            button.say(say(Told(sentence)))
        self.kept.setAccessibleName(say(Told(N_("Kept off the queue"))))
        self.table.setAccessibleName(self._title.text())
        self.lessons.setAccessibleName(say(Told(N_("Lessons"))))
        self._show_rows()
        self._tell(self._told)

    # ---- orders ----------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> Learnt | None:
        return next((one for one in self._learnt if key_of(one) == self.table.key), None)

    def _read(self) -> tuple[Sequence[Learnt], Sequence[KeptOffAlarm]]:
        return self._lessons.overview(self._actor), self._lessons.kept_off(self._actor)

    def _set_line(self) -> None:
        learnt = self._selected
        if learnt is None:
            return
        subject = learnt.subject
        try:
            line = line_of(self.share.text())
        except DomainError as fault:
            self._tell(Told(fault.sentence, fault.values, True))
            return
        done = (
            Told(N_("The line is set; it holds for new alarms.")) if line else Told(N_("No further alarm is kept off."))
        )
        self._order(lambda: self._lessons.set_line(self._actor, subject, line), done)

    def _change_lesson(self, key: str) -> None:
        learnt = self._selected
        if learnt is None:
            return
        subject = learnt.subject
        if key == "N":
            done = Told(N_("The newest lesson judges new alarms."))
            self._order(lambda: self._lessons.follow_newest(self._actor, subject), done)
            return
        done = Told(N_("An earlier lesson judges new alarms, until N."))
        self._order(lambda: self._lessons.go_back(self._actor, subject), done)

    def _show_after_all(self) -> None:
        if not self._shows_kept or not self.kept.key:
            return
        alarm_id = AlarmId(self.kept.key)
        self._order(
            lambda: self._lessons.show_after_all(self._actor, alarm_id), Told(N_("It stands in the queue again."))
        )

    def _order(self, work: Callable[[], object], done: Told) -> None:
        """Do what changes something, say what came of it, and read again."""
        if self._is_busy:
            return
        self._is_busy = True

        def came(found: tuple[Sequence[Learnt], Sequence[KeptOffAlarm]]) -> None:
            self._came(found)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell(done)

        def both() -> tuple[Sequence[Learnt], Sequence[KeptOffAlarm]]:
            work()
            return self._read()

        self._desk.ask(both, came, self._refused)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.press(button.key)

    # ---- answers ---------------------------------------------------------------------------------------------

    def _came(self, found: tuple[Sequence[Learnt], Sequence[KeptOffAlarm]]) -> None:
        self._is_busy, self.is_read = False, True
        self._learnt, self._kept = tuple(found[0]), tuple(found[1])
        self._tell(None)
        self._show_rows()

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._tell(told_of(refusal))

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        heads = [self._teller.say(Told(head)) for head in HEADS]
        self.table.show_rows(heads, [row_of(one, self._teller) for one in self._learnt])
        self.nothing.setVisible(self.is_read and not self._learnt)
        self._show_selected()

    def _show_selected(self) -> None:
        learnt = self._selected
        self._below.setVisible(learnt is not None)
        if learnt is None:
            return
        say, is_kept, has_lesson = self._teller.say, self._shows_kept, learnt.in_force is not None
        self._whose.setText(
            say(Told(N_("Kept off the queue")))
            if is_kept
            else f"{camera_name(learnt)} · {kind_name(learnt, self._teller)}"
        )
        self.meaning.setText(say(told_meaning(learnt)))
        self.meaning.setVisible(not is_kept)
        heads = [say(Told(head)) for head in LESSON_HEADS]
        self.lessons.show_rows(heads, [lesson_row(lesson, learnt, self._teller) for lesson in learnt.lessons])
        self.lessons.setVisible(has_lesson and not is_kept)
        self.calibration.setText(calibration_of(learnt, self._teller))
        self.calibration.setVisible(has_lesson and not is_kept)
        if not self.share.hasFocus():
            self.share.setText(f"{learnt.setting.line * 100:.0f}")
        heads = [say(Told(head)) for head in KEPT_HEADS]
        self.kept.show_rows(heads, [kept_row(alarm, self._teller) for alarm in self._kept])
        has_kept = is_kept and bool(self._kept)
        self._beside.setVisible(has_kept)
        self.none_kept.setVisible(is_kept and not self._kept)
        for key, is_on in (("L", has_lesson), ("B", has_lesson), ("N", learnt.is_pinned), ("Y", has_kept)):
            self.buttons[key].setEnabled(is_on)
        self.share.setEnabled(has_lesson)
        self._show_still()

    def _show_still(self) -> None:
        """Show the still of the alarm that is selected, or say that it has none."""
        alarm = next((one for one in self._kept if one.kept.alarm_id == self.kept.key), None)
        if alarm is None or not self._shows_kept:
            return
        size = STILL * self.devicePixelRatio()
        picture = self._stills.picture(alarm.kept.still_path, size)
        if picture.isNull():
            self.still.setPixmap(QPixmap())
            self.still.setText(self._teller.say(Told(N_("No still"))))
            return
        pixels = QPixmap.fromImage(picture)
        pixels.setDevicePixelRatio(self.devicePixelRatio())
        self.still.setPixmap(pixels)
        self.still.setAccessibleName(self._teller.say(Told(N_("Still of the alarm"))))

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()
