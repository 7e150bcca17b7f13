"""The directory as a table at the seat: what a file would do, line by line; taken in whole or not at all; export."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.application.directory_import import DirectoryImport, ImportPlan
from console.domain.accounts import Actor
from console.domain.errors import DomainError, Refusal
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, TellingLine, follow_text_size, label
from widgets.common.text_table import TextRow, TextTable
from widgets.desk import Desk
from widgets.onboarding.file_chooser import FileChooser
from widgets.state.telling import Teller, Told, told_of

FIELD_PX = 36
MOST_ROWS = 2000  # judgement: nobody reads more in a list; the sentence above says how many there are
EXISTS = N_("There is a file {file} already. Ctrl E once more replaces it.")


class TablePanel(Panel):
    """Lives in the GUI thread; tables are read and written off it. A plan that was left is forgotten, whatever comes.

    Signals:
        left: ``Esc`` with no plan. taken: the directory is as the table says.
    """

    left = Signal()
    taken = Signal()

    def __init__(
        self, actor: Actor, tables: DirectoryImport, desk: Desk, teller: Teller, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actor, self._tables, self._desk, self._teller = actor, tables, desk, teller
        self._plan: ImportPlan | None = None
        self._asked = 0
        self._is_busy = False
        self._replaced: Path | None = None
        self._told: Told | None = None
        self._title = label("strong", "t1", strong=True)
        self._name = label("small", "t2")
        self.path = QLineEdit(self)
        self.path.setFixedHeight(FIELD_PX)
        self._name.setBuddy(self.path)
        self.choose_button = KeyButton("Ctrl+O", self, height=FIELD_PX)
        self.chooser: FileChooser | None = None
        self.is_whole = QCheckBox(self)
        self.rows = TextTable(1, self)
        self.line = TellingLine(self)
        self.go_button = KeyButton("Enter", self, is_main=True, height=44)
        self.export_button = KeyButton("Ctrl+E", self, height=44)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.go_button, 2)
        buttons.addWidget(self.export_button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.path, 3)
        where.addWidget(self.choose_button, 1)
        column.addWidget(self._title)
        column.addWidget(self._name)
        column.addLayout(where)
        column.addWidget(self.is_whole)
        column.addWidget(self.line)
        column.addWidget(self.rows, 1)
        column.addLayout(buttons)
        self.path.textEdited.connect(self._forget)
        self.is_whole.toggled.connect(self._forget)
        self.choose_button.clicked.connect(self.choose)
        self.go_button.clicked.connect(self.go_on)
        self.export_button.clicked.connect(self.export)
        self.setFocusProxy(self.path)
        self.retranslate()

    @property
    def has_plan(self) -> bool:
        """Whether a table was looked at that can be taken in."""
        return self._plan is not None and not self._plan.complaints

    def choose(self) -> None:
        """Open the list of files beside the page; it opens for nothing else, and nothing waits for it."""
        if self.chooser is None:
            self.chooser = FileChooser(self._teller, self)
            self.chooser.fileSelected.connect(self._chosen)
        self.chooser.ask(self.path.text().strip())

    def go_on(self) -> None:
        """Look at the table; once it was looked at and has no fault, take it in."""
        path = self._written()
        if path is None or self._is_busy:
            return
        plan = self._plan
        if plan is not None and not plan.complaints:
            self._begin(Told(N_("Taking the table in…")))
            self._ask(lambda: self._tables.carry_out(self._actor, plan, path.name), self._was_taken)
            return
        is_whole = self.is_whole.isChecked()
        self._begin(Told(N_("Looking at the table…")))
        self._ask(lambda: self._tables.plan(self._actor, path, is_whole=is_whole), self._planned)

    def export(self) -> None:
        """Write the directory to the file; one that is there already is replaced when it is asked for twice."""
        path = self._written()
        if path is None or self._is_busy:
            return
        may_replace = self._replaced == path
        self._replaced = path

        def write() -> int:
            if path.exists() and not may_replace:
                raise DomainError(EXISTS, file=path.name)
            return self._tables.export(self._actor, path)

        def written(count: int) -> None:
            self._replaced = None
            self._say(Told(N_("{n} cameras are in {file}."), {"n": count, "file": str(path)}))

        self._begin(Told(N_("Writing the table…")))
        self._ask(write, written)

    def step_back(self) -> None:
        """Forget the table that was looked at; without one, leave."""
        if self._plan is not None or self._is_busy:
            self._forget()
            self._say(Told(N_("Nothing was changed.")))
        else:
            self.left.emit()

    def retranslate(self) -> None:
        """Say everything again; what was typed and found stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Cameras from a table, or into one"))))
        self._name.setText(say(Told(N_("File, .csv or .xlsx; choose it, type its path or drop it here"))))
        self.path.setAccessibleName(self._name.text())
        self.is_whole.setText(say(Told(N_("the table is the whole directory: what it does not name is removed"))))
        self.choose_button.say(say(Told(N_("Choose a file"))))
        if self.chooser is not None:
            self.chooser.retranslate()
        self.go_button.say(say(Told(N_("Take it in") if self.has_plan else N_("Look at the table"))))
        self.export_button.say(say(Told(N_("Write the directory"))))
        self.rows.setAccessibleName(say(Told(N_("What the table would do"))))
        self._show_plan()
        self._say(self._told)

    def _chosen(self, path: str) -> None:
        if self.path.text() != path:
            self.path.setText(path)
            self._forget()
        self.path.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- asking and answers ----------------------------------------------------------------------------------

    def _written(self) -> Path | None:
        """Return the file that is named in the field, also as a dropped file is; say so where none is."""
        text = self.path.text().strip()
        if text.startswith("file://"):
            text = unquote(urlsplit(text).path)
            self.path.setText(text)
        if not text:
            self._say(Told(N_("Type the path of a table first."), {}, True))
            return None
        return Path(text).expanduser()

    def _begin(self, meanwhile: Told) -> None:
        self._is_busy = True
        self._say(meanwhile)

    def _ask(self, work: Callable[[], object], came: Callable[..., None]) -> None:
        self._asked += 1
        asked = self._asked

        def answered(answer: object) -> None:
            if asked == self._asked:  # whoever left it does not want to hear of it
                self._is_busy = False
                came(answer)

        def refused(refusal: Refusal) -> None:
            if asked == self._asked:
                self._is_busy = False
                self._plan = None
                self._say(told_of(refusal))
                self._show_plan()

        self._desk.ask(work, answered, refused)

    def _planned(self, plan: ImportPlan) -> None:
        self._plan = plan
        if plan.complaints:
            self._say(Told(N_("Nothing was taken in: {n} faults."), {"n": len(plan.complaints)}, True))
        else:
            numbers: dict[str, object] = {"added": len(plan.added), "changed": len(plan.changed)}
            numbers |= {"removed": len(plan.removed), "same": plan.same}
            said = N_("{added} added, {changed} changed, {removed} removed, {same} as they are. Enter takes it in.")
            self._say(Told(said, numbers))
        self.retranslate()

    def _was_taken(self, _: object) -> None:
        self._plan = None
        self._say(Told(N_("The directory is as the table says.")))
        self.retranslate()
        self.taken.emit()

    def _forget(self) -> None:
        self._asked += 1
        self._plan, self._is_busy, self._replaced = None, False, None
        self._say(None)
        self.retranslate()

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show_plan(self) -> None:
        say, plan = self._teller.say, self._plan
        if plan is None:
            self.rows.show_rows(["", ""], [])
        elif plan.complaints:
            heads = [say(Told(N_("Line"))), say(Told(N_("What is wrong")))]
            found = [
                TextRow(str(at), (str(one.line), say(Told(one.sentence, dict(one.values)))))
                for at, one in enumerate(plan.complaints[:MOST_ROWS])
            ]
            self.rows.show_rows(heads, found)
        else:
            acts = [(N_("added"), camera) for camera in plan.added]
            acts += [(N_("changed"), after) for _, after in plan.changed]
            acts += [(N_("removed"), camera) for camera in plan.removed]
            rows = [
                TextRow(camera.camera_id, (say(Told(act)), f"{camera.number} {camera.name}"))
                for act, camera in acts[:MOST_ROWS]
            ]
            self.rows.show_rows([say(Told(N_("Would be"))), say(Told(N_("Camera")))], rows)
        self.rows.setFocusPolicy(Qt.FocusPolicy.StrongFocus if plan is not None else Qt.FocusPolicy.NoFocus)

    def _say(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.chooser is not None and not event.spontaneous():
            self.chooser.hide()  # another page, or a locked seat: nobody may go on choosing
