"""Paints a part of a picture, and where in the whole it lies."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from widgets.common import theme
from widgets.state.zoom import Zoom

# The overview is a fifth of the picture's width, large enough to make out the street, small enough to hide little.
OVERVIEW_SHARE = 5
LEAST_OVERVIEW_PX = 48
EDGE_PX = 8


def part_of(image: QImage, zoom: Zoom) -> QRectF:
    """Return the part of the image that is seen, in its pixels."""
    width, height = image.width(), image.height()
    return QRectF(zoom.x * width, zoom.y * height, zoom.side * width, zoom.side * height)


def whole_of(rect: QRect, zoom: Zoom) -> QRectF:
    """Return where the whole picture would stand so that its part fills ``rect``: there overlays are drawn."""
    width, height = rect.width() * zoom.times, rect.height() * zoom.times
    return QRectF(rect.left() - zoom.x * width, rect.top() - zoom.y * height, width, height)


def paint_overview(painter: QPainter, rect: QRect, image: QImage, zoom: Zoom) -> None:
    """Draw the whole picture small at the right bottom, and a frame around the part."""
    width = max(LEAST_OVERVIEW_PX, rect.width() // OVERVIEW_SHARE)
    height = max(1, width * image.height() // max(1, image.width()))
    if width + 2 * EDGE_PX > rect.width() or height + 2 * EDGE_PX > rect.height():
        return
    small = QRect(rect.right() - EDGE_PX - width, rect.bottom() - EDGE_PX - height, width, height)
    painter.drawImage(small, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.cosmetic_pen("g0", 1))
    painter.drawRect(small.adjusted(-1, -1, 0, 0))
    seen = QRectF(
        small.left() + zoom.x * width, small.top() + zoom.y * height, zoom.side * width, zoom.side * height
    ).toRect()
    painter.setPen(theme.cosmetic_pen("g0", 4))
    painter.drawRect(seen)
    painter.setPen(theme.cosmetic_pen("t1", 2))
    painter.drawRect(seen)
