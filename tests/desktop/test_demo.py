"""Claims about the demo as a person starts it: what stands on the screen, read from the screen."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from console.bench.screen import VirtualScreen
from tests.desktop.seat_window import Picture, tiles_of, wait_until, xdotool
from widgets.common import theme

WALL_WITHIN_S = 120.0  # the first time prepares the footage
LOCKED = 8  # the ninth tile


def window_size(environment: dict[str, str]) -> tuple[int, int]:
    """Return width and height of the largest window on the screen, in pixels."""
    sizes = [(0, 0)]
    for window in xdotool(environment, "search", "--onlyvisible", "--name", ".").split():
        told = xdotool(environment, "getwindowgeometry", "--shell", window)
        facts = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        sizes.append((int(facts.get("WIDTH", 0)), int(facts.get("HEIGHT", 0))))
    return max(sizes)


def heart(tile: Picture) -> Picture:
    """Return the middle of a tile's picture, which every shape of picture fills."""
    height, width = tile.shape[:2]
    return tile[int(height * 0.40) : int(height * 0.85), int(width * 0.35) : int(width * 0.65)]


def is_picture(tile: Picture) -> bool:
    """Say whether the tile shows a street: no colour has the place to itself, as it would on a plate."""
    names = (heart(tile).astype(np.uint16) >> 3) @ np.array([1, 32, 1024], dtype=np.uint16)
    _, counts = np.unique(names, return_counts=True)
    return bool(counts.max() < 0.3 * names.size and len(counts) > 40)


def hatch_share(tile: Picture) -> float:
    """Return which part of the tile's left margin is in the hatch's two colours."""
    height, width = tile.shape[:2]
    margin = tile[int(height * 0.3) : int(height * 0.9), int(width * 0.03) : int(width * 0.13)]
    shares = []
    for written in theme.palette()["pattern"]["hatch"]["colours"]:
        colour = np.array([int(written[at : at + 2], 16) for at in (5, 3, 1)])
        shares.append(float((margin == colour).all(axis=-1).mean()))
    return sum(shares)


@pytest.mark.desktop
@pytest.mark.media
def test_the_demo_shows_eight_moving_streets_and_a_hatch_where_the_password_is_missing(
    screen: VirtualScreen, data: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
    with open(tmp_path / "demo.out", "wb") as said:
        demo = subprocess.Popen(
            [sys.executable, "-m", "console", "demo"], env=environment, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        first: list[Picture] = []

        def eight_streets() -> bool:
            assert demo.poll() is None, (tmp_path / "demo.out").read_text(encoding="utf-8")
            first[:] = tiles(screen, environment)
            streets = [is_picture(tile) for tile in first]
            return len(streets) == 9 and all(streets[:LOCKED]) and hatch_share(first[LOCKED]) > 0.8

        wait_until("eight streets and one hatch", WALL_WITHIN_S, eight_streets)
        before = list(first)
        still = set(range(LOCKED))

        def all_move() -> bool:
            for at, tile in enumerate(tiles(screen, environment)):
                if at in still and (heart(tile) != heart(before[at])).any():
                    still.discard(at)
            return not still

        wait_until("all eight moving", 30.0, all_move)
    finally:
        demo.terminate()
        assert demo.wait(20.0) == 0


def tiles(screen: VirtualScreen, environment: dict[str, str]) -> list[Picture]:
    width, height = window_size(environment)
    return list(tiles_of(screen.pixels()[:height, :width])) if width and height else []
