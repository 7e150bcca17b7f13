"""The rail beside the wall: the head of the queue, read only, this seat's pace, and what nobody can see."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.application.read_models import AlarmRow
from console.domain.alarms import Priority
from console.words import N_
from widgets.common import theme
from widgets.common.icons import pixmap
from widgets.common.state_icon import state_icon
from widgets.state.telling import Named, Teller, Told, age

RAIL_PX, CARDS, HEAD_PX, CARD_PX, PAD_PX, EDGE_PX = 255, 7, 40, 83, 14, 4
BLOCKS, EASY, MODERATE, FLOOD = 10, 1, 2, 10  # alarms in ten minutes (DESIGN §6)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Rail(QWidget):
    """Paints what it was told; no keys, no focus: verdicts are given on the review page."""

    def __init__(self, teller: Teller, parent: QWidget | None = None, *, can_acknowledge: bool = False) -> None:
        super().__init__(parent)
        self._teller = teller
        self._can_acknowledge = can_acknowledge
        self._rows: tuple[AlarmRow, ...] = ()
        self._now: datetime | None = None
        self._rate = 0
        self._blind = self._places = 0
        self._on_air = ""
        self._spared: Told | None = None
        self.setFixedWidth(RAIL_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_queue(self, rows: Sequence[AlarmRow], now: datetime, rate: int) -> None:
        """Show the waiting alarms in queue order, and how many came to this seat in ten minutes."""
        self._rows, self._now, self._rate = tuple(rows), now, rate
        self._spoken()
        self.update()

    def show_now(self, now: datetime) -> None:
        """Let the ages go on."""
        if self._now is not None:
            self._now = now
            self.update(0, 0, self.width(), HEAD_PX + CARDS * CARD_PX)

    def show_sight(self, blind: int, places: int, on_air: str, spared: Told | None = None) -> None:
        """Show how many cameras of this wall cannot be seen, where speech goes out (a camera's number), and what a
        busy machine leaves out of the others.
        """
        if (blind, places, on_air, spared) != (self._blind, self._places, self._on_air, self._spared):
            self._blind, self._places, self._on_air, self._spared = blind, places, on_air, spared
            self.update()

    def retranslate(self) -> None:
        self._spoken()
        self.update()

    def _spoken(self) -> None:
        self.setAccessibleName(self._teller.say(Told(N_("To review {count}"), {"count": len(self._rows)})))

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g2"))
            self._paint_head(painter)
            foot = self._foot_px()
            room = self.height() - HEAD_PX - foot
            shown = min(CARDS, len(self._rows), max(0, room // CARD_PX))
            for at, row in enumerate(self._rows[:shown]):
                self._paint_card(painter, QRect(0, HEAD_PX + at * CARD_PX, self.width(), CARD_PX), row)
            if not self._rows:
                self._paint_empty(painter)
            elif shown < len(self._rows) and room - shown * CARD_PX >= 24:
                more = self._say(N_("{count} more below"), count=len(self._rows) - shown)
                place = QRect(PAD_PX, HEAD_PX + shown * CARD_PX, self.width() - 2 * PAD_PX, 24)
                self._text(painter, place, _LEFT, more, "caption", "t2")
            self._paint_foot(painter, QRect(0, self.height() - foot, self.width(), foot))

    def _say(self, sentence: str, **values: object) -> str:
        return self._teller.say(Told(sentence, values))

    def _text(
        self, painter: QPainter, rect: QRect, how: int, words: str, role: str, tone: str, *, strong: bool = False
    ) -> int:
        """Draw one line, elided to its room, and return its width."""
        font = theme.font(role, strong=strong)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(theme.colour(tone))
        fitted = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, how, fitted)
        return metrics.horizontalAdvance(fitted)

    def _paint_head(self, painter: QPainter) -> None:
        rect = QRect(PAD_PX, 0, self.width() - 2 * PAD_PX, HEAD_PX)
        title = self._say(N_("To review {count}"), count=len(self._rows))
        used = self._text(painter, rect, _LEFT, title, "strong", "t1", strong=True)
        if self._rows and self._now is not None:
            oldest = age(self._now - min(row.raised_at for row in self._rows))
            rest = rect.adjusted(used + 8, 0, 0, 0)
            self._text(painter, rest, _RIGHT, self._say(N_("oldest {age}"), age=oldest), "caption", "t2")
        self._line(painter, HEAD_PX - 1)

    def _line(self, painter: QPainter, y: int) -> None:
        painter.fillRect(0, y, self.width(), 1, theme.colour("line"))

    def _paint_card(self, painter: QPainter, rect: QRect, row: AlarmRow) -> None:
        is_unheard = row.priority is Priority.HIGH and row.acknowledged_at is None
        if is_unheard:
            painter.fillRect(QRect(rect.left(), rect.top(), EDGE_PX, rect.height()), theme.colour("high"))
        inner = rect.adjusted(PAD_PX, 8, -PAD_PX, -8)
        line = inner.height() // 3
        first = QRect(inner.left(), inner.top(), inner.width(), line)
        state_icon(_shape(row), 16).paint(painter, QRect(first.left(), first.top() + (line - 16) // 2, 16, 16))
        waited = age(self._now - row.raised_at) if self._now is not None else ""
        used = QFontMetrics(theme.font("strong", strong=True)).horizontalAdvance(waited)
        head, rest = in_two(self._teller.say(Named(row.category_zh, row.category_en)), inner.width() - 24, used + 8)
        role = "small" if rest else "strong"
        self._text(painter, first.adjusted(24, 0, 0, 0), _LEFT, head, role, "t1", strong=True)
        if rest:
            line = inner.height() // 4
            self._text(painter, first.translated(0, line), _LEFT, rest, "small", "t1", strong=True)
        role = "small" if rest else "body"
        place = self._elided_middle(row.where, inner.width(), role)
        self._text(painter, first.translated(0, line * (2 if rest else 1)), _LEFT, place, role, "t2")
        third = first.translated(0, line * (3 if rest else 2))
        self._text(painter, third if rest else first, _RIGHT, waited, "strong", "t1", strong=True)
        third = third.adjusted(0, 0, -used - 8, 0) if rest else third
        if is_unheard and self._can_acknowledge:
            self._paint_acknowledge(painter, third)
        else:
            self._text(painter, third, _LEFT, self._teller.say(_whose(row)), "caption", "t3")
        self._line(painter, rect.bottom())

    def _elided_middle(self, words: str, width: int, role: str) -> str:
        return QFontMetrics(theme.font(role)).elidedText(words, Qt.TextElideMode.ElideMiddle, width)

    def _paint_acknowledge(self, painter: QPainter, rect: QRect) -> None:
        used = self._text(painter, rect, _LEFT, self._say(N_("Nobody yet")), "caption", "t2")
        cap = QRect(rect.left() + used + 12, rect.top() + (rect.height() - 20) // 2, 20, 20)
        paint_cap(painter, cap, "A")
        rest = rect.adjusted(used + 38, 0, 0, 0)
        self._text(painter, rest, _LEFT, self._say(N_("acknowledge")), "caption", "t2")

    def _paint_empty(self, painter: QPainter) -> None:
        rect = QRect(PAD_PX, HEAD_PX + 12, self.width() - 2 * PAD_PX, 80)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("t2"))
        how = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        words = N_("Nothing to review.") if self._now is not None else N_("Reading what waits…")
        painter.drawText(rect, how, self._say(words))

    def _foot_px(self) -> int:
        lines = (1 if self._blind else 0) + (1 if self._on_air else 0) + (1 if self._spared is not None else 0)
        return 84 + (16 + 26 * lines if lines else 0)

    def _paint_foot(self, painter: QPainter, rect: QRect) -> None:
        self._line(painter, rect.top())
        left, width = PAD_PX, self.width() - 2 * PAD_PX
        head = QRect(left, rect.top() + 10, width, 28)
        self._text(painter, head, _LEFT, self._say(N_("This seat, last 10 min")), "body", "t2")
        unit = self._teller.words.plural("alarm", "alarms", self._rate)
        used = self._text(painter, head, _RIGHT, unit, "small", "t2")
        number = head.adjusted(0, 0, -used - 6, 0)
        self._text(painter, number, _RIGHT, str(self._rate), "title", "t1", strong=True)
        self._paint_blocks(painter, QRect(left, rect.top() + 44, width, 8))
        scale = QRect(left, rect.top() + 56, width, 20)
        band = 0 if self._rate <= EASY else 1 if self._rate < FLOOD else 2
        words = (
            self._say(N_("{count} easy"), count=EASY),
            self._say(N_("{count} moderate"), count=MODERATE),
            self._say(N_("{count} flood"), count=FLOOD),
        )
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for at, (label, how) in enumerate(zip(words, (_LEFT, centre, _RIGHT), strict=True)):
            is_now = at == band
            self._text(painter, scale, how, label, "caption", "t1" if is_now else "t3", strong=is_now)
        self._paint_sight(painter, QRect(left, rect.top() + 84, width, rect.height() - 84))

    def _paint_blocks(self, painter: QPainter, rect: QRect) -> None:
        width = (rect.width() - 2 * (BLOCKS - 1)) / BLOCKS
        full = theme.colour("med" if self._rate >= FLOOD else "t1")
        for at in range(BLOCKS):
            left = rect.left() + round(at * (width + 2))
            tone = full if at < self._rate else theme.colour("g4")
            painter.fillRect(left, rect.top(), round(width), rect.height(), tone)

    def _paint_sight(self, painter: QPainter, rect: QRect) -> None:
        if rect.height() <= 0:
            return
        self._line(painter, rect.top())
        top = rect.top() + 10
        if self._blind:
            place = QRect(rect.left(), top, rect.width(), 22)
            state_icon("fault", 16).paint(painter, QRect(place.left(), top + 3, 16, 16))
            words = self._say(N_("{blind} of {places} here cannot be seen"), blind=self._blind, places=self._places)
            self._text(painter, place.adjusted(24, 0, 0, 0), _LEFT, words, "body", "t1")
            top += 26
        if self._spared is not None:
            place = QRect(rect.left(), top, rect.width(), 22)
            picture = pixmap("dropping", 16, "fault", painter.device().devicePixelRatio())
            painter.drawPixmap(QRect(place.left(), top + 3, 16, 16), picture)
            self._text(painter, place.adjusted(24, 0, 0, 0), _LEFT, self._teller.say(self._spared), "body", "t1")
            top += 26
        if self._on_air:
            place = QRect(rect.left(), top, rect.width(), 22)
            state_icon("air", 16).paint(painter, QRect(place.left(), top + 3, 16, 16))
            words = self._say(N_("On air at {number}"), number=self._on_air)
            stop = self._say(N_("stop"))
            used = self._text(painter, place, _RIGHT, stop, "body", "t2")
            cap = QRect(place.right() - used - 6 - 34, top + 1, 32, 20)
            paint_cap(painter, cap, "Esc")
            self._text(painter, place.adjusted(24, 0, -used - 46, 0), _LEFT, words, "body", "t1")


def paint_cap(painter: QPainter, rect: QRect, key: str) -> None:
    """Draw a key as a cap: its name in a thin border."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.cosmetic_pen("edge"))
    painter.setBrush(theme.colour("g1"))
    painter.drawRoundedRect(rect, 3, 3)
    font: QFont = theme.font("caption", strong=True)
    painter.setFont(font)
    painter.setPen(theme.colour("t1"))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), key)
    painter.restore()


