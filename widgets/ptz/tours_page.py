"""The page of PTZ tours: which cameras go rounds by themselves, at which presets they stop, and when.

Long because cameras, tours, steps and fields are one page and share one draft.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.application.directory_desk import DirectoryDesk, Found
from console.application.ports import Clock
from console.application.ptz_tours import CameraTours, PresetLink, PtzTourDesk
from console.domain.accounts import Actor
from console.domain.errors import DomainError, Refusal
from console.domain.ids import CameraId
from console.domain.ptz import Preset
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import ElidedLabel, Panel, TellingLine, follow_text_size, label, scrolled
from widgets.common.page_keys import bind
from widgets.common.text_table import TextRow, TextTable
from widgets.desk import Desk
from widgets.ptz.step_list import StepList
from widgets.ptz.tour_form import TourFields
from widgets.ptz.tour_keys import TOUR_KEYS
from widgets.state import ptz_tours as t
from widgets.state.telling import Teller, Told, told_of

CAMERAS_PX, FIELDS_PX = 300, 340
FIELD_PX, TOURS_PX, BUTTON_PX = 36, 180, 44
LOOK_EVERY_MS = 5000  # what stands in the list by the clock: the station's own rhythm of tours
ASK_FIRST = N_("There are changes that were not kept. Esc once more drops them, Ctrl Enter keeps them.")


class PtzTold(Protocol):
    @property
    def camera_id(self) -> str: ...
    @property
    def condition(self) -> str: ...


class PresetTold(Protocol):
    @property
    def token(self) -> str: ...
    @property
    def name(self) -> str: ...


class PresetsTold(Protocol):
    """A camera's presets; ``sentence`` is why it did not say."""

    @property
    def request_id(self) -> str: ...
    @property
    def presets(self) -> Sequence[PresetTold]: ...
    @property
    def sentence(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...


class ToursPage(QWidget):
    """Lives in the GUI thread; reads and keeps by the desk it is given. Nothing is kept before ``Ctrl Enter``.

    Signals:
        left: ``Esc`` with nothing to lose.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        tours: PtzTourDesk,
        directory: DirectoryDesk,
        link: PresetLink,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._tours, self._directory, self._link = actor, tours, directory, link
        self._desk, self._teller, self._clock = desk, teller, clock
        self._listed: tuple[tuple[str, str, int], ...] = ()  # id, number and name, tours: what the left list shows
        self._open: CameraTours | None = None
        self._draft = t.TourDraft()
        self._presets: tuple[Preset, ...] = ()
        self._preset_fault: Told | None = None
        self._request = ""
        self._early: PresetsTold | None = None
        self._conditions: dict[str, str] = {}
        self._is_busy = self._is_leaving = False
        self._wanted = ""
        self._told: Told | None = None
        self._title, self._steps_title, self._presets_title = (label("strong", "t1", strong=True) for _ in range(3))
        self._camera = ElidedLabel("title", "t1", strong=True, middle=True)
        self._nothing = label("body", "t2", wrap=True)
        self._said_of_presets = label("small", "t2", wrap=True)
        self._hints = KeyHints(self)
        self.field = QLineEdit(self)
        self.field.setFixedHeight(FIELD_PX)
        self.field.setClearButtonEnabled(True)
        self.cameras, self.table = TextTable(0, self), TextTable(2, self)
        self.steps, self.presets = StepList(self), StepList(self, is_ordered=False)
        self.fields = TourFields(teller, self)
        self.line = TellingLine(self)
        self.new_button = KeyButton("N", self, height=BUTTON_PX)
        self.turn_button = KeyButton("S", self, height=BUTTON_PX)
        self.undo_button = KeyButton("U", self, height=BUTTON_PX)
        self.keep_button = KeyButton("Ctrl+Enter", self, is_main=True, height=BUTTON_PX)
        self._middle, self._right = Panel(self), Panel(self)
        self._lay_out()
        self._looking = QTimer(self)
        self._looking.setObjectName("ptz-tours-look-5-s")
        self._looking.setInterval(LOOK_EVERY_MS)
        self._looking.timeout.connect(self._show_tours)
        self.field.textChanged.connect(self._search)
        self.cameras.picked.connect(self._camera_picked)
        self.table.picked.connect(self._tour_picked)
        self.steps.meant.connect(lambda at: self._become(t.selected(self._draft, stop=at)))
        self.steps.moved.connect(lambda ends: self._become(t.moved_stop(self._draft, *ends)))
        self.presets.itemDoubleClicked.connect(lambda item: self._add_step(self.presets.row(item)))
        self.fields.changed.connect(lambda form: self._become(t.become(self._draft, form)))
        self.fields.refused.connect(self._refused)
        for button in (self.new_button, self.turn_button, self.undo_button, self.keep_button):
            button.clicked.connect(_Press(self, button.key))
        self._shortcuts = bind(self, TOUR_KEYS, self.press)
        self.setFocusProxy(self.field)
        self.retranslate()

    def _lay_out(self) -> None:
        left = Panel(self)
        left.setFixedWidth(CAMERAS_PX)
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 12, 8, 8)
        for part in (self._title, self.field):
            column.addWidget(part)
        column.addWidget(self.cameras, 1)
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(24)
        head.addWidget(self._camera, 1)
        head.addWidget(self._hints, 1)
        column.addLayout(head)
        column.addWidget(self._nothing)
        self.table.setFixedHeight(TOURS_PX)
        column.addWidget(self.table)
        lists = QHBoxLayout()
        lists.setSpacing(16)
        steps, presets = QVBoxLayout(), QVBoxLayout()
        steps.addWidget(self._steps_title)
        steps.addWidget(self.steps, 1)
        presets.addWidget(self._presets_title)
        presets.addWidget(self._said_of_presets)
        presets.addWidget(self.presets, 1)
        lists.addLayout(steps, 3)
        lists.addLayout(presets, 2)
        column.addLayout(lists, 1)
        column.addWidget(self.line)
        self._right.setFixedWidth(FIELDS_PX)
        column = QVBoxLayout(self._right)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(scrolled(self.fields), 1)
        for button in (self.new_button, self.turn_button, self.undo_button, self.keep_button):
            column.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(left)
        row.addWidget(self._middle, 1)
        row.addWidget(self._right)

    # ---- what the window may say ---------------------------------------------------------------------------------

    @property
    def draft(self) -> t.TourDraft:
        return self._draft

    @property
    def camera_id(self) -> str:
        """The camera whose tours stand here; empty for none."""
        return self._open.camera.camera_id if self._open is not None else ""

    def open_camera(self, camera_id: str) -> None:
        """Show a camera's tours; changes of another that were not kept stay, and it says so."""
        if not camera_id or camera_id == self.camera_id:
            return
        if self._draft.is_changed:
            self._say(Told(ASK_FIRST, {}, True))
            return
        self._wanted = camera_id

        def came(found: CameraTours) -> None:
            if self._wanted == camera_id:
                self._take(found)

        self._desk.fetch(lambda: self._tours.of(self._actor, CameraId(camera_id)), came, self._not_open)

    def take_presets(self, told: PresetsTold) -> None:
        """Take in which presets the camera says it has."""
        if told.request_id != self._request:
            self._early = told
            return
        self._presets = tuple(Preset(one.token, one.name) for one in told.presets)
        self._preset_fault = Told(told.sentence, told.values, True) if told.sentence else None
        self._show()

    def note_ptz(self, told: PtzTold) -> None:
        """Take in what a camera does: goes its tour, is turned by somebody, or stands."""
        self._conditions[told.camera_id] = told.condition
        if told.camera_id == self.camera_id:
            self._show_tours()

    def press(self, key: str) -> None:
        """Do what a key of ``TOUR_KEYS`` says."""
        if key != "Esc":
            self._is_leaving = False
        if key == "/":
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif key == "Esc":
            self._step_back()
        elif key == "Enter":
            self._go_on()
        elif self._open is None:
            return
        elif key == "Ctrl+Enter":
            self._keep()
        elif key == "S":
            self._turn()
        else:
            self._change(key)

    def retranslate(self) -> None:
        """Say everything again; what is selected and changed stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Cameras with tours"))))
        self.field.setPlaceholderText(say(Told(N_("Find a camera to give it a tour"))))
        self.field.setAccessibleName(self.field.placeholderText())
        self.cameras.setAccessibleName(self._title.text())
        self._steps_title.setText(say(Told(N_("Steps of the tour"))))
        self.steps.setAccessibleName(self._steps_title.text())
        self._presets_title.setText(say(Told(N_("Presets of the camera"))))
        self.presets.setAccessibleName(self._presets_title.text())
        self.table.setAccessibleName(say(Told(N_("Tours of the camera"))))
        self.new_button.say(say(Told(N_("New tour"))))
        self.undo_button.say(say(Told(N_("Undo"))))
        self.keep_button.say(say(Told(N_("Keep the changes"))))
        self.fields.retranslate()
        self._show_hints()
        self._show_cameras()
        self._show()
        self._say(self._told)

    # ---- acts ----------------------------------------------------------------------------------------------------

    def _change(self, key: str) -> None:
        """Change the draft by a key."""
        try:
            match key:
                case "N":
                    self._become(t.with_new(self._draft))
                    self.steps.setFocus(Qt.FocusReason.OtherFocusReason)
                    self._say(Told(N_("A new tour: add presets by their numbers.")))
                case "U":
                    self._become(t.undone(self._draft))
                case "Del" if self.table.hasFocus():
                    self._become(t.without(self._draft))
                    self._say(Told(N_("The tour goes with Ctrl Enter; U brings it back.")))
                case "Del":
                    self._become(t.without_stop(self._draft))
                case "R":
                    self._become(t.changed_stop(self._draft, turns_rules=True))
                case "+" | "-":
                    self._become(t.changed_stop(self._draft, longer=1 if key == "+" else -1))
                case "Shift+Up" | "Shift+Down":
                    at = self._draft.stop
                    self._become(t.moved_stop(self._draft, at, at + (1 if key == "Shift+Down" else -1)))
                case digit if digit.isdigit():
                    self._add_step(int(digit) - 1)
        except DomainError as refusal:
            self._refused(refusal)

    def _add_step(self, at: int) -> None:
        if self._draft.form is None:
            self._say(Told(N_("There is no tour yet; N makes one."), {}, True))
        elif 0 <= at < len(self._presets):
            try:
                self._become(t.with_stop(self._draft, self._presets[at].token))
            except DomainError as refusal:
                self._refused(refusal)
        else:
            self._say(Told(N_("This camera has no preset {number}."), {"number": str(at + 1)}, True))

    def _turn(self) -> None:
        """Start or stop the selected tour, at once: that is an order, not a change on its way."""
        form = self._draft.form
        if form is None:
            return
        if self._draft.is_changed:
            self._say(
                Told(N_("Keep the changes first, with Ctrl Enter; then the tour can be started or stopped."), {}, True)
            )
            return
        self._become(t.become(self._draft, replace(form, is_on=not form.is_on)))
        done = N_("The tour is stopped; the camera goes back to its preset.") if form.is_on else N_(
            "The tour is started; it runs by its days and hours."
        )  # fmt: skip
        self._keep(Told(done))

    def _keep(self, done: Told | None = None) -> None:
        open_, draft = self._open, self._draft
        if self._is_busy or open_ is None:
            return
        if not draft.is_changed:
            self._say(Told(N_("Nothing was changed.")))
            return
        try:
            tours = draft.tours()
        except DomainError as refusal:
            self._refused(refusal)
            return
        self._is_busy = True

        def kept(_: None) -> None:
            self._is_busy = False
            self._open = replace(open_, tours=tours)
            self._draft = replace(self._draft, kept=tours)
            self._say(done or Told(N_("Kept; the station goes by it within seconds.")))
            self._show()
            self._read_cameras()

        def refused(refusal: Refusal) -> None:
            if done is not None:
                self._draft = t.undone(self._draft)
                self._show()
            self._refused(refusal)

        self._desk.ask(lambda: self._tours.keep(self._actor, open_.camera.camera_id, tours, draft.kept), kept, refused)

    def _step_back(self) -> None:
        if self.field.text() and self.field.hasFocus():
            self.field.clear()
        elif self._draft.is_changed and not self._is_leaving:
            self._is_leaving = True
            self._say(Told(ASK_FIRST, {}, True))
        elif self._draft.is_changed:
            self._is_leaving = False
            self._become(t.read(self._draft.kept, self._draft))
            self._say(Told(N_("Nothing was changed.")))
        else:
            self.left.emit()

    def _go_on(self) -> None:
        """From the search to what was found, from the cameras to the tours, from the tours to the steps."""
        if self.field.hasFocus() or self.cameras.hasFocus():
            self.open_camera(self.cameras.key)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.table.hasFocus():
            self.steps.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.presets.hasFocus():
            self._add_step(self.presets.currentRow())

    # ---- reading -------------------------------------------------------------------------------------------------

    def _read_cameras(self) -> None:
        if self.field.text().strip():
            return

        def came(found: Sequence[CameraTours]) -> None:
            if not self.field.text().strip():
                self._listed = tuple(
                    (one.camera.camera_id, f"{one.camera.number} {one.camera.name}", len(one.tours)) for one in found
                )
                self._show_cameras()

        self._desk.fetch(lambda: self._tours.toured(self._actor), came, self._refused)

    @Slot(str)
    def _search(self, text: str) -> None:
        words = text.strip()
        if not words:
            self._read_cameras()
            return

        def came(found: Found) -> None:
            if words == self.field.text().strip():
                self._listed = tuple((one.camera_id, f"{one.number} {one.name}", -1) for one in found.lines)
                self._show_cameras()

        self._desk.fetch(lambda: self._directory.find(self._actor, words), came, self._refused)

    def _take(self, found: CameraTours) -> None:
        self._open, self._draft = found, t.read(found.tours)
        self._presets, self._preset_fault, self._request = (), None, ""
        self._say(None)
        self._show()
        camera_id = found.camera.camera_id

        def asked(request_id: str) -> None:
            if self.camera_id != camera_id:
                return
            self._request = request_id
            early, self._early = self._early, None
            if early is not None and early.request_id == request_id:
                self.take_presets(early)  # the answer was faster than the name of the question

        def refused(refusal: Refusal) -> None:
            self._preset_fault = told_of(refusal)
            self._show()

        self._desk.ask(lambda: self._tours.ask_presets(self._actor, self._link, camera_id), asked, refused)

    def _not_open(self, refusal: Refusal) -> None:
        self._open, self._draft = None, t.TourDraft()
        self._show()
        self._refused(refusal)

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._say(told_of(refusal))

    # ---- showing -------------------------------------------------------------------------------------------------

    def _camera_picked(self, key: str) -> None:
        if self.cameras.hasFocus():
            self.open_camera(key)

    def _tour_picked(self, key: str) -> None:
        if key:
            self._become(t.selected(self._draft, at=int(key)))

    def _become(self, draft: t.TourDraft) -> None:
        if draft != self._draft:
            self._draft = draft
            self._show()

    def _say(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(self._teller.say(told) if told is not None else "", is_refusal=bool(told and told.is_refusal))

    def _show_cameras(self) -> None:
        say = self._teller.say
        heads = [say(Told(N_("Camera"))), say(Told(N_("Tours")))]
        rows = [TextRow(name, (words, str(count) if count >= 0 else "")) for name, words, count in self._listed]
        self.cameras.show_rows(heads, rows)

    def _show(self) -> None:
        say, draft, open_ = self._teller.say, self._draft, self._open
        has_one, has_tour = open_ is not None, draft.form is not None
        self._camera.setText(f"{open_.camera.number} {open_.camera.name}" if open_ is not None else "")
        self._nothing.setText(self._words_instead())
        self._nothing.setVisible(not has_tour)
        for part in (self._steps_title, self.steps, self._presets_title, self.presets, self.table):
            part.setVisible(has_one)
        self._show_tours()
        stops = draft.form.stops if draft.form is not None else ()
        lines = [t.step_words(stop, at, self._presets, self._teller) for at, stop in enumerate(stops, start=1)]
        self.steps.show_lines(lines, draft.stop)
        names = [f"{at}   {preset.name}" for at, preset in enumerate(self._presets, start=1)]
        self.presets.show_lines(names, max(0, self.presets.currentRow()))
        fault = self._preset_fault or (None if self._presets else self._why_no_presets())
        self._said_of_presets.setText(say(fault) if fault is not None and has_one else "")
        self._said_of_presets.setVisible(bool(self._said_of_presets.text()))
        self.fields.show_form(draft.form)
        is_on = draft.form is not None and draft.form.is_on
        self.turn_button.say(say(Told(N_("Stop the tour") if is_on else N_("Start the tour"))))
        self.new_button.setEnabled(has_one)
        self.turn_button.setEnabled(has_tour)
        self.undo_button.setEnabled(bool(draft.before))
        self.keep_button.setEnabled(draft.is_changed)

    def _show_tours(self) -> None:
        say, draft, open_ = self._teller.say, self._draft, self._open
        heads = [say(Told(head)) for head in (N_("Tour"), N_("Steps"), N_("Runs"), N_("State"))]
        rows = []
        if open_ is not None:
            local = self._clock.now().astimezone(self._teller.zone)
            condition = self._conditions.get(self.camera_id, "")
            for at, form in enumerate(draft.forms):
                name = form.name or say(Told(N_("tour {number}"), {"number": at + 1}))
                stand = say(t.stand_of(draft, at, local, open_.calendar, condition))
                rows.append(TextRow(str(at), (name, str(len(form.stops)), t.runs_words(form, self._teller), stand)))
        self.table.show_rows(heads, rows)
        if rows and self.table.key != str(draft.at):
            self.table.selectRow(draft.at)

    def _words_instead(self) -> str:
        say = self._teller.say
        if self._open is None and not self._listed and not self.field.text():
            return say(Told(N_("No camera goes a tour. Find one that can be turned, and give it presets to go to.")))
        if self._open is None:
            return say(Told(N_("Choose a camera at the left.")))
        return say(Told(N_("This camera has no tour; N makes one.")))

    def _why_no_presets(self) -> Told:
        if not self._request:
            return Told(N_("Asking the camera for its presets…"))
        return Told(N_("The camera keeps no preset yet: turn it on the wall (X), then M and a number keeps the view."))

    def _show_hints(self) -> None:
        say = self._teller.say
        hints = (
            (("1–9",), N_("add step")),
            (("Shift", "↑", "↓"), N_("order")),
            (("+", "−"), N_("dwell")),
            (("R",), N_("rules")),
            (("Del",), N_("remove")),
        )
        self._hints.show_hints([(keys, say(Told(words))) for keys, words in hints])

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looking.start()
        self._read_cameras()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._looking.stop()


class _Press:
    """A button's call; a name of its own, because a closure made in a loop would see the last key only."""

    def __init__(self, page: ToursPage, key: str) -> None:
        self._press: Callable[[], None] = lambda: page.press(key)

    def __call__(self) -> None:
        self._press()
