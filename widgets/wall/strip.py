"""The strip above the wall: what is shown, which keys work here, and the clock where no top bar shows it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from console.words import N_
from widgets.common import theme
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import ElidedLabel, Ground, label
from widgets.state.telling import Teller, Told
from widgets.state.wall import WallState
from widgets.wall.sides import layout_name

STRIP_PX = 36
MOST_TOLD_PX = 420  # of the line that tells; the first keys keep their room beside it


class WallStrip(Ground):
    """Shows the layout, the page and the keys; the layout is a button for those who do not know its key.

    Signals:
        layouts_asked: the button was pressed.
    """

    layouts_asked = Signal()

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__("g1", parent)
        self._teller = teller
        self._title = label("strong", "t1", strong=True)
        self._layout = QToolButton(self)
        self._page = KeyHints(self)
        self._told = ElidedLabel("body", "t1", parent=self)
        self._hints = KeyHints(self)
        self._clock = label("strong", "t1", strong=True)
        self._said: tuple[tuple[tuple[str, ...], str], ...] = ()
        self._layout.clicked.connect(self.layouts_asked)
        self._layout.setFont(theme.font("body"))
        self._layout.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 12, 1)
        row.setSpacing(12)
        row.addWidget(self._title)
        row.addWidget(self._layout)
        row.addWidget(self._page)
        row.addWidget(self._told, 1)
        row.addWidget(self._hints)
        row.addWidget(self._clock)
        self._clock.hide()
        self._title.hide()

    def show_state(self, state: WallState, hints: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """Show layout and page, and the keys that work here, the most needed first."""
        say = self._teller.say
        self._title.setText(say(Told(N_("Video wall"))))
        name = layout_name(state.layout, self._teller)
        self._layout.setText(name)
        self._layout.setAccessibleName(say(Told(N_("Layout {name}"), {"name": name})))
        self._layout.setToolTip(say(Told(N_("Layout {name}"), {"name": name})))
        if state.pages > 1:
            page = say(Told(N_("page {page} of {pages}"), {"page": state.page + 1, "pages": state.pages}))
            self._page.show_hints(((("[", "]"), page),))
        self._page.setVisible(state.pages > 1)
        self._page.setFixedWidth(max(1, self._page.natural_width() + 2))
        self._said = tuple(hints)
        self._fit()

    def tell(self, words: str) -> None:
        """Say in one line what just happened or why something waits; nothing takes it away but the next."""
        if words != self._told.text():
            self._told.setText(words)
            self._told.setToolTip(words)
            self._told.setAccessibleName(words)
            self._fit()

    @property
    def told(self) -> str:
        return self._told.text()

    @staticmethod
    def height_px() -> int:
        """Return the strip's height: 36, more only where the operator enlarged the type."""
        return max(STRIP_PX, QFontMetrics(theme.font("strong")).height() + 10)

    def show_title(self, *, is_shown: bool) -> None:
        """Show the page's name, or not where a tab above names it."""
        self._title.setVisible(is_shown)
        self._fit()

    def show_clock(self, words: str) -> None:
        """Show the time of day, or nothing where the top bar shows it."""
        self._clock.setText(words)
        self._clock.setVisible(bool(words))

    def _fit(self) -> None:
        """Show as many hints as there is room for; ``F1`` has all of them."""
        used = self._title.sizeHint().width() if not self._title.isHidden() else 0
        used += self._layout.sizeHint().width() + 24 + 12 * 5
        used += self._page.width() if not self._page.isHidden() else 0
        used += min(MOST_TOLD_PX, self._told.sizeHint().width()) if self._told.text() else 0
        used += self._clock.sizeHint().width() if not self._clock.isHidden() else 0
        hints = list(self._said)
        while hints:
            self._hints.show_hints(hints)
            if self._hints.natural_width() + 4 <= self.width() - used:
                break
            del hints[-2 if len(hints) > 1 else -1]  # the last one, F1, goes last
        self._hints.setVisible(bool(hints))
        for part in (self._page, self._hints):
            part.setFixedHeight(self.height_px() - 8)
        self._hints.setFixedWidth(max(1, self._hints.natural_width() + 2))

    # ---- Qt's own ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
