"""``citydesk wall``: a screen without a keyboard, which shows what a seat sends to it.

An administrator at a machine of the site makes its key (``--issue-key``), whoever stands at the screen's machine keeps
it there (``--keep-key``); from then on it starts without a person.
"""

import argparse
import os
import sys

from PySide6.QtWidgets import QApplication

from console.application.permissions import Gate
from console.application.screens_desk import ScreensDesk
from console.domain.screens import checked_name
from console.infrastructure.logs import Logs
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, REFUSED, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site
from console.wall.showing import ScreenProcess
from console.words import LANGUAGES, Words
from widgets.common import theme


def main(arguments: list[str]) -> int:
    """Show the screen until it is closed; with one of the two options do only that."""
    said = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk wall")
    parser.add_argument("--screen", required=True, metavar="NAME", help=said.say("the screen's name"))
    parser.add_argument("--site", default=DEFAULT_SITE)
    parser.add_argument("--language", choices=LANGUAGES)
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument("--issue-key", action="store_true", help=said.say("make a key for the screen and print it once"))
    acts.add_argument("--keep-key", action="store_true", help=said.say("keep the key that stands on standard input"))
    chosen = parser.parse_args(arguments)

    def work(site: Site) -> int:
        name = checked_name(chosen.screen)
        if chosen.issue_key:
            print(ScreensDesk(site.units, Gate(site.units, site.clock), site.clock).issue(at_the_machine(), name))
            return DONE
        if chosen.keep_key:
            site.vault.put(secret_of(name), sys.stdin.readline().strip())
            return DONE
        key = site.vault.get(secret_of(name))
        if not key:
            print(said.say("No key of this screen is kept on this machine. See --keep-key."), file=sys.stderr)
            return REFUSED
        return _show(site, name, key, Words(chosen.language or site.settings.language.default))

    return with_site(chosen.site, said, work)


def secret_of(name: str) -> str:
    """Return the name under which the vault keeps a screen's key."""
    return f"screen/{name}"


def _show(site: Site, name: str, key: str, words: Words) -> int:
    logs = Logs(site.paths.logs, "wall")
    logs.begin()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("Citydesk")
    theme.dress(application)
    screen = ScreenProcess(site, name, key, words)
    screen.open()
    code = application.exec()
    screen.close()
    logs.end()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
