"""The past on the running program: beside the live picture by J, on its page by H. Proof is read from the screen."""

from collections.abc import Callable

import numpy as np
import pytest

from console.bench.screen import VirtualScreen
from tests.desktop.seat_window import Picture, SeatWindow, wait_until
from widgets.common import theme
from widgets.wall.rail import RAIL_PX

pytestmark = [pytest.mark.desktop, pytest.mark.media]

PICTURE_WITHIN_S = 60.0
EDGE_ROWS = 300  # the edge round a picture of the past is longer than any letter or frame of a button
# Mean distance of the strongest from the weakest colour of a point: a street has grass and bricks, our own grounds,
# plates and letters are grey.
COLOURED_ABOVE = 12.0


def has_edge(screen: Picture) -> bool:
    """Say whether the edge that only a picture of the past has stands somewhere."""
    t2 = theme.colour("t2")
    tone = np.array((t2.blue(), t2.green(), t2.red()), np.uint8)
    rows = np.all(screen == tone, axis=2).sum(axis=0)
    return int(rows.max()) > EDGE_ROWS


def is_street(room: Picture) -> bool:
    return float(np.ptp(room.astype(np.int16), axis=2).mean()) > COLOURED_ABOVE


def test_the_last_half_minute_plays_beside_the_live_picture_and_the_last_minute_on_its_page(
    screen: VirtualScreen, open_seat: Callable[[], SeatWindow]
) -> None:
    seat = open_seat()
    seat.take_keys()
    seat.wait_for_log("first picture", PICTURE_WITHIN_S)
    seat.wait_for_log("every page is made", PICTURE_WITHIN_S)
    assert not has_edge(screen.pixels())

    def past() -> Picture:
        window = screen.pixels()
        height, width = window.shape[:2]
        wall = width - RAIL_PX
        return window[height // 4 : height * 5 // 8, wall // 2 + wall // 8 : wall - wall // 8]

    seat.press("1")
    seat.press_until("the edge of the past", ["j"], lambda: has_edge(screen.pixels()))
    wait_until("a street in the past", PICTURE_WITHIN_S, lambda: is_street(past()))
    seat.press("Escape")
    wait_until("the live wall alone", PICTURE_WITHIN_S, lambda: not has_edge(screen.pixels()))

    seat.press_until("the page for recordings", ["1", "h"], lambda: seat.said("page recordings"))
    wait_until("the edge of the past there", PICTURE_WITHIN_S, lambda: has_edge(screen.pixels()))
    wait_until("a street there", PICTURE_WITHIN_S, lambda: is_street(middle(screen.pixels())))


def middle(window: Picture) -> Picture:
    """Cut out the middle of the page's picture."""
    height, width = window.shape[:2]
    return window[height // 4 : height * 5 // 8, width // 3 : width * 2 // 3]
