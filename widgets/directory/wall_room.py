"""The wall and, while it is wanted, the directory at its left."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.directory.panel import DirectoryPanel
from widgets.wall.wall_page import WallPage


class WallRoom(QWidget):
    """Lives in the GUI thread. Gives the panel room beside the wall; the tiles arrange themselves in what is left."""

    def __init__(self, wall: WallPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wall = wall
        self._panel: DirectoryPanel | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(wall, 1)
        self.setFocusProxy(wall)

    def take_panel(self, panel: DirectoryPanel) -> None:
        """Keep a panel, hidden until it is asked for."""
        self._panel = panel
        panel.hide()
        self._row.insertWidget(0, panel)

    def retranslate(self) -> None:
        self._wall.retranslate()
        if self._panel is not None:
            self._panel.retranslate()
