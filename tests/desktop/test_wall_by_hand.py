"""The wall under real keys and a real mouse: layouts, dragging, zoom, tours. Proof is read from the screen."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect

from console.application.live_wall import layout_named
from console.bench.screen import VirtualScreen
from tests.desktop.seat_window import wait_until, window_of, xdotool
from tests.desktop.wall_alone import SIZE, grey_of
from widgets.wall.rail import RAIL_PX
from widgets.wall.strip import STRIP_PX
from widgets.wall.wall_page import RING_PX, place_of

pytestmark = pytest.mark.desktop

WITHIN_S = 30.0
HEADER_PX = 24


class WallAlone:
    """The window and the pixels of it."""

    def __init__(self, screen: VirtualScreen, environment: dict[str, str]) -> None:
        self._screen, self._environment = screen, environment

    def press(self, *keys: str) -> None:
        xdotool(self._environment, "key", "--delay", "40", *keys)

    def mouse(self, *words: str) -> None:
        xdotool(self._environment, *words)

    def place(self, layout: str, at: int) -> QRect:
        """Return where the picture of a tile stands on the screen."""
        grid = QRect(0, STRIP_PX, SIZE[0] - RAIL_PX - 1, SIZE[1] - STRIP_PX).adjusted(
            RING_PX, RING_PX, -RING_PX, -RING_PX
        )
        return place_of(layout_named(layout), at, grid).adjusted(0, HEADER_PX, 0, 0)

    def grey(self, layout: str, at: int, *, across: float = 0.3) -> int:
        """Return the colour of a tile's picture, so far across it; -1 where that is no grey."""
        room = self.place(layout, at)
        picture_px = min(room.width(), room.height() * 16 // 9)
        x = room.center().x() - picture_px // 2 + round(across * picture_px)
        blue, green, red = (int(part) for part in self._screen.pixels()[room.center().y(), x])
        return blue if blue == green == red else -1

    def shows(self, layout: str, *numbers: int) -> bool:
        """Say whether the first tiles show these cameras."""
        return all(self.grey(layout, at) == grey_of(number) for at, number in enumerate(numbers))


@pytest.fixture
def wall(screen: VirtualScreen) -> Iterator[WallAlone]:
    environment = dict(os.environ) | {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
    running = subprocess.Popen([sys.executable, "-m", "tests.desktop.wall_alone"], env=environment)
    try:
        window = wait_until("the window", WITHIN_S, lambda: window_of(environment, running.pid))
        xdotool(environment, "windowfocus", "--sync", window)
        made = WallAlone(screen, environment)
        wait_until("nine cameras", WITHIN_S, lambda: made.shows("3x3", *range(1, 10)))
        yield made
    finally:
        running.terminate()
        running.wait()


def test_layouts_dragging_zoom_and_a_tour_by_real_keys_and_mouse(wall: WallAlone) -> None:
    wall.press("l", "4")
    wait_until("four cameras", WITHIN_S, lambda: wall.shows("2x2", 1, 2, 3, 4))

    start, end = wall.place("2x2", 0).center(), wall.place("2x2", 3).center()
    wall.mouse("mousemove", str(start.x()), str(start.y()), "mousedown", "1")
    for step in range(1, 6):
        x, y = start.x() + (end.x() - start.x()) * step // 5, start.y() + (end.y() - start.y()) * step // 5
        wall.mouse("mousemove", "--sync", str(x), str(y))
    wall.mouse("mouseup", "1")
    wait_until("the two have changed places", WITHIN_S, lambda: wall.shows("2x2", 4, 2, 3, 1))
    wall.press("u")
    wait_until("undone", WITHIN_S, lambda: wall.shows("2x2", 1, 2, 3, 4))

    room = wall.place("2x2", 1)
    assert wall.grey("2x2", 1, across=0.6) == 255
    wall.mouse("mousemove", str(room.left() + 60), str(room.center().y()))
    wall.mouse("click", "--repeat", "6", "--delay", "30", "4")  # the wheel, away from the hand
    wait_until("the left half fills the tile", WITHIN_S, lambda: wall.grey("2x2", 1, across=0.6) == grey_of(2))
    wall.press("2", "0")
    wait_until("the whole picture again", WITHIN_S, lambda: wall.grey("2x2", 1, across=0.6) == 255)

    wall.press("3", "space")
    wait_until("the first camera of the tour", WITHIN_S, lambda: wall.shows("2x2", 1, 2, 15, 4))
    wait_until("the second", WITHIN_S, lambda: wall.shows("2x2", 1, 2, 16, 4))
    wall.press("space", "3", "Return")
    wait_until("it fills the wall", WITHIN_S, lambda: wall.shows("1", 16))
    wall.press("Escape")
    wait_until("and goes back", WITHIN_S, lambda: wall.shows("2x2", 1, 2, 16, 4))
