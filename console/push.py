"""``citydesk push``: gives a device that sends to us a key of its own, or SRT a passphrase, or takes it away."""

import argparse
import os
import secrets
import sys

from console.application.permissions import Gate
from console.domain.accounts import Verb
from console.domain.errors import DomainError
from console.domain.pushing import DEVICE_NAME, SRT_PASSPHRASE, key_name
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site

KEY_BYTES = 18  # 144 bits, 24 characters: far beyond guessing, and short enough for a device's form


def main(arguments: list[str]) -> int:
    """Do what is asked; exit code 1 where the site refuses."""
    said = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk push")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--device", help=said.say("the device's name: its camera's address is push://NAME"))
    whom.add_argument(
        "--srt",
        action="store_true",
        help=said.say("the passphrase of all who send by SRT; it counts from the next start"),
    )
    parser.add_argument("--site", default=DEFAULT_SITE)
    acts = parser.add_mutually_exclusive_group(required=True)
    acts.add_argument("--new-key", action="store_true", help=said.say("make a key, keep it, and print it this once"))
    acts.add_argument("--forget", action="store_true", help=said.say("let the device send no more"))
    chosen = parser.parse_args(arguments)

    def work(site: Site) -> int:
        if not chosen.srt and not DEVICE_NAME.fullmatch(chosen.device):
            raise DomainError("A device's name has 1 to 64 letters, digits, - and _.")
        if not is_present(site.database):
            upgrade(site.database)
        key = "" if chosen.forget else secrets.token_urlsafe(KEY_BYTES)
        gate = Gate(site.units, site.clock)
        subject, name = ("SRT", SRT_PASSPHRASE) if chosen.srt else (chosen.device, key_name(chosen.device))
        actor = gate.require(at_the_machine(), Verb.ADMINISTER, subject)
        verb = "push_key_forgotten" if chosen.forget else "push_key_issued"
        with site.units.write() as unit:
            unit.audit.append(gate.facts(actor, verb, subject))
            if key:
                site.vault.put(name, key)
            else:
                site.vault.delete(name)
            unit.commit()
        if key:
            print(key)
        return DONE

    return with_site(chosen.site, said, work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
