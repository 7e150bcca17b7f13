"""``citydesk seat``: opens the operator's window and finds the machine's station, starting one if there is none.

The station is started before the window's own imports, so that on a machine where nothing runs yet both come up
side by side. That is why what runs the window is found by its name here, as a role is.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from console.infrastructure.paths import DEFAULT_SITE, Paths
from console.infrastructure.starting import seems_to_run, start_station

SIGN_IN_VARIABLE = "CITYDESK_DEMO_PASSWORD"
RUNNING = "console.seat.running"


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
    parser.add_argument("--figures", type=Path, help=argparse.SUPPRESS)  # what `bench wall` reads
    parser.add_argument("--hears", action="store_true", help=argparse.SUPPRESS)  # and what it listens to
    chosen = parser.parse_args(arguments)
    # Before anything is started: no child may inherit it.
    password = os.environ.pop(SIGN_IN_VARIABLE, "")
    try:
        paths = Paths.for_site(chosen.site).make()
    except ValueError as cause:
        print(cause, file=sys.stderr)
        return 1
    starting = None
    if not seems_to_run(paths.endpoint_file):
        starting = start_station(["--site", chosen.site], paths.logs / "station.out")
    run: Callable[..., int] = importlib.import_module(RUNNING).run
    return run(chosen, password, starting)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
