"""Claims about a screen that shows what a seat sends to it, read from its monitor and from the audit."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console.application.live_wall import layout_named
from console.bench.screen import VirtualScreen
from console.demo.site import SITE_NAME
from console.desks import Desks
from console.domain.accounts import Actor
from console.domain.ids import SeatId
from console.domain.screens import seat_of
from console.domain.walls import Wall
from console.wall.__main__ import main
from tests.desktop.seat_window import Street, wait_until

pytestmark = [pytest.mark.desktop, pytest.mark.media]

HALL = "hall"
WITHIN_S = 60.0


WORDS = ("--screen", HALL, "--site", SITE_NAME)


@contextmanager
def showing(screen: VirtualScreen) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
    process = subprocess.Popen([sys.executable, "-m", "console", "wall", *WORDS], env=environment)
    try:
        yield process
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(10.0)


def audit_of(street: Street) -> list[tuple[str, str, str]]:
    with street.site.units.read() as unit:
        return [(line.facts.verb, line.facts.who, line.facts.seat_id) for line in unit.audit.lines(0, 10_000)]


def test_a_screen_shows_what_a_seat_sends_until_it_is_cleared(
    street: Street,
    screen: VirtualScreen,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desks.of(street.site)
    with street.site.units.read() as unit:
        account = unit.accounts.named("op")
        cameras = [camera.camera_id for camera in unit.directory.cameras()][:4]
    assert account is not None
    sender = Actor(
        account_id=account.account_id, display_name=account.display_name, role=account.role, seat_id=SeatId("02")
    )
    assert main([*WORDS, "--issue-key"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(capsys.readouterr().out))
    assert main([*WORDS, "--keep-key"]) == 0

    with showing(screen):
        wait_until("the screen let in", WITHIN_S, lambda: ("sign_in", seat_of(HALL), seat_of(HALL)) in audit_of(street))
        assert not screen.shows_picture

        desk.screens.send(sender, HALL, Wall(layout=layout_named("2x2"), cameras=tuple(cameras)))
        wait_until("four streets on the screen", WITHIN_S, lambda: screen.shows_picture)
        who = f"{account.display_name} ({account.account_id})"
        wait_until("who answers for the view", WITHIN_S, lambda: ("live_view", who, seat_of(HALL)) in audit_of(street))

        desk.screens.clear(sender, HALL)
        wait_until("an empty screen", WITHIN_S, lambda: not screen.shows_picture)
