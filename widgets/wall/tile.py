"""One place on the wall: it pulls its pictures, says how old they are, and never shows the past as now.

Long because a tile meets every kind of event; what it paints stands in ``tile_painting`` and ``overlay_painting``.
"""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from console.application.ports import Clock
from console.domain.cameras import Camera
from console.domain.walls import USUAL_LAYERS, Layer
from console.words import N_
from widgets.common import theme
from widgets.state import zoom as z
from widgets.state.bays import plate_words
from widgets.state.chips import Chip
from widgets.state.hearing import SoundTold
from widgets.state.heat import HeatMemory
from widgets.state.overlay import LABEL_WORDS, OverlayMemory, SeenTold, TrackDrawn, ZoneDrawn, zones_of
from widgets.state.pace import LossGauge
from widgets.state.telling import Teller, Told
from widgets.state.tile import Border, Look, RecordingTold, StreamTold, TileFacts, TileLook, look_of
from widgets.wall import tile_painting as paint
from widgets.wall import zooming
from widgets.wall.dragging import CameraDrop, camera_in, carry
from widgets.wall.frame_source import Frame, FrameSource
from widgets.wall.overlay_painting import OverlayPainter
from widgets.wall.render_clock import RenderClock

LEAST_PX = (48, 24 + 27)  # 64 tiles at 960 × 540 logical (1080p at 200 %) are 86 × 53
WHEEL_STEP = 120.0  # eighths of a degree: one notch of a wheel
MOST_FINER = 4.0  # a quarter of a small tile's width is beyond any main stream
TELL_EVERY_TICKS = 15  # the header's tenths of a second are read by people: four times a second is enough


