"""The shapes of the states on a 16 × 16 grid: drawn as paths, never fonts, so that none depends on colour alone."""

import functools
import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from widgets.common import theme

GRID = 16.0


@functools.cache
def state_icon(state: str, size: int) -> QIcon:
    """Return the icon of a state.

    States: ``high`` (unacknowledged), ``high_acknowledged``, ``medium``, ``low``, ``ok``, ``live``, ``fault``,
    ``air``,
    ``in_time``, ``near``, ``overdue``, ``partly``.

    Raises:
        KeyError: there is no such state.
    """
    icon = QIcon(_Engine(_PAINTERS[state]))
    del size  # the engine paints any size; the argument keeps one icon a size for callers that cache
    return icon


def states() -> tuple[str, ...]:
    """Return the names of all states that have a shape."""
    return tuple(_PAINTERS)


class _Engine(QIconEngine):
    """Paints a shape at any size and scale."""

    def __init__(self, draw: Callable[[QPainter], None]) -> None:
        super().__init__()
        self._draw = draw

    # ---- Qt's own ----

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del mode, state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(rect.width(), rect.height())
        painter.translate(rect.center().x() + 0.5 - side / 2, rect.center().y() + 0.5 - side / 2)
        painter.scale(side / GRID, side / GRID)
        self._draw(painter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return picture

    def clone(self) -> QIconEngine:
        return _Engine(self._draw)


def _fill(painter: QPainter, token: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(token))


def _line(painter: QPainter, token: str, width: float = 1.6) -> None:
    pen = QPen(theme.colour(token), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _octagon(radius: float) -> QPolygonF:
    turns = [math.radians(22.5 + 45 * step) for step in range(8)]
    return QPolygonF([QPointF(8 + radius * math.cos(turn), 8 + radius * math.sin(turn)) for turn in turns])


def _high(painter: QPainter) -> None:
    _fill(painter, "high")
    painter.drawPolygon(_octagon(7.4))
    _exclamation(painter, "g0")


def _high_acknowledged(painter: QPainter) -> None:
    _line(painter, "t1", 1.4)
    painter.drawPolygon(_octagon(6.6))
    _exclamation(painter, "t1")


def _exclamation(painter: QPainter, token: str) -> None:
    _fill(painter, token)
    painter.drawRoundedRect(QRectF(7.1, 3.8, 1.8, 5.2), 0.6, 0.6)
    painter.drawEllipse(QPointF(8, 11.3), 1.1, 1.1)


def _medium(painter: QPainter) -> None:
    _fill(painter, "med")
    painter.drawPolygon(QPolygonF([QPointF(8, 1.8), QPointF(15, 14), QPointF(1, 14)]))


def _low(painter: QPainter) -> None:
    _line(painter, "t2", 1.8)
    painter.drawEllipse(QPointF(8, 8), 5.2, 5.2)


def _ok(painter: QPainter) -> None:
    _fill(painter, "ok")
    painter.drawEllipse(QPointF(8, 8), 6.8, 6.8)
    _line(painter, "g0", 1.8)
    painter.drawPolyline(QPolygonF([QPointF(4.8, 8.2), QPointF(7.1, 10.6), QPointF(11.3, 5.8)]))


def _live(painter: QPainter) -> None:
    _fill(painter, "ok")
    painter.drawEllipse(QPointF(8, 8), 3.6, 3.6)


def _fault(painter: QPainter) -> None:
    _line(painter, "fault", 1.6)
    painter.drawRect(QRectF(2.2, 2.2, 11.6, 11.6))
    painter.drawLine(QPointF(2.2, 13.8), QPointF(13.8, 2.2))


def _air(painter: QPainter) -> None:
    _fill(painter, "air")
    painter.drawRoundedRect(QRectF(1, 1, 14, 14), 3, 3)
    _fill(painter, "g0")
    painter.drawRoundedRect(QRectF(6.4, 3.2, 3.2, 6), 1.6, 1.6)
    _line(painter, "g0", 1.2)
    bow = QPainterPath()
    bow.moveTo(4.6, 7.6)
    bow.arcTo(QRectF(4.6, 4.4, 6.8, 6.6), 180, 180)
    painter.drawPath(bow)
    painter.drawLine(QPointF(8, 11), QPointF(8, 12.8))


def _in_time(painter: QPainter) -> None:
    _line(painter, "ok", 2.0)
    painter.drawEllipse(QPointF(8, 8), 5.2, 5.2)


def _half(painter: QPainter, token: str) -> None:
    _line(painter, token, 1.6)
    painter.drawEllipse(QPointF(8, 8), 5.6, 5.6)
    _fill(painter, token)
    painter.drawPie(QRectF(2.4, 2.4, 11.2, 11.2), 90 * 16, 180 * 16)


def _overdue(painter: QPainter) -> None:
    _fill(painter, "med")
    painter.drawRect(QRectF(1.6, 1.6, 12.8, 12.8))
    _line(painter, "g0", 1.6)
    painter.drawPolyline(QPolygonF([QPointF(8, 4.2), QPointF(8, 8.4), QPointF(11, 10)]))


_PAINTERS: dict[str, Callable[[QPainter], None]] = {
    "high": _high,
    "high_acknowledged": _high_acknowledged,
    "medium": _medium,
    "low": _low,
    "ok": _ok,
    "live": _live,
    "fault": _fault,
    "air": _air,
    "in_time": _in_time,
    "near": functools.partial(_half, token="med"),
    "partly": functools.partial(_half, token="t2"),
    "overdue": _overdue,
}
