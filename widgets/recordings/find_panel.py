"""What is looked for: a camera of the directory, a day, and why somebody wants to see it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QVBoxLayout, QWidget

from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.words import N_
from widgets.common.keyed_rows import KeyedRows
from widgets.common.lettering import Panel, label
from widgets.state.telling import Teller, Told

ROWS_SHOWN = 200  # more are found by writing more of the name
FIELD_PX = 32


class FindPanel(Panel):
    """Fields and list. Lives in the GUI thread.

    Signals:
        picked: the id of the camera that was chosen.
    """

    picked = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._cameras: tuple[Camera, ...] = ()
        self._names = [label("small", "t2") for _ in range(3)]
        self.camera, self.day, self.reason = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self._note = label("small", "t2", wrap=True)
        self._rows = KeyedRows[Camera](lambda one: one.camera_id, lambda one: f"{one.number}  {one.name}", self)
        self._list = QListView(self)
        self._list.setModel(self._rows)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._clicked)
        self.camera.textEdited.connect(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(4)
        for name, field in zip(self._names, self.fields, strict=True):
            field.setFixedHeight(FIELD_PX)
            name.setBuddy(field)
            column.addWidget(name)
            column.addWidget(field)
            column.addSpacing(4)
        column.addWidget(self._note)
        column.addWidget(self._list, 1)

    @property
    def fields(self) -> tuple[QLineEdit, ...]:
        return self.camera, self.day, self.reason

    @property
    def chosen(self) -> Camera | None:
        """The camera of the marked row."""
        return self._rows.row_at(self._list.currentIndex())

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = tuple(cameras)
        self._filter()

    def mark(self, camera_id: CameraId) -> None:
        """Mark a camera's row."""
        index = self._rows.index_of(camera_id)
        if not index.isValid():
            self.camera.clear()
            self._filter()
            index = self._rows.index_of(camera_id)
        self._select(index)

    def move_by(self, by: int) -> None:
        """Mark the row above or below."""
        count = self._rows.rowCount()
        if count:
            here = self._list.currentIndex()
            at = here.row() + by if here.isValid() else 0
            self._select(self._rows.index(max(0, min(count - 1, at)), 0))

    def day_written(self, zone: tzinfo) -> datetime | None:
        """Return the beginning of the day in the field, ``None`` where it is none."""
        try:
            return datetime.strptime(self.day.text().strip(), "%Y-%m-%d").replace(tzinfo=zone)
        except ValueError:
            return None

    def retranslate(self) -> None:
        say = self._teller.say
        names = (N_("Camera"), N_("Day"), N_("Reason for looking"))
        for name, field, sentence in zip(self._names, self.fields, names, strict=True):
            name.setText(say(Told(sentence)))
            field.setAccessibleName(name.text())
        self.camera.setPlaceholderText(say(Told(N_("Number or name (/)"))))
        self._list.setAccessibleName(say(Told(N_("Cameras"))))
        self._filter()

    def _filter(self) -> None:
        words = self.camera.text().strip().casefold()
        found = [one for one in self._cameras if words in f"{one.number} {one.name} {one.place.address}".casefold()]
        self._rows.show(found[:ROWS_SHOWN])
        if not self._list.currentIndex().isValid() and found:
            self._select(self._rows.index(0, 0))
        told: Told | str = ""
        if not found and words:
            told = Told(N_("No match for “{words}”. Try a road or a number."), {"words": self.camera.text().strip()})
        elif not found:
            told = Told(N_("There are no cameras in your places."))
        elif len(found) > ROWS_SHOWN:
            told = Told(
                N_("{shown} of {count} cameras; write more of the name."), {"shown": ROWS_SHOWN, "count": len(found)}
            )
        self._note.setText(self._teller.say(told))
        self._note.setVisible(bool(told))

    def _select(self, index: QModelIndex) -> None:
        self._list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._list.scrollTo(index)

    def _clicked(self, index: QModelIndex) -> None:
        camera = self._rows.row_at(index)
        if camera is not None:
            self.picked.emit(camera.camera_id)
