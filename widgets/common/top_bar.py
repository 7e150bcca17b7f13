"""The bar at the top of a desk: name, tabs with their F-keys, who sits here, language, clock."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from console.words import CHINESE, ENGLISH, N_
from widgets.common import icons, theme
from widgets.common.lettering import ElidedLabel, dress, label
from widgets.state.telling import Teller, Told

BAR_PX, NAME_PX, PAD_PX, UNDERLINE_PX = 48, 148, 12, 3
LEAST_WHO_PX, LEAST_PX = 60, 480


class Tab(QAbstractButton):
    """A page's tab: icon, word, F-key. Where there is no room the key goes first, then the word of all but one."""

    def __init__(
        self, page_id: str, icon: str, sentence: Told | str, f_key: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.page_id, self.sentence, self.f_key = page_id, sentence, f_key
        self._icon = icon
        self._has_key = self._has_word = True
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its F-key works from everywhere
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, teller: Teller) -> None:
        self.setText(teller.say(self.sentence if isinstance(self.sentence, Told) else Told(self.sentence)))
        self.setAccessibleName(f"{self.text()} {self.f_key}")
        self.setToolTip(self.accessibleName())
        self.updateGeometry()

    def fold(self, *, has_key: bool, has_word: bool) -> None:
        if (has_key, has_word) != (self._has_key, self._has_word):
            self._has_key, self._has_word = has_key, has_word
            self.updateGeometry()
            self.update()

    def width_px(self, *, has_key: bool, has_word: bool) -> int:
        """Return the width it asks for."""
        word = QFontMetrics(theme.font("body", strong=True)).horizontalAdvance(self.text())
        key = QFontMetrics(theme.font("caption")).horizontalAdvance(self.f_key)
        return 2 * PAD_PX + icons.IN_BARS_PX + (8 + word if has_word else 0) + (6 + key if has_key else 0)

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(self.width_px(has_key=self._has_key, has_word=self._has_word), BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        is_here = self.isChecked()
        tone = "t1" if is_here else "t2"
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        side = icons.IN_BARS_PX
        with QPainter(self) as painter:
            if self.underMouse() and not is_here:
                painter.fillRect(self.rect().adjusted(0, 0, 0, -1), theme.colour("g2"))
            picture = icons.pixmap(self._icon, side, tone, self.devicePixelRatioF())
            painter.drawPixmap(QRect(PAD_PX, (self.height() - side) // 2, side, side), picture)
            x = PAD_PX + side
            if self._has_word:
                painter.setFont(theme.font("body", strong=is_here))
                painter.setPen(theme.colour(tone))
                painter.drawText(QRect(x + 8, 0, self.width(), self.height()), left, self.text())
                x += 8 + painter.fontMetrics().horizontalAdvance(self.text())
            if self._has_key:
                painter.setFont(theme.font("caption"))
                painter.setPen(theme.colour("t3"))
                painter.drawText(QRect(x + 6, 1, self.width(), self.height()), left, self.f_key)
            if is_here:
                line = QRect(0, self.height() - UNDERLINE_PX, self.width(), UNDERLINE_PX)
                painter.fillRect(line, theme.colour("focus"))


class LanguageButton(QAbstractButton):
    """Names the other language, in that language; it is found by those who cannot read this one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(theme.font("small")).horizontalAdvance(self.text()) + 20, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = theme.cosmetic_pen("focus", 2) if self.hasFocus() else theme.cosmetic_pen("edge")
            painter.setPen(pen)
            if self.isDown() or self.underMouse():
                painter.setBrush(theme.colour("g3"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 4, 4)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("t1"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class TopBar(QWidget):
    """Shows where one is and who sits here; it decides nothing. GUI thread.

    Signals:
        page_wanted: a tab was clicked; the page's id. language_wanted: the language to speak now.
    """

    page_wanted = Signal(str)
    language_wanted = Signal(str)

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self.tabs: list[Tab] = []
        self._name = label("strong", "t1", strong=True)
        self._who = ElidedLabel("body", "t1", middle=True, parent=self)
        self._who_icon = QLabel(self)
        self.clock = label("strong", "t1", strong=True)
        self.language = LanguageButton(self)
        self.language.clicked.connect(self._other_language)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 16, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._name)
        self._tabs_end = self._row.count()
        self._row.addStretch(1)
        for part in (self._who_icon, self._who, self.language, self.clock):
            self._row.addSpacing(12 if part is not self._who else 6)
            self._row.addWidget(part)
        self.setFixedHeight(BAR_PX)
        self.setMinimumWidth(LEAST_PX)  # its own layout would ask for all words and never let them fold
        self.retranslate()

    # ---- what the window may say -----------------------------------------------------------------------------

    def add_tab(self, page_id: str, icon: str, sentence: Told | str, f_key: str) -> None:
        tab = Tab(page_id, icon, sentence, f_key, self)
        tab.clicked.connect(self._clicked)
        self.tabs.append(tab)
        self._row.insertWidget(self._tabs_end, tab)
        self._tabs_end += 1
        tab.say(self._teller)
        self._fit()

    def remove_tab(self, page_id: str) -> None:
        """Take one tab away: its page has a window of its own now."""
        for tab in [tab for tab in self.tabs if tab.page_id == page_id]:
            self._row.removeWidget(tab)
            tab.deleteLater()
            self.tabs.remove(tab)
            self._tabs_end -= 1
        self._fit()

    def remove_tabs(self) -> None:
        for tab in self.tabs:
            self._row.removeWidget(tab)
            tab.deleteLater()
        self._tabs_end -= len(self.tabs)
        self.tabs = []
        self._fit()

    def mark(self, page_id: str) -> None:
        """Show which page is open."""
        for tab in self.tabs:
            tab.setChecked(tab.page_id == page_id)
        self._fit()

    def open_tabs(self, *, is_open: bool) -> None:
        """Offer the tabs, or hide them while nobody is signed in."""
        for tab in self.tabs:
            tab.setVisible(is_open)
        self._fit()

    def show_who(self, who: str) -> None:
        self._who.setText(who)
        self._who.setToolTip(who)
        self._who.setAccessibleName(who)
        self._fit()

    def show_time(self, words: str) -> None:
        self.clock.setText(words)

    def retranslate(self) -> None:
        """Say everything again, in the language and at the text size of now."""
        self._name.setText(self._teller.words.say(N_("Citydesk")))
        for tab in self.tabs:
            tab.say(self._teller)
        self.language.setText("English" if self._teller.is_chinese else "中文")
        self.language.setAccessibleName(self.language.text())
        self.language.updateGeometry()
        dress(self._name, "strong", "t1", strong=True)
        dress(self._who, "body", "t1")
        dress(self.clock, "strong", "t1", strong=True)
        picture = icons.pixmap("claim", icons.IN_BARS_PX, "t2", self.devicePixelRatioF())
        self._who_icon.setPixmap(picture)
        self._fit()

    # ---- its own slots ---------------------------------------------------------------------------------------

    def _clicked(self) -> None:
        tab = self.sender()
        if isinstance(tab, Tab):
            self.page_wanted.emit(tab.page_id)

    def _other_language(self) -> None:
        self.language_wanted.emit(ENGLISH if self._teller.is_chinese else CHINESE)

    def _fit(self) -> None:
        """Give way in order: who sits here, the product's name, the F-keys, the words of the pages not open."""
        who = QFontMetrics(self._who.font()).horizontalAdvance(self._who.text()) + icons.IN_BARS_PX + 18
        fixed = 32 + 24 + self.language.sizeHint().width() + self.clock.sizeHint().width() + 16
        for has_name, has_who, has_key, has_word in (
            (True, True, True, True),
            (True, False, True, True),
            (False, False, True, True),
            (False, False, False, True),
            (False, False, True, False),
        ):
            tabs = sum(
                tab.width_px(has_key=has_key, has_word=has_word or tab.isChecked())
                for tab in self.tabs
                if not tab.isHidden()
            )
            name = max(NAME_PX, self._name.sizeHint().width() + 24) if has_name else 0
            least_who = min(who, LEAST_WHO_PX + icons.IN_BARS_PX + 18) if has_who and self._who.text() else 0
            if fixed + tabs + name + least_who <= self.width():
                break
        self._name.setVisible(has_name)
        self._name.setFixedWidth(max(NAME_PX, self._name.sizeHint().width() + 24))
        self._who.setVisible(has_who)
        self._who_icon.setVisible(has_who and bool(self._who.text()))
        for tab in self.tabs:
            tab.fold(has_key=has_key, has_word=has_word or tab.isChecked())
        self._row.activate()  # at once, or one paint would show them cut

    # ---- Qt's own ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g1"))
            painter.setPen(theme.cosmetic_pen("line"))
            painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
