"""The directory beside the wall: search as one types, the tree, favourites; a camera goes to the selected tile.

Long because search, tree, favourites and states are one list with one selection.
"""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from console.application.directory_desk import DirectoryDesk, Found, IllFound, Leaves
from console.application.directory_ports import Ailment, Branch, BranchRow, Sorting
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from console.domain.ids import CameraId
from console.words import N_
from widgets.common import theme
from widgets.common.key_button import KeyButton
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.directory.keys import DIRECTORY_KEYS
from widgets.directory.rows import CameraState, DirectoryPainter, DirectoryRows
from widgets.state import directory as d
from widgets.state.telling import Teller, Told

WIDTH_PX = 320
ALL, ILL = "all", "ill"  # what the filter offers besides each ailment
WALKING = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End
)  # fmt: skip


class DirectoryPanel(QWidget):
    """Lives in the GUI thread. Reads by the desk it is given; shows nothing of a place that is not the actor's.

    Signals:
        opened: the id of the camera that is to stand on the selected tile. zones_asked: of the one to draw zones in.
        meant: the id of the camera that is selected now, so that whoever must know it can learn it.
        left: the panel was closed by its key; the focus belongs to the wall.
    """

    opened = Signal(str)
    meant = Signal(str)
    zones_asked = Signal(str)
    left = Signal()

    def __init__(
        self, actor: Actor, directory: DirectoryDesk, desk: Desk, teller: Teller, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actor, self._directory, self._desk, self._teller = actor, directory, desk, teller
        self._state = d.DirectoryState()
        self._is_asking, self._ill_asked, self._ill_shown = False, 0, 0
        self._trouble: Told | None = None
        self.field = QLineEdit(self)
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._typed)
        self.sorting = QComboBox(self)
        for sorting in Sorting:
            self.sorting.addItem("", sorting)
        self.sorting.currentIndexChanged.connect(self._sorted)
        self.filter = QComboBox(self)
        for choice in (ALL, ILL, *Ailment):
            self.filter.addItem("", choice)
        self.filter.currentIndexChanged.connect(self._filtered)
        self.model = DirectoryRows(teller, self)
        self.list = _List(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(DirectoryPainter(self.list))
        self.list.selectionModel().currentChanged.connect(self._moved)
        self.list.doubleClicked.connect(self._doubled)
        self.list.clicked.connect(self._clicked)
        self._head = QLabel(self)
        self._close = KeyButton("Esc", self, height=32)
        self._close.clicked.connect(self._leave)
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setMargin(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._close, 1)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addWidget(self.sorting)
        column.addWidget(self.filter)
        column.addWidget(self._note)
        column.addWidget(self.list, 1)
        self.setFixedWidth(WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setFocusProxy(self.field)
        bind(self, DIRECTORY_KEYS, self.press)
        self.retranslate()

    # ---- what the seat says --------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Show the panel with the cursor in its search; what was typed is selected, to be typed over."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._desk.fetch(lambda: self._directory.prepare(self._actor), self._counted, self._refused)
        self._read_trunk()
        self.note_ill()

    def note_ill(self) -> None:
        """Cameras fell ill or recovered: count them again, and list them again where only they are listed."""
        if self.isVisible():
            self._read_ill()

    def note_states(self, states: Mapping[str, CameraState]) -> None:
        """Take in how cameras are; of one that is not named nothing is known."""
        if states != self.model.states:
            silent = self._silent
            self.model.states = dict(states)
            self.list.viewport().update()
            if silent != self._silent:
                self.note_ill()

    def note_changed(self) -> None:
        """The directory was changed: read again what stands here."""
        self._become(d.forgotten(self._state))
        if self.isVisible():
            self._read_trunk()
            self._search()

    def close_up(self) -> None:
        """Hide, and keep nothing that somebody else might read here."""
        self.hide()
        self.filter.setCurrentIndex(0)
        self._become(d.DirectoryState(sorting=self._state.sorting))
        self.field.clear()

    def retranslate(self) -> None:
        say = self._teller.say
        self._head.setText(say(Told(N_("Cameras"))))
        self._head.setFont(theme.font("strong", strong=True))
        self._close.say(say(Told(N_("close"))))
        self.field.setPlaceholderText(say(Told(N_("Name, initials, number, address, tag"))))
        self.field.setAccessibleName(say(Told(N_("Find a camera"))))
        self.sorting.setAccessibleName(say(Told(N_("Sort the tree by"))))
        self.filter.setAccessibleName(say(Told(N_("Show cameras by their state"))))
        self.list.setAccessibleName(say(Told(N_("Cameras"))))
        for at, sorting in enumerate(Sorting):
            self.sorting.setItemText(at, say(Told(d.SORTING_WORDS[sorting])))
        self._become(self._state)

    def press(self, key: str) -> None:
        """Do what a key of ``DIRECTORY_KEYS`` says."""
        row = self.row
        match key:
            case "Enter" if row is not None:
                self._enter(row)
            case "Right" | "Left" if row is not None and row.branch is not None:
                if row.is_open != (key == "Right"):
                    self._turn(row.branch.branch, is_open=key == "Right")
            case "F" if row is not None and row.camera is not None:
                self._favour(row.camera.camera_id, is_one=not row.camera.is_favourite)
            case "Z" if row is not None and row.camera is not None:
                self.zones_asked.emit(row.camera.camera_id)
            case "I":
                self.filter.setCurrentIndex(0 if self._state.only_ill else 1)
            case "/":
                self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            case "Esc":
                if self.field.text():
                    self.field.clear()
                    self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                else:
                    self._leave()

    @property
    def state(self) -> d.DirectoryState:
        return self._state

    @property
    def row(self) -> d.Row | None:
        """The selected row."""
        at = self.list.currentIndex().row()
        return self.model.rows[at] if 0 <= at < len(self.model.rows) else None

    # ---- acts ----------------------------------------------------------------------------------------------------

    def _enter(self, row: d.Row) -> None:
        if row.camera is not None:
            self.opened.emit(row.camera.camera_id)
        elif row.branch is not None:
            self._turn(row.branch.branch, is_open=not row.is_open)
        elif row.more_of is not None:
            self._read_more(row.more_of)

    def _turn(self, branch: Branch, *, is_open: bool) -> None:
        self._become(d.turned(self._state, branch, is_open=is_open))
        if is_open:
            self._read(branch)

    def _favour(self, camera_id: str, *, is_one: bool) -> None:
        actor, name = self._actor, CameraId(camera_id)

        def done(_: None) -> None:
            self._become(d.marked(self._state, camera_id, is_favourite=is_one))
            if self._state.sorting is Sorting.FAVOURITES:
                self._read(self._state.trunk)

        self._desk.ask(lambda: self._directory.set_favourite(actor, name, is_one=is_one), done, self._refused)

    @Slot()
    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._become(replace(self._state, typed=text))
        self._search()

    @Slot(int)
    def _filtered(self, _: int) -> None:
        choice = self.filter.currentData()
        ailment = Ailment(choice) if choice not in (ALL, ILL) else None
        self._become(replace(self._state, only_ill=choice != ALL, ailment=ailment))
        self._read_ill()
        if choice == ALL:
            self._search()

    @Slot(int)
    def _sorted(self, _: int) -> None:
        self._become(replace(self._state, sorting=Sorting(self.sorting.currentData())))
        self._read_trunk()

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, now: QModelIndex, _: QModelIndex) -> None:
        rows = self.model.rows
        row = rows[now.row()] if 0 <= now.row() < len(rows) else None
        if row is not None and row.camera is not None:
            self.meant.emit(row.camera.camera_id)

    @Slot(QModelIndex)
    def _clicked(self, at: QModelIndex) -> None:
        row = self.model.rows[at.row()]
        if row.camera is None:
            self._enter(row)

    @Slot(QModelIndex)
    def _doubled(self, at: QModelIndex) -> None:
        row = self.model.rows[at.row()]
        if row.camera is not None:
            self._enter(row)

    # ---- reading -------------------------------------------------------------------------------------------------

    def _search(self) -> None:
        """Look for what is typed; while one search is under way only the newest words wait."""
        if self._state.only_ill:
            self._read_ill()
            return
        typed = self._state.typed
        if not self._state.is_searching or self._is_asking or self._state.answered == typed:
            return
        self._is_asking = True

        def came(page: Found) -> None:
            self._is_asking = False
            self._become(d.took_found(self._state, typed, page, is_next=False))
            self._search()

        def refused(refusal: Refusal) -> None:
            self._is_asking = False
            self._refused(refusal)

        self._desk.fetch(lambda: self._directory.find(self._actor, typed), came, refused)

    @property
    def _silent(self) -> frozenset[CameraId]:
        return frozenset(CameraId(name) for name, state in self.model.states.items() if state.is_silent)

    def _read_ill(self) -> None:
        asked, silent = self._state.ill_wanted, self._silent
        self._ill_asked = number = self._ill_asked + 1

        def came(found: IllFound) -> None:
            if number > self._ill_shown:  # readings run side by side: an older answer may come after a newer one
                self._ill_shown = number
                self._become(d.took_ill(self._state, asked, found))

        self._desk.fetch(lambda: self._directory.ill(self._actor, asked[0], asked[1], silent), came, self._refused)

    def _show_counts(self) -> None:
        """Say beside each state how many cameras are in it."""
        say, ill = self._teller.say, self._state.ill
        for at in range(self.filter.count()):
            choice = self.filter.itemData(at)
            if choice == ALL:
                words = say(Told(N_("All cameras")))
            else:
                count = 0 if ill is None else ill.total if choice == ILL else ill.counts.get(Ailment(choice), 0)
                name = Told(N_("Ill cameras") if choice == ILL else d.AILMENT_WORDS[Ailment(choice)])
                words = say(Told(N_("{state}: {n}"), {"state": name, "n": count}))
            if self.filter.itemText(at) != words:
                self.filter.setItemText(at, words)

    def _read_trunk(self) -> None:
        self._read(self._state.trunk)
        for branch in self._state.open:
            if branch.sorting is self._state.sorting:
                self._read(branch)

    def _read(self, branch: Branch) -> None:
        if branch.is_last:

            def leaves_came(page: Leaves) -> None:
                self._become(d.took_leaves(self._state, branch, page, is_next=False))

            self._desk.fetch(lambda: self._directory.leaves(self._actor, branch), leaves_came, self._refused)
            return

        def branches_came(found: tuple[BranchRow, ...]) -> None:
            self._become(d.took_branches(self._state, branch, found))

        self._desk.fetch(lambda: tuple(self._directory.tree(self._actor, branch)), branches_came, self._refused)

    def _read_more(self, branch: Branch) -> None:
        typed, state = self._state.typed, self._state
        if state.is_searching:
            self._desk.fetch(
                lambda: self._directory.find(self._actor, typed, state.more_after),
                lambda page: self._become(d.took_found(self._state, typed, page, is_next=True)),
                self._refused,
            )
            return
        after = state.leaves[branch].more_after
        self._desk.fetch(
            lambda: self._directory.leaves(self._actor, branch, after),
            lambda page: self._become(d.took_leaves(self._state, branch, page, is_next=True)),
            self._refused,
        )

    def _counted(self, size: int) -> None:
        self._become(replace(self._state, size=size))

    def _refused(self, refusal: Refusal) -> None:
        self._trouble = Told(refusal.sentence, refusal.values, True)
        self._become(self._state)

    def _become(self, state: d.DirectoryState) -> None:
        if state != self._state:
            self._trouble = None
        before = self.row.key if self.row is not None else ""
        self._state = state
        self.model.show(d.rows(state))
        keys = [row.key for row in self.model.rows]
        if keys and (self.row is None or self.row.key != before):
            self.list.setCurrentIndex(self.model.index(keys.index(before) if before in keys else 0))
        told = self._trouble or d.said_instead(state)
        self._note.setVisible(told is not None)
        self._note.setText(self._teller.say(told) if told is not None else "")
        self.sorting.setEnabled(not state.is_searching and not state.only_ill)
        self._show_counts()

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # From the search straight into what it found.
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.field.hasFocus() and self.model.rows:
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)


class _List(QListView):
    """Rows to walk by arrows and to drag from; letters belong to the panel around it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        theme.no_input_method(self)

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in WALKING:
            super().keyPressEvent(event)
        else:
            event.ignore()
