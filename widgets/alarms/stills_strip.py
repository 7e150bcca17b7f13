"""The strip under the picture: the stills that exist, from the cause to now, each with its moment."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from widgets.common import theme


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of the strip. ``path`` is empty for the live one, whose picture is given."""

    evidence_id: str
    path: str
    caption: str
    is_shown: bool = False


class StillThumb(QWidget):
    """A thumbnail with its moment on a plate; the one shown above has the focus colour round it."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.still: Still | None = None
        self._picture = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def show_still(self, still: Still, picture: QImage) -> None:
        self.still, self._picture = still, picture
        self.setAccessibleName(still.caption)
        self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g0"))
            if not self._picture.isNull():
                size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
                left = (self.width() - size.width()) // 2
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(
                    QRect(left, (self.height() - size.height()) // 2, size.width(), size.height()), self._picture
                )
            if self.still is None:
                return
            painter.setFont(theme.font("caption"))
            metrics = QFontMetrics(painter.font())
            width = metrics.horizontalAdvance(self.still.caption) + 8
            plate = QRect(0, self.height() - metrics.height() - 2, width, metrics.height() + 2)
            painter.fillRect(plate, theme.colour("g0"))
            painter.setPen(theme.colour("t1"))
            painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), self.still.caption)
            if self.still.is_shown:
                painter.setPen(theme.cosmetic_pen("focus", 2))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.still is not None and self.still.evidence_id:
            self.picked.emit(self.still.evidence_id)


class StillsStrip(QWidget):
    """A row of thumbnails, at most seven (five at 1366)."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbs: list[StillThumb] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._size = QSize(144, 81)

    @property
    def thumb_size(self) -> QSize:
        return self._size

    def set_thumb_size(self, size: QSize) -> None:
        self._size = size
        for thumb in self._thumbs:
            thumb.setFixedSize(size)

    def show_stills(self, stills: list[tuple[Still, QImage]]) -> None:
        while len(self._thumbs) < len(stills):
            thumb = StillThumb(self)
            thumb.setFixedSize(self._size)
            thumb.picked.connect(self.picked)
            self._row.insertWidget(len(self._thumbs), thumb)
            self._thumbs.append(thumb)
        for at, thumb in enumerate(self._thumbs):
            thumb.setVisible(at < len(stills))
            if at < len(stills):
                thumb.show_still(*stills[at])
