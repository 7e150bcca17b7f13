"""The grid that is drawn over a façade is the one a fall is traced back to."""

import numpy as np
import pytest

from inference.facade import Facade
from widgets.state.window_grid import grid_lines

FRONT = ((0.16, 0.06), (0.86, 0.03), (0.90, 0.95), (0.12, 0.92))


@pytest.mark.parametrize("corners", [FRONT, FRONT[::-1], (*FRONT[2:], *FRONT[:2])])
def test_a_line_of_the_grid_stands_between_two_storeys_or_two_windows(corners: tuple[tuple[float, float], ...]) -> None:
    facade, lines = Facade(corners, 9, 6), grid_lines(corners, 9, 6)
    assert len(lines) == 8 + 5
    for number, line in enumerate(lines):
        (xa, ya), (xb, yb) = facade.to_grid(np.array(line))
        if number < 8:
            assert (xa, xb, ya, yb) == pytest.approx((0.0, 6.0, number + 1, number + 1), abs=1e-4)
        else:
            assert (ya, yb, xa, xb) == pytest.approx((0.0, 9.0, number - 7, number - 7), abs=1e-4)


def test_without_four_corners_there_is_no_grid() -> None:
    assert grid_lines(FRONT[:3], 9, 6) == grid_lines((*FRONT[:3], FRONT[0]), 9, 6) == []