def in_two(matter: str, room_px: int, beside_px: int) -> tuple[str, str]:
    """Return a matter on one line beside its age, or on two smaller ones, where the first has the room to itself.

    Args:
        room_px: of the first line. beside_px: what the age takes of it; on two lines it stands elsewhere.
    """
    if QFontMetrics(theme.font("strong", strong=True)).horizontalAdvance(matter) <= room_px - beside_px:
        return matter, ""
    metrics = QFontMetrics(theme.font("small", strong=True))
    fits = next(n for n in range(len(matter), 0, -1) if metrics.horizontalAdvance(matter[:n]) <= room_px)
    if fits == len(matter):
        fits -= 1  # as long as the room: two lines all the same
    space = matter.rfind(" ", 0, fits + 1)
    cut = space if space > 0 else fits  # Chinese breaks after any sign
    return matter[:cut].strip(), matter[cut:].strip()


def _shape(row: AlarmRow) -> str:
    if row.priority is Priority.HIGH:
        return "high" if row.acknowledged_at is None else "high_acknowledged"
    return "medium" if row.priority is Priority.MEDIUM else "low"


def _whose(row: AlarmRow) -> Told:
    if row.claimed_by:
        return Told(N_("Seat {seat} {who} has it"), {"seat": row.claimed_seat, "who": row.claimed_by})
    if row.hits > 1:
        return Told(N_("Unclaimed • {count} hits merged"), {"count": row.hits})
    if row.priority is Priority.HIGH and row.acknowledged_at is None:
        return Told(N_("Nobody yet"))
    return Told(N_("Unclaimed"))