class Tile(QWidget):
    """A plain raster widget. GUI thread; the buffer is its own, so a paint never sees half a frame.

    It keeps ageing by itself: without a new frame and without a word from the station it turns stale.

    Signals:
        chosen: the tile got the focus. enlarge_asked: it was clicked twice.
        camera_dropped: a camera was let go over it. zoomed: another part of the picture is looked at.
    """

    chosen = Signal()
    camera_dropped = Signal(CameraDrop)
    zoomed = Signal()
    focus_moved = Signal()
    enlarge_asked = Signal()

    def __init__(self, teller: Teller, clock: Clock, render_clock: RenderClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._clock, self._render_clock = teller, clock, render_clock
        self._camera: Camera | None = None
        self._source: FrameSource | None = None
        self._buffer = bytearray()
        self._image = QImage()
        self._grey = QImage()
        self._frame: Frame | None = None
        self._before: FrameSource | None = None
        self._before_frame: Frame | None = None
        self._newest: Frame | None = None
        self._drawn: Frame | None = None
        self._facts = TileFacts()
        self._look = look_of(self._facts, clock.now())
        self._seen = OverlayMemory()
        self._heat = HeatMemory()
        self._loss = LossGauge()
        self._unheard_zones: frozenset[str] = frozenset()
        self._zones: tuple[ZoneDrawn, ...] = ()
        self._times = paint.NO_TIMES
        self._head_px = paint.header_height()
        self._fit = paint.Fit.of(QRect(), QSize(), 1.0)
        self._ticks = 0
        self._pulled_s = clock.monotonic_s()
        self._is_on_screen = False
        self._pressed_at: QPoint | None = None
        self._is_target = False
        self._panned_from: QPoint | None = None
        self._zoom = z.WHOLE
        self._is_alarm_tile = False
        self._layers: frozenset[Layer] = USUAL_LAYERS
        self._watermark = ""
        self.painted = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(*LEAST_PX)
        self.setAcceptDrops(True)
        self._tell(self._clock.now())

    # ---- what the wall says --------------------------------------------------------------------------------------

    @property
    def camera(self) -> Camera | None:
        return self._camera

    @property
    def look(self) -> TileLook:
        """How the tile looked when it was told last."""
        return self._look

    @property
    def picture(self) -> QImage:
        """A copy of the picture of now; null unless it is live."""
        return self._image.copy() if self._look.is_picture_shown and not self._look.is_grey else QImage()

    @property
    def picture_at(self) -> datetime | None:
        """When the picture shown was taken, by the camera's clock where that is known; ``None`` without one."""
        return None if self._newest is None else self._newest.captured_at or self._newest.received_at

    @property
    def sources(self) -> tuple[FrameSource, ...]:
        """What it pulls from now: two while it changes from one stream of its camera to another."""
        return tuple(source for source in (self._source, self._before) if source is not None)

    def show_camera(self, camera: Camera | None, stream: StreamTold | None = None) -> None:
        """Show another camera, or nothing. The old one's picture goes at once."""
        same = camera is not None and self._camera is not None and camera.camera_id == self._camera.camera_id
        self._camera = camera
        if not same:
            self.attach(None)
            self._facts = TileFacts()
            self._zoom = z.WHOLE
            self._seen.clear()
            self._heat.clear()
            self._unheard_zones = frozenset()
        self._zones = zones_of(camera, self._unheard_zones)
        if camera is not None:
            self._facts = replace(
                self._facts,
                number=camera.number,
                name=camera.name,
                stream=stream or self._facts.stream,
                is_watched=camera.is_watched,
                looked_at=self._facts.looked_at or self._clock.now(),
            )
        self._tell(self._clock.now())

    def attach(self, source: FrameSource | None) -> None:
        """Pull from another source from now on.

        Until that gives its first picture the one before is pulled from as well, so that a change of stream has no
        black moment. Should both give nothing the last picture ages as any other.
        """
        if source is self._source and source is not None:
            return
        if source is None:
            self._before, self._before_frame = None, None
        elif self._frame is not None:
            self._before, self._before_frame = self._source, self._frame
        self._source = source
        self._loss = LossGauge()
        self._frame = None
        if source is None:
            self._image, self._grey, self._buffer = QImage(), QImage(), bytearray()
            self._newest = None
        elif len(self._buffer) < source.capacity_bytes:
            self._image = self._image.copy()  # it lay in the old buffer
            self._buffer = bytearray(source.capacity_bytes)

    def note_stream(self, stream: StreamTold) -> None:
        """Take in what the station says of this camera's stream."""
        before = self._facts.stream
        if before is None or before.sparing != stream.sparing:
            self._loss = LossGauge()  # pictures left out on purpose are said by a chip of their own
        self._facts = replace(self._facts, stream=stream)
        self._tell(self._clock.now(), is_header_due=not self._is_on_screen)

    def note_seen(self, seen: SeenTold) -> None:
        """Take in what a look found. It is drawn with frames of the same second only."""
        self._seen.note(seen)
        if Layer.HEAT in self._layers:
            self._heat.note(seen)
        self._facts = replace(self._facts, looked_at=max(seen.received_at, self._facts.looked_at or seen.received_at))
        if self._is_on_screen:
            self.update(self._picture_room())

    def note_alarms(self, unheard_zones: frozenset[str], *, has_unheard_high: bool) -> None:
        """Take in the alarms of this camera: zones with a high one that nobody acknowledged."""
        self._unheard_zones, self._zones = unheard_zones, zones_of(self._camera, unheard_zones)
        self._facts = replace(self._facts, has_unheard_high=has_unheard_high)
        self._tell(self._clock.now())

    def mark_alarm_tile(self, *, is_one: bool) -> None:
        """Say in the header that alarms come here, or no longer."""
        if is_one != self._is_alarm_tile:
            self._is_alarm_tile = is_one
            self.update()

    def note_recording(self, recording: RecordingTold) -> None:
        """Take in what is being recorded here."""
        if recording != self._facts.recording:
            self._facts = replace(self._facts, recording=recording)
            self._tell(self._clock.now())

    def note_sound(self, sound: SoundTold | None) -> None:
        """Take in what is heard of this camera; ``None`` when nobody listens to it."""
        if sound != self._facts.sound:
            self._facts = replace(self._facts, sound=sound)
            self._tell(self._clock.now())

    def note_on_air(self, elapsed_s: float | None) -> None:
        """Take in how long speech has been going out here, ``None`` when none does."""
        self._facts = replace(self._facts, on_air_s=elapsed_s)
        self._tell(self._clock.now())

    def show_layers(self, layers: frozenset[Layer], watermark: str = "") -> None:
        """Draw these layers; the watermark says who looks, at which seat and when, in words already."""
        if (layers, watermark) != (self._layers, self._watermark):
            self._layers, self._watermark = layers, watermark
            self.update()

    @property
    def zoom(self) -> z.Zoom:
        """Which part of the picture is shown."""
        return self._zoom

    def look_at(self, zoom: z.Zoom) -> None:
        """Show a part of the picture, or all of it again."""
        if zoom != self._zoom and self._camera is not None:
            self._zoom = zoom
            self.update()
            self.zoomed.emit()

    def retranslate(self) -> None:
        """Say everything again, in the language of now."""
        self._tell(self._clock.now())
        self._speak()
        self.update()

    def refresh(self) -> bool:
        """Pull the newest frame if there is one; tell the age now and then. Say whether it paints for that."""
        self._ticks += 1
        is_new = self._pull()
        is_due = self._ticks % TELL_EVERY_TICKS == 0
        if is_due or (is_new and self._look.look is not Look.LIVE):
            self._tell(self._clock.now(), is_header_due=is_due)
        if is_new:
            before, fit = self._fit, self._fit_of(self._image)
            self.update(fit.rect if fit is before and self._look.is_picture_shown else self._picture_room())
        return is_new or is_due

    def look_on(self) -> None:
        """Pull and tell once, also while out of sight: behind an enlarged tile a camera is not blind."""
        self._pull()
        self._tell(self._clock.now())

    def picture_size_px(self) -> QSize:
        """Return how many pixels a picture may have here: those of the screen, more where a part of it is shown."""
        room = self._picture_room()
        ratio = self.devicePixelRatioF() * min(self._zoom.times, MOST_FINER)
        return QSize(int(room.width() * ratio), int(room.height() * ratio))

    # ---- pulling -------------------------------------------------------------------------------------------------

    def _pull(self) -> bool:
        if self._source is None:
            return False
        frame = self._source.copy_newest(self._buffer, self._frame.sequence if self._frame is not None else 0)
        if frame is not None:
            self._frame, self._before, self._before_frame = frame, None, None
        elif self._before is not None:
            assert self._before_frame is not None
            frame = self._before.copy_newest(self._buffer, self._before_frame.sequence)
            self._before_frame = frame or self._before_frame
        if frame is None:
            return False
        # The image lies over the tile's own buffer, which this thread alone writes and never while painting.
        self._image = QImage(self._buffer, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)
        if not self._grey.isNull():
            self._grey = QImage()
        self._newest = frame
        self._pulled_s = self._clock.monotonic_s()
        self._loss.observe(frame.sequence, frame.media_time_s)
        return True

    def _tell(self, now: datetime, *, is_header_due: bool = True) -> None:
        """Work out how the tile looks now and repaint what changed."""
        newest = self._newest
        self._facts = replace(
            self._facts,
            waited_s=self._clock.monotonic_s() - self._pulled_s,
            received_at=newest.received_at if newest is not None else None,
            captured_at=newest.captured_at if newest is not None else None,
            lost=self._loss.lost if newest is not None else self._facts.lost,
        )
        before, self._look = self._look, look_of(self._facts, now)
        is_other = (before.look, before.border, before.shape, before.plate) != (
            self._look.look,
            self._look.border,
            self._look.shape,
            self._look.plate,
        )
        # Ages and times are written when the header is due; between that only what warns is.
        if is_header_due or is_other or before.chips != self._look.chips:
            times = paint.Times.of(self._header(), self._look, self._teller, self._layers)
            if before.chips != self._look.chips or times.room != self._times.room:
                self.update(self._header())
            elif times != self._times:
                self.update(times.room)
            self._times = times
        if is_other:
            self.update()
        if is_header_due or is_other:
            self._speak()

    def _speak(self) -> None:
        """Tell a screen reader what changed: whole seconds only, and nothing twice (Qt would announce it)."""
        name, said = f"{self._facts.number} {self._facts.name}".strip(), paint.spoken(self._look, self._teller)
        if name != self.accessibleName():
            self.setAccessibleName(name)
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    # ---- painting ------------------------------------------------------------------------------------------------

    def _header(self) -> QRect:
        return QRect(0, 0, self.width(), self._head_px)

    def _picture_room(self) -> QRect:
        return QRect(0, self._head_px, self.width(), self.height() - self._head_px)

    def _fit_of(self, image: QImage) -> paint.Fit:
        """Return where a picture lies in this tile; worked out anew only when tile, picture or screen changed."""
        if self._fit.room.size() != self._picture_room().size() or self._fit.of_px != image.size():
            self._fit = paint.Fit.of(self._picture_room(), image.size(), self.devicePixelRatioF())
        return self._fit

    def _paint_header(self, painter: QPainter, asked: QRect) -> None:
        if self._times.room.contains(asked):  # four times a second on every tile, and a tenth of the work
            painter.fillRect(asked, theme.colour("g2"))
            self._times.paint(painter)
            return
        look = replace(self._look, chips=(*self._own_chips(), *self._look.chips))
        paint.paint_header(
            painter, self._header(), self._facts.number, self._facts.name, look, self._teller, self._layers
        )

    def _paint_picture(self, painter: QPainter, asked: QRect) -> None:
        room = self._picture_room()
        if self._look.is_picture_shown and not self._image.isNull():
            if self._look.is_grey and self._grey.isNull():
                self._grey = paint.without_colour(self._image)
            image = self._grey if self._look.is_grey else self._image
            fit = self._fit_of(image)
            for bar in fit.bars if not fit.rect.contains(asked) else ():
                painter.fillRect(bar, theme.colour("g0"))
            if fit.is_smooth:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if self._zoom.is_whole:
                painter.drawImage(fit.rect, image)
            else:
                painter.drawImage(QRectF(fit.rect), image, zooming.part_of(image, self._zoom))
            if self._newest is not self._drawn and self._newest is not None and self._camera is not None:
                self._drawn = self._newest
                self._render_clock.note_drawn(self._camera.camera_id, self._newest)
            if not self._look.is_grey:
                self._paint_overlay(painter, fit.rect)
            if not self._zoom.is_whole:
                zooming.paint_overview(painter, fit.rect, image, self._zoom)
        else:
            painter.fillRect(room, paint.hatch(self.devicePixelRatioF()))
        if self._look.plate is not None:
            paint.paint_plate(painter, room, self._look.plate, self._teller)
        if Layer.WATERMARK in self._layers and self._camera is not None:
            paint.paint_watermark(painter, room, self._watermark)

    def _paint_overlay(self, painter: QPainter, rect: QRect) -> None:
        zones, tracks = self._zones, self.tracks_now()
        steps = self._heat.steps_at(self._newest.received_at) if self._newest and Layer.HEAT in self._layers else b""
        if not zones and not tracks and not steps:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect)
        over = OverlayPainter(painter, zooming.whole_of(rect, self._zoom), self.width(), self._layers)
        if steps:
            over.heat(steps)
        if Layer.ZONES in self._layers:
            over.zones(zones)
            bays = self._seen.bays_at(self._newest.received_at, zones) if self._newest is not None else ()
            over.bays(bays, [plate_words(bay, self._teller) for bay in bays])
        over.tracks(tracks, [self._label(track) for track in tracks])
        if Layer.ZONES in self._layers:
            over.zone_names(zones)
        painter.restore()

    def _own_chips(self) -> tuple[Chip, ...]:
        """Say that only a part is seen, so that nobody takes it for the whole street, and that alarms come here."""
        chips = [Chip("review", Told(N_("alarm tile")), "t1")] if self._is_alarm_tile else []
        if not self._zoom.is_whole:
            chips.append(Chip("find", Told(N_("{times}×"), {"times": f"{self._zoom.times:.1f}"}), "t1"))
        return tuple(chips)

    def tracks_now(self) -> tuple[TrackDrawn, ...]:
        """Return the tracks that belong to the picture shown."""
        if self._newest is None or self._seen.is_empty:
            return ()
        return self._seen.tracks_at(self._newest.received_at, self._zones, is_unheard=self._facts.has_unheard_high)

    def _label(self, track: TrackDrawn) -> str:
        word = LABEL_WORDS.get(track.label)
        return self._teller.say(Told(word)) if word is not None else track.label

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._head_px = paint.header_height()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._times = paint.NO_TIMES  # they stand elsewhere from now on

    def paintEvent(self, event: QPaintEvent) -> None:
        header = event.region().intersected(self._header()).boundingRect()
        room = event.region().intersected(self._picture_room()).boundingRect()
        with QPainter(self) as painter:
            if not header.isEmpty():
                self._paint_header(painter, header)
            if not room.isEmpty():
                self._paint_picture(painter, room)
                self.painted += 1
            if self._look.border is not Border.NONE:
                paint.paint_border(painter, self.rect(), self._look.border)
            if self._is_target:
                paint.paint_target(painter, self.rect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_on_screen:
            self._is_on_screen = True
            self._ticks = self._render_clock.join(self.refresh)  # not all headers are written at one tick
            self._tell(self._clock.now())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._is_on_screen:
            self._is_on_screen = False
            self._render_clock.leave(self.refresh)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.chosen.emit()
        self.focus_moved.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_moved.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        is_left = event.button() is Qt.MouseButton.LeftButton
        # In an enlarged picture the mouse moves the part; the header still carries the camera away.
        is_pan = is_left and not self._zoom.is_whole and self._picture_room().contains(at)
        self._panned_from = at if is_pan else None
        self._pressed_at = at if is_left and not is_pan else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._panned_from is not None:
            room = self._picture_room()
            moved = self._panned_from - at
            self._panned_from = at
            self.look_at(z.panned(self._zoom, moved.x() / max(1, room.width()), moved.y() / max(1, room.height())))
            return
        if self._pressed_at is None or (at - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed_at = None
        if self._camera is not None:
            carry(self, self._camera.camera_id, self.grab())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed_at = self._panned_from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come closer to what is under the pointer."""
        steps = event.angleDelta().y() / WHEEL_STEP
        rect = self._fit_of(self._image).rect if not self._image.isNull() else self._picture_room()
        at = event.position()
        x = min(max((at.x() - rect.left()) / max(1, rect.width()), 0.0), 1.0)
        y = min(max((at.y() - rect.top()) / max(1, rect.height()), 0.0), 1.0)
        self.look_at(z.at_point(self._zoom, steps, x, y))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._panned_from = None
        self.enlarge_asked.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.isEnabled() and event.source() is not self and camera_in(event.mimeData()):
            self._mark(is_target=True)
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._is_target:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(is_target=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(is_target=False)
        source = event.source()
        camera_id = camera_in(event.mimeData())
        if self.isEnabled() and camera_id:
            event.acceptProposedAction()
            self.camera_dropped.emit(CameraDrop(camera_id, source if isinstance(source, QWidget) else None))

    def _mark(self, *, is_target: bool) -> None:
        """Show, or no longer, that what is carried would come here."""
        self._is_target = is_target
        self.update()
