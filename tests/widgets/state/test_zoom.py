"""Which part of a picture is looked at."""

import pytest

from widgets.state import zoom as z


def test_what_is_under_the_pointer_stays_there() -> None:
    before = z.at_point(z.WHOLE, 4, 0.2, 0.7)
    after = z.at_point(before, 2, 0.2, 0.7)
    seen = [(zoom.x + 0.2 * zoom.side, zoom.y + 0.7 * zoom.side) for zoom in (before, after)]
    assert seen[0] == pytest.approx((0.2, 0.7)) and seen[1] == pytest.approx(seen[0])


def test_going_back_far_enough_shows_the_whole_picture_again() -> None:
    assert z.at_point(z.at_point(z.WHOLE, 3, 0.9, 0.9), -5, 0.1, 0.1) == z.WHOLE
    assert z.at_point(z.WHOLE, 100, 0.5, 0.5).times == z.MOST


def test_the_edge_of_the_picture_stops_the_part() -> None:
    zoom = z.panned(z.at_point(z.WHOLE, 3, 0.5, 0.5), 99, -99)
    assert zoom.x + zoom.side == pytest.approx(1.0) and zoom.y == 0.0
