"""A button that shows its key: a cap, a name, and what comes next in a second line."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.common import theme

CAP_PX, PAD_PX = 32, 12
TIGHT_BELOW_PX = 130  # six verdicts beside each other at 1366


class KeyButton(QAbstractButton):
    """A verdict or verb with its key. It never takes the focus from the list and never repeats.

    ``is_main`` fills it with the focus colour: the page's default action, one a page.
    """

    def __init__(self, key: str, parent: QWidget | None = None, *, is_main: bool = False, height: int = 64) -> None:
        super().__init__(parent)
        self.key = key
        self._second = ""
        self._is_main = is_main
        self._is_chosen = False
        self._height = height
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoRepeat(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, name: str, second: str = "") -> None:
        """Show these words; the name and key are what a screen reader says."""
        self.setText(name)
        self._second = second
        self.setAccessibleName(f"{name} {self.key}")
        self.setAccessibleDescription(second)
        self.updateGeometry()
        self.update()

    def make_main(self, is_main: bool) -> None:
        if is_main != self._is_main:
            self._is_main = is_main
            self.update()

    def mark(self, *, is_chosen: bool) -> None:
        """Show that this numbered choice is taken: a border in the focus colour and a tick."""
        if is_chosen != self._is_chosen:
            self._is_chosen = is_chosen
            self.update()

    def set_height(self, height: int) -> None:
        self._height = height
        self.updateGeometry()

    @property
    def second(self) -> str:
        return self._second

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        name = QFontMetrics(theme.font("strong" if self._second else "body", strong=True)).horizontalAdvance(
            self.text()
        )
        second = QFontMetrics(theme.font("caption")).horizontalAdvance(self._second)
        cap = max(CAP_PX if self._height >= 44 else 22, self._cap_width())
        return QSize(PAD_PX + cap + 9 + max(name, second) + PAD_PX + 2, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(PAD_PX + CAP_PX + 8 + 24, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        is_on = self.isEnabled()
        filled = self._is_main and is_on
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = "focus" if filled else ("g4" if self.isDown() or self.underMouse() else "g3")
            painter.setBrush(theme.colour(ground))
            painter.setPen(Qt.PenStyle.NoPen if filled else theme.cosmetic_pen("edge" if is_on else "line"))
            if self._is_chosen:
                painter.setPen(theme.cosmetic_pen("focus", 2))
            inset = 1 if self._is_chosen else 0
            painter.drawRoundedRect(self.rect().adjusted(inset, inset, -1 - inset, -1 - inset), 4, 4)
            ink = theme.colour("g0") if filled else theme.colour("t1" if is_on else "t3")
            is_tight = self.width() < TIGHT_BELOW_PX
            side = min(CAP_PX - 6 * is_tight, self.height() - 14) if self._height >= 44 else 22
            cap = QRect(PAD_PX - 6 * is_tight, (self.height() - side) // 2, max(side, self._cap_width()), side)
            painter.setPen(theme.cosmetic_pen("g0" if filled else ("edge" if is_on else "line")))
            painter.setBrush(Qt.BrushStyle.NoBrush if filled else theme.colour("g1"))
            painter.drawRoundedRect(cap, 3, 3)
            painter.setPen(ink)
            painter.setFont(theme.font("strong" if side > 24 else "caption", strong=True))
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self.key)
            room = self.rect().adjusted(cap.right() + 9, 4, -6 - (20 if self._is_chosen else 0), -4)
            if self._is_chosen:
                _paint_tick(painter, self.rect().adjusted(self.width() - 26, 0, -10, 0))
            self._paint_words(painter, room, filled=filled)

    def _cap_width(self) -> int:
        return QFontMetrics(theme.font("strong", strong=True)).horizontalAdvance(self.key) + 10

    def _paint_words(self, painter: QPainter, room: QRect, *, filled: bool) -> None:
        is_on = self.isEnabled()
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(theme.colour("g0") if filled else theme.colour("t1" if is_on else "t3"))
        painter.setFont(theme.font("strong" if self._second else "body", strong=bool(self._second) or self._is_main))
        metrics = QFontMetrics(painter.font())
        name = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        if not self._second:
            painter.drawText(room, left, name)
            return
        caption = QFontMetrics(theme.font("caption"))
        top = room.top() + (room.height() - metrics.height() - caption.height()) // 2
        painter.drawText(QRect(room.left(), top, room.width(), metrics.height()), left, name)
        painter.setPen(theme.colour("g0") if filled else theme.colour("t2" if is_on else "t3"))
        painter.setFont(theme.font("caption"))
        second = caption.elidedText(self._second, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QRect(room.left(), top + metrics.height(), room.width(), caption.height()), left, second)


def _paint_tick(painter: QPainter, room: QRect) -> None:
    middle = room.center()
    painter.setPen(theme.cosmetic_pen("focus", 2))
    painter.drawPolyline([middle + QPoint(-5, 0), middle + QPoint(-1, 4), middle + QPoint(6, -4)])
