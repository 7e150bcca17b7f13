"""What is recorded of a camera over time: lanes with bars, hatched gaps, marks, the span chosen and where it stands."""

from datetime import datetime

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.words import N_
from widgets.common import theme
from widgets.common.icons import IN_TEXT_PX, pixmap
from widgets.common.state_icon import state_icon
from widgets.state.telling import Teller, Told
from widgets.state.time_line import Bar, Lanes, Window, ticks
from widgets.wall.tile_painting import hatch

SCALE_PX, FOOT_PX, PAD_PX, LEAST_BAR_PX = 26, 26, 12, 3
LANE_PX, NARROW_LANE_PX, NARROW_BELOW_PX = 24, 18, 900
MARK_PX = 14
LANE_WORDS = (N_("Recorded"), N_("Alarms"), N_("Speech"), N_("Locked"))
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class TimeLine(QWidget):
    """Draws what it is shown; a click or a drag asks for a moment, the wheel for more or less time.

    Signals:
        sought: a moment that was clicked. zoom_asked: 1 for less time, -1 for more.
    """

    sought = Signal(datetime)
    zoom_asked = Signal(int)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._window: Window | None = None
        self._lanes = Lanes()
        self._at: datetime | None = None
        self._in: datetime | None = None
        self._out: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(240)

    def show_lanes(self, window: Window, lanes: Lanes) -> None:
        self._window, self._lanes = window, lanes
        self.update()

    def show_at(self, at: datetime | None) -> None:
        if at != self._at:
            self._at = at
            self.update()

    def show_span(self, in_at: datetime | None, out_at: datetime | None) -> None:
        self._in, self._out = in_at, out_at
        self.update()

    def place_of(self, at: datetime) -> int:
        """Return where a moment stands, in pixels from the left."""
        assert self._window is not None
        track = self._track()
        return track.left() + round(self._window.part(at) * track.width())

    def _lane_px(self) -> int:
        lane = NARROW_LANE_PX if self.width() < NARROW_BELOW_PX else LANE_PX
        return max(lane, QFontMetrics(theme.font("caption")).height() + 2)

    def _names_px(self) -> int:
        metrics = QFontMetrics(theme.font("small"))
        return max(metrics.horizontalAdvance(self._teller.say(Told(words))) for words in LANE_WORDS) + 16

    def _track(self) -> QRect:
        left = PAD_PX + self._names_px()
        return QRect(left, SCALE_PX, max(10, self.width() - left - PAD_PX), self._lane_px() * len(LANE_WORDS))

    # ---- painting ------------------------------------------------------------------------------------------------

    def _paint_scale(self, painter: QPainter, track: QRect, window: Window) -> None:
        painter.setFont(theme.font("caption"))
        metrics = QFontMetrics(painter.font())
        free_from = track.left() - 1
        for tick in ticks(window, self._teller.zone):
            x = self.place_of(tick)
            painter.fillRect(x, SCALE_PX - 6, 1, 5, theme.colour("edge"))
            words = self._teller.minute(tick)
            width = metrics.horizontalAdvance(words)
            if x + 4 > free_from and x + 4 + width <= track.right() + PAD_PX:
                painter.setPen(theme.colour("t2"))
                painter.drawText(QRect(x + 4, 0, width + 2, SCALE_PX - 4), _LEFT, words)
                free_from = x + 4 + width + 12

    def _rect(self, bar: Bar, track: QRect, lane: int, window: Window) -> QRect | None:
        if bar.to_at <= window.from_at or bar.from_at >= window.to_at:
            return None
        left = self.place_of(max(bar.from_at, window.from_at))
        right = self.place_of(min(bar.to_at, window.to_at))
        height = self._lane_px()
        return QRect(left, track.top() + lane * height + 3, max(LEAST_BAR_PX, right - left), height - 6)

    def _paint_bar(self, painter: QPainter, rect: QRect, words: Told | str, tone: str, *, beside: bool = False) -> None:
        """Write a bar's words into it, or beside it, where they fit."""
        said = self._teller.say(words)
        if not said:
            return
        painter.setFont(theme.font("caption"))
        width = QFontMetrics(painter.font()).horizontalAdvance(said)
        painter.setPen(theme.colour(tone))
        if width + 8 <= rect.width():
            painter.drawText(rect.adjusted(4, 0, 0, 0), _LEFT, said)
        elif beside:
            room = QRect(rect.right() + 5, rect.top(), self._track().right() - rect.right() - 5, rect.height())
            painter.drawText(
                room, _LEFT, QFontMetrics(painter.font()).elidedText(said, Qt.TextElideMode.ElideRight, room.width())
            )

    def _paint_lanes(self, painter: QPainter, track: QRect, window: Window) -> None:
        height = self._lane_px()
        for lane, words in enumerate(LANE_WORDS):
            row = QRect(track.left(), track.top() + lane * height, track.width(), height)
            painter.fillRect(row.adjusted(0, 3, 0, -3), theme.colour("g1"))
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("t2"))
            painter.drawText(QRect(PAD_PX, row.top(), self._names_px(), height), _LEFT, self._teller.say(Told(words)))
        for bar in self._lanes.bars:
            rect = self._rect(bar, track, 0, window)
            if rect is not None:
                painter.fillRect(rect, theme.colour("g4"))
                if bar.is_manual:  # recorded by hand: an edge and the word
                    painter.setPen(theme.cosmetic_pen("t2"))
                    painter.drawRect(rect.adjusted(0, 0, -1, -1))
                self._paint_bar(painter, rect, bar.words, "t1")
        brush = hatch(self.devicePixelRatioF())
        for gap in self._lanes.gaps:
            rect = self._rect(gap, track, 0, window)
            if rect is not None:
                painter.fillRect(rect, theme.colour("g0"))
                painter.fillRect(rect, brush)
                self._paint_bar(painter, rect, gap.words, "t2")
        for mark in self._lanes.alarms:
            if window.holds(mark.at):
                x = self.place_of(mark.at)
                place = QRect(x - MARK_PX // 2, track.top() + height + (height - MARK_PX) // 2, MARK_PX, MARK_PX)
                state_icon(mark.shape, MARK_PX).paint(painter, place)
        for talk in self._lanes.talks:
            rect = self._rect(talk, track, 2, window)
            if rect is not None:
                painter.fillRect(rect, theme.colour("t2"))
                self._paint_bar(painter, rect, talk.words, "t2", beside=True)
        free_from = track.left()
        for lock in sorted(self._lanes.locks, key=lambda lock: lock.from_at):
            rect = self._rect(lock, track, 3, window)
            if rect is not None:
                painter.setPen(theme.cosmetic_pen("edge"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
                if rect.left() < free_from:
                    continue  # within another lock: its frame says enough
                side = min(IN_TEXT_PX - 2, rect.height())
                picture = pixmap("lock", side, "t1", self.devicePixelRatioF())
                place = QRect(rect.left() + 3, rect.top() + (rect.height() - side) // 2, side, side)
                painter.drawPixmap(place, picture)
                self._paint_bar(painter, rect.adjusted(side + 4, 0, 0, 0), lock.words, "t1")
                free_from = rect.right()

    def _paint_span(self, painter: QPainter, track: QRect, window: Window) -> None:
        painter.setFont(theme.font("caption", strong=True))
        metrics = QFontMetrics(painter.font())
        foot = track.bottom() + 4
        named = ((self._in, N_("in {time}"), True), (self._out, N_("out {time}"), False))
        if self._in is not None and self._out is not None and self._in < self._out:
            bar = self._rect(Bar(self._in, self._out), track, 0, window)
            if bar is not None:
                painter.fillRect(QRect(bar.left(), SCALE_PX - 1, bar.width(), 4), theme.colour("focus"))
        for at, sentence, is_left in named:
            if at is None or not window.holds(at):
                continue
            x = self.place_of(at)
            painter.fillRect(x, SCALE_PX - 1, 2, foot - SCALE_PX + 1, theme.colour("focus"))
            words = self._teller.say(Told(sentence, {"time": at}))
            width = metrics.horizontalAdvance(words)
            plate = self._plate(track, window)
            left = x - width - 4 if is_left else x + 4
            if plate is not None and left < plate.right() + 4 and left + width > plate.left() - 4:
                left = plate.left() - width - 4 if is_left else plate.right() + 4
            left = max(PAD_PX, min(left, track.right() - width))
            painter.setPen(theme.colour("focus"))
            painter.drawText(QRect(left, foot, width + 2, FOOT_PX - 4), _LEFT, words)

    def _paint_head(self, painter: QPainter, track: QRect, window: Window) -> None:
        if self._at is None or not window.holds(self._at):
            return
        plate = self._plate(track, window)
        assert plate is not None
        x = self.place_of(self._at)
        painter.fillRect(x, SCALE_PX - 6, 2, track.bottom() - SCALE_PX + 10, theme.colour("t1"))
        painter.setFont(theme.font("caption", strong=True))
        painter.fillRect(plate, theme.colour("t1"))
        painter.setPen(theme.colour("g0"))
        painter.drawText(plate, _CENTRE, self._at_words())

    def _at_words(self) -> str:
        return f"{self._teller.clock(self._at)}.{self._at.microsecond // 100_000}" if self._at is not None else ""

    def _plate(self, track: QRect, window: Window) -> QRect | None:
        """Return where the time stands at which it stands; ``None`` where that is not in the window."""
        if self._at is None or not window.holds(self._at):
            return None
        width = QFontMetrics(theme.font("caption", strong=True)).horizontalAdvance(self._at_words()) + 16
        left = max(track.left(), min(self.place_of(self._at) - width // 2, track.right() - width))
        return QRect(left, track.bottom() + 4, width, FOOT_PX - 6)

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(640, SCALE_PX + self._lane_px() * len(LANE_WORDS) + FOOT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()  # its lanes are lower where it is narrow

    def paintEvent(self, event: QPaintEvent) -> None:
        window = self._window
        if window is None:
            return
        track = self._track()
        with QPainter(self) as painter:
            self._paint_scale(painter, track, window)
            self._paint_lanes(painter, track, window)
            self._paint_span(painter, track, window)
            self._paint_head(painter, track, window)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_asked.emit(1 if event.angleDelta().y() > 0 else -1)

    def _seek(self, event: QMouseEvent) -> None:
        track = self._track()
        if self._window is not None and event.buttons() & Qt.MouseButton.LeftButton:
            at = self._window.moment((event.position().x() - track.left()) / track.width())
            self.sought.emit(at)
