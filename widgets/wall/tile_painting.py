"""The still parts of a tile: header, hatch and the plate that stands where no picture can be trusted."""

import functools
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QImage, QPainter, QPixmap, QPolygonF

from console.domain.walls import USUAL_LAYERS, Layer
from console.words import N_
from widgets.common import theme
from widgets.common.icons import IN_TEXT_PX, PLATE_PX, centred, pixmap
from widgets.common.state_icon import state_icon
from widgets.state.chips import Chip
from widgets.state.telling import Teller, Told
from widgets.state.tile import Border, Look, Plate, TileLook

HEADER_PX, BORDER_PX = 24, 3
PAD_PX, GAP_PX = 8, 8
# Below this width the header leaves the camera's time out: number, name, chips and age are what tells tiles apart.
# Below the other, as on 64 tiles at 200 %, the age gives way too: what is no longer live says so on the picture.
TIME_FROM_PX, AGE_FROM_PX, LEAST_NAME_PX = 300, 110, 56
ENLARGED_FROM, SMOOTH_FROM_PX = 1.02, 800  # smoothing costs three times as much, and is seen on large tiles only
NEAR_PX = 4
QUIET_BELOW_PX = 300  # fifty plates that say "empty" are no calm room
# Judgement, tried on snow and at night: read on a photo, not in the way of the street.
WATERMARK_STRENGTH, WATERMARK_DEGREES, WATERMARK_APART_PX = 0.16, -24.0, 110
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True, slots=True)
class _Face:
    """A font with its measures."""

    font: QFont
    px: QFontMetrics


@functools.cache
def _face(role: str, strong: bool, _scale: float) -> _Face:
    """Return a header's font, made once for a scale of type: sixteen tiles write sixty headers a second."""
    font = theme.font(role, strong=strong)
    return _Face(font, QFontMetrics(font))


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in the room under a header.

    Attributes:
        room: what there is, in logical pixels; of_px: the size of the picture this was worked out for.
        rect: the whole picture, as large as it fits, in the middle; bars: what it leaves free, two bars or none.
        is_enlarged: its pixels are larger than those of the screen.
    """

    room: QRect
    of_px: QSize
    rect: QRect
    bars: tuple[QRect, ...]
    is_enlarged: bool

    @property
    def is_smooth(self) -> bool:
        """On so large a tile single pixels would be seen."""
        return self.is_enlarged and self.rect.width() > SMOOTH_FROM_PX

    @classmethod
    def of(cls, room: QRect, picture: QSize, ratio: float) -> Self:
        """Args:
        ratio: pixels of the screen in a logical one.
        """
        size = picture.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if 0 <= round(size.width() * ratio) - picture.width() < NEAR_PX and ratio.is_integer():
            size = picture / int(ratio)  # made for this tile, even: a pixel for a pixel, where stretching costs twice
        left = room.left() + (room.width() - size.width()) // 2
        top = room.top() + (room.height() - size.height()) // 2
        rect = QRect(left, top, size.width(), size.height())
        bars = (
            QRect(room.left(), room.top(), rect.left() - room.left(), room.height()),
            QRect(rect.right() + 1, room.top(), room.right() - rect.right(), room.height()),
            QRect(room.left(), room.top(), room.width(), rect.top() - room.top()),
            QRect(room.left(), rect.bottom() + 1, room.width(), room.bottom() - rect.bottom()),
        )
        is_enlarged = rect.width() * ratio > picture.width() * ENLARGED_FROM
        return cls(room, picture, rect, tuple(bar for bar in bars if not bar.isEmpty()), is_enlarged)


def header_height() -> int:
    """Return the header's height: 24, more only where the operator enlarged the type."""
    return max(HEADER_PX, QFontMetrics(theme.font("small", strong=True)).height() + 4)


