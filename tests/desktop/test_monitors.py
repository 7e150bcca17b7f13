"""Claims about two monitors of which one is pulled out, read from what stands on them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop.seat_window import wait_until, xdotool
from tests.desktop.two_monitors import BESIDE, DESK, TwoMonitors, two_monitors
from tests.desktop.walls_on_monitors import GREYS
from widgets.state.monitors import Box

pytestmark = pytest.mark.desktop

WITHIN_S = 40.0
# Four pictures of 16:9 and their headers, beside a rail: in each of the two monitors they fill about a half.
A_WALL = 0.3


@pytest.fixture
def monitors(tmp_path: Path) -> Iterator[TwoMonitors]:
    lacking = [name for name in ("Xorg", "xrandr", "xdotool", "ffmpeg") if shutil.which(name) is None]
    if sys.platform != "linux" or lacking:
        pytest.skip(f"not on this machine: {', '.join(lacking) or 'an X server'}")
    with two_monitors(tmp_path) as found:
        yield found


@contextmanager
def seat_on(monitors: TwoMonitors, folder: Path, *words: str) -> Iterator[dict[str, str]]:
    """Run the seat's windows and return the environment they stand in."""
    environment = {**os.environ, "DISPLAY": monitors.display, "QT_QPA_PLATFORM": "xcb"}
    root = Path(__file__).resolve().parents[2]
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.desktop.walls_on_monitors", str(folder), *words], env=environment, cwd=root
    )
    try:
        yield environment
        assert program.poll() is None
    finally:
        program.terminate()
        program.wait(10.0)


def share(monitors: TwoMonitors, at: Box, grey: int) -> float:
    """Return which part of a monitor is of exactly this grey."""
    pixels = monitors.pixels(at.x, at.width, at.height)
    return float((pixels == grey).all(axis=-1).mean())


LEFT = Box(x=0, y=0, width=DESK[0], height=DESK[1])
RIGHT = Box(x=DESK[0], y=0, width=BESIDE[0], height=BESIDE[1])


def test_pictures_stand_on_both_monitors_and_a_wall_goes_back_to_the_one_that_was_pulled_out(
    monitors: TwoMonitors, tmp_path: Path
) -> None:
    own, further = GREYS[1], GREYS[2]

    def stands(grey: int, box: Box) -> bool:
        return share(monitors, box, grey) > A_WALL

    with seat_on(monitors, tmp_path) as environment:
        wait_until("the second wall on the second monitor", WITHIN_S, lambda: stands(further, RIGHT))
        wait_until("the desk's own wall beside it", WITHIN_S, lambda: stands(own, LEFT))
        desk = next(iter(xdotool(environment, "search", "--onlyvisible", "--name", "^Citydesk$").split()))
        xdotool(environment, "windowfocus", "--sync", desk)

        monitors.pull_out()
        wait_until(
            "one window", WITHIN_S, lambda: not xdotool(environment, "search", "--onlyvisible", "--name", "Screen 2")
        )
        assert xdotool(environment, "getwindowfocus").split() == [desk]
        assert stands(own, LEFT)
        xdotool(environment, "key", "shift+F2")
        wait_until("the second wall in the main window", WITHIN_S, lambda: stands(further, LEFT))

        monitors.plug_in()
        wait_until("the second wall back on its monitor", WITHIN_S, lambda: stands(further, RIGHT))
        wait_until("the desk's wall alone at home", WITHIN_S, lambda: stands(own, LEFT))
        assert xdotool(environment, "getwindowfocus").split() == [desk]

    with seat_on(monitors, tmp_path, "again"):
        wait_until("the second wall where it was", WITHIN_S, lambda: stands(further, RIGHT))
        wait_until("the first where it was", WITHIN_S, lambda: stands(own, LEFT))
