"""Bringing a camera in: address, sign-in, picture, place, rules, trial; each step proves itself before the next opens.

Long because the steps are one page and share what is known so far.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from console.application.directory_desk import DirectoryDesk
from console.application.directory_import import DirectoryImport
from console.application.onboarding_desk import Login, OfferedRule, OnboardingDesk, OnboardingLink
from console.application.ports import Clock
from console.application.ptz_desk import PtzDesk
from console.domain.accounts import Actor
from console.domain.cameras import Camera
from console.domain.errors import DomainError, Refusal
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel, TellingLine, dress, follow_text_size, label
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.onboarding.keys import ONBOARDING_KEYS
from widgets.onboarding.rules_form import RulesForm
from widgets.onboarding.table_panel import TablePanel
from widgets.state import onboarding as o
from widgets.state.overlay import SeenTold
from widgets.state.telling import Teller, Told, told_of
from widgets.wall.frame_source import FrameSource
from widgets.wall.render_clock import RenderClock
from widgets.wall.tile import Tile

_log = logging.getLogger(__name__)

FORM_PX = 640  # DESIGN §6
FIELD_PX = 36
ADDRESS_ROLE = Qt.ItemDataRole.UserRole


class FoundTold(Protocol):
    """A device that answered a call into the network."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def hardware(self) -> str: ...


