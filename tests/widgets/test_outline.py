"""What can be the outline of a zone, and what the hand meant."""

import pytest

from console.domain.rules import Point
from widgets.state.outline import (
    LINE_TEMPLATES,
    WHOLE,
    ZONE_TEMPLATES,
    crosses_itself,
    holds,
    nearest_corner,
    nearest_edge,
    pulled,
)

REACH = (0.02, 0.03)
BOW_TIE = ((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9))


def test_no_template_crosses_itself() -> None:
    for name, outline in (*ZONE_TEMPLATES, *LINE_TEMPLATES):
        assert not crosses_itself(outline), name


@pytest.mark.parametrize(
    "outline",
    [
        BOW_TIE,
        ((0.1, 0.1), (0.5, 0.1), (0.1, 0.1), (0.5, 0.5)),  # a corner twice
        ((0.1, 0.1), (0.9, 0.1), (0.5, 0.1)),  # an edge runs back: no inside
        ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.1)),  # a corner on another edge
        ((0.5, 0.5), (0.5, 0.5)),
    ],
)
def test_an_outline_without_one_inside_is_told(outline: tuple[Point, ...]) -> None:
    assert crosses_itself(outline)


def test_a_hollow_outline_is_fine() -> None:
    arrow = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.3), (0.9, 0.9), (0.1, 0.9))
    assert not crosses_itself(arrow)


def test_an_outline_on_its_way_is_not_closed_yet() -> None:
    hook = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.5))
    assert not crosses_itself(hook, is_closed=False)
    assert crosses_itself((*hook, (0.5, 0.0)), is_closed=False), "the last edge crosses the first"


def test_a_corner_let_go_near_the_pictures_edge_is_on_it() -> None:
    assert pulled((0.01, 0.99)) == (0.0, 1.0)
    assert pulled((0.3, 0.97)) == (0.3, 0.97)


def test_the_hand_means_what_is_near_and_nothing_that_is_far() -> None:
    assert nearest_corner(WHOLE, (0.99, 0.02), REACH) == 1
    assert nearest_corner(WHOLE, (0.9, 0.1), REACH) is None
    assert nearest_edge(WHOLE, (0.01, 0.4), REACH) == 3
    assert nearest_edge(WHOLE, (0.5, 0.5), REACH) is None
    assert nearest_corner((), (0.5, 0.5), REACH) is None


def test_a_point_lies_in_a_zone_or_beside_it() -> None:
    half = ZONE_TEMPLATES[1][1]
    assert holds(half, (0.5, 0.7)) and not holds(half, (0.5, 0.3))
