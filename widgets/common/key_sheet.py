"""The sheet of F1, built from the same tables that bind the keys; and what such a table may not hold."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.words import N_
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Panel, dress, label, scrolled
from widgets.common.page_keys import PageKey
from widgets.state.telling import Teller

# What works everywhere, also in text fields (DESIGN §7). The pages' own F-keys come from the pages that are there.
SHEET_KEY = PageKey("F1", ("F1",), N_("keys of this page"))
FULL_SCREEN_KEY = PageKey("F11", ("F11",), N_("full screen"))
LOCK_KEY = PageKey("Ctrl+L", ("Ctrl+L",), N_("lock this seat"))
NEW_WALL_KEY = PageKey("Ctrl+N", ("Ctrl+N",), N_("open another screen"))
SEND_KEY = PageKey("Ctrl+G", ("Ctrl+G",), N_("show this wall on a screen elsewhere"))
FIND_KEY = PageKey("Ctrl+K", ("Ctrl+K",), N_("find a camera; again closes the list"))
HOLD_KEY = PageKey("F12", ("F12",), N_("hold to talk to the armed speaker"))
WINDOW_KEYS = (SHEET_KEY, FULL_SCREEN_KEY, LOCK_KEY, NEW_WALL_KEY, SEND_KEY, FIND_KEY, HOLD_KEY)
PAGE_F_KEYS = tuple(f"F{number}" for number in range(2, 10))

# What Chinese input methods and systems take for themselves (DESIGN §7).
TAKEN_BY_SYSTEMS = frozenset(
    {"Ctrl+Space", "Shift+Space", "Ctrl+.", "Ctrl+Shift+F", "F10", "Shift", "Ctrl+Shift", "Alt+Shift", "Alt+Tab"}
)
LINE_PX = 29
COLUMN_PX = 400  # the longest sentence with its caps, in English


def clashes(tables: Mapping[str, Sequence[PageKey]]) -> list[str]:
    """Return what is wrong with tables of page keys: twice in one place, equal to a global key, taken by the system."""
    everywhere = {_normal(sequence) for key in WINDOW_KEYS for sequence in key.sequences}
    everywhere |= {_normal(name) for name in PAGE_F_KEYS}
    taken = {_normal(sequence) for sequence in TAKEN_BY_SYSTEMS}
    found = []
    for place, keys in tables.items():
        seen: dict[str, str] = {}
        for key in keys:
            for sequence in key.sequences:
                normal = _normal(sequence)
                if normal in seen:
                    found.append(f"{place}: {sequence} both {seen[normal]} and {key.does}")
                if normal in everywhere:
                    found.append(f"{place}: {sequence} is a key of the whole window")
                if normal in taken or ("Ctrl" in normal and "Alt" in normal):
                    found.append(f"{place}: {sequence} belongs to the system or an input method")
                seen[normal] = key.does
    return found


def _normal(sequence: str) -> str:
    return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.PortableText)


class KeySheet(Panel):
    """Lies over the page while it is asked for; it holds the focus, so that no letter reaches the page below."""

    def __init__(self, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title = label("title", "t1", strong=True)
        self._close = KeyHints(self)
        self._groups: list[QWidget] = []
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._area = scrolled(self._inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 16, 24, 16)
        whole.setSpacing(8)
        whole.addWidget(self._title)
        whole.addWidget(self._area, 1)
        whole.addWidget(self._close)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.hide()

    def show_keys(self, groups: Sequence[tuple[str, Sequence[PageKey]]]) -> None:
        """Show these groups of keys, each under its title (already in words)."""
        say = self._teller.words.say
        while (old := self._column.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._groups = [self._group(title, keys) for title, keys in groups if keys]
        for group in self._groups:
            self._column.addWidget(group)
        self._column.addStretch(1)
        self._title.setText(say(N_("Keys")))
        dress(self._title, "title", "t1", strong=True)
        scroll = self._area.verticalScrollBar()
        moves = (("Up", "Down", "PgUp", "PgDn"), say(N_("more keys")))
        self._close.show_hints([(("Esc",), say(N_("close this sheet"))), moves])
        scroll.setValue(scroll.minimum())
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """All keys shown with their words, in reading order."""
        return [hints.accessibleName() for group in self._groups for hints in group.findChildren(KeyHints)]

    def _group(self, title: str, keys: Sequence[PageKey]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 4, 0, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        head = label("strong", "t2", strong=True)
        head.setText(title)
        columns = max(1, self.width() // COLUMN_PX)
        grid.addWidget(head, 0, 0, 1, columns)
        told = together(keys)
        rows = -(-len(told) // columns)
        for at, (names, does) in enumerate(told):
            hints = KeyHints()
            hints.show_hints([(names, self._teller.words.say(does))])
            grid.addWidget(hints, 1 + at % rows, at // rows)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        return made

    # ---- Qt's own ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        scroll = self._area.verticalScrollBar()
        step = {
            Qt.Key.Key_Up: -LINE_PX,
            Qt.Key.Key_Down: LINE_PX,
            Qt.Key.Key_PageUp: -scroll.pageStep(),
            Qt.Key.Key_PageDown: scroll.pageStep(),
        }.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            scroll.setValue(scroll.value() + step)


def together(keys: Sequence[PageKey]) -> list[tuple[tuple[str, ...], str]]:
    """Return names and words, keys that do the same joined; nine digits become ``1–9``."""
    told: dict[str, list[str]] = {}
    for key in keys:
        told.setdefault(key.does, []).append(key.name)
    return [(_shortened(tuple(names)), does) for does, names in told.items()]


def _shortened(names: tuple[str, ...]) -> tuple[str, ...]:
    return ("1–9",) if names == tuple("123456789") else names
