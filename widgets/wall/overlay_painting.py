"""Draws zones, tracks, boxes, labels and dwell rings over a live picture. Never into a recording."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from console.domain.walls import USUAL_LAYERS, Layer
from widgets.common import theme
from widgets.state.bays import BayDrawn
from widgets.state.heat import COLUMNS, LEVELS, ROWS, edges_of
from widgets.state.overlay import TrackDrawn, ZoneDrawn, labelled

# DESIGN §5, logical pixels.
BOX_PX, CAUSE_PX, TAIL_PX, ZONE_PX = 1.5, 2.5, 2.0, 1.5
DASH = (7.0, 5.0)
DOTS = (2.0, 4.0)
_BAY_TONES = {"free": "t2", "occupied": "focus", "unsure": "med", "overdue": "med"}
RING_RADIUS_PX, RING_PX = 15.0, 3.5
TAIL_S = 2.0
MOST_LABELS = 8
NARROW_PX = 400
TINY_PX = 240  # below, as with 64 tiles on 1920 × 1080 (204 px), a word would hide its subject: a ring stands alone
ZONE_FILL = 0.10
HEAT_FILL = 0.5  # of the strongest step: what stands below must still be seen
HEAT_EDGE_PX = 1.0  # a step's edge is what tells it from a zone of the same colour and from a bluish road


class OverlayPainter:
    """Paints one tile's overlay. ``words_of`` gives the word of a label; GUI thread.

    ``rect`` is where the picture stands; a narrow tile shows only zone, ring and the box of the alarm's cause.
    """

    def __init__(self, painter: QPainter, rect: QRectF, tile_px: int, layers: frozenset[Layer] = USUAL_LAYERS) -> None:
        self._painter = painter
        self._layers = layers
        self._rect = rect
        self._is_narrow = tile_px < NARROW_PX
        self._is_tiny = tile_px < TINY_PX
        self._radius_px = RING_RADIUS_PX / 2 if self._is_tiny else RING_RADIUS_PX
        self._taken: list[QRectF] = []
        self._font = theme.font("caption")
        self._metrics = QFontMetricsF(self._font)
        painter.setFont(self._font)

    def heat(self, steps: bytes) -> None:
        """Draw where people stay: a step a cell, the whole grid over the whole picture, each step with its edge."""
        tone = theme.colour("focus")
        grid = QImage(steps, COLUMNS, ROWS, COLUMNS, QImage.Format.Format_Indexed8)
        shades = []
        for step in range(LEVELS + 1):
            tone.setAlphaF(HEAT_FILL * step / LEVELS)
            shades.append(tone.rgba())
        grid.setColorTable(shades)
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)  # steps keep their edges
        self._painter.drawImage(self._rect, grid)
        left, top = self._rect.left(), self._rect.top()
        across, down = self._rect.width() / COLUMNS, self._rect.height() / ROWS
        edges = [
            QLineF(left + x * across, top + y * down, left + to_x * across, top + to_y * down)
            for x, y, to_x, to_y in edges_of(steps)
        ]
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # they lie along the pixels
        for colour, width in ((theme.casing(), HEAT_EDGE_PX + 2), (theme.colour("focus"), HEAT_EDGE_PX)):
            self._painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
            self._painter.drawLines(edges)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def zones(self, zones: Sequence[ZoneDrawn]) -> None:
        """Draw dashed outlines with a faint fill, and lines without one."""
        for zone in zones:
            tone = theme.colour("high" if zone.is_red else "focus")
            outline = QPolygonF([self._at(point) for point in zone.polygon])
            fill = QColor(tone)
            fill.setAlphaF(ZONE_FILL)
            draw = self._painter.drawPolyline if zone.is_line else self._painter.drawPolygon
            self._painter.setBrush(fill)
            self._painter.setPen(QPen(theme.casing(), ZONE_PX + 2))
            draw(outline)
            pen = QPen(tone, ZONE_PX)
            pen.setDashPattern([part / ZONE_PX for part in DASH])
            self._painter.setPen(pen)
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            draw(outline)

    def bays(self, bays: Sequence[BayDrawn], words: Sequence[str]) -> None:
        """Draw each bay: its outline by its state, and a plate with a shape and words; a tiny tile has the shape only.

        Args:
            words: of the plates, in the order of ``bays``.
        """
        for bay, said in zip(bays, words, strict=True):
            tone = theme.colour(_BAY_TONES["overdue" if bay.is_overdue and bay.state == "occupied" else bay.state])
            outline = QPolygonF([self._at(point) for point in bay.outline])
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = QPen(tone, ZONE_PX)
            if bay.state != "occupied":
                pen.setDashPattern([part / ZONE_PX for part in (DASH if bay.state == "unsure" else DOTS)])
            for one in (QPen(theme.casing(), ZONE_PX + 2), pen):
                self._painter.setPen(one)
                self._painter.drawPolygon(outline)
            self._bay_plate(bay, "" if self._is_narrow else said, outline.boundingRect().center(), tone)

    def _bay_plate(self, bay: BayDrawn, words: str, middle: QPointF, tone: QColor) -> None:
        height = self._metrics.height() + 2
        width = height + (self._metrics.horizontalAdvance(words) + 4 if words else 0)
        left = min(max(middle.x() - width / 2, self._rect.left()), self._rect.right() - width)
        plate = QRectF(left, min(middle.y(), self._rect.bottom() - height), width, height)
        self._taken.append(plate)
        self._painter.fillRect(plate, theme.plate())
        mark = QRectF(plate.left() + 4, plate.top() + 4, height - 8, height - 8)
        self._painter.setPen(QPen(tone, ZONE_PX))
        self._painter.setBrush(tone if bay.state == "occupied" else Qt.BrushStyle.NoBrush)
        if bay.state == "free":
            self._painter.drawEllipse(mark)
        elif bay.state == "occupied":
            self._painter.drawRect(mark)
        else:
            self._painter.drawText(mark.adjusted(-4, -4, 4, 4), int(Qt.AlignmentFlag.AlignCenter), "?")
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(theme.colour("t1"))
        self._painter.drawText(plate.adjusted(height - 2, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)

    def zone_names(self, zones: Sequence[ZoneDrawn]) -> None:
        """Draw each zone's name below its lowest corner, further down where a ring or a label stands already."""
        for zone in () if self._is_tiny else zones:
            self._name_zone(zone, theme.colour("high" if zone.is_red else "focus"))

    def tracks(self, tracks: Sequence[TrackDrawn], words: Sequence[str]) -> None:
        """Draw tails, boxes, labels and rings; ``words`` are the labels, in the order of ``tracks``."""
        shown = [at for at, track in enumerate(tracks) if track.is_cause or not self._is_narrow]
        if Layer.TRACKS in self._layers and not self._is_narrow:
            for at in shown:
                self._tail(tracks[at])
        if Layer.BOXES in self._layers:
            for at in shown:
                self._box(tracks[at])
            if not self._is_tiny:
                self._labels([tracks[at] for at in shown], [words[at] for at in shown])
        for track in tracks:
            if track.fullness is not None and Layer.DWELL in self._layers:
                self._ring(track)

    def _name_zone(self, zone: ZoneDrawn, tone: QColor) -> None:
        lowest = max((self._at(point) for point in zone.polygon), key=lambda point: point.y())
        width, height = self._metrics.horizontalAdvance(zone.name) + 8, self._metrics.height() + 2
        left = min(max(lowest.x() - width / 2, self._rect.left()), self._rect.right() - width)
        plate = QRectF(left, lowest.y() + 4, width, height)
        below = max((other.bottom() + 2 for other in self._taken if other.intersects(plate)), default=plate.top())
        top = min(below, self._rect.bottom() - height)
        self._plate(QRectF(left, top, width, height), zone.name, tone)

    def _tail(self, track: TrackDrawn) -> None:
        for (start, _), (end, age_s) in zip(track.tail, track.tail[1:], strict=False):
            strength = max(0.0, 1.0 - age_s / TAIL_S)
            for colour, width in ((theme.casing(), TAIL_PX + 2), (theme.colour("t1"), TAIL_PX)):
                colour.setAlphaF(colour.alphaF() * strength)
                self._painter.setPen(QPen(colour, width))
                self._painter.drawLine(self._at(start), self._at(end))

    def _box(self, track: TrackDrawn) -> None:
        rect = self._box_px(track)
        width = CAUSE_PX if track.is_cause else BOX_PX
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, px in ((theme.casing(), width + 2), (theme.colour("high" if track.is_red else "t1"), width)):
            pen = QPen(colour, px)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            self._painter.setPen(pen)
            self._painter.drawRect(rect)

    def _labels(self, tracks: Sequence[TrackDrawn], words: Sequence[str]) -> None:
        plates = [self._plate_of(track, label) for track, label in zip(tracks, words, strict=True)]
        sides = [(plate.left(), plate.top(), plate.right(), plate.bottom()) for plate in plates]
        for at in labelled(tracks, sides, MOST_LABELS):
            self._taken.append(plates[at])
            if tracks[at].is_red:
                self._painter.fillRect(plates[at], theme.colour("high"))
                self._painter.setPen(theme.colour("g0"))
                self._painter.drawText(plates[at], int(Qt.AlignmentFlag.AlignCenter), words[at])
            else:
                self._plate(plates[at], words[at], theme.colour("t1"))

    def _plate_of(self, track: TrackDrawn, label: str) -> QRectF:
        """Return the label's place: above the box's left edge; inside, or below a small box, where that is outside."""
        box = self._box_px(track)
        width, height = self._metrics.horizontalAdvance(label) + 8, self._metrics.height() + 2
        left = min(max(box.left() - 1, self._rect.left()), self._rect.right() - width)
        top = box.top() - height - 2
        if top < self._rect.top():
            top = box.top() + 2 if box.height() >= 3 * height else box.bottom() + 2
        return QRectF(left, top, width, height)

    def _plate(self, rect: QRectF, words: str, tone: QColor) -> None:
        self._painter.fillRect(rect, theme.plate())
        self._painter.setPen(tone)
        self._painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), words)

    def _ring_at(self, track: TrackDrawn) -> QRectF:
        """Return where the ring stands: right of the foot point, left of it at the picture's edge."""
        foot = self._at(track.foot)
        reach = self._radius_px + RING_PX
        box = self._box_px(track)
        x = max(foot.x(), box.right()) + reach + 2
        if x + reach > self._rect.right():
            x = min(foot.x(), box.left()) - reach - 2
        y = min(max(foot.y(), self._rect.top() + reach), self._rect.bottom() - reach)
        return QRectF(x - reach, y - reach, 2 * reach, 2 * reach)

    def _ring(self, track: TrackDrawn) -> None:
        room = self._ring_at(track)
        self._taken.append(room)
        centre, reach = room.center(), room.width() / 2
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(theme.plate())
        self._painter.drawEllipse(centre, reach, reach)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        circle = room.adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX)
        self._painter.setPen(QPen(theme.colour("g4"), RING_PX))
        self._painter.drawEllipse(circle)
        tone = "high" if track.is_red else "t1" if track.is_cause else "focus"
        pen = QPen(theme.colour(tone), RING_PX)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._painter.setPen(pen)
        self._painter.drawArc(circle, 90 * 16, -round(360 * 16 * (track.fullness or 0.0)))
        if self._is_tiny:
            return
        small = QFont(self._font)
        small.setPixelSize(10)
        small.setWeight(QFont.Weight.DemiBold)
        self._painter.setFont(small)
        self._painter.setPen(theme.colour("t1"))
        self._painter.drawText(circle, int(Qt.AlignmentFlag.AlignCenter), dwell_words(track.dwell_s))
        self._painter.setFont(self._font)

    def _at(self, point: tuple[float, float]) -> QPointF:
        return QPointF(
            self._rect.left() + point[0] * self._rect.width(), self._rect.top() + point[1] * self._rect.height()
        )

    def _box_px(self, track: TrackDrawn) -> QRectF:
        return QRectF(self._at(track.box[:2]), self._at(track.box[2:]))


def dwell_words(seconds: float) -> str:
    """Return seconds below a minute, then ``m:ss``."""
    whole = max(0, int(seconds))
    return str(whole) if whole < 60 else f"{whole // 60}:{whole % 60:02d}"
