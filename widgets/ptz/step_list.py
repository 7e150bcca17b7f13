"""The steps of a tour in their order: walked by arrows, moved by ``Shift`` and an arrow or by the mouse."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QWidget

from widgets.common import theme

ROW_PX = 36
WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class StepList(QListWidget):
    """Shows lines; letters belong to the page around it. GUI thread.

    Signals:
        meant: another line is selected, its place. moved: a line was dragged, from and to as ``(from, to)``.
    """

    meant = Signal(int)
    moved = Signal(tuple)

    def __init__(self, parent: QWidget | None = None, *, is_ordered: bool = True) -> None:
        super().__init__(parent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self._dragged = -1
        if is_ordered:
            self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.currentRowChanged.connect(self._meant)
        theme.no_input_method(self)

    def show_lines(self, lines: Sequence[str], at: int) -> None:
        """Become these lines; nothing is emitted."""
        with QSignalBlocker(self):
            while self.count() > len(lines):
                self.takeItem(self.count() - 1)
            for place, line in enumerate(lines):
                item = self.item(place)
                if place >= self.count():
                    self.addItem(line)
                elif item.text() != line:
                    item.setText(line)
                self.item(place).setSizeHint(QSize(0, round(ROW_PX * theme.text_scale())))
            if 0 <= at < len(lines) and self.currentRow() != at:
                self.setCurrentRow(at)

    def _meant(self, at: int) -> None:
        if at >= 0:
            self.meant.emit(at)

    # ---- Qt's own ----

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in WALKING and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def startDrag(self, supported: Qt.DropAction) -> None:
        self._dragged = self.currentRow()
        super().startDrag(supported)  # until it is dropped, here or elsewhere
        self._dragged = -1

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the line to be moved; the list itself moves nothing, whoever owns the order does."""
        from_at, under = self._dragged, self.indexAt(event.position().toPoint())
        to_at = under.row() if under.isValid() else self.count() - 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if from_at >= 0 and from_at != to_at:
            self.moved.emit((from_at, to_at))
