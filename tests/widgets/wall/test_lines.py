"""A line over the picture of a tile."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from widgets.state.overlay import Point, ZoneDrawn
from widgets.wall.overlay_painting import OverlayPainter

BLACK = 0xFF000000


def painted(*points: Point) -> QImage:
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(BLACK)
    painter = QPainter(image)
    OverlayPainter(painter, QRectF(0, 0, 400, 200), 400).zones([ZoneDrawn("r", "gate", points, 0.0)])
    painter.end()
    return image


@pytest.mark.usefixtures("qapp")
def test_a_line_is_painted_where_it_lies_and_covers_nothing_beside_it() -> None:
    image = painted((0.1, 0.5), (0.9, 0.5))
    assert any(image.pixel(x, 100) != BLACK for x in range(50, 350))
    assert all(image.pixel(x, y) == BLACK for x in range(0, 400, 7) for y in (*range(0, 90, 5), *range(110, 200, 5)))


def test_a_zone_is_filled_faintly(qapp: QApplication) -> None:
    assert qapp is not None
    image = painted((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))
    assert image.pixel(300, 60) != BLACK
