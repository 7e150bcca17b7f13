"""The last levels as bars: magenta only while sound really goes out."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.common import theme

BARS = 64
FLOOR_DBFS = -60.0  # below this a voice is silence


class LevelMeter(QWidget):
    """64 bars, newest at the right of what is filled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels: tuple[float, ...] = ()
        self._is_on_air = False
        self.setMinimumHeight(32)

    def show_levels(self, levels: tuple[float, ...], *, is_on_air: bool) -> None:
        if (levels, is_on_air) != (self._levels, self._is_on_air):
            self._levels, self._is_on_air = levels, is_on_air
            self.update()

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(320, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            step = self.width() / BARS
            middle = self.height() / 2
            for at in range(BARS):
                has_level = at < len(self._levels)
                part = height_of(self._levels[at]) if has_level else 0.08
                height = max(3, round(part * self.height()))
                token = ("air" if self._is_on_air else "t2") if has_level else "g4"
                painter.fillRect(
                    round(at * step), round(middle - height / 2), max(2, round(step) - 2), height, theme.colour(token)
                )


def height_of(level_dbfs: float) -> float:
    """Return the share of the meter's height for a level: −60 dBFS and below is 0.08, 0 dBFS is 1."""
    return max(0.08, min(1.0, 1.0 - level_dbfs / FLOOR_DBFS))
