"""The role that brings a site's tables to the present: a process of its own, because it happens once a release."""

import argparse
import sys

from console.application.errors import Unavailable
from console.application.settings import SettingsRefused
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.logs import Logs
from console.site import DEFAULT_SITE, Site


def main(arguments: list[str]) -> int:
    """Upgrade. Exit code 1 where the database is away or newer than this program; the reason is the last line said."""
    parser = argparse.ArgumentParser(prog="citydesk --role upgrade")
    parser.add_argument("--site", default=DEFAULT_SITE)
    chosen = parser.parse_args(arguments)
    try:
        site = Site.open(chosen.site)
    except (SettingsRefused, Unavailable, ValueError) as cause:
        print(cause, file=sys.stderr)
        return 1
    logs = Logs(site.paths.logs, "upgrade")
    logs.begin()
    try:
        upgrade(site.database)
    except Unavailable as cause:
        print(cause, file=sys.stderr)
        return 1
    finally:
        site.close()
        logs.end()
    return 0
