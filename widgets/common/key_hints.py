"""A line of keys and what they do, drawn as caps with words; it wraps to a second line rather than being cut."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.common import theme

CAP_PAD, GAP, BETWEEN = 12, 6, 16


class KeyHints(QWidget):
    """Shows ``(keys, words)`` pairs; several keys of one pair are separate caps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hints: tuple[tuple[tuple[str, ...], str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hints(self, hints: Sequence[tuple[tuple[str, ...], str]]) -> None:
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.setAccessibleName(", ".join(f"{' '.join(keys)}: {words}" for keys, words in hints))
            self.updateGeometry()
            self.update()

    def _line_px(self) -> int:
        return QFontMetrics(theme.font("small")).height() + 8

    def _pair_px(self, keys: tuple[str, ...], words: str) -> int:
        caption, small = QFontMetrics(theme.font("caption")), QFontMetrics(theme.font("small"))
        caps = sum(max(22, caption.horizontalAdvance(key) + CAP_PAD) + 4 for key in keys)
        return caps - 4 + GAP + small.horizontalAdvance(words) + 2

    def _placed(self, width: int) -> list[tuple[QRect, str, bool]]:
        """Return every cap and word with its place; a pair never breaks in the middle."""
        caption, small = QFontMetrics(theme.font("caption")), QFontMetrics(theme.font("small"))
        x, y, line = 0, 0, self._line_px()
        placed: list[tuple[QRect, str, bool]] = []
        for keys, words in self._hints:
            caps = [max(22, caption.horizontalAdvance(key) + CAP_PAD) for key in keys]
            if x and x + self._pair_px(keys, words) > width:
                x, y = 0, y + line
            for key, cap in zip(keys, caps, strict=True):
                placed.append((QRect(x, y + 2, cap, line - 5), key, True))
                x += cap + 4
            x += GAP - 4
            placed.append((QRect(x, y, small.horizontalAdvance(words) + 2, line), words, False))
            x += small.horizontalAdvance(words) + BETWEEN
        return placed

    def natural_width(self) -> int:
        """Return how wide one line of all hints is."""
        return max((rect.right() for rect, _, _ in self._placed(100_000)), default=0) + 1

    # ---- Qt's own ----

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max((rect.bottom() for rect, _, _ in self._placed(width)), default=self._line_px()) + 1

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(max((self._pair_px(keys, words) for keys, words in self._hints), default=0), self._line_px())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for rect, words, is_cap in self._placed(self.width()):
                painter.setFont(theme.font("caption" if is_cap else "small", strong=is_cap))
                if is_cap:
                    painter.setPen(theme.cosmetic_pen("edge"))
                    painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 3, 3)
                    painter.setPen(theme.colour("t1"))
                    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), words)
                else:
                    painter.setPen(theme.colour("t2"))
                    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
