"""The parts of a picture cover it, share their seams and are counted as what they cost."""

import pytest

from console.domain.rules import TILE_OVERLAP, Tiling, finest, tiles_of

REGION = (0.2, 0.1, 0.9, 0.7)


@pytest.mark.parametrize("tiling", list(Tiling))
def test_the_parts_cover_the_region_and_are_of_one_size(tiling: Tiling) -> None:
    tiles = tiles_of(REGION, tiling)
    assert len(tiles) == tiling.looks - 1
    if not tiles:
        return
    assert (min(tile[0] for tile in tiles), min(tile[1] for tile in tiles)) == REGION[:2]
    assert (max(tile[2] for tile in tiles), max(tile[3] for tile in tiles)) == pytest.approx(REGION[2:])
    assert {(round(x1 - x0, 9), round(y1 - y0, 9)) for x0, y0, x1, y1 in tiles} == {
        (round(tiles[0][2] - tiles[0][0], 9), round(tiles[0][3] - tiles[0][1], 9))
    }


def test_neighbours_share_a_fifth_so_that_nobody_is_cut_by_both() -> None:
    left, right = tiles_of((0.0, 0.0, 1.0, 1.0), Tiling.TWO)
    assert left[2] - right[0] == pytest.approx(TILE_OVERLAP * (left[2] - left[0]))


def test_a_camera_is_looked_at_as_finely_as_its_finest_rule_asks() -> None:
    assert finest([Tiling.WHOLE, Tiling.SIX, Tiling.TWO]) is Tiling.SIX
    assert [tiling.looks for tiling in Tiling] == [1, 3, 5, 7]