def paint_header(
    painter: QPainter,
    rect: QRect,
    number: str,
    name: str,
    look: TileLook,
    teller: Teller,
    layers: frozenset[Layer] = USUAL_LAYERS,
) -> None:
    """Draw shape, number and name from the left; age, time and chips from the right. The name gives way.

    What warns is drawn whatever is switched off: a shape that is not the calm one, an age that is loud, every chip.
    """
    painter.fillRect(rect, theme.colour("g2"))
    if look.look is Look.EMPTY:
        right = rect.right() - PAD_PX
        for chip in look.chips:
            right = _paint_chip(painter, rect, right, chip, teller, rect.left() + PAD_PX)
        return
    left = rect.left() + PAD_PX
    if Layer.STATE in layers or look.shape != "live":
        state_icon(look.shape, 12 if look.shape != "live" else 14).paint(painter, centred(14, _cell(rect, PAD_PX)))
        left += 14 + GAP_PX
    scale = theme.text_scale()
    small = _face("small", False, scale)
    number_px = small.px.horizontalAdvance(number)
    least = left + number_px + GAP_PX + LEAST_NAME_PX
    times = Times.of(rect, look, teller, layers)
    times.paint(painter)
    right = times.room.left() - GAP_PX if not times.room.isEmpty() else rect.right() - PAD_PX
    for chip in look.chips:
        right = _paint_chip(painter, rect, right, chip, teller, least)
    painter.setFont(small.font)
    painter.setPen(theme.colour("t3"))
    painter.drawText(QRect(left, rect.top(), 60, rect.height()), _LEFT, number)
    left += number_px + GAP_PX
    if Layer.NAME not in layers:
        return
    strong = _face("small", True, scale)
    painter.setFont(strong.font)
    painter.setPen(theme.colour("t1"))
    words = strong.px.elidedText(name, Qt.TextElideMode.ElideMiddle, max(0, right - left - GAP_PX))
    painter.drawText(QRect(left, rect.top(), right - left, rect.height()), _LEFT, words)


def time_words(look: TileLook, teller: Teller) -> str:
    """Return the time of the picture; where the camera's clock is unknown it is ours, and marked as about."""
    if look.at is None:
        return ""
    return f"≈{teller.clock(look.at)}" if look.is_about else teller.clock(look.at)


def _cell(rect: QRect, left: int) -> QRect:
    return QRect(rect.left() + left, rect.top(), 14, rect.height())


@dataclass(frozen=True, slots=True)
class Times:
    """The words of a header that go on while nothing happens: the picture's time and its age.

    Attributes:
        room: where they stand; empty where there is room for neither. The age keeps its room, so nothing moves.
    """

    room: QRect
    at: str
    age: str
    is_loud: bool

    @classmethod
    def of(cls, rect: QRect, look: TileLook, teller: Teller, layers: frozenset[Layer]) -> "Times":
        """Work out what stands at the right of a header ``rect``, and where."""
        is_empty = look.look is Look.EMPTY
        has_time = rect.width() >= TIME_FROM_PX and Layer.TIME in layers and not is_empty
        has_age = rect.width() >= AGE_FROM_PX and (Layer.AGE in layers or look.is_age_loud) and not is_empty
        at = time_words(look, teller) if has_time else ""
        age = teller.say(look.age) if has_age else ""
        if not has_time and not has_age:
            return NO_TIMES
        width = cls._age_px(age, look.is_age_loud)
        if at:
            width += GAP_PX + _face("small", False, theme.text_scale()).px.horizontalAdvance(at)
        return cls(QRect(rect.right() - PAD_PX - width, rect.top(), width, rect.height()), at, age, look.is_age_loud)

    @staticmethod
    def _age_px(age: str, is_loud: bool) -> int:
        face = _face("small", is_loud, theme.text_scale())
        return max(face.px.horizontalAdvance(age), face.px.horizontalAdvance("00.0 s"))

    def paint(self, painter: QPainter) -> None:
        """Draw them on what is there."""
        scale = theme.text_scale()
        if self.at:
            painter.setFont(_face("small", False, scale).font)
            painter.setPen(theme.colour("t2"))
            painter.drawText(self.room, _LEFT, self.at)
        if self.age:
            painter.setFont(_face("small", self.is_loud, scale).font)
            painter.setPen(theme.colour("t1" if self.is_loud else "t3"))
            painter.drawText(self.room, _RIGHT, self.age)


NO_TIMES = Times(QRect(), "", "", is_loud=False)


