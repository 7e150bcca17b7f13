"""A screen of its own for each test, the demo's street behind it, and the seat whose window stands on it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.bench.screen import VirtualScreen, virtual_screen
from console.demo.peers import Neighbours
from console.demo.running import RunningDemo
from console.demo.site import SITE_NAME, write_settings
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import DATA_VARIABLE, Paths
from console.site import Site
from tests.desktop.seat_window import SeatWindow, Street, end_station


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[VirtualScreen]:
    """Run an X server of our own: whatever else stands on this machine's screen, it is not looked at."""
    lacking = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if sys.platform != "linux" or lacking:
        pytest.skip(f"not on this machine: {', '.join(lacking) or 'an X server'}")
    folder = tmp_path / "screen"
    folder.mkdir()
    with virtual_screen(folder) as screen:
        yield screen


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the data folder of a demo site of our own; a station that was started for it is ended."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    folder = Paths.for_site(SITE_NAME).make().data
    yield folder
    end_station(folder)


@pytest.fixture
def street(data: Path) -> Iterator[Street]:
    """Bring the demo's cameras, speaker and department up, and its site into the database."""
    write_settings(data)
    site = Site.open(SITE_NAME)
    neighbours = Neighbours(site.clock, site.paths.logs, print)
    try:
        demo = RunningDemo.start(site, neighbours, Argon2PasswordHasher())
        yield Street(site, demo)
    finally:
        neighbours.end()
        site.close()


@pytest.fixture
def open_seat(street: Street, screen: VirtualScreen) -> Iterator[Callable[..., SeatWindow]]:
    """Return a function that opens a seat's window with an operator signed in; one at a time."""
    opened: list[SeatWindow] = []

    def open_one(sign_in: str = "op") -> SeatWindow:
        opened.append(SeatWindow(screen, street.site.paths.logs, dict(os.environ), sign_in=sign_in))
        return opened[-1]

    yield open_one
    for seat in opened:
        seat.end()
