"""The page of zones: a camera's rules, each drawn in its picture, changed, switched off, removed, and copied to others.

Long because search, rules, picture and figures are one page and share one draft.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from console.application.directory_desk import DirectoryDesk, Found
from console.application.onboarding_desk import OfferedRule
from console.application.ports import Clock
from console.application.rules_desk import CameraRules, RulesDesk, new_rule_id
from console.domain.accounts import Actor, Verb
from console.domain.categories import Category
from console.domain.errors import DomainError, Refusal
from console.domain.ids import CameraId
from console.domain.recordings import Segment
from console.domain.rules import CameraRule, RuleFamily
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import ElidedLabel, Panel, TellingLine, follow_text_size, label, scrolled
from widgets.common.page_keys import bind
from widgets.common.text_table import TextRow, TextTable
from widgets.desk import Desk
from widgets.onboarding.file_chooser import FileChooser
from widgets.onboarding.rule_figures import RuleRow
from widgets.state import trying as t
from widgets.state import zones as z
from widgets.state.outline import LINE_TEMPLATES, ZONE_TEMPLATES
from widgets.state.telling import Named, Teller, Told, told_of
from widgets.zones.choice_menu import ChoiceMenu
from widgets.zones.copy_panel import CopyPanel
from widgets.zones.keys import EDITOR_KEYS, PICTURE_KEYS
from widgets.zones.surface import CornerAct, ZoneSurface
from widgets.zones.try_panel import Trials, TryPanel

_log = logging.getLogger(__name__)

LEFT_PX, RIGHT_PX, FIELD_PX, BUTTON_PX = 290, 310, 36, 40
NARROW_PX, LEFT_NARROW_PX, RIGHT_NARROW_PX = 1100, 220, 270  # a 1080p screen at 200 % has 960
LAST_HOUR = timedelta(hours=1)
CLIP_PATTERNS = ("*.mp4", "*.mkv", "*.avi", "*.mov", "*.ts")
ASK_FIRST = N_("There are changes that were not kept. Esc once more drops them, Ctrl Enter keeps them.")
_STEPS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
_BUTTONS = (
    ("N", N_("New rule")),
    ("P", N_("Draw anew")),
    ("T", N_("Template")),
    ("C", N_("Copy to …")),
    ("Ctrl+Z", N_("Undo")),
)


class Pictures(Protocol):
    """Gives the newest picture of a camera."""

    def take(self, camera_id: CameraId, came: Callable[[QImage], None]) -> None:
        """Call ``came`` once, in the GUI thread; with a null picture where there is none to be had."""
        ...


class ZonesPage(QWidget):
    """Lives in the GUI thread; reads and keeps by the desk it is given. Nothing is kept before ``Ctrl Enter``.

    Signals:
        left: ``Esc`` with nothing to lose.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        rules: RulesDesk,
        directory: DirectoryDesk,
        pictures: Pictures,
        trials: Trials,
        recordings: Path,
        clock: Clock,
        desk: Desk,
        teller: Teller,
        parent: QWidget | None = None,
    ) -> None:
        """Args:
        recordings: the folder below which the segments of recordings lie.
        """
        super().__init__(parent)
        self._trials, self._recordings, self._clock = trials, recordings, clock
        self._actor, self._rules, self._directory, self._pictures = actor, rules, directory, pictures
        self._desk, self._teller = desk, teller
        self._open: CameraRules | None = None
        self._found: tuple[tuple[str, str], ...] = ()
        self._draft = z.RulesDraft()
        self._shown: CameraRule | None = None  # whose figures stand at the right
        self._wanted = ""
        self._is_waiting = self._is_busy = self._is_leaving = self._is_showing = False
        self._told: Told | None = None
        self._camera = ElidedLabel("title", "t1", strong=True, middle=True)
        self._title, self._matter = label("strong", "t1", strong=True), label("strong", "t1", strong=True, wrap=True)
        self._name_head, self._note = label("small", "t2"), label("body", "t2", wrap=True)
        self._hints = KeyHints(self)
        self.field, self.name = QLineEdit(self), QLineEdit(self)
        for field in (self.field, self.name):
            field.setFixedHeight(FIELD_PX)
        self.field.setClearButtonEnabled(True)
        self._name_head.setBuddy(self.name)
        self.cameras, self.table = TextTable(0, self), TextTable(0, self)
        self.surface = ZoneSurface(self)
        self.figures: RuleRow | None = None
        self._figures_room = QWidget()
        self._figures_column = QVBoxLayout(self._figures_room)
        self._figures_column.setContentsMargins(0, 0, 0, 0)  # the figures end where the name above them does
        self._figures_column.addStretch(1)
        self.copying = CopyPanel(actor, directory, desk, teller, self)
        self.trying = TryPanel(teller, self)
        self._files: FileChooser | None = None
        self.line = TellingLine(self)
        self.buttons = {key: KeyButton(key, self, height=BUTTON_PX) for key, _ in _BUTTONS}
        self.switch_button = KeyButton("S", self, height=BUTTON_PX)
        self.keep_button = KeyButton("Ctrl+Enter", self, is_main=True, height=BUTTON_PX)
        self._side = QStackedWidget()
        self._left, self._middle, self._right = Panel(self), Panel(self), Panel(self)
        self._lay_out()
        self.field.textChanged.connect(self._search)
        self.cameras.opened.connect(self.open_camera)
        self.table.picked.connect(self._rule_picked)
        self.name.editingFinished.connect(self._named)
        self.copying.copy_wanted.connect(self._copy)
        self.trying.hit_meant.connect(self._show_hit)
        self.trying.end_wanted.connect(self.end_trial)
        self.surface.corner_meant.connect(lambda at: self._become(z.selected(self._draft, corner=at)))
        self.surface.rule_meant.connect(lambda at: self._become(z.selected(self._draft, at=at)))
        self.surface.corner_moved.connect(self._corner_moved)
        self.surface.corner_added.connect(self._corner_added)
        self.surface.placed.connect(lambda at: self._try(lambda: self._drawn(z.placed(self._draft, at))))
        self.surface.closing_meant.connect(lambda: self._try(lambda: self._drawn(z.closed(self._draft))))
        for button in (*self.buttons.values(), self.switch_button, self.keep_button):
            button.clicked.connect(_Press(self.press, button.key))
        self._shortcuts = [*bind(self, EDITOR_KEYS, self.press), *bind(self.surface, PICTURE_KEYS, self.press)]
        self.setFocusProxy(self.field)
        self.retranslate()

    def _lay_out(self) -> None:
        rules = QWidget()
        column = QVBoxLayout(rules)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.cameras, 1)
        column.addWidget(self._title)
        column.addWidget(self.table, 1)
        column.addWidget(self.buttons["N"])
        self._side.addWidget(rules)
        self._side.addWidget(self.copying)
        self._side.addWidget(self.trying)
        column = QVBoxLayout(self._left)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._side)
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._camera)
        column.addWidget(self._hints)
        column.addWidget(self._note)
        column.addWidget(self.surface, 1)
        column.addWidget(self.line)
        column = QVBoxLayout(self._right)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        for part in (self._matter, self._name_head, self.name):
            column.addWidget(part)
        column.addWidget(scrolled(self._figures_room), 1)
        pairs = QGridLayout()
        pairs.setSpacing(8)
        for at, pair in enumerate(((self.buttons["P"], self.buttons["T"]), (self.switch_button, self.buttons["C"]))):
            pairs.setColumnStretch(at, 1)
            for across, button in enumerate(pair):
                pairs.addWidget(button, at, across)
        column.addLayout(pairs)
        column.addWidget(self.buttons["Ctrl+Z"])
        column.addWidget(self.keep_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._left)
        row.addWidget(self._middle, 1)
        row.addWidget(self._right)

    # ---- what the window may say ---------------------------------------------------------------------------------

    @property
    def draft(self) -> z.RulesDraft:
        return self._draft

    @property
    def offered(self) -> tuple[OfferedRule, ...]:
        """What the camera may be watched for."""
        return self._open.offered if self._open is not None else ()

    @property
    def camera_id(self) -> str:
        """The camera whose rules stand here; empty for none."""
        return self._open.camera.camera_id if self._open is not None else ""

    def open_camera(self, camera_id: str) -> None:
        """Show a camera's rules over its picture; changes of another that were not kept stay, and it says so."""
        if not camera_id or (camera_id == self.camera_id and not self.field.text()):
            return
        if self._draft.is_changed:
            self._say(Told(ASK_FIRST, {}, True))
            return
        self._wanted = camera_id

        def came(found: CameraRules) -> None:
            if self._wanted == camera_id:
                self._take(found)

        self._desk.ask(lambda: self._rules.open(self._actor, CameraId(camera_id)), came, self._refused)

    def press(self, key: str) -> None:
        """Do what a key of ``ZONE_SHEET`` says."""
        if key != "Esc":
            self._is_leaving = False
        if self._is_trying:
            if key == "Esc":
                self.end_trial()
        elif not self._is_copying:
            self._press_in_editor(key)
        elif key == "Esc":
            self._end_copying()
        elif key == "Enter":
            self.copying.turn()
        elif key == "Ctrl+Enter":
            self.copying.go_on()
        elif key == "/":
            self.copying.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        """Say everything again; what is selected and changed stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Rules of the camera"))))
        self.field.setPlaceholderText(say(Told(N_("Find a camera to draw its zones"))))
        self.field.setAccessibleName(self.field.placeholderText())
        self.cameras.setAccessibleName(say(Told(N_("Cameras that were found"))))
        self.table.setAccessibleName(self._title.text())
        self._name_head.setText(say(Told(N_("Name of the zone"))))
        self.name.setAccessibleName(self._name_head.text())
        for key, words in _BUTTONS:
            self.buttons[key].say(say(Told(words)))
        self.keep_button.say(say(Told(N_("Keep the changes"))))
        self.copying.retranslate()
        self.trying.retranslate()
        if self._files is not None:
            self._files.retranslate()
        if self.figures is not None:
            self.figures.retranslate()
        self._show_found()
        self._show()
        self._say(self._told)

    # ---- keys ----------------------------------------------------------------------------------------------------

    @property
    def _is_copying(self) -> bool:
        return self._side.currentWidget() is self.copying

    def _press_in_editor(self, key: str) -> None:
        draft = self._draft
        match key:
            case "/":
                self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            case "Esc":
                self._step_back()
            case "Enter":
                self._go_on()
            case _ if self._open is None:
                return
            case "Ctrl+Enter":
                self._keep()
            case "N":
                self._choose_rule()
            case "R":
                self._look()
            case "Ctrl+Z":
                self._become(z.undone(draft))
            case "Ctrl+Y":
                self._become(z.redone(draft))
            case _ if draft.rule is None:
                self._say(Told(N_("This camera has no rule; N makes one."), {}, True))
            case _:
                self._press_on_rule(key)

    def _press_on_rule(self, key: str) -> None:
        draft = self._draft
        match key:
            case "P":
                self._become(z.begun(draft))
                self.surface.setFocus(Qt.FocusReason.OtherFocusReason)
                ends = N_("Set both ends of the line: click, or move the cross by arrows and press Space.")
                corners = N_("Set the corners: click, or move the cross by arrows and press Space. Enter closes.")
                row = N_("Set four corners: along the bays first, from bay 1 on, then across them. Enter closes.")
                is_row = draft.rule is not None and draft.rule.family is RuleFamily.BAYS
                self._say(Told(ends if draft.is_line else row if is_row else corners))
            case "T":
                self._choose_template()
            case "S":
                self._become(z.switched(draft))
            case "C":
                self._begin_copying()
            case "Y":
                self._try_last_hour()
            case "F":
                self._choose_file()
            case "Del" if self.table.hasFocus():
                self._become(z.without_rule(draft))
                self._say(Told(N_("The rule goes with Ctrl Enter; Ctrl Z brings it back.")))
            case "Del":
                self._try(lambda: z.without_corner(draft))
            case "," | ".":
                self._become(z.selected(draft, corner=draft.corner + (1 if key == "." else -1)))
            case "+":
                self._try(lambda: z.with_corner(draft, draft.corner))
            case "Space":
                self._try(lambda: self._drawn(z.placed(draft, draft.cursor)))
            case _:
                step = z.LARGE_STEP if key.startswith("Shift+") else z.STEP
                across, down = _STEPS[key.removeprefix("Shift+")]
                self._try(lambda: z.nudged(draft, across * step, down * step))

    def _step_back(self) -> None:
        if self.field.text():
            self.field.clear()
        elif self._draft.drawing is not None:
            self._become(z.cancelled(self._draft))
            self._say(Told(N_("The outline is dropped; the zone stays as it was.")))
        elif self._draft.is_changed and not self._is_leaving:
            self._is_leaving = True
            self._say(Told(ASK_FIRST, {}, True))
        elif self._draft.is_changed:
            self._is_leaving = False
            self._become(z.read(self._draft.kept))
            self._say(Told(N_("Nothing was changed.")))
        else:
            self.left.emit()

    def _go_on(self) -> None:
        if self._draft.drawing is not None:
            self._try(lambda: self._drawn(z.closed(self._draft)))
        elif self.field.hasFocus() or self.cameras.hasFocus():
            self.open_camera(self.cameras.key)
        else:
            self.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- changing ------------------------------------------------------------------------------------------------

    def _become(self, draft: z.RulesDraft) -> None:
        if draft != self._draft:
            self._draft = draft
            self._say(None)
            self._show()

    def _try(self, act: Callable[[], z.RulesDraft]) -> None:
        try:
            self._become(act())
        except DomainError as refusal:
            self._refused(refusal)
            self.surface.show_draft(self._draft)  # a dragged corner goes back

    def _drawn(self, draft: z.RulesDraft) -> z.RulesDraft:
        """Give a place that was drawn by hand a name of its own, where it is still called by a template's."""
        rule = draft.rule
        if rule is None or draft.drawing is not None or rule.zone.name not in self._template_names():
            return draft
        numbered = Told(N_("line {number}") if draft.is_line else N_("zone {number}"), {"number": draft.at + 1})
        return z.called(draft, self._teller.say(numbered))

    def _template_names(self) -> set[str]:
        return {self._teller.say(Told(words)) for words, _ in (*ZONE_TEMPLATES, *LINE_TEMPLATES)}

    def _corner_moved(self, act: CornerAct) -> None:
        self._try(lambda: z.moved_corner(self._draft, act.corner, act.to))

    def _corner_added(self, act: CornerAct) -> None:
        self._try(lambda: z.with_corner(self._draft, act.corner, act.to))

    @Slot()
    def _named(self) -> None:
        self._become(z.named(self._draft, self.name.text()))

    @Slot()
    def _figured(self) -> None:
        figures, rule = self.figures, self._draft.rule
        if figures is None or rule is None:
            return
        try:
            self._shown = figures.applied_to(rule)
        except DomainError as refusal:
            self._refused(refusal)
            return
        self._become(z.become(self._draft, self._shown))

    def _choose_rule(self) -> None:
        offered = self.offered
        if not offered:
            self._say(Told(N_("This site files no matter that a rule of ours can see."), {}, True))
            return
        say = self._teller.say
        words = [say(Told(N_("{matter} ({code})"), _matter(one.category))) for one in offered]
        menu = ChoiceMenu(say(Told(N_("A rule for …"))), words, self)
        menu.picked.connect(lambda at: self.add_rule(offered[at]))
        menu.popup(self.buttons["N"].mapToGlobal(QPoint(0, 0)))

    def add_rule(self, offered: OfferedRule) -> None:
        """Add a rule of this kind over the whole picture, or across its middle; its place is drawn then."""
        assert self._open is not None
        camera_id, kind = self._open.camera.camera_id, offered.kind
        templates = LINE_TEMPLATES if kind.family is RuleFamily.LINE_CROSSING else ZONE_TEMPLATES
        name = self._teller.say(Told(templates[0][0]))
        made = kind.rule_for(camera_id, name, dwell_s=kind.dwell_s, figures=kind.figures)
        self._become(z.with_rule(self._draft, z.replaced_id(made, new_rule_id(camera_id, kind.category))))
        self.surface.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say(Told(N_("A new rule over the whole picture: P draws its zone, T takes a template.")))

    def _choose_template(self) -> None:
        templates = LINE_TEMPLATES if self._draft.is_line else ZONE_TEMPLATES
        say = self._teller.say
        menu = ChoiceMenu(say(Told(N_("The zone is …"))), [say(Told(words)) for words, _ in templates], self)
        menu.picked.connect(self.take_template)
        menu.popup(self.buttons["T"].mapToGlobal(QPoint(0, 0)))

    @Slot(int)
    def take_template(self, at: int) -> None:
        """Give the rule at hand the place of a template."""
        templates = LINE_TEMPLATES if self._draft.is_line else ZONE_TEMPLATES
        words, outline = templates[at]
        name = self._teller.say(Told(words))
        self._try(lambda: z.reshaped(self._draft, outline, name, instead_of=self._template_names()))

    def _keep(self) -> None:
        open_, draft = self._open, self._draft
        if self._is_busy or open_ is None:
            return
        if self.name.hasFocus():
            self._named()
            draft = self._draft
        if not draft.is_changed:
            self._say(Told(N_("Nothing was changed.")))
            return
        self._is_busy = True
        camera_id = open_.camera.camera_id

        def kept(_: None) -> None:
            self._is_busy = False
            if self.camera_id == camera_id:
                self._draft = z.was_kept(self._draft, draft.rules)
                self._show()
                self._say(Told(N_("Kept; the station looks by it within seconds.")))

        self._desk.ask(lambda: self._rules.keep(self._actor, camera_id, draft.rules, draft.kept), kept, self._refused)

    # ---- copying -------------------------------------------------------------------------------------------------

    def _begin_copying(self) -> None:
        if self._draft.is_changed:
            self._say(Told(N_("Keep the changes first, with Ctrl Enter; then the rule can be copied."), {}, True))
            return
        self._say(None)
        self._side.setCurrentWidget(self.copying)
        self.copying.ask(self.camera_id)
        self._show()

    def _end_copying(self) -> None:
        self._side.setCurrentIndex(0)
        self._show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(tuple)
    def _copy(self, to: tuple[CameraId, ...]) -> None:
        rule = self._draft.rule
        if rule is None or self._is_busy:
            return
        self._is_busy = True

        def copied(count: int) -> None:
            self._is_busy = False
            self._end_copying()
            self._say(Told(N_("New rules: {count}. Look whether the zone fits each picture."), {"count": count}))

        self._desk.ask(lambda: self._rules.copy(self._actor, [rule], to), copied, self._refused)

    # ---- trying out ----------------------------------------------------------------------------------------------

    @property
    def _is_trying(self) -> bool:
        return self._side.currentWidget() is self.trying

    def _try_last_hour(self) -> None:
        rule, camera_id = self._draft.rule, CameraId(self.camera_id)
        to_at = self._clock.now()
        from_at = to_at - LAST_HOUR
        assert rule is not None

        def found(segments: tuple[Segment, ...]) -> None:
            if self.camera_id == camera_id:
                pieces = [
                    t.Piece(
                        path=self._recordings / one.path, begins_s=max(0.0, (one.begins_at - from_at).total_seconds())
                    )
                    for one in segments
                ]
                # Who may not look at recordings gets the moments, and where in the picture; no recorded picture.
                self._begin_trial(rule, pieces, from_at, keeps_stills=self._actor.may(Verb.SEE_RECORDINGS))

        self._desk.ask(
            lambda: self._rules.try_on_recordings(self._actor, camera_id, from_at, to_at), found, self._refused
        )

    def _choose_file(self) -> None:
        if self._files is None:
            self._files = FileChooser(
                self._teller, self, title=N_("Choose a clip"), kind=N_("Clips"), patterns=CLIP_PATTERNS
            )
            self._files.fileSelected.connect(self.try_on_file)
        self._files.ask("")

    @Slot(str)
    def try_on_file(self, path: str) -> None:
        """Try the rule at hand on a clip that lies on this machine."""
        rule = self._draft.rule
        if rule is not None and path:
            self._begin_trial(rule, [t.Piece(path=Path(path))], None, keeps_stills=True)

    def _begin_trial(
        self, rule: CameraRule, pieces: Sequence[t.Piece], begins_at: datetime | None, *, keeps_stills: bool
    ) -> None:
        self._say(None)
        self.trying.show_trial(t.Trial(pieces=len(pieces), begins_at=begins_at))
        self._side.setCurrentWidget(self.trying)
        self.trying.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()
        self._trials.begin(rule, pieces, self._tried, keeps_stills=keeps_stills)

    def _tried(self, line: t.TrialTold) -> None:
        trial = self.trying.trial
        if self._is_trying and trial is not None:
            self.trying.show_trial(t.told(trial, line))

    @Slot(int)
    def _show_hit(self, at: int) -> None:
        """Show where in the picture a hit was: in its still where there is one, else over the picture of now."""
        trial = self.trying.trial
        if trial is None or not at < len(trial.hits):
            return
        hit = trial.hits[at]
        if hit.still:
            self._desk.fetch(lambda: QImage(hit.still), self._still_came, self._refused)
        self.surface.show_box(hit.box)

    def _still_came(self, image: QImage) -> None:
        if self._is_trying and not image.isNull():
            self.surface.show_picture(image)

    @Slot()
    def end_trial(self) -> None:
        """End the trial and go back to the rules; the picture is the camera's newest again."""
        self._trials.end()
        if self._is_trying:
            self.surface.show_box(None)
            self._side.setCurrentIndex(0)
            self._show()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._look()

    # ---- reading -------------------------------------------------------------------------------------------------

    @Slot(str)
    def _search(self, text: str) -> None:
        words = text.strip()
        if not words:
            self._found = ()
            self._show_found()
            return

        def came(found: Found) -> None:
            if words == self.field.text().strip():
                self._found = tuple((one.camera_id, f"{one.number} {one.name}") for one in found.lines)
                self._show_found()

        self._desk.fetch(lambda: self._directory.find(self._actor, words), came, self._refused)

    def _take(self, found: CameraRules) -> None:
        self._open, self._draft, self._shown = found, z.read(found.camera.rules), None
        _log.info("rules of camera %s are open", found.camera.camera_id)
        self.field.clear()
        self.surface.show_picture(QImage())
        self._say(None)
        self._show()
        self._look()
        (self.surface if self._draft.rules else self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        """Fetch the newest picture; the one before stays until it is there."""
        camera_id = self.camera_id
        self._is_waiting = True
        self._show_words()

        def came(image: QImage) -> None:
            if camera_id != self.camera_id:
                return
            self._is_waiting = False
            if not image.isNull():
                self.surface.show_picture(image)
            elif not self.surface.image.isNull():
                self._say(Told(N_("No newer picture of this camera can be had now."), {}, True))
            self._show_words()

        self._pictures.take(CameraId(camera_id), came)

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._say(told_of(refusal))

    # ---- showing -------------------------------------------------------------------------------------------------

    def _rule_picked(self, key: str) -> None:
        at = next((at for at, rule in enumerate(self._draft.rules) if rule.rule_id == key), None)
        if at is not None and not self._is_showing:
            self._become(z.selected(self._draft, at=at))

    def _say(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(self._teller.say(told) if told is not None else "", is_refusal=bool(told and told.is_refusal))

    def _show_found(self) -> None:
        is_searching = bool(self.field.text().strip())
        self.cameras.setVisible(is_searching)
        for part in (self._title, self.table, self.buttons["N"]):
            part.setVisible(not is_searching)
        self.cameras.show_rows(
            [self._teller.say(Told(N_("Camera")))], [TextRow(name, (words,)) for name, words in self._found]
        )

    def _show_words(self) -> None:
        say = self._teller.say
        if self._open is None:
            words = N_("Find a camera at the left; its picture and its zones come here.")
        elif self._is_waiting:
            words = N_("Fetching the picture…")
        else:
            words = N_(
                "No picture of this camera can be had now. Show it on the wall, then press R; zones can be drawn."
            )
        self.surface.show_words(say(Told(words)))

    def _show(self) -> None:
        say, draft, open_ = self._teller.say, self._draft, self._open
        rule = draft.rule
        self._camera.setText(
            f"{open_.camera.number} {open_.camera.name}" if open_ is not None else say(Told(N_("Zones and rules")))
        )
        has_camera = open_ is not None
        self._note.setText(say(Told(N_("This camera has no rule; N makes one."))) if has_camera else "")
        self._note.setVisible(has_camera and rule is None)
        heads = [say(Told(N_("Rule"))), say(Told(N_("State")))]
        rows = [TextRow(one.rule_id, (self._words_of(one), self._state_of(one))) for one in draft.rules]
        self._is_showing = True  # the table tells of its own selecting too
        self.table.show_rows(heads, rows)
        if rows and self.table.key != draft.rules[draft.at].rule_id:
            self.table.selectRow(draft.at)
        self._is_showing = False
        self._show_rule(rule)
        self.surface.show_draft(draft)
        self.surface.describe(self._camera.text(), self._corner_words())
        self._show_words()
        is_on = rule is not None and rule.is_on
        is_elsewhere = self._is_copying or self._is_trying
        self.switch_button.say(say(Told(N_("Switch off") if is_on else N_("Switch on"))))
        for button in (self.switch_button, *(self.buttons[key] for key in ("P", "T", "C"))):
            button.setEnabled(rule is not None and not is_elsewhere)
        self.surface.hold(is_held=is_elsewhere)
        for part in (self.name, self._figures_room):
            part.setEnabled(not is_elsewhere)
        self.buttons["N"].setEnabled(has_camera)
        self.buttons["Ctrl+Z"].setEnabled(bool(draft.past or draft.drawing) and not is_elsewhere)
        self.keep_button.setEnabled(draft.is_changed and not is_elsewhere)
        self._show_hints()

    def _show_rule(self, rule: CameraRule | None) -> None:
        """Show the figures of the rule at hand; those that a person is just setting stay as they are."""
        say, open_ = self._teller.say, self._open
        for part in (self._matter, self._name_head, self.name, self._figures_room):
            part.setVisible(rule is not None)
        if rule is None or open_ is None:
            self._drop_figures()
            return
        category = open_.matters.get(rule.category)
        self._matter.setText(
            say(Told(N_("{matter} ({code})"), _matter(category))) if category is not None else rule.category
        )
        if self.name.text() != rule.zone.name:
            self.name.setText(rule.zone.name)
        before, self._shown = self._shown, rule
        is_same = before is not None and z.is_same_but_place(rule, before)
        if category is None:
            self._drop_figures()
        elif not is_same or self.figures is None:
            self._drop_figures()
            self.figures = RuleRow.of_rule(rule, category, self._teller, self._figures_room)
            self.figures.changed.connect(self._figured)
            self._figures_column.insertWidget(0, self.figures)

    def _drop_figures(self) -> None:
        if self.figures is not None:
            self.figures.hide()
            self.figures.deleteLater()
            self.figures = None

    def _words_of(self, rule: CameraRule) -> str:
        category = self._open.matters.get(rule.category) if self._open is not None else None
        if category is None:
            return f"{rule.zone.name} · {rule.category}"
        return self._teller.say(Told(N_("{zone} · {matter}"), {**_matter(category), "zone": rule.zone.name}))

    def _state_of(self, rule: CameraRule) -> str:
        say = self._teller.say
        if rule not in self._draft.kept:
            return say(Told(N_("not kept yet")))
        return say(Told(N_("on") if rule.is_on else N_("off")))

    def _corner_words(self) -> str:
        draft = self._draft
        if draft.rule is None:
            return ""
        if draft.drawing is not None:
            values = {"count": len(draft.drawing), "x": f"{draft.cursor[0]:.0%}", "y": f"{draft.cursor[1]:.0%}"}
            return self._teller.say(Told(N_("{count} corners set; the cross is at {x} across, {y} down"), values))
        x, y = draft.corners[draft.corner]
        place = {"number": draft.corner + 1, "count": len(draft.corners), "x": f"{x:.0%}", "y": f"{y:.0%}"}
        return self._teller.say(Told(N_("corner {number} of {count}, {x} across, {y} down"), place))

    def _show_hints(self) -> None:
        say = self._teller.say
        hints: Sequence[tuple[tuple[str, ...], str]]
        if self._is_trying:
            hints = ((("↑", "↓"), N_("choose a hit")), (("Esc",), N_("back")))
        elif self._is_copying:
            hints = ((("Enter",), N_("mark")), (("Ctrl+Enter",), N_("copy")), (("Esc",), N_("back")))
        elif self._open is None:
            hints = ((("/",), N_("find a camera")), (("Enter",), N_("open it")))
        elif self._draft.drawing is not None:
            hints = (
                (("Space",), N_("set a corner")),
                (("Enter",), N_("close the outline")),
                (("Del",), N_("take the last corner back")),
                (("Esc",), N_("drop it")),
            )
        else:
            hints = (
                ((",", "."), N_("choose a corner")),
                (("←↑↓→",), N_("move it")),
                (("+",), N_("one more")),
                (("Del",), N_("remove")),
                (("R",), N_("newer picture")),
                (("Y",), N_("try on the last hour")),
                (("F",), N_("try on a file")),
            )
        self._hints.show_hints([(keys, say(Told(words))) for keys, words in hints])

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_PX
        self._left.setFixedWidth(LEFT_NARROW_PX if is_narrow else LEFT_PX)
        self._right.setFixedWidth(RIGHT_NARROW_PX if is_narrow else RIGHT_PX)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.retranslate()


def _matter(category: Category) -> dict[str, object]:
    return {"matter": Named(category.zh, category.en), "code": category.code}


class _Press:
    """A button's call; a name of its own, because a closure made in a loop would see the last key only."""

    def __init__(self, press: Callable[[str], None], key: str) -> None:
        self._press, self._key = press, key

    def __call__(self) -> None:
        self._press(self._key)
