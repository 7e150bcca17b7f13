"""``citydesk demo``: cameras, a speaker and a department of its own, a site in its own data folder, and a seat."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

from console.application.errors import Unavailable
from console.application.settings import SettingsRefused
from console.demo.control import DemoControl
from console.demo.peers import Neighbours
from console.demo.running import RunningDemo
from console.demo.site import PASSWORD, SEAT, SITE_NAME, add_own_cameras, remove_own_cameras, write_settings
from console.demo.street import Street
from console.infrastructure.logs import Logs
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import Paths
from console.infrastructure.supervisor import command_for, environment_for_child
from console.site import Site

SIGN_IN_VARIABLE = "CITYDESK_DEMO_PASSWORD"


def main(arguments: list[str]) -> int:
    """Bring the demo up, run a seat on it, and take it down when the seat is closed."""
    parser = argparse.ArgumentParser(prog="citydesk demo")
    parser.add_argument("--camera", action="append", default=[], metavar="RTSP", help="a stream of your own")
    parser.add_argument("--footage", type=Path, metavar="DIR", help="clips of your own instead of the demo's")
    parser.add_argument("--webcam", action="append", default=[], type=int, metavar="N", help="a webcam of this machine")
    parser.add_argument("--login", action="store_true", help="stop at the login page instead of signing in")
    chosen = parser.parse_args(arguments)
    write_settings(Paths.for_site(SITE_NAME).make().data)
    try:
        site = Site.open(SITE_NAME)
    except (SettingsRefused, Unavailable) as cause:
        print(cause, file=sys.stderr)
        return 1
    logs = Logs(site.paths.logs, "demo")
    logs.begin()
    neighbours = Neighbours(site.clock, site.paths.logs, print)
    try:
        print("Starting the demo's cameras, speaker and department (the first time prepares the footage) …", flush=True)
        demo = RunningDemo.start(site, neighbours, Argon2PasswordHasher(), chosen.footage)
        own = [*chosen.camera, *(f"webcam://{number}" for number in chosen.webcam)]
        remove_own_cameras(site)
        if own:
            add_own_cameras(site, own)
        street = Street(DemoControl(demo), site.clock, neighbours.tend)
        street.start()
        print(f"The department's page: {demo.department['base_url']}/", flush=True)
        code = _seat(stops_at_login=chosen.login)
        street.end()
        return code
    except Unavailable as cause:
        print(cause, file=sys.stderr)
        return 1
    finally:
        neighbours.end()
        site.close()
        logs.end()


def _seat(*, stops_at_login: bool) -> int:
    """Run a seat until it is closed; a request to end is passed on to it."""
    words = ["--site", SITE_NAME, "--seat", SEAT, "--demo"]
    extra = {}
    if not stops_at_login:
        words += ["--sign-in", "op"]
        extra = {SIGN_IN_VARIABLE: PASSWORD}
    seat = subprocess.Popen(command_for("seat", words), env=environment_for_child(extra))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: seat.terminate())
    return seat.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
