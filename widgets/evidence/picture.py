"""A picture of evidence on its mat: a still or a playing clip, with zone, box and dwell ring drawn over it."""

from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.evidence import RuleFacts
from widgets.common import theme
from widgets.evidence.playback import FrameSource, Playback

FRAME_EVERY_MS = 40  # the clips are 25 frames/s; a slot holds the newest only, so asking oftener shows nothing more
RING_RADIUS_PX, RING_WIDTH_PX = 15.0, 3.5  # DESIGN §5
WHOLE = QRectF(0.0, 0.0, 1.0, 1.0)
CASING_ALPHA, PLATE_ALPHA, FILL_ALPHA = 191, 209, 26  # 75 %, 82 %, 10 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What is drawn over the picture, in fractions of it.

    Attributes:
        label, zone_label: words ready for the screen. seconds: of the dwell, by media time; ``None`` for no ring.
        is_unheard: the alarm is high and nobody acknowledged it: box and zone are red.
        fullness: how much of the ring is closed, 1 = limit reached.
    """

    polygon: tuple[tuple[float, float], ...] = ()
    box: tuple[float, float, float, float] | None = None
    label: str = ""
    zone_label: str = ""
    seconds: float | None = None
    fullness: float = 1.0
    is_unheard: bool = False


def overlay_of(rule: RuleFacts | None, label: str, zone_label: str, *, is_unheard: bool = False) -> Overlay | None:
    """Return what a rule knew, to be drawn; nothing without a rule."""
    if rule is None:
        return None
    return Overlay(
        polygon=rule.polygon,
        box=rule.box,
        label=label,
        zone_label=zone_label,
        seconds=rule.dwell_s if rule.has_stayed else None,
        is_unheard=is_unheard,
    )


class EvidencePicture(QWidget):
    """Shows one picture, aspect kept, on the g0 mat; says in words when there is none. GUI thread.

    A clip is pulled from its slot by the widget's own clock, which runs only while the widget is visible and a
    clip is open. The overlay is drawn over the copy on the screen; the file never carries it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._scaled = QImage()
        self._buffer = bytearray()
        self._source: FrameSource | None = None
        self._sequence = 0
        self._playback: Playback | None = None
        self._overlay: Overlay | None = None
        self._words = ""
        self._caption = ""
        self._crop = WHOLE
        self.shows_boxes = True
        self.shows_zones = True
        self._clock = QTimer(self)
        self._clock.setObjectName("clip-frames-40-ms")
        self._clock.setInterval(FRAME_EVERY_MS)
        self._clock.timeout.connect(self._pull)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)

    @property
    def image(self) -> QImage:
        """The picture shown now; null if there is none."""
        return self._image

    @property
    def is_live_clip(self) -> bool:
        return self._source is not None and not self._image.isNull()

    def show_still(self, image: QImage) -> None:
        """Show a picture until a clip's first frame replaces it."""
        self._image = image
        self._scaled = QImage()
        self.update()

    def show_words(self, words: str) -> None:
        """Say why there is no picture; shown only while there is none."""
        self._words = words
        self.update()

    def show_caption(self, caption: str) -> None:
        """Show a plate at the lower left, for example the moment of a still."""
        self._caption = caption
        self.update()

    def show_overlay(self, overlay: Overlay | None) -> None:
        if overlay != self._overlay:
            self._overlay = overlay
            self.update()

    def toggle(self, *, boxes: bool, zones: bool) -> None:
        self.shows_boxes, self.shows_zones = boxes, zones
        self.update()

    def show_crop(self, crop: QRectF) -> None:
        """Show only this part of the picture (in fractions of it), enlarged."""
        if crop != self._crop:
            self._crop = crop
            self._scaled = QImage()
            self.update()

    def follow(self, playback: Playback | None) -> None:
        """Show the frames of this playback from now on; ``None`` shows stills only."""
        if self._playback is not None:
            self._playback.opened.disconnect(self._take_source)
        self._playback = playback
        self._source, self._sequence = None, 0
        if playback is not None:
            playback.opened.connect(self._take_source)
            self._take_source()
        self._run()

    def picture_rect(self) -> QRectF:
        """Return where the picture lies in the widget, in logical pixels."""
        area = QRectF(self.rect())
        if self._image.isNull():
            return area
        part = QSize(
            max(1, round(self._image.width() * self._crop.width())),
            max(1, round(self._image.height() * self._crop.height())),
        )
        size = part.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = area.left() + (area.width() - size.width()) // 2
        return QRectF(left, area.top() + (area.height() - size.height()) // 2, size.width(), size.height())

    def _take_source(self) -> None:
        if self._playback is not None and self._playback.source is not None:
            self._source, self._sequence = self._playback.source, 0
            self._buffer = bytearray(self._source.capacity_bytes)
        self._run()

    def _run(self) -> None:
        if self._source is not None and self.isVisible():
            self._clock.start()
        else:
            self._clock.stop()

    def _pull(self) -> None:
        """Copy the newest frame out of the slot. The buffer is ours and is written only between paints."""
        if self._source is None or self._playback is None or self._playback.source is None:
            self._source = None
            self._run()
            return
        frame = self._source.copy_newest(self._buffer, self._sequence)
        if frame is None:
            return
        self._sequence = frame.sequence
        view = QImage(self._buffer, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)
        self._image = view.copy()
        self._scaled = QImage()
        self.update()

    def _fitted(self, rect: QRectF) -> QImage:
        """Return the picture at the screen's own pixels, scaled once a frame or size."""
        ratio = self.devicePixelRatioF()
        wanted = QSize(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
        if self._scaled.size() != wanted:
            mode = Qt.TransformationMode.SmoothTransformation
            shown = self._image if self._crop == WHOLE else self._image.copy(self._cropped_px())
            self._scaled = shown.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _cropped_px(self) -> QRect:
        """Return the crop in pixels of the picture."""
        width, height = self._image.width(), self._image.height()
        crop = self._crop
        return QRectF(crop.x() * width, crop.y() * height, crop.width() * width, crop.height() * height).toRect()

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(1056, 594)

    def showEvent(self, event: object) -> None:
        self._run()

    def hideEvent(self, event: object) -> None:
        self._clock.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g0"))
            rect = self.picture_rect()
            if self._image.isNull():
                self._paint_words(painter, rect)
                return
            painter.drawImage(rect.topLeft(), self._fitted(rect))
            if self._overlay is not None:
                painter.setClipRect(rect)
                paint_overlay(
                    painter,
                    self._whole(rect),
                    rect,
                    self._overlay,
                    theme.font("caption"),
                    boxes=self.shows_boxes,
                    zones=self.shows_zones,
                )
                painter.setClipping(False)
            if self._caption:
                font = theme.font("caption")
                painter.setFont(font)
                corner = QPointF(rect.left(), rect.bottom() - QFontMetricsF(font).height() - 4)
                paint_plate(painter, corner, self._caption, font, theme.colour("t1"))

    def _whole(self, rect: QRectF) -> QRectF:
        """Return where the whole picture would lie if the crop lies in ``rect``."""
        width, height = rect.width() / self._crop.width(), rect.height() / self._crop.height()
        return QRectF(rect.left() - self._crop.x() * width, rect.top() - self._crop.y() * height, width, height)

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, theme.colour("g1"))
        painter.setPen(theme.colour("t2"))
        painter.setFont(theme.font("body"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(rect.adjusted(16, 16, -16, -16), int(flags), self._words)


def paint_overlay(
    painter: QPainter,
    rect: QRectF,
    visible: QRectF,
    overlay: Overlay,
    font: QFont,
    *,
    boxes: bool,
    zones: bool,
) -> None:
    """Draw zone, box, ring and plates over a picture lying in ``rect``; plates stay in ``visible``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    state = theme.colour("high") if overlay.is_unheard else theme.colour("t1")
    zone = theme.colour("high") if overlay.is_unheard else theme.colour("focus")
    if zones and overlay.polygon:
        _paint_zone(painter, rect, visible, overlay, font, zone)
    if boxes and overlay.box is not None:
        _paint_box(painter, rect, visible, overlay, font, state)
    painter.restore()


def _paint_zone(
    painter: QPainter, rect: QRectF, visible: QRectF, overlay: Overlay, font: QFont, colour: QColor
) -> None:
    points = [QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height()) for x, y in overlay.polygon]
    shape = QPolygonF(points)
    fill = QColor(colour)
    fill.setAlpha(FILL_ALPHA)
    draw = painter.drawPolyline if len(points) == 2 else painter.drawPolygon
    painter.setPen(QPen(_casing(), 3.5))
    painter.setBrush(fill)
    draw(shape)
    pen = QPen(colour, 1.5)
    pen.setDashPattern([7 / 1.5, 5 / 1.5])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw(shape)
    if overlay.zone_label:
        lowest = max(points, key=lambda point: point.y())
        width = QFontMetricsF(font).horizontalAdvance(overlay.zone_label) + 8
        left = min(max(visible.left(), lowest.x() - width / 2), visible.right() - width)
        top = min(lowest.y() + 4, visible.bottom() - QFontMetricsF(font).height() - 4)
        paint_plate(painter, QPointF(left, top), overlay.zone_label, font, colour)


def _paint_box(painter: QPainter, rect: QRectF, visible: QRectF, overlay: Overlay, font: QFont, colour: QColor) -> None:
    assert overlay.box is not None
    x0, y0, x1, y1 = overlay.box
    box = QRectF(
        QPointF(rect.left() + x0 * rect.width(), rect.top() + y0 * rect.height()),
        QPointF(rect.left() + x1 * rect.width(), rect.top() + y1 * rect.height()),
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_casing(), 4.5))
    painter.drawRect(box)
    painter.setPen(QPen(colour, 2.5))
    painter.drawRect(box)
    if overlay.label:
        height = QFontMetricsF(font).height() + 4
        above = box.top() - height - 2
        top = above if above >= visible.top() else box.top() + 2
        paint_plate(painter, QPointF(max(box.left(), visible.left()), top), overlay.label, font, theme.colour("t1"))
    if overlay.seconds is not None:
        _paint_ring(painter, visible, box, overlay, font, colour)


def _paint_ring(painter: QPainter, rect: QRectF, box: QRectF, overlay: Overlay, font: QFont, colour: QColor) -> None:
    reach = RING_RADIUS_PX + 4
    right = box.right() + reach
    centre_x = right if right + reach <= rect.right() else box.left() - reach
    centre = QPointF(centre_x, min(box.bottom() - 4, rect.bottom() - reach))
    circle = QRectF(centre.x() - RING_RADIUS_PX, centre.y() - RING_RADIUS_PX, 2 * RING_RADIUS_PX, 2 * RING_RADIUS_PX)
    plate = QColor(theme.colour("g0"))
    plate.setAlpha(PLATE_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawEllipse(circle.adjusted(-3, -3, 3, 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, RING_WIDTH_PX))
    painter.drawArc(circle, 90 * 16, -round(360 * 16 * max(0.0, min(1.0, overlay.fullness))))
    small = QFont(font)
    small.setPixelSize(10)
    small.setWeight(QFont.Weight.DemiBold)
    painter.setFont(small)
    painter.setPen(theme.colour("t1"))
    painter.drawText(circle, int(Qt.AlignmentFlag.AlignCenter), dwell_words(overlay.seconds or 0.0))
    painter.setFont(font)


def dwell_words(seconds: float) -> str:
    """Return seconds below a minute, then m:ss."""
    whole = int(timedelta(seconds=seconds).total_seconds())
    return str(whole) if whole < 60 else f"{whole // 60}:{whole % 60:02d}"


def paint_plate(painter: QPainter, corner: QPointF, words: str, font: QFont, colour: QColor) -> None:
    """Draw words on the dark plate, its upper left corner given."""
    metrics = QFontMetricsF(font)
    rect = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(words) + 8, metrics.height() + 4)
    plate = QColor(theme.colour("g0"))
    plate.setAlpha(PLATE_ALPHA)
    painter.fillRect(rect, plate)
    painter.setPen(colour)
    painter.drawText(rect.adjusted(4, 2, -4, -2), int(Qt.AlignmentFlag.AlignVCenter), words)


def _casing() -> QColor:
    casing = QColor(theme.colour("g0"))
    casing.setAlpha(CASING_ALPHA)
    return casing


def crop_around(rule: RuleFacts | None) -> QRectF:
    """Return the part of the picture to compare by: zone and box with room around; whole without a rule."""
    if rule is None:
        return WHOLE
    points = [*rule.polygon]
    if rule.box is not None:
        points += [(rule.box[0], rule.box[1]), (rule.box[2], rule.box[3])]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    side = min(1.0, max(right - left, bottom - top) * 1.6)  # judgement: enough of the street to know the place again
    x = min(max(0.0, (left + right - side) / 2), 1.0 - side)
    y = min(max(0.0, (top + bottom - side) / 2), 1.0 - side)
    return QRectF(x, y, side, side)
