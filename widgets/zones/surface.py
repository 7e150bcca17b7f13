"""The picture that zones are drawn in: it shows a draft and says what the mouse meant; keys come through the page."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.bays import bays_of
from console.domain.errors import DomainError
from console.domain.rules import Box, CameraRule, Point, RuleFamily
from widgets.common import theme
from widgets.state.outline import crosses_itself, holds, inside, nearest_corner, nearest_edge, pulled
from widgets.state.window_grid import grid_lines
from widgets.state.zones import RulesDraft, shifted

MARGIN_PX = 12.0  # beside the picture: a corner on its edge can be taken from outside
REACH_PX = 14.0  # a finger-wide pointer feels a corner; judgement
HANDLE_PX, CHOSEN_PX, LINE_PX, CROSS_PX = 5.0, 7.0, 2.0, 9.0
GRID_PX = 1.0
BAY_PX = 20.0  # the plate of a bay's number
FILL_ALPHA = 26  # 10 %, as over the live picture
USUAL_SHAPE = 16 / 9  # of the ground while there is no picture


class CornerAct(NamedTuple):
    """A corner, or the one before a new one, and where it is wanted."""

    corner: int
    to: Point


class ZoneSurface(QWidget):
    """Shows a still and the zones of one camera over it. GUI thread; keeps no truth but the corner being dragged.

    Signals:
        corner_meant, rule_meant: the number of what was clicked. corner_moved: let go elsewhere.
        corner_added: on an edge. placed: a corner of an outline on its way. closing_meant: back at its first corner.
    """

    corner_meant = Signal(int)
    rule_meant = Signal(int)
    corner_moved = Signal(CornerAct)
    corner_added = Signal(CornerAct)
    placed = Signal(tuple)
    closing_meant = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._scaled = QImage(), QImage()
        self._draft = RulesDraft()
        self._words = ""
        self._box: Box | None = None
        self._is_held = False
        self._dragged: CornerAct | None = None
        self._pointer: Point | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)
        theme.no_input_method(self)

    # ---- what the page says --------------------------------------------------------------------------------------

    @property
    def image(self) -> QImage:
        return self._image

    def show_picture(self, image: QImage) -> None:
        """Draw over this picture from now on; a null one leaves the ground alone."""
        self._image, self._scaled = image, QImage()
        self.update()

    def show_words(self, words: str) -> None:
        """Say why there is no picture, or nothing to draw; shown on the ground."""
        if words != self._words:
            self._words = words
            self.update()

    def show_draft(self, draft: RulesDraft) -> None:
        self._draft, self._dragged = draft, None
        self.update()

    def hold(self, *, is_held: bool) -> None:
        """Leave the zones as they are, whatever the mouse does; or no longer."""
        self._is_held = is_held

    def show_box(self, box: Box | None) -> None:
        """Frame what a rule would have been about, in fractions of the picture; ``None`` frames nothing."""
        self._box = box
        self.update()

    def describe(self, name: str, state: str) -> None:
        """Say to a screen reader what is drawn here and where the corner at hand is."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(state)

    def room(self) -> QRectF:
        """Return where the picture stands, its shape kept."""
        area = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        shape = self._image.width() / self._image.height() if not self._image.isNull() else USUAL_SHAPE
        width = min(area.width(), area.height() * shape)
        height = width / shape
        return QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)

    def point_px(self, point: Point) -> QPointF:
        """Return where a point of the picture stands in the widget."""
        room = self.room()
        return QPointF(room.left() + point[0] * room.width(), room.top() + point[1] * room.height())

    # ---- the mouse -----------------------------------------------------------------------------------------------

    def _point(self, at: QPointF) -> Point:
        room = self.room()
        return (at.x() - room.left()) / room.width(), (at.y() - room.top()) / room.height()

    def _reach(self) -> Point:
        room = self.room()
        return REACH_PX / room.width(), REACH_PX / room.height()

    def _pressed(self, at: Point) -> None:
        draft, reach = self._draft, self._reach()
        if draft.drawing is not None:
            first = draft.drawing[:1] if len(draft.drawing) > 2 else ()
            if nearest_corner(first, at, reach) is not None:
                self.closing_meant.emit()
            else:
                self.placed.emit(inside(at))
            return
        corner = nearest_corner(draft.corners, at, reach)
        if corner is not None:
            self.corner_meant.emit(corner)
            self._dragged = CornerAct(corner, draft.corners[corner])
            return
        others = [number for number, rule in enumerate(draft.rules) if holds(rule.zone.polygon, at)]
        if others and draft.at not in others:
            self.rule_meant.emit(others[-1])

    def _on_edge(self, at: Point) -> None:
        draft = self._draft
        if draft.drawing is None and not draft.is_line and nearest_corner(draft.corners, at, self._reach()) is None:
            edge = nearest_edge(draft.corners, at, self._reach())
            if edge is not None:
                self.corner_added.emit(CornerAct(edge, inside(at)))

    # ---- painting ------------------------------------------------------------------------------------------------

    def _paint_picture(self, painter: QPainter, room: QRectF) -> None:
        painter.fillRect(self.rect(), theme.colour("g0"))
        if self._image.isNull():
            painter.fillRect(room, theme.colour("g1"))
            painter.setPen(theme.cosmetic_pen("line"))
            painter.drawRect(room)
            return
        ratio = self.devicePixelRatioF()
        size = (room.size() * ratio).toSize()
        if self._scaled.size() != size:  # once a size, not once a paint
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled.setDevicePixelRatio(ratio)
        painter.drawImage(room.topLeft(), self._scaled)

    def _paint_outline(self, painter: QPainter, corners: Sequence[Point], tone: QColor, style: Qt.PenStyle) -> None:
        shape = QPolygonF([self.point_px(corner) for corner in corners])
        draw = painter.drawPolygon if len(corners) > 2 else painter.drawPolyline
        fill = QColor(tone)
        fill.setAlpha(FILL_ALPHA)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.casing(), LINE_PX + 2))
        draw(shape)
        painter.setBrush(fill)
        painter.setPen(QPen(tone, LINE_PX, style))
        draw(shape)

    def _paint_grid(self, painter: QPainter, rule: CameraRule, corners: Sequence[Point], tone: QColor) -> None:
        """Draw the windows of a façade between its corners."""
        if rule.family is not RuleFamily.THROWN:
            return
        lines = grid_lines(corners, rule.figures.storeys, rule.figures.columns)
        for pen in (QPen(theme.casing(), GRID_PX + 1), QPen(tone, GRID_PX)):
            painter.setPen(pen)
            for begin, end in lines:
                painter.drawLine(self.point_px(begin), self.point_px(end))

    def _paint_handles(self, painter: QPainter, corners: Sequence[Point], chosen: int | None) -> None:
        for number, corner in enumerate(corners):
            half = CHOSEN_PX if number == chosen else HANDLE_PX
            at = self.point_px(corner)
            painter.setPen(QPen(theme.casing(), LINE_PX + 2))
            painter.setBrush(theme.colour("t1" if number == chosen else "focus"))
            square = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
            painter.drawRect(square)
            painter.setPen(QPen(theme.colour("focus"), LINE_PX))
            painter.drawRect(square)

    def _paint_name(
        self, painter: QPainter, corners: Sequence[Point], name: str, *, is_at_hand: bool, is_middle: bool = False
    ) -> None:
        painter.setFont(theme.font("small", strong=is_at_hand))
        metrics = QFontMetricsF(painter.font())
        room = self.room()
        width = min(metrics.horizontalAdvance(name) + 12, room.width())
        height = metrics.height() + 4
        points = [self.point_px(one) for one in corners]
        if is_middle:  # the others at their first corner, out of its way
            middle = sum((point.y() for point in points), 0.0) / len(points)
            left, top = sum((point.x() for point in points), 0.0) / len(points) - width / 2, middle - height / 2
        else:
            left, top = points[0].x() + 6, points[0].y() + 6
        left = min(max(left, room.left()), room.right() - width)
        plate = QRectF(left, min(max(top, room.top()), room.bottom() - height), width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.plate())
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(theme.colour("t1" if is_at_hand else "t2"))
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 8)
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_bays(self, painter: QPainter, rule: CameraRule, corners: Sequence[Point]) -> None:
        """Part a row into its bays and number them, while a corner is dragged too."""
        if rule.family is not RuleFamily.BAYS:
            return
        try:
            bays = bays_of(tuple(corners), rule.figures.bay_count)
        except DomainError:
            return  # it says so when the corner is let go
        painter.setFont(theme.font("small", strong=True))
        for number, bay in enumerate(bays, start=1):
            if number > 1:
                ends = self.point_px(bay[0]), self.point_px(bay[3])
                for pen in (QPen(theme.casing(), LINE_PX + 2), QPen(theme.colour("focus"), LINE_PX)):
                    painter.setPen(pen)
                    painter.drawLine(*ends)
            points = [self.point_px(corner) for corner in bay]
            middle = sum(points, QPointF()) / len(points)
            plate = QRectF(middle.x() - BAY_PX / 2, middle.y() - BAY_PX / 2, BAY_PX, BAY_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.plate())
            painter.drawRoundedRect(plate, 3, 3)
            painter.setPen(theme.colour("t1"))
            painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), str(number))

    def _paint_drawing(self, painter: QPainter, drawing: Sequence[Point]) -> None:
        ends = [self.point_px(corner) for corner in drawing]
        if self._pointer is not None and ends:
            ends.append(self.point_px(pulled(inside(self._pointer))))
        for pen in (QPen(theme.casing(), LINE_PX + 2), QPen(theme.colour("focus"), LINE_PX, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(ends))
        self._paint_handles(painter, drawing, 0 if len(drawing) > 2 else None)
        at = self.point_px(self._draft.cursor)
        across, down = QPointF(CROSS_PX, 0), QPointF(0, CROSS_PX)
        for pen in (QPen(theme.casing(), LINE_PX + 2), QPen(theme.colour("t1"), LINE_PX)):
            painter.setPen(pen)
            painter.drawLine(at - across, at + across)
            painter.drawLine(at - down, at + down)

    def _paint_box(self, painter: QPainter, box: Box) -> None:
        framed = QRectF(self.point_px(box[:2]), self.point_px(box[2:]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(theme.casing(), LINE_PX + 2), QPen(theme.colour("t1"), LINE_PX)):
            painter.setPen(pen)
            painter.drawRect(framed)

    def _paint_rules(self, painter: QPainter) -> None:
        draft = self._draft
        for number, rule in enumerate(draft.rules):
            if number != draft.at:
                style = Qt.PenStyle.SolidLine if rule.is_on else Qt.PenStyle.DotLine
                self._paint_outline(painter, rule.zone.polygon, theme.colour("t2"), style)
                self._paint_grid(painter, rule, rule.zone.polygon, theme.colour("t2"))
                self._paint_name(painter, rule.zone.polygon, rule.zone.name, is_at_hand=False)
        rule_at_hand = draft.rule
        if rule_at_hand is None:
            return
        corners = draft.corners
        if self._dragged is not None:
            corners = shifted(corners, self._dragged.corner, pulled(inside(self._dragged.to)))
        is_wrong = crosses_itself(corners)
        style = (
            Qt.PenStyle.DashLine if is_wrong else Qt.PenStyle.SolidLine if rule_at_hand.is_on else Qt.PenStyle.DotLine
        )
        tone = "t3" if draft.drawing is not None else "med" if is_wrong else "focus"
        self._paint_outline(painter, corners, theme.colour(tone), style)
        self._paint_grid(painter, rule_at_hand, corners, theme.colour(tone))
        self._paint_name(painter, corners, rule_at_hand.zone.name, is_at_hand=True, is_middle=not rule_at_hand.bays)
        if draft.drawing is None:
            self._paint_bays(painter, rule_at_hand, corners)
            self._paint_handles(painter, corners, draft.corner)

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._is_held:
            self._pressed(self._point(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = self._point(event.position())
        if self._dragged is not None:
            self._dragged = CornerAct(self._dragged.corner, self._pointer)
        if self._dragged is not None or self._draft.drawing is not None:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is not None and dragged.to != self._draft.corners[dragged.corner]:
            self.corner_moved.emit(dragged)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._is_held:
            self._on_edge(self._point(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scaled = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            room = self.room()
            self._paint_picture(painter, room)
            if self._image.isNull() and self._words:
                painter.setPen(theme.colour("t2"))
                painter.setFont(theme.font("body"))
                words = room.adjusted(16, 16, -16, -16)
                painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)
            self._paint_rules(painter)
            if self._box is not None:
                self._paint_box(painter, self._box)
            if self._draft.drawing is not None:
                self._paint_drawing(painter, self._draft.drawing)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(theme.cosmetic_pen("focus"))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
