"""A picture of the past: it says in its header that it is one, of when, and how long ago that was."""

from datetime import datetime

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from console.application.ports import Clock
from console.domain.ids import CameraId
from console.words import N_
from widgets.common import theme
from widgets.common.icons import IN_TEXT_PX, centred, pixmap
from widgets.recordings.replaying import Replaying
from widgets.state.hearing import sound_chip
from widgets.state.replay import SOURCE_WORDS, behind
from widgets.state.telling import Teller, Told
from widgets.wall.frame_source import FrameSource
from widgets.wall.render_clock import RenderClock
from widgets.wall.tile_painting import Fit, hatch, header_height

EDGE_PX, PAD_PX, GAP_PX = 3, 8, 8
TELL_EVERY_TICKS = 15  # a quarter of a second: what people read of it
SOURCE_FROM_PX = 460  # narrower headers leave out where it comes from
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


class ReplayView(QWidget):
    """A plain raster widget. GUI thread; the buffer is its own, so a paint never sees half a frame.

    Nobody may take it for the live picture: a filled chip with the word, an edge all round, and none of the colours of
    a state. In a gap it shows no picture.
    """

    def __init__(self, teller: Teller, clock: Clock, render_clock: RenderClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._clock, self._render_clock = teller, clock, render_clock
        self._replaying: Replaying | None = None
        self._camera_id = CameraId("")
        self._title = ""
        self._nothing: Told | str = ""
        self._source: FrameSource | None = None
        self._buffer = bytearray()
        self._image = QImage()
        self._sequence = 0
        self._moment: datetime | None = None
        self._ticks = 0
        self._is_on_screen = False
        self._said = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)

    @property
    def moment(self) -> datetime | None:
        """When the picture came that is shown now; ``None`` while there is none."""
        return self._moment if self._plate() is None else None

    def show_nothing(self, words: Told | str) -> None:
        """Say why nothing is played."""
        self._replaying, self._nothing = None, words
        self._let_go()

    def follow(self, replaying: Replaying, camera_id: CameraId, title: str) -> None:
        """Show a camera of a replay from now on."""
        self._let_go()
        self._replaying, self._camera_id, self._title = replaying, camera_id, title
        replaying.opened.connect(self._opened)
        replaying.changed.connect(self._changed)
        self._source = replaying.sources.get(camera_id)
        self._tell()

    def picture_size_px(self) -> QSize:
        """Return how many pixels of the screen a picture may fill here."""
        room, ratio = self._room(), self.devicePixelRatioF()
        return QSize(max(16, int(room.width() * ratio)), max(16, int(room.height() * ratio)))

    def retranslate(self) -> None:
        self._tell()

    def refresh(self) -> bool:
        """Pull the newest frame if there is one; tell the age now and then. Say whether it paints for that."""
        self._ticks += 1
        is_first = self._image.isNull()
        is_new = self._pull()
        if is_new:
            self.update(self._room())
        is_told = (is_new and is_first) or self._ticks % TELL_EVERY_TICKS == 0
        if is_told:
            self._tell()
        return is_new or is_told

    def words(self) -> tuple[str, str]:
        """Return the time of the picture and how long ago that was."""
        at = self._at()
        if at is None:
            return "", ""
        tenths = at.microsecond // 100_000
        ago = Told(N_("{age} ago"), {"age": behind(at, self._clock.now())})
        return f"{self._teller.clock(at)}.{tenths}", self._teller.say(ago)

    # ---- pulling -------------------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        self._source, self._image, self._sequence, self._moment = None, QImage(), 0, None
        self._buffer = bytearray()
        self._tell()

    def _opened(self, camera_id: str) -> None:
        if self.sender() is self._replaying and self._replaying is not None and camera_id == self._camera_id:
            self._source, self._sequence = self._replaying.sources.get(self._camera_id), 0

    def _changed(self, camera_id: str) -> None:
        if self.sender() is self._replaying and camera_id == self._camera_id:
            self._pull()
            self._tell()

    def _pull(self) -> bool:
        if self._source is None or self._replaying is None or self._replaying.is_closed:
            return False
        if len(self._buffer) < self._source.capacity_bytes:
            self._image = QImage()
            self._buffer = bytearray(self._source.capacity_bytes)
        frame = self._source.copy_newest(self._buffer, self._sequence)
        if frame is None:
            return False
        # The image lies over the view's own buffer, which this thread alone writes and never while painting.
        self._image = QImage(self._buffer, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)
        self._sequence, self._moment = frame.sequence, frame.received_at
        return True

    def _at(self) -> datetime | None:
        if self._replaying is None:
            return None
        state = self._replaying.states[self._camera_id]
        if state.failed is not None or not state.is_open:
            return None
        return self._moment if state.shown_at is not None and self._moment is not None else state.at

    def _plate(self) -> str | None:
        """Return the words that stand where there is no picture; ``None`` where there is one."""
        say = self._teller.say
        if self._replaying is None:
            return say(self._nothing)
        state = self._replaying.states[self._camera_id]
        if state.failed is not None:
            return say(state.failed)
        if not state.is_open:
            return say(Told(N_("Opening the recording…")))
        if state.is_before_what_is_kept:
            values = {"time": state.at, "from_at": state.from_at}
            return say(Told(N_("Nothing is kept of {time}. What is kept begins at {from_at}."), values))
        if state.shown_at is None:
            return say(Told(N_("Nothing was recorded at {time}."), {"time": state.at}))
        return say(Told(N_("Opening the recording…"))) if self._image.isNull() else None

    # ---- painting ------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        at, ago = self.words()
        said = self._plate() or f"{self._title}, {self._teller.say(Told(CHIP))}, {at}, {ago}"
        heard = self._replaying.sound_of(self._camera_id) if self._replaying is not None else None
        said += f", {self._teller.say(sound_chip(heard).words)}" if heard is not None else ""
        if said != self._said:
            self._said = said
            self.setAccessibleName(said)
        self.update()

    def _room(self) -> QRect:
        head = header_height()
        return self.rect().adjusted(EDGE_PX, head + EDGE_PX, -EDGE_PX, -EDGE_PX)

    def _paint_header(self, painter: QPainter) -> None:
        rect = QRect(0, 0, self.width(), header_height() + EDGE_PX)
        painter.fillRect(rect, theme.colour("g2"))
        if self._replaying is None:
            return
        strong, small = theme.font("small", strong=True), theme.font("small")
        left = self._paint_chip(painter, rect)
        at, ago = self.words()
        right = rect.right() - PAD_PX
        for words, font, tone in ((ago, strong, "t1"), (at, strong, "t1"), (self._source_words(rect), small, "t2")):
            width = QFontMetrics(font).horizontalAdvance(words)
            painter.setFont(font)
            painter.setPen(theme.colour(tone))
            painter.drawText(QRect(right - width, rect.top(), width + 1, rect.height()), _RIGHT, words)
            right -= width + (GAP_PX + 4 if width else 0)
        right = self._paint_sound(painter, rect, right)
        painter.setFont(strong)
        painter.setPen(theme.colour("t1"))
        name = QFontMetrics(strong).elidedText(self._title, Qt.TextElideMode.ElideMiddle, max(0, right - left))
        painter.drawText(QRect(left, rect.top(), max(0, right - left), rect.height()), _LEFT, name)

    def _paint_sound(self, painter: QPainter, rect: QRect, right: int) -> int:
        """Draw what is heard, with words where there is room, and return where the name has to end."""
        told = self._replaying.sound_of(self._camera_id) if self._replaying is not None else None
        if told is None:
            return right
        chip, font = sound_chip(told), theme.font("small")
        words = self._teller.say(chip.words) if rect.width() >= SOURCE_FROM_PX else ""
        width = QFontMetrics(font).horizontalAdvance(words)
        painter.setFont(font)
        painter.setPen(theme.colour(chip.tone))
        painter.drawText(QRect(right - width, rect.top(), width + 1, rect.height()), _RIGHT, words)
        right -= width + (4 if width else 0)
        picture = pixmap(chip.icon, IN_TEXT_PX, chip.tone, self.devicePixelRatioF())
        painter.drawPixmap(
            centred(IN_TEXT_PX, QRect(right - IN_TEXT_PX, rect.top(), IN_TEXT_PX, rect.height())), picture
        )
        return right - IN_TEXT_PX - GAP_PX - 4

    def _source_words(self, rect: QRect) -> str:
        if self._replaying is None or rect.width() < SOURCE_FROM_PX:
            return ""
        state = self._replaying.states[self._camera_id]
        return self._teller.say(Told(SOURCE_WORDS[state.source])) if state.shown_at is not None else ""

    def _paint_chip(self, painter: QPainter, rect: QRect) -> int:
        """Draw the filled chip that says what this is, and return where the name begins."""
        font = theme.font("caption", strong=True)
        words = self._teller.say(Told(CHIP))
        side = IN_TEXT_PX - 2
        chip = QRect(PAD_PX, rect.top() + 3, 6 + side + 4 + QFontMetrics(font).horizontalAdvance(words) + 6, 0)
        chip.setHeight(rect.height() - 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("t1"))
        painter.drawRoundedRect(QRectF(chip), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        picture = pixmap("evidence", side, "g0", self.devicePixelRatioF())
        painter.drawPixmap(centred(side, QRect(chip.left() + 6, chip.top(), side, chip.height())), picture)
        painter.setFont(font)
        painter.setPen(theme.colour("g0"))
        painter.drawText(chip.adjusted(6 + side + 4, 0, 0, 0), _LEFT, words)
        return chip.right() + GAP_PX

    def _paint_room(self, painter: QPainter) -> None:
        room, plate = self._room(), self._plate()
        if plate is not None:
            painter.fillRect(room, hatch(self.devicePixelRatioF()))
            painter.setFont(theme.font("body"))
            words = painter.boundingRect(room.adjusted(24, 0, -24, 0), _CENTRE, plate)
            painter.fillRect(words.adjusted(-12, -8, 12, 8), theme.colour("g1"))
            painter.setPen(theme.colour("t1"))
            painter.drawText(words, _CENTRE, plate)
            return
        fit = Fit.of(room, self._image.size(), self.devicePixelRatioF())
        for bar in fit.bars:
            painter.fillRect(bar, theme.colour("g0"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, fit.is_enlarged)
        painter.drawImage(fit.rect, self._image)

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(640, 390)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint_room(painter)
            self._paint_header(painter)
            edge = theme.colour("t2" if self._replaying is not None else "g2")
            below = self.rect().adjusted(0, header_height(), 0, 0)
            for side in (
                QRect(below.left(), below.top(), below.width(), EDGE_PX),
                QRect(below.left(), below.bottom() - EDGE_PX + 1, below.width(), EDGE_PX),
                QRect(below.left(), below.top(), EDGE_PX, below.height()),
                QRect(below.right() - EDGE_PX + 1, below.top(), EDGE_PX, below.height()),
            ):
                painter.fillRect(side, edge)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_on_screen:
            self._is_on_screen = True
            self._render_clock.join(self.refresh)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._is_on_screen:
            self._is_on_screen = False
            self._render_clock.leave(self.refresh)


CHIP = N_("Replay")
