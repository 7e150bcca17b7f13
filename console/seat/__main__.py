"""``citydesk seat``: opens the operator's window and finds the machine's station, starting one if there is none."""

import argparse
import os
import signal
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from console.application.errors import Unavailable
from console.application.settings import SettingsRefused
from console.demo.site import ACCOUNTS, PASSWORD
from console.domain.ids import SeatId
from console.infrastructure.logs import Logs
from console.seat.window import Seat
from console.site import DEFAULT_SITE, Site
from console.words import Words
from widgets.common import theme
from widgets.login.login_page import DemoAccount

SIGN_IN_VARIABLE = "CITYDESK_DEMO_PASSWORD"
# Python notices a signal between two of its own steps; a quiet window takes one this often.
SIGNAL_STEP_MS = 250


def main(arguments: list[str]) -> int:
    """Run the window until it is closed."""
    parser = argparse.ArgumentParser(prog="citydesk seat")
    parser.add_argument("--site", default=DEFAULT_SITE)
    parser.add_argument("--seat", default="01", help="the number on the desk")
    parser.add_argument("--language", choices=("zh_CN", "en"))
    parser.add_argument("--demo", action="store_true", help="show the demo's accounts on the login page")
    parser.add_argument(
        "--sign-in", default="", metavar="NAME", help=f"sign in at once, password in {SIGN_IN_VARIABLE}"
    )
    chosen = parser.parse_args(arguments)
    password = os.environ.pop(SIGN_IN_VARIABLE, "")
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
    seat = Seat(site, SeatId(chosen.seat), words, accounts)
    waking = QTimer()
    waking.setObjectName("signals-250-ms")
    waking.timeout.connect(_nothing)
    waking.start(SIGNAL_STEP_MS)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: seat.window.close())
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
