"""The window of a desk: top bar, pages, talk bar, health. It shows and passes on; it decides nothing.

Long because keys, pages, cover and lock all decide together what the one window shows now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from console.application.ports import Clock
from console.words import N_
from widgets.common.key_sheet import (
    FIND_KEY,
    FULL_SCREEN_KEY,
    LOCK_KEY,
    NEW_WALL_KEY,
    SEND_KEY,
    SHEET_KEY,
    WINDOW_KEYS,
    KeySheet,
)
from widgets.common.page_keys import PageKey
from widgets.common.top_bar import TopBar
from widgets.health.health_bar import HealthBar
from widgets.state.telling import Teller, Told

LEAST = QSize(800, 480)  # 960 × 540 is a 1080p screen at 200 % (DESIGN §9); a window manager takes some of it
FIRST = QSize(1600, 900)
TICK_MS = 500  # twice a second, so that no second of the clock is left out


@runtime_checkable
class Speaking(Protocol):
    """A page that can say everything again when the language or the text size changes."""

    def retranslate(self) -> None: ...


@runtime_checkable
class TalkSlot(Protocol):
    """What the window passes on to the talk bar: keys that mean it wherever the focus is."""

    def press(self, key: str) -> None: ...

    def hold(self, *, is_repeat: bool = False) -> None: ...

    def let_go(self) -> None: ...


@dataclass(slots=True)
class _Page:
    """A page of the stack and what the sheet of F1 says of it."""

    page_id: str
    sentence: Told | str
    widget: QWidget
    keys: tuple[PageKey, ...]
    fills_screen: bool
    shortcut: QShortcut | None = field(default=None)


class MainWindow(QWidget):
    """Lives in the GUI thread. The seat adds pages, fills the bars and answers the signals.

    ``Esc`` goes to what lies nearest: the sheet of keys, then an armed or speaking talk bar, then the page.

    Signals:
        page_shown: the id of the page that is open now. language_wanted: ``zh_CN`` or ``en``.
        full_screen_changed: whether the window fills the screen now (the wall then shows its own clock).
        lock_wanted: ``Ctrl L``; whoever wired it covers what may not be read and calls ``shut``.
        new_wall_wanted: ``Ctrl N``; whoever wired it opens another wall, or refuses.
        send_wanted: ``Ctrl G``; whoever wired it offers the screens elsewhere.
        find_wanted: ``Ctrl K``; whoever wired it shows the directory, where somebody sits who may watch.
        closing: the window is closing; whoever wired it ends what it began.
    """

    page_shown = Signal(str)
    language_wanted = Signal(str)
    full_screen_changed = Signal(bool)
    lock_wanted = Signal()
    new_wall_wanted = Signal()
    send_wanted = Signal()
    find_wanted = Signal()
    closing = Signal()

    def __init__(self, teller: Teller, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._clock = teller, clock
        self._pages: dict[str, _Page] = {}
        self._current = self._before = ""
        self._is_shut = False
        self._reopens = ""
        self._cover: QWidget | None = None
        self._talk: QWidget | None = None
        self._focus_before: QWidget | None = None
        self._who: Told | str = ""
        self._line: Told | str = ""
        self.top_bar = TopBar(teller, self)
        self.health_bar = HealthBar(teller, clock, self)
        self._stack = QStackedWidget(self)
        self._sheet = KeySheet(teller, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.top_bar)
        self._column.addWidget(self._stack, 1)
        self._column.addWidget(self.health_bar)
        self.setMinimumSize(LEAST)
        self.resize(FIRST)
        self.top_bar.page_wanted.connect(self.show_page)
        self.top_bar.language_wanted.connect(self.language_wanted)
        self.health_bar.details_wanted.connect(self._show_health)
        self._keys = [
            self._on_key(SHEET_KEY.name, self._turn_sheet),
            self._on_key(FULL_SCREEN_KEY.name, self.turn_full_screen),
            self._on_key(LOCK_KEY.name, self.lock_wanted.emit),
            self._on_key(NEW_WALL_KEY.name, self.new_wall_wanted.emit),
            self._on_key(SEND_KEY.name, self.send_wanted.emit),
            self._on_key(FIND_KEY.name, self._find),
        ]
        self._timer = QTimer(self)
        self._timer.setObjectName("window-clock-500-ms")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        teller.words.listen(self.retranslate)
        self.retranslate()

    # ---- what the seat says ----------------------------------------------------------------------------------

    def add_page(
        self,
        page_id: str,
        icon: str,
        sentence: Told | str,
        f_key: str,
        widget: QWidget,
        keys: Sequence[PageKey] = (),
        *,
        fills_screen: bool = False,
    ) -> None:
        """Add a page with its tab and F-key; ``keys`` is its table for the sheet of F1.

        ``fills_screen``: in full screen the page takes the top bar's place too (the wall).
        """
        page = _Page(page_id, sentence, widget, tuple(keys), fills_screen)
        page.shortcut = self._on_key(f_key, _Show(self, page_id))
        self._pages[page_id] = page
        self._stack.addWidget(widget)
        self.top_bar.add_tab(page_id, icon, sentence, f_key)
        if self._is_closed_off:
            self._open_pages(is_open=False)
        if not self._current:
            self.show_page(page_id)

    def show_page(self, page_id: str) -> None:
        """Open a page and give it the focus. While the window is covered only its place is remembered."""
        page = self._pages[page_id]
        if page_id != self._current:
            self._before, self._current = self._current, page_id
        self.top_bar.mark(page_id)
        if self._cover is not None:
            return
        self._close_sheet()
        self.show_line("")
        self._stack.setCurrentWidget(page.widget)
        self._dress_for_screen()
        page.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_shown.emit(page_id)

    def go_back(self) -> None:
        """Open the page that was open before this one."""
        if self._before:
            self.show_page(self._before)

    @property
    def pages(self) -> tuple[str, ...]:
        """The ids of all pages, in the order of their tabs."""
        return tuple(self._pages)

    @property
    def page(self) -> str:
        """The id of the page that is open."""
        return self._current

    def cover(self, widget: QWidget) -> None:
        """Show this instead of any page (signing in, a locked seat); health goes on, tabs and F-keys do not."""
        self._close_sheet()
        self._cover = widget
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._open_pages(is_open=False)
        self._stack.setCurrentWidget(widget)
        self._dress_for_screen()
        widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def uncover(self) -> None:
        """Show the page again that was open (or was asked for meanwhile)."""
        if self._cover is not None:
            self._stack.removeWidget(self._cover)
            self._cover = None
            self._open_pages(is_open=True)
            if self._current:
                self.show_page(self._current)

    def shut(self, page_id: str) -> None:
        """Show one page and no way to another: no tabs, F-keys, sheet or name, until ``reopen``."""
        self._reopens = self._current
        self.show_page(page_id)
        self._is_shut = True
        self._open_pages(is_open=False)
        self.top_bar.show_who("")

    def reopen(self) -> None:
        """Offer all pages again, and open the one that was open before ``shut``."""
        if self._is_shut:
            self._is_shut = False
            self._open_pages(is_open=True)
            self.top_bar.show_who(self._teller.say(self._who))
            self.show_page(self._reopens)

    def remove_page(self, page_id: str) -> None:
        """Take one page out with its tab and key. The widget stays whose it was; an open page gives way to the one
        before."""
        page = self._pages.pop(page_id)
        if page.shortcut is not None:
            page.shortcut.setEnabled(False)
            page.shortcut.deleteLater()
        self.top_bar.remove_tab(page_id)
        self._stack.removeWidget(page.widget)
        if self._before == page_id:
            self._before = ""
        if self._reopens == page_id:
            self._reopens = self._before or next(iter(self._pages), "")
        if self._current == page_id:
            self._current = ""
            self.show_page(self._before or next(iter(self._pages)))

    def remove_pages(self) -> None:
        """Take every page and the talk bar away: the person they were made for has gone."""
        self._close_sheet()
        self._is_shut = False
        for page in self._pages.values():
            if page.shortcut is not None:
                page.shortcut.setEnabled(False)
                page.shortcut.deleteLater()
            self._stack.removeWidget(page.widget)
            page.widget.deleteLater()
        if self._talk is not None:
            self._column.removeWidget(self._talk)
            self._talk.deleteLater()
        self._pages, self._talk = {}, None
        self._current = self._before = ""
        self.top_bar.remove_tabs()
        self.show_who("")

    def set_talk_bar(self, widget: QWidget) -> None:
        """Put the talk bar above the health bar; it shows and hides itself."""
        was_shown = not widget.isHidden()
        self._talk = widget
        self._column.insertWidget(2, widget)
        widget.setVisible(was_shown)

    def show_who(self, who: Told | str) -> None:
        """Show who sits here; what is ``Told`` follows the language."""
        self._who = who
        self.top_bar.show_who(self._teller.say(who))

    def show_line(self, line: Told | str) -> None:
        """Say in the health bar what went wrong, until the next page is opened; an empty text takes it away."""
        self._line = line
        self.health_bar.show_line(self._teller.say(line))

    def retranslate(self) -> None:
        """Say everything again in the language of now, with all pages; selection and written text stay."""
        self.setWindowTitle(self._teller.words.say(N_("Citydesk")))
        self.top_bar.retranslate()
        self.health_bar.retranslate()
        if not self._is_shut:
            self.show_who(self._who)
        self.show_line(self._line)
        places = [page.widget for page in self._pages.values()]
        for part in (*places, self._cover, self._talk):
            if isinstance(part, Speaking):
                part.retranslate()
        if self._sheet.isVisible():
            self._fill_sheet()
        self._tick()

    @property
    def sheet(self) -> KeySheet:
        return self._sheet

    # ---- keys ------------------------------------------------------------------------------------------------

    def _on_key(self, name: str, then: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(name), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(then)
        return shortcut

    def _find(self) -> None:
        if not self._is_closed_off:
            self.find_wanted.emit()

    def _turn_sheet(self) -> None:
        if self._sheet.isVisible():
            self._close_sheet()
        elif not self._is_closed_off:
            self._focus_before = QApplication.focusWidget()
            self._place_sheet()
            self._fill_sheet()
            self._sheet.show()
            self._sheet.raise_()
            self._sheet.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill_sheet(self) -> None:
        page = self._pages.get(self._current)
        opening = [
            PageKey(page.shortcut.key().toString(), (), self._said(page))
            for page in self._pages.values()
            if page.shortcut is not None
        ]
        say = self._teller.words.say
        groups: list[tuple[str, Sequence[PageKey]]] = [(say(N_("Everywhere")), (*opening, *self._window_keys()))]
        if page is not None:
            groups.insert(0, (self._said(page), page.keys))
        self._sheet.show_keys(groups)

    def _said(self, page: _Page) -> str:
        return self._teller.say(page.sentence if isinstance(page.sentence, Told) else Told(page.sentence))

    def _window_keys(self) -> tuple[PageKey, ...]:
        return WINDOW_KEYS if self._talk is not None else WINDOW_KEYS[:-1]

    def _close_sheet(self) -> None:
        if self._sheet.isVisible():
            self._sheet.hide()
            before, self._focus_before = self._focus_before, None
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.PopupFocusReason)

    def turn_full_screen(self) -> None:
        """Fill the screen, or be a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _dress_for_screen(self) -> None:
        page = self._pages.get(self._current)
        is_filled = self.isFullScreen() and self._cover is None and page is not None and page.fills_screen
        self.top_bar.setVisible(not is_filled)

    def _open_pages(self, *, is_open: bool) -> None:
        self.top_bar.open_tabs(is_open=is_open)
        for page in self._pages.values():
            if page.shortcut is not None:
                page.shortcut.setEnabled(is_open)

    def _show_health(self) -> None:
        if "health" in self._pages and not self._is_closed_off:
            self.show_page("health")

    @property
    def _is_closed_off(self) -> bool:
        return self._cover is not None or self._is_shut

    def _place_sheet(self) -> None:
        self._sheet.setGeometry(self._stack.geometry().adjusted(8, 8, -8, -8))

    def _tick(self) -> None:
        self.top_bar.show_time(self._teller.clock(self._clock.now()))

    def _takes_esc(self) -> bool:
        """Tell whether ``Esc`` means the sheet or the talk bar now, wherever the focus is."""
        return self._sheet.isVisible() or (self._talk is not None and self._talk.isVisible())

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_ours = event.key() == Qt.Key.Key_Escape and self._takes_esc()
            event.setAccepted(is_ours)  # then it comes as a key press, instead of going to the page's own shortcut
            return is_ours
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        talk = self._talk
        if event.key() == Qt.Key.Key_Escape and self._sheet.isVisible():
            self._close_sheet()
        elif event.key() == Qt.Key.Key_Escape and isinstance(talk, TalkSlot) and self._takes_esc():
            talk.press("Esc")
        elif event.key() == Qt.Key.Key_F12 and isinstance(talk, TalkSlot) and not self._is_closed_off:
            talk.hold(is_repeat=event.isAutoRepeat())
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F12 and not event.isAutoRepeat() and isinstance(self._talk, TalkSlot):
            self._talk.let_go()
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._dress_for_screen()
            self.full_screen_changed.emit(self.isFullScreen())
        elif event.type() == QEvent.Type.ApplicationFontChange:
            self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sheet()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._teller.words.forget(self.retranslate)
        self.closing.emit()
        super().closeEvent(event)


class _Show:
    """One F-key's call; a name of its own, because a closure made in a loop would see the last page only."""

    def __init__(self, window: MainWindow, page_id: str) -> None:
        self._window = window
        self._page_id = page_id

    def __call__(self) -> None:
        self._window.show_page(self._page_id)
