"""A seat's process from its open site to its closed window."""

import argparse
import signal
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from console.application.errors import Unavailable
from console.application.settings import SettingsRefused
from console.demo.site import ACCOUNTS, PASSWORD
from console.domain.ids import SeatId
from console.infrastructure.logs import Logs
from console.infrastructure.starting import StartedStation
from console.seat.figures import WallFigures
from console.seat.window import Seat
from console.site import Site
from console.words import Words
from widgets.common import theme
from widgets.login.login_page import DemoAccount

# Python notices a signal between two of its own steps; a quiet window takes one this often.
SIGNAL_STEP_MS = 250


def run(chosen: argparse.Namespace, password: str, starting: StartedStation | None) -> int:
    """Run the window until it is closed.

    Args:
        chosen: what the seat's command line gives.
        password: of the account to sign in with at once; empty where a person signs in.
        starting: the station that was started for this seat, if none ran.
    """
    try:
        site = Site.open(chosen.site)
    except (SettingsRefused, Unavailable, ValueError) as cause:
        print(cause, file=sys.stderr)
        return 1
    logs = Logs(site.paths.logs, "seat")
    logs.begin()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("Citydesk")
    theme.dress(application)
    words = Words(chosen.language or site.settings.language.default)
    accounts = _demo_accounts() if chosen.demo else []
    seat = Seat(site, SeatId(chosen.seat), words, accounts, starting=starting)
    if chosen.figures is not None:
        WallFigures(seat.window, chosen.figures, site.clock, seat, hears=chosen.hears)
    waking = QTimer()
    waking.setObjectName("signals-250-ms")
    waking.timeout.connect(_nothing)
    waking.start(SIGNAL_STEP_MS)
    # Python runs a handler between any two of its own steps, also in the middle of a paint: close only after it.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: QTimer.singleShot(0, seat.window.close))
    seat.open(chosen.sign_in, password)
    code = application.exec()
    waking.stop()
    seat.close()
    site.close()
    logs.end()
    return code


def _demo_accounts() -> list[DemoAccount]:
    return [
        DemoAccount(sign_in_name=name, password=PASSWORD, display_name=who, role=role) for name, who, role in ACCOUNTS
    ]


def _nothing() -> None:
    """Let Python look at its signals."""
