"""Keys of a page as data, and their binding: shortcuts of the page alone, that holding down never repeats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.words import N_


@dataclass(frozen=True, slots=True)
class PageKey:
    """A key of a page: its name, what Qt calls it (also what a Chinese layout makes of it), and what it does.

    ``repeats`` only where holding it down cannot decide anything.
    """

    name: str
    sequences: tuple[str, ...]
    does: str
    repeats: bool = False


def digits(does: str) -> tuple[PageKey, ...]:
    """Return the keys 1–9."""
    return tuple(PageKey(str(digit), (str(digit),), does) for digit in range(1, 10))


MOVING = (
    PageKey("Up", ("Up",), N_("previous row"), repeats=True),
    PageKey("Down", ("Down",), N_("next row"), repeats=True),
    PageKey("K", ("K",), N_("previous row"), repeats=True),
    PageKey("J", ("J",), N_("next row"), repeats=True),
    PageKey("Home", ("Home",), N_("first row")),
    PageKey("End", ("End",), N_("last row")),
    PageKey("PgUp", ("PgUp",), N_("a page up"), repeats=True),
    PageKey("PgDn", ("PgDown",), N_("a page down"), repeats=True),
)


def bind(page: QWidget, keys: Sequence[PageKey], pressed: Callable[[str], None]) -> list[QShortcut]:
    """Let ``pressed`` be called with a key's name when it is struck anywhere in the page.

    In a text field letters, digits and signs stay text: the field takes them before a shortcut can.
    """
    shortcuts = []
    for key in keys:
        for sequence in key.sequences:
            shortcut = QShortcut(QKeySequence(sequence), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(key.repeats)
            shortcut.activated.connect(_Strike(pressed, key.name))
            shortcuts.append(shortcut)
    return shortcuts


class _Strike:
    """One key's call; a name of its own, because a closure made in a loop would see the last key only."""

    def __init__(self, pressed: Callable[[str], None], name: str) -> None:
        self._pressed = pressed
        self._name = name

    def __call__(self) -> None:
        self._pressed(self._name)
