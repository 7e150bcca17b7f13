"""Which other cameras get a rule too: found in the directory, marked one by one, and copied to at once."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.application.directory_desk import DirectoryDesk, Found
from console.application.directory_ports import CameraLine
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from console.domain.ids import CameraId
from console.words import N_
from widgets.common.key_button import KeyButton
from widgets.common.lettering import label
from widgets.common.text_table import TextRow, TextTable
from widgets.desk import Desk
from widgets.state.telling import Teller, Told

FIELD_PX, BUTTON_PX = 36, 40
TICK = "✓"


class CopyPanel(QWidget):
    """Lives in the GUI thread; reads the directory, changes nothing: the page copies.

    Signals:
        copy_wanted: the ids of the marked cameras.
    """

    copy_wanted = Signal(tuple)

    def __init__(
        self, actor: Actor, directory: DirectoryDesk, desk: Desk, teller: Teller, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actor, self._directory, self._desk, self._teller = actor, directory, desk, teller
        self._found: tuple[CameraLine, ...] = ()
        self._marked: dict[CameraId, str] = {}
        self._own = ""
        self._title = label("strong", "t1", strong=True, wrap=True)
        self._names = label("small", "t2", wrap=True)
        self._trouble = label("small", "t2", wrap=True)
        self.field = QLineEdit(self)
        self.field.setFixedHeight(FIELD_PX)
        self.field.setClearButtonEnabled(True)
        self.cameras = TextTable(1, self)
        self.copy_button = KeyButton("Ctrl+Enter", self, is_main=True, height=BUTTON_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self.field)
        column.addWidget(self._trouble)
        column.addWidget(self.cameras, 1)
        column.addWidget(self._names)
        column.addWidget(self.copy_button)
        self.field.textChanged.connect(self._search)
        self.cameras.opened.connect(self._turn)
        self.copy_button.clicked.connect(self.go_on)
        self.setFocusProxy(self.field)

    @property
    def marked(self) -> tuple[CameraId, ...]:
        """The cameras that were chosen, in the order of choosing."""
        return tuple(self._marked)

    def ask(self, camera_id: str) -> None:
        """Begin with no camera chosen; the one the rule comes from is not offered."""
        self._own, self._marked, self._found = camera_id, {}, ()
        self.field.clear()
        self._say_trouble(None)
        self.retranslate()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def turn(self) -> None:
        """Mark the camera at hand, or no longer."""
        self._turn(self.cameras.key)

    def go_on(self) -> None:
        """Ask for the copying, where somebody is marked."""
        if self._marked:
            self.copy_wanted.emit(tuple(self._marked))
        else:
            self._say_trouble(Told(N_("No camera is chosen yet: find one, and mark it with Enter.")))

    def retranslate(self) -> None:
        say = self._teller.say
        self._title.setText(say(Told(N_("Copy the rule to other cameras"))))
        self.field.setPlaceholderText(say(Told(N_("Name, initials, number, address, tag"))))
        self.field.setAccessibleName(say(Told(N_("Find cameras to copy the rule to"))))
        self.cameras.setAccessibleName(say(Told(N_("Cameras that were found"))))
        self.copy_button.say(say(Told(N_("Copy to the chosen"))))
        self.copy_button.setEnabled(bool(self._marked))
        chosen = ", ".join(self._marked.values())
        self._names.setText(
            say(Told(N_("Chosen: {cameras}"), {"cameras": chosen}))
            if chosen
            else say(Told(N_("Enter marks a camera, and once more unmarks it.")))
        )
        rows = [
            TextRow(one.camera_id, (TICK if one.camera_id in self._marked else "", f"{one.number} {one.name}"))
            for one in self._found
        ]
        self.cameras.show_rows(["", say(Told(N_("Camera")))], rows)

    def _turn(self, key: str) -> None:
        line = next((one for one in self._found if one.camera_id == key), None)
        if line is None:
            return
        name = CameraId(line.camera_id)
        if self._marked.pop(name, None) is None:
            self._marked[name] = f"{line.number} {line.name}"
        self._say_trouble(None)
        self.retranslate()

    @Slot(str)
    def _search(self, text: str) -> None:
        words = text.strip()

        def came(found: Found) -> None:
            if words == self.field.text().strip():
                self._found = tuple(one for one in found.lines if one.camera_id != self._own)
                self._say_trouble(None if self._found or not words else Told(N_("No camera holds these words.")))
                self.retranslate()

        self._desk.fetch(lambda: self._directory.find(self._actor, words), came, self._refused)

    def _refused(self, refusal: Refusal) -> None:
        self._say_trouble(Told(refusal.sentence, refusal.values, True))

    def _say_trouble(self, told: Told | None) -> None:
        self._trouble.setText(self._teller.say(told) if told is not None else "")
        self._trouble.setVisible(told is not None)