class OnboardingPage(QWidget):
    """Lives in the GUI thread. The station asks the device and opens its picture; what it says comes in as news.

    Signals:
        left: ``Esc`` at the first step.
        added: a camera stands in the directory now; its id.
    """

    left = Signal()
    added = Signal(str)

    def __init__(
        self,
        actor: Actor,
        onboarding: OnboardingDesk,
        directory: DirectoryDesk,
        ptz: PtzDesk,
        tables: DirectoryImport,
        link: OnboardingLink,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._onboarding, self._directory, self._ptz = actor, onboarding, directory, ptz
        self._link, self._desk, self._teller, self._clock = link, desk, teller, clock
        self._draft = o.Draft()
        self._step = o.Step.ADDRESS
        self._request = ""
        self._early: tuple[str, Callable[[], None]] | None = None
        self._is_waiting = False
        self._told: Told | None = None
        self._steps = [label("strong", "t2", strong=True) for _ in o.STEP_NAMES]
        self._hints = KeyHints(self)
        self.address, self.user, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.number, self.name, self.place, self.cell = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self._fields: tuple[tuple[str, QLineEdit], ...] = (
            (N_("Address of the camera: a host, or a stream's rtsp:// address"), self.address),
            (N_("User"), self.user),
            (N_("Password"), self.password),
            (N_("Number at the desk"), self.number),
            (N_("Name of the camera"), self.name),
            (N_("Address in the city"), self.place),
            (N_("Grid cell, 15 digits; empty where nobody knows it"), self.cell),
        )
        self._labels = [label("small", "t2", wrap=True) for _ in self._fields]
        self.found = QListWidget()
        self.tile = Tile(teller, clock, RenderClock(self), self)
        self._facts = [label("body", "t1", wrap=True) for _ in range(3)]
        self.rules = RulesForm(teller, self)
        self.line = TellingLine(self)
        self.table_panel = TablePanel(actor, tables, desk, teller, self)
        self.table_panel.hide()
        self.next_button = KeyButton("Enter", self, is_main=True, height=44)
        self._forms = QStackedWidget()
        self._lay_out()
        self.found.itemActivated.connect(self._choose)
        self.found.itemClicked.connect(self._choose)
        self.next_button.clicked.connect(self.go_on)
        self.table_panel.left.connect(self._close_table)
        self._shortcuts = bind(self, ONBOARDING_KEYS, self.press)
        self._open(o.Step.ADDRESS)

    def _lay_out(self) -> None:
        for name, (_, field) in zip(self._labels, self._fields, strict=True):
            field.setFixedHeight(FIELD_PX)
            name.setBuddy(field)
        for at, wanted in enumerate(((0,), (1, 2), (), (3, 4, 5, 6))):
            form = QWidget()
            column = QVBoxLayout(form)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            for row in wanted:
                column.addWidget(self._labels[row])
                column.addWidget(self._fields[row][1])
            if at == o.Step.ADDRESS:
                column.addWidget(self.found, 1)
            else:
                column.addStretch(1)
            self._forms.addWidget(form)
        self._forms.addWidget(self.rules)
        self._forms.addWidget(QWidget())
        panel = Panel(self)
        panel.setMaximumWidth(FORM_PX)
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._forms, 1)
        for fact in self._facts:
            column.addWidget(fact)
        column.addWidget(self.line)
        column.addWidget(self.next_button)
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 0)
        top.setSpacing(24)
        for step in self._steps:
            top.addWidget(step)
        top.addStretch(1)
        top.addWidget(self._hints, 1)
        self._panel = panel
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(panel, 2)
        body.addWidget(self.tile, 3)
        body.addWidget(self.table_panel, 5)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addLayout(body, 1)

    # ---- what the window may say ---------------------------------------------------------------------------------

    @property
    def step(self) -> o.Step:
        return self._step

    @property
    def step_names(self) -> tuple[str, ...]:
        """The steps as they stand along the top."""
        return tuple(step.text() for step in self._steps)

    @property
    def proof(self) -> tuple[str, ...]:
        """What was found out: the device's word, the picture, its clock."""
        return tuple(fact.text() for fact in self._facts)

    @property
    def camera_id(self) -> str:
        """The camera that is being brought in; its stream is told by this name."""
        return self._draft.camera_id

    def press(self, key: str) -> None:
        """Do what a key of ``ONBOARDING_KEYS`` says."""
        if not self.table_panel.isHidden():
            self._press_at_table(key)
        elif key == "Ctrl+I":
            if self._step is o.Step.ADDRESS:
                self._open_table()
        elif key in ("Ctrl+E", "Ctrl+O"):
            return
        elif key == "Enter":
            chosen = self.found.currentItem() if self.found.hasFocus() else None
            if chosen is not None:
                self._choose(chosen)
            self.go_on()
        elif key == "Ctrl+F":
            self._order(lambda: self._onboarding.find(self._actor, self._link), Told(N_("Calling into the network…")))
        elif self._step is o.Step.ADDRESS:
            self.left.emit()
        elif key.isdigit():
            if self._step is o.Step.RULES:
                self.rules.turn(int(key) - 1)
        else:
            self._step_back()

    def go_on(self) -> None:
        """Take the next step if this one is proven."""
        if self._is_waiting:
            return
        match self._step:
            case o.Step.ADDRESS:
                self._draft = o.typed(self._draft, self.address.text())
                if not self._draft.address:
                    self._say(Told(N_("Type the address of a camera, or search the network with Ctrl F.")))
                    return
                self.address.setText(self._draft.address)
                if self._draft.login.user:
                    self.user.setText(self._draft.login.user)
                    self.password.setText(self._draft.login.password)
                self._open(o.Step.SIGN_IN)
            case o.Step.SIGN_IN:
                self._sign_in()
            case o.Step.PICTURE if self._draft.has_picture:
                self._open(o.Step.PLACE)
            case o.Step.PLACE:
                self._check_place()
            case o.Step.RULES:
                self._begin_trial()
            case o.Step.TRIAL if self._draft.has_picture:
                self._add()
            case o.Step.PICTURE | o.Step.TRIAL:
                self._say(Told(N_("There is no picture yet; go on when it has come.")))

    def take_found(self, request_id: str, devices: Sequence[FoundTold]) -> None:
        """Take in who answered the call."""
        if request_id != self._request:
            self._early = (request_id, lambda: self.take_found(request_id, devices))
            return
        self._is_waiting = False
        self.found.clear()
        for device in devices:
            item = QListWidgetItem(f"{device.name or device.hardware or '–'}   {device.address}")
            item.setData(ADDRESS_ROLE, device.address)
            self.found.addItem(item)
        count = {"count": len(devices)}
        self._say(
            Told(N_("{count} cameras answered. Choose one."), count)
            if devices
            else Told(N_("No camera answered. Those of other networks answer to their address only."))
        )
        if devices:
            self.found.setCurrentRow(0)
            if self.isVisible():
                self.found.setFocus()

    def take_device(self, device: o.DeviceTold) -> None:
        """Take in what the device says of itself."""
        if device.request_id != self._request:
            self._early = (device.request_id, lambda: self.take_device(device))
            return
        if self._step is not o.Step.SIGN_IN:
            return
        self._is_waiting = False
        if device.sentence:
            self._say(Told(device.sentence, device.values, True))
            self.password.selectAll()
            if self.isVisible():
                self.password.setFocus()
            return
        self._draft = replace(self._draft, device=device)
        self._look()

    def take_trial(self, request_id: str, source: FrameSource | None) -> None:
        """Take in where the picture lies."""
        if request_id != self._request:
            self._early = (request_id, lambda: self.take_trial(request_id, source))
        elif self._step >= o.Step.PICTURE:
            self.tile.attach(source)

    def take_stream(self, stream: o.TrialStream) -> None:
        """Take in how the picture fares."""
        if stream.camera_id != self._draft.camera_id or self._step < o.Step.PICTURE:
            return
        trial = self._draft.trial
        if trial is not None and trial.first_s is None and stream.condition == "live":
            trial = replace(trial, first_s=self._clock.monotonic_s() - trial.began_s)
        self._draft = replace(self._draft, stream=stream, trial=trial)
        self.tile.note_stream(stream)
        self._show_facts()

    def take_seen(self, seen: SeenTold) -> None:
        """Take in what the detector saw in the picture that is tried."""
        trial = self._draft.trial
        if trial is not None and self._step is o.Step.TRIAL:
            self._draft = replace(self._draft, trial=o.looked(trial, self._clock.monotonic_s(), len(seen.tracks)))
            self.tile.note_seen(seen)
            self._show_facts()

    def take_hit(self, hit_id: str) -> None:
        """Count what a rule would have raised."""
        trial = self._draft.trial
        if trial is not None and self._step is o.Step.TRIAL:
            self._draft = replace(self._draft, trial=replace(trial, candidates=trial.candidates | {hit_id}))
            self._show_facts()

    def note_lost_station(self) -> None:
        """The station is away, and the picture with it."""
        self._is_waiting = False
        if self._step >= o.Step.PICTURE:
            self.tile.attach(None)
            self._open(o.Step.SIGN_IN)

    def retranslate(self) -> None:
        """Say everything again; what was typed stays."""
        follow_text_size(self)
        say = self._teller.say
        for at, (shown, name) in enumerate(zip(self._steps, o.STEP_NAMES, strict=True)):
            shown.setText(f"{at + 1} {say(Told(name))}")
            dress(shown, "strong", "t1" if at == self._step else "t3", strong=at == self._step)
            shown.setAccessibleDescription(say(Told(N_("this step"))) if at == self._step else "")
        for above, (sentence, field) in zip(self._labels, self._fields, strict=True):
            above.setText(say(Told(sentence)))
            field.setAccessibleName(above.text())
        self.found.setAccessibleName(say(Told(N_("Cameras in the network"))))
        is_last = self._step is o.Step.TRIAL
        self.next_button.say(say(Told(N_("Add the camera") if is_last else N_("Next"))))
        hints = [(("Enter",), say(Told(N_("next step")))), (("Esc",), say(Told(N_("step back"))))]
        if self._step is o.Step.ADDRESS:
            hints.append((("Ctrl+F",), say(Told(N_("search the network for cameras")))))
            hints.append((("Ctrl+I",), say(Told(N_("cameras from a table, or into one")))))
        if not self.table_panel.isHidden():
            hints = [
                (("Ctrl+O",), say(Told(N_("choose a file")))),
                (("Ctrl+E",), say(Told(N_("write the directory to a table")))),
                (("Esc",), say(Told(N_("back")))),
            ]
        if self._step is o.Step.RULES and self.table_panel.isHidden():
            hints.append((("1–9",), say(Told(N_("choose a rule, or no longer")))))
        self._hints.show_hints(hints)
        self.rules.retranslate()
        self.table_panel.retranslate()
        self._say(self._told)
        self._show_facts()

    # ---- tables ---------------------------------------------------------------------------------------------------

    def _press_at_table(self, key: str) -> None:
        match key:
            case "Enter":
                self.table_panel.go_on()
            case "Ctrl+E":
                self.table_panel.export()
            case "Ctrl+O":
                self.table_panel.choose()
            case "Esc":
                self.table_panel.step_back()

    def _open_table(self) -> None:
        self._panel.hide()
        self.table_panel.show()
        self.retranslate()
        self.setFocusProxy(self.table_panel.path)
        self.table_panel.path.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _close_table(self) -> None:
        self.table_panel.hide()
        self._panel.show()
        self._open(o.Step.ADDRESS)

    # ---- steps ---------------------------------------------------------------------------------------------------

    def _open(self, step: o.Step) -> None:
        if step < o.Step.PICTURE and self._step >= o.Step.PICTURE:
            self._close_picture()
        self._step, self._told, self._is_waiting = step, None, False
        _log.info("onboarding step %s", step.name.lower())
        self._forms.setCurrentIndex(step)
        self.tile.setVisible(step >= o.Step.PICTURE)
        self.retranslate()
        firsts = {o.Step.ADDRESS: self.address, o.Step.SIGN_IN: self.user, o.Step.PLACE: self.number}
        first = self.rules if step is o.Step.RULES else firsts.get(step)
        self.setFocusProxy(first or self.tile)  # who opens this page meets the step's first field
        if self.isVisible():  # who looks at another page keeps the keys
            (first or self.tile).setFocus()

    def _choose(self, item: QListWidgetItem) -> None:
        self.address.setText(str(item.data(ADDRESS_ROLE)))

    def _sign_in(self) -> None:
        login = Login(self.user.text().strip(), self.password.text())
        self._draft = replace(self._draft, login=login, device=None, stream=None)
        if self._draft.is_direct:
            self._look()
            return
        draft = self._draft
        self._order(
            lambda: self._onboarding.ask(self._actor, self._link, draft.address, draft.login),
            Told(N_("Asking the camera…")),
        )

    def _look(self) -> None:
        """Open the picture of what was found out."""
        draft = self._draft
        try:
            camera = draft.camera()
        except DomainError as refusal:
            self._refused(refusal)
            return
        self._open(o.Step.PICTURE)
        self._watch(camera)

    def _watch(self, camera: Camera) -> None:
        """Have the picture opened as this camera, and its rules look at it."""
        draft = self._draft
        # A tile without a number is an empty place; this one is being opened.
        self.tile.show_camera(replace(camera, number="–", name=urlsplit(camera.main_address).hostname or ""))
        size = self.tile.picture_size_px()
        self._order(
            lambda: self._onboarding.look(
                self._actor, self._link, camera, draft.login, max(size.width(), 640), max(size.height(), 360)
            ),
            None,
        )
        self._is_waiting = False

    def _close_picture(self) -> None:
        self.tile.attach(None)
        self.tile.show_camera(None)
        self._draft = replace(self._draft, stream=None, trial=None)
        self._desk.ask(self._link.end_trial, _nothing, _nothing)

    def _camera(self) -> Camera | None:
        """Return the camera as it would stand in the directory; ``None`` and why not where it could not."""
        try:
            camera = self._draft.camera(self.number.text(), self.name.text(), self.place.text(), self.cell.text())
            return replace(camera, rules=self.rules.rules_for(camera.camera_id))
        except DomainError as refusal:
            self._refused(refusal)
            return None

    def _check_place(self) -> None:
        """Go on where the camera could be added; a number that is taken is said now and not after the trial."""
        camera = self._camera()
        if camera is None:
            return

        def came(offered: Sequence[OfferedRule]) -> None:
            self._is_waiting = False
            if self._step is o.Step.PLACE:
                self.rules.offer(offered)
                self._open(o.Step.RULES)

        def check() -> Sequence[OfferedRule]:
            self._directory.check(self._actor, camera)
            return self._onboarding.offered(self._actor)

        self._is_waiting = True
        self._desk.ask(check, came, self._refused)

    def _begin_trial(self) -> None:
        camera = self._camera()
        if camera is not None:
            self._draft = replace(self._draft, stream=None, trial=o.Trial(began_s=self._clock.monotonic_s()))
            self._open(o.Step.TRIAL)
            self._watch(camera)

    def _step_back(self) -> None:
        if self._step is o.Step.TRIAL:  # the detector looks no longer; the picture alone comes back
            self._draft = replace(self._draft, stream=None, trial=None)
            self._open(o.Step.RULES)
            self._watch(self._draft.camera())
        else:
            self._open(o.Step(self._step - 1))

    def _add(self) -> None:
        draft, camera = self._draft, self._camera()
        if camera is None:
            return

        def add() -> str:
            self._directory.add(self._actor, camera, draft.login.secret)
            setup = draft.ptz()
            if setup is not None:
                self._ptz.set_up(self._actor, setup)
            return camera.camera_id

        self._is_waiting = True
        self._desk.ask(add, self._was_added, self._refused)

    def _was_added(self, camera_id: str) -> None:
        name = f"{self.number.text()} {self.name.text()}"
        for _, field in self._fields:
            field.clear()
        self.found.clear()
        self.rules.offer(())
        self._draft = replace(self._draft, login=Login())
        self._open(o.Step.ADDRESS)
        self._draft = o.Draft()
        self._say(Told(N_("{name} is in the directory; it is on the walls of those who may see it."), {"name": name}))
        self.added.emit(camera_id)

    # ---- asking and telling --------------------------------------------------------------------------------------

    def _order(self, act: Callable[[], str], meanwhile: Told | None) -> None:
        self._is_waiting = True
        self._say(meanwhile)
        self._desk.ask(act, self._asked, self._refused)

    def _asked(self, request_id: str) -> None:
        self._request = request_id
        early, self._early = self._early, None
        if early is not None and early[0] == request_id:
            early[1]()  # the answer was faster than the name of the question

    def _refused(self, refusal: Refusal) -> None:
        self._is_waiting = False
        self._say(told_of(refusal))

    def _say(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(self._teller.say(told) if told is not None else "", is_refusal=bool(told and told.is_refusal))

    def _show_facts(self) -> None:
        say = self._teller.say
        is_seen = self._step >= o.Step.PICTURE
        if self._step is o.Step.TRIAL:
            said = o.trial_words(self._draft, has_rules=bool(self.rules.chosen))
            words = tuple(say(said[at]) if at < len(said) else "" for at in range(len(self._facts)))
        else:
            words = self._proof_words(is_seen=is_seen)
        for fact, text in zip(self._facts, words, strict=True):
            fact.setText(text)
            fact.setVisible(bool(text))
        needs_picture = self._step in (o.Step.PICTURE, o.Step.TRIAL)
        self.next_button.setEnabled(not needs_picture or self._draft.has_picture)

    def _proof_words(self, *, is_seen: bool) -> tuple[str, str, str]:
        say = self._teller.say
        return (
            say(o.signed_in_words(self._draft)) if is_seen else "",
            say(o.picture_words(self._draft)) if is_seen else "",
            say(o.clock_words(self._draft)) if is_seen and self._draft.has_picture else "",
        )

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.retranslate()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._step >= o.Step.PICTURE and not event.spontaneous():
            self._open(o.Step.SIGN_IN)  # nobody looks: the camera's one more viewer goes


def _nothing(_: object) -> None:
    """The answer to what needs none."""
