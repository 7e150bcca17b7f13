"""A row of parking bays is parted as the ground is."""

import pytest

from console.domain.bays import MOST_BAYS, bays_of
from console.domain.errors import DomainError

Point = tuple[float, float]
FLAT = ((0.2, 0.7), (0.8, 0.7), (0.8, 0.5), (0.2, 0.5))
AWAY = ((0.1, 0.9), (0.45, 0.3), (0.55, 0.3), (0.9, 0.9))
"""A row that runs away from the camera."""


def test_a_row_seen_from_the_front_is_parted_into_bays_of_one_width_beginning_where_it_was_begun() -> None:
    bays = bays_of(FLAT, 3)
    assert bays[0] == ((0.2, 0.7), (0.4, 0.7), (0.4, 0.5), (0.2, 0.5))
    assert bays[2] == ((0.6, 0.7), (0.8, 0.7), (0.8, 0.5), (0.6, 0.5))


def test_bays_farther_away_are_shorter_in_the_picture_and_touch_each_other() -> None:
    bays = bays_of(AWAY, 4)
    depths = [bay[0][1] - bay[1][1] for bay in bays]
    assert depths == sorted(depths, reverse=True)
    assert depths[0] > 3 * depths[-1]
    assert [bay[1] for bay in bays[:-1]] == [bay[0] for bay in bays[1:]]
    assert (bays[0][0], bays[-1][1], bays[-1][2], bays[0][3]) == AWAY


def test_one_bay_has_any_outline() -> None:
    outline = ((0.1, 0.1), (0.5, 0.1), (0.6, 0.3), (0.5, 0.5), (0.1, 0.5))
    assert bays_of(outline, 1) == (outline,)


@pytest.mark.parametrize(
    ("outline", "count"),
    [
        (FLAT, 0),
        (FLAT, MOST_BAYS + 1),
        (FLAT[:3], 2),
        ((*FLAT, (0.1, 0.6)), 2),
        (((0.2, 0.7), (0.8, 0.7), (0.3, 0.65), (0.2, 0.5)), 2),
    ],
)
def test_what_cannot_be_parted_is_refused(outline: tuple[Point, ...], count: int) -> None:
    with pytest.raises(DomainError):
        bays_of(outline, count)