def _paint_chip(painter: QPainter, rect: QRect, right: int, chip: Chip, teller: Teller, least: int) -> int:
    """Draw a chip and return where it begins. Where it would come closer than ``least`` it shows its icon alone."""
    face = _face("caption", chip.is_filled, theme.text_scale())
    words = teller.say(chip.words)
    width = 6 + IN_TEXT_PX - 2 + 4 + face.px.horizontalAdvance(words) + 6
    if right - width < least:
        words, width = "", 6 + IN_TEXT_PX - 2 + 6
    height = rect.height() - 4
    place = QRect(right - width, rect.top() + 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen if chip.is_filled else theme.cosmetic_pen(chip.tone))
    painter.setBrush(theme.colour(chip.tone) if chip.is_filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    ink = "g0" if chip.is_filled else chip.tone
    side = IN_TEXT_PX - 2
    picture = pixmap(chip.icon, side, ink, painter.device().devicePixelRatio())
    painter.drawPixmap(QRect(place.left() + 6, place.top() + (height - side) // 2, side, side), picture)
    painter.setFont(face.font)
    painter.setPen(theme.colour(ink))
    painter.drawText(QRect(place.left() + 6 + side + 4, place.top(), width, height), _LEFT, words)
    return place.left() - GAP_PX


def paint_plate(painter: QPainter, room: QRect, plate: Plate, teller: Teller) -> None:
    """Draw the plate in the middle of where the picture would be; small rooms get smaller words, never cut ones."""
    if plate.tone != "fault" and room.width() < QUIET_BELOW_PX:
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("t3"))
        painter.drawText(room, _CENTRE, teller.say(plate.title))
        return
    title_role = "title" if room.width() >= 300 and room.height() >= 140 else "body"
    title = theme.font(title_role, strong=True)
    line_font = theme.font("body" if title_role == "title" else "small")
    title_px, line_px = QFontMetrics(title), QFontMetrics(line_font)
    lines = [teller.say(line) for line in plate.lines]
    words = teller.say(plate.title)
    widest = max([title_px.horizontalAdvance(words), *(line_px.horizontalAdvance(line) for line in lines)])
    is_wide = room.width() >= 400
    width = min(room.width() - 8, max(widest + 48, 300 if is_wide else 0))
    inner = width - 16
    wrapped = [part for line in lines for part in _wrapped(line, line_px, inner)]
    height = 16 + title_px.height() + 4 + line_px.height() * len(wrapped) + 12
    has_icon = height + PLATE_PX + 6 <= room.height() - 4  # the words come first
    height += PLATE_PX + 6 if has_icon else 0
    while wrapped and height > room.height() - 4:
        height -= line_px.height()
        wrapped.pop()
    if title_px.height() + 28 > room.height():
        _paint_bare(
            painter, room, title_px.elidedText(words, Qt.TextElideMode.ElideRight, room.width() - 8), title, plate.tone
        )
        return
    rect = QRect(0, 0, width, min(height, room.height()))
    rect.moveCenter(room.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.cosmetic_pen("line"))
    painter.setBrush(theme.colour("g1"))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    top = rect.top() + 14
    if has_icon:
        picture = pixmap(plate.icon, PLATE_PX, plate.tone, painter.device().devicePixelRatio())
        painter.drawPixmap(centred(PLATE_PX, QRect(rect.left(), top, rect.width(), PLATE_PX)), picture)
        top += PLATE_PX + 6
    painter.setFont(title)
    painter.setPen(theme.colour(plate.tone))
    fitted = title_px.elidedText(words, Qt.TextElideMode.ElideRight, inner)
    painter.drawText(QRect(rect.left(), top, rect.width(), title_px.height()), _CENTRE, fitted)
    top += title_px.height() + 4
    painter.setFont(line_font)
    for at, line in enumerate(wrapped):
        painter.setPen(theme.colour("t1" if at == 0 else "t2"))
        painter.drawText(QRect(rect.left(), top, rect.width(), line_px.height()), _CENTRE, line)
        top += line_px.height()


def _paint_bare(painter: QPainter, room: QRect, words: str, font: QFont, tone: str) -> None:
    """Draw the words of a plate alone: on 64 tiles at 200 % there is room for nothing else."""
    painter.fillRect(room, theme.colour("g1"))
    painter.setFont(font)
    painter.setPen(theme.colour(tone))
    painter.drawText(room, _CENTRE, words)


def _wrapped(line: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Break a line at spaces or after Chinese signs where it does not fit."""
    if metrics.horizontalAdvance(line) <= width:
        return [line]
    parts, rest = [], line
    while metrics.horizontalAdvance(rest) > width:
        fits = next((n for n in range(len(rest), 0, -1) if metrics.horizontalAdvance(rest[:n]) <= width), 1)
        space = rest.rfind(" ", 0, fits + 1)
        comma = rest.rfind("，", 0, fits)
        cut = space if space > fits // 2 else comma + 1 if comma > 0 else fits
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest]


def paint_border(painter: QPainter, rect: QRect, border: Border) -> None:
    """Draw the one border of a tile, inside its edge."""
    if border is Border.NONE:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    tone = theme.colour(border)
    width, height = rect.width(), rect.height()
    painter.fillRect(QRect(rect.left(), rect.top(), width, BORDER_PX), tone)
    painter.fillRect(QRect(rect.left(), rect.top() + height - BORDER_PX, width, BORDER_PX), tone)
    painter.fillRect(QRect(rect.left(), rect.top(), BORDER_PX, height), tone)
    painter.fillRect(QRect(rect.left() + width - BORDER_PX, rect.top(), BORDER_PX, height), tone)


def paint_watermark(painter: QPainter, room: QRect, words: str) -> None:
    """Draw who looks faintly across the picture, so that a photo of the screen says it."""
    if not words:
        return
    painter.save()
    painter.setClipRect(room)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = theme.font("small")
    painter.setFont(font)
    ink = theme.colour("t1")
    ink.setAlphaF(WATERMARK_STRENGTH)
    painter.setPen(ink)
    painter.translate(room.center())
    painter.rotate(WATERMARK_DEGREES)
    width = QFontMetrics(font).horizontalAdvance(words) + WATERMARK_APART_PX
    reach = room.width() // 2 + room.height() // 2
    for row, top in enumerate(range(-reach, reach, WATERMARK_APART_PX)):
        for left in range(-reach - (row % 2) * width // 2, reach, width):
            painter.drawText(left, top, words)
    painter.restore()


def paint_target(painter: QPainter, rect: QRect) -> None:
    """Draw where a carried camera would come: the frame of what is meant, dashed because nothing has happened yet."""
    pen = theme.cosmetic_pen("focus", BORDER_PX)
    pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(1, 1, -2, -2))


def hatch(ratio: float) -> QBrush:
    """Return the brush that means "no picture at all": two bands at 135 degrees."""
    told = theme.palette()["pattern"]["hatch"]
    band = int(told["band_px"])
    side = 4 * band
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(told["colours"][0])
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(told["colours"][1]))
        for start in range(-side, side * 2, 2 * band):
            corners = ((start, 0), (start + band, 0), (start + band - side, side), (start - side, side))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    brush = QBrush(picture)
    return brush


def without_colour(image: QImage) -> QImage:
    """Return a picture of the past: no colour, 45 % of its brightness, so that nobody takes it for now."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(QImage.Format.Format_RGB32)
    keeps = theme.palette()["overlay"]["not_live_brightness"]
    with QPainter(grey) as painter:
        shade = theme.colour("g0")
        shade.setRgbF(0.0, 0.0, 0.0, 1.0 - keeps)
        painter.fillRect(grey.rect(), shade)
    return grey


def spoken(look: TileLook, teller: Teller) -> str:
    """Return what a screen reader says of the tile beside its name: state, words of the plate, chips."""
    parts: list[Told] = []
    if look.plate is not None:
        parts += [look.plate.title, *look.plate.lines]
    else:
        parts.append(Told(N_("live, picture {seconds} s old"), {"seconds": look.age_s}))
    parts += [chip.words for chip in look.chips]
    return ", ".join(teller.say(part) for part in parts)
