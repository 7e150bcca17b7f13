"""Words and small marks on a page, in the roles of the type table: labels, chips, lines, grounds."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from widgets.common import theme
from widgets.common.state_icon import state_icon


class Lettered(QLabel):
    """A label in a role of the type table."""

    def __init__(self, role: str, tone: str, *, strong: bool = False) -> None:
        super().__init__()
        self._lettering = (role, tone, strong)
        self.setTextFormat(Qt.TextFormat.PlainText)
        dress(self, role, tone, strong=strong)

    def follow_text_size(self) -> None:
        """Take the size of the role anew: the operator may have enlarged the type."""
        role, _, strong = self._lettering
        self.setFont(theme.font(role, strong=strong))


def follow_text_size(page: QWidget) -> None:
    """Let every label of a page take the operator's text size of now (a page calls it when it says itself again)."""
    for lettered in page.findChildren(Lettered):
        lettered.follow_text_size()


def label(role: str, tone: str, *, strong: bool = False, wrap: bool = False) -> QLabel:
    """Return an empty label in a role of the type table and one of the text colours."""
    made = Lettered(role, tone, strong=strong)
    made.setWordWrap(wrap)
    return made


def dress(widget: QWidget, role: str, tone: str, *, strong: bool = False) -> None:
    """Give a widget the font of a role and a colour of the palette."""
    widget.setFont(theme.font(role, strong=strong))
    palette = widget.palette()
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        palette.setColor(group, QPalette.ColorRole.WindowText, theme.colour(tone))
    widget.setPalette(palette)


class ElidedLabel(Lettered):
    """One line that gives way: it ends in an ellipsis (in the middle for names of places), its whole is the tip."""

    def __init__(
        self, role: str, tone: str, *, strong: bool = False, middle: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(role, tone, strong=strong)
        if parent is not None:
            self.setParent(parent)
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    # ---- Qt's own ----

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            words = QFontMetrics(self.font()).elidedText(self.text(), self._mode, self.width())
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)


class Chip(QWidget):
    """A word in a thin border; the tone is the text's and the border's."""

    def __init__(self, parent: QWidget | None = None, tone: str = "t1") -> None:
        super().__init__(parent)
        self._words = ""
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setText(self, words: str, tone: str = "") -> None:
        self._words = words
        self._tone = tone or self._tone
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._words

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font("caption"))
        return QSize(metrics.horizontalAdvance(self._words) + 14, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.cosmetic_pen("edge" if self._tone in ("t1", "t2") else self._tone))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
            painter.setPen(theme.colour(self._tone))
            painter.setFont(theme.font("caption"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._words)


class StateShape(QWidget):
    """A state's shape in its colour, with the word for those who cannot see it."""

    def __init__(self, state: str, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._size = size
        self.setFixedSize(size, size)

    @property
    def state(self) -> str:
        return self._state

    def show_shape(self, state: str, word: str) -> None:
        self._state = state
        self.setAccessibleName(word)
        self.setToolTip(word)
        self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            state_icon(self._state, self._size).paint(painter, self.rect())


class Ground(QWidget):
    """A plain ground of the palette with radius 4; depth is the ground step only."""

    def __init__(self, token: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._token = token

    def set_ground(self, token: str) -> None:
        if token != self._token:
            self._token = token
            self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(self._token))
            painter.drawRoundedRect(self.rect(), 4, 4)


class Panel(Ground):
    """A panel of a page (g2)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("g2", parent)

    @classmethod
    def around(cls, content: QWidget) -> "Panel":
        panel = cls()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(content)
        return panel


class TellingLine(QWidget):
    """The one line in which a page says what just happened. Its room is kept, so nothing moves when it speaks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StateShape("medium", 16, self)
        self._words = ElidedLabel("body", "t1")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(self._shape)
        row.addWidget(self._words, 1)
        self.setFixedHeight(QFontMetrics(self._words.font()).height() + 8)
        self.tell("", is_refusal=False)

    def tell(self, words: str, *, is_refusal: bool) -> None:
        if words != self._words.text():
            self._words.setText(words)
            self._words.setToolTip(words)
            self.setAccessibleName(words)
        self._shape.setVisible(bool(words) and is_refusal)

    @property
    def words(self) -> str:
        return self._words.text()


def scrolled(content: QWidget) -> QScrollArea:
    """Return a frame in which the content scrolls up and down when there is no room; it never takes the focus."""
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


def rule_line() -> QFrame:
    """Return a divider of one pixel."""
    line = QFrame()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    palette = line.palette()
    palette.setColor(QPalette.ColorRole.Window, theme.colour("line"))
    line.setPalette(palette)
    return line
