"""The table of layouts, and what dividing and joining makes of them."""

import random

import pytest

from console.domain.errors import DomainError
from console.domain.walls import FINEST, LAYOUTS, MOST_PLACES, Layout, join, split


def covered(layout: Layout) -> list[tuple[int, int]]:
    return sorted(
        (x + column, y + row) for x, y, wide, high in layout.places for column in range(wide) for row in range(high)
    )


def whole(layout: Layout) -> list[tuple[int, int]]:
    return sorted((x, y) for x in range(layout.columns) for y in range(layout.rows))


def test_there_is_a_layout_of_each_usual_number_of_tiles() -> None:
    assert [len(layout.places) for layout in LAYOUTS] == [1, 4, 6, 8, 9, 10, 13, 16, 25, 36, 64]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_cell_of_a_layout_is_in_one_place(layout: Layout) -> None:
    assert covered(layout) == whole(layout)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_divided_and_joined_no_place_overlaps_and_none_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    layout = chance.choice(LAYOUTS)
    for _ in range(30):
        at = chance.randrange(len(layout.places))
        try:
            layout = split(layout, at) if chance.random() < 0.5 else join(layout, at)[0]
        except DomainError:
            continue
        assert covered(layout) == whole(layout)
        assert len(layout.places) <= MOST_PLACES and max(layout.columns, layout.rows) <= FINEST
