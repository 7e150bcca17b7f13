"""PTZ mode in one tile: keys turn the camera while they are held, the mouse by a drag from the centre."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.application.errors import Unavailable
from console.application.ptz_desk import Turning
from console.domain.ptz import STILL, Velocity
from widgets.common import theme
from widgets.ptz.bar import PtzBar
from widgets.ptz.keys import HELD, PTZ_KEYS
from widgets.state.ptz import PtzTold, velocity_of, velocity_towards
from widgets.state.telling import Teller
from widgets.wall.strip import WallStrip
from widgets.wall.tile import Tile
from widgets.wall.tile_painting import header_height

# The station stops a camera whose seat says nothing for 1.4 s: three words may be lost.
BEAT_MS = 400
CENTRE_PX, ARROW_PX = 5, 9
_NAMES = {
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Plus: "+",
    Qt.Key.Key_Equal: "+",
    Qt.Key.Key_Minus: "-",
    Qt.Key.Key_Underscore: "-",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_M: "M",
    Qt.Key.Key_Escape: "Esc",
}
_SIGNS = {"＋": "+", "＝": "+", "－": "-"}


class PtzMode(QWidget):
    """Lies over the picture of a tile and has the focus while its camera is turned. GUI thread.

    Whatever ends it stops the camera first: the key, the focus that went, the tile that shows another camera. It talks
    to the station through ``Turning``, which never waits for the camera.

    Signals:
        ended: it is over; whoever made it takes it away.
        failed: an order did not leave this seat.
    """

    ended = Signal()
    failed = Signal(object)

    def __init__(self, tile: Tile, turning: Turning, teller: Teller, page: QWidget) -> None:
        super().__init__(tile)
        assert tile.camera is not None
        self._tile, self._turning, self._page = tile, turning, page
        self._camera_id = tile.camera.camera_id
        self._held: dict[str, tuple[int, int, int]] = {}
        self._velocity = STILL
        self._mouse: QPointF | None = None
        self._is_over = self._is_keeping = False
        self._bar = PtzBar(teller, tile.camera, page)
        self._beat = QTimer(self)
        self._beat.setObjectName("ptz-beat-400-ms")
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._say_again)
        theme.no_input_method(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self._bar.accessibleName())
        tile.installEventFilter(self)
        page.installEventFilter(self)
        self._place()
        self._bar.show()
        self._bar.raise_()
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._beat.start()

    @property
    def camera_id(self) -> str:
        return self._camera_id

    @property
    def bar(self) -> PtzBar:
        return self._bar

    def show_told(self, told: PtzTold) -> None:
        """Take in what the station says; a camera that is free again, or somebody else's, is no longer ours."""
        if told.condition in ("free", "tour") or told.seat_id != self._turning.lease.seat_id:
            self._end(is_told=False)
            return
        self._bar.show_told(told)
        self.setAccessibleName(self._bar.accessibleName())

    def retranslate(self) -> None:
        self._bar.retranslate()

    def leave(self) -> None:
        """Stop the camera, let it go back, and end."""
        self._end(is_told=True)

    def _end(self, *, is_told: bool) -> None:
        if self._is_over:
            return
        self._turn(STILL)
        self._is_over = True
        self._beat.stop()
        self._tile.removeEventFilter(self)
        self._page.removeEventFilter(self)
        if is_told:
            self._order(self._turning.leave)
        had_focus = self.hasFocus()
        self._bar.hide()
        self._bar.deleteLater()
        self.hide()
        if had_focus:
            self._tile.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ended.emit()

    # ---- turning -------------------------------------------------------------------------------------------------

    def _turn(self, velocity: Velocity) -> None:
        if velocity == self._velocity:
            return
        self._velocity = velocity
        self._order(self._turning.stop if velocity.is_still else lambda: self._turning.turn(velocity))
        self.update()

    @Slot()
    def _say_again(self) -> None:
        camera = self._tile.camera
        if camera is None or camera.camera_id != self._camera_id or not self._tile.isVisible():
            self.leave()
        elif not self._velocity.is_still:
            self._order(lambda: self._turning.turn(self._velocity))

    def _order(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Unavailable as cause:
            self.failed.emit(cause)

    def _ask_keeping(self, *, is_asked: bool) -> None:
        """Let the next digit keep a preset instead of going to it, and say so in the bar."""
        self._is_keeping = is_asked
        self._bar.show_keeping(is_asked=is_asked)
        self.setAccessibleName(self._bar.accessibleName())

    def _release_all(self) -> None:
        self._held.clear()
        self._mouse = None
        self._turn(STILL)

    # ---- place ---------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        head = header_height()
        self.setGeometry(QRect(0, head, self._tile.width(), self._tile.height() - head))
        self._bar.setGeometry(0, 0, self._page.width(), WallStrip.height_px())

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() == QEvent.Type.Hide:
            self.leave()
        return False

    def event(self, event: QEvent) -> bool:
        # Told that the key is meant here, Qt sends it as a key and not as a shortcut of the wall.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _name(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _name(event)
        if not name:
            super().keyPressEvent(event)
            return
        if event.isAutoRepeat():
            return
        if name in HELD:
            self._held[name] = HELD[name]
            self._turn(velocity_of(self._held.values()))
        elif name == "Esc":
            self.leave()
        elif name == "Home":
            self._order(self._turning.go_home)
        elif name == "M":
            self._ask_keeping(is_asked=not self._is_keeping)
        elif self._is_keeping:
            self._ask_keeping(is_asked=False)
            self._order(lambda: self._turning.keep(int(name)))
        else:
            self._order(lambda: self._turning.go_to(int(name)))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        name = _name(event)
        if not event.isAutoRepeat() and self._held.pop(name, None) is not None:
            self._turn(velocity_of(self._held.values()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._mouse = event.position()
            self._turn(velocity_towards(self._mouse.x(), self._mouse.y(), self.width(), self.height()))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse = None
        self._turn(velocity_of(self._held.values()))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Not the tile's: it would be enlarged while its camera is being turned."""

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._release_all()
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.cosmetic_pen("focus", 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
            centre = QPointF(self.width() / 2, self.height() / 2)
            ends = (centre, self._mouse) if self._mouse is not None else (centre,)
            for pen in (theme.cosmetic_pen("g0", 4), theme.cosmetic_pen("t1", 2)):
                painter.setPen(pen)
                painter.drawEllipse(centre, CENTRE_PX, CENTRE_PX)
                if len(ends) == 2:
                    painter.drawLine(*ends)
                    painter.drawEllipse(ends[1], ARROW_PX, ARROW_PX)


def _name(event: QKeyEvent) -> str:
    """Return the name of the key in ``PTZ_KEYS``; empty if it is none of them."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return ""
    text = event.text()
    name = _NAMES.get(Qt.Key(event.key())) or _SIGNS.get(text) or (text if text.isdigit() else "")
    if not name and Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
        name = str(event.key() - Qt.Key.Key_0)
    return name if any(key.name == name for key in PTZ_KEYS) else ""
