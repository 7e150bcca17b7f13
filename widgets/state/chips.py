"""A word in a tile's header."""

from dataclasses import dataclass

from widgets.state.telling import Told


@dataclass(frozen=True, slots=True)
class Chip:
    """An icon and a word. ``tone`` is a token of the palette; ``is_filled`` puts g0 on that colour."""

    icon: str
    words: Told
    tone: str
    is_filled: bool = False
