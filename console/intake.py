"""``citydesk intake``: gives a partner that reports to us a token of its own, or takes it away."""

import argparse
import os
import secrets
import sys

from console.application.permissions import Gate
from console.domain.accounts import Verb
from console.domain.errors import DomainError
from console.domain.intake import token_name
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site

TOKEN_BYTES = 24


def main(arguments: list[str]) -> int:
    """Do what is asked; exit code 1 where the site refuses."""
    said = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk intake")
    parser.add_argument("--partner", required=True, help=said.say("its name in the settings: [intake.partners.NAME]"))
    parser.add_argument("--site", default=DEFAULT_SITE)
    acts = parser.add_mutually_exclusive_group(required=True)
    acts.add_argument(
        "--new-token", action="store_true", help=said.say("make a token, keep it, and print it this once")
    )
    acts.add_argument("--forget", action="store_true", help=said.say("let the partner report no more"))
    chosen = parser.parse_args(arguments)

    def work(site: Site) -> int:
        if chosen.partner not in site.settings.intake.partners:
            raise DomainError("The settings name no such partner: [intake.partners.NAME].")
        if not is_present(site.database):
            upgrade(site.database)
        token = "" if chosen.forget else secrets.token_urlsafe(TOKEN_BYTES)
        gate = Gate(site.units, site.clock)
        actor = gate.require(at_the_machine(), Verb.ADMINISTER, chosen.partner)
        with site.units.write() as unit:
            unit.audit.append(gate.facts(actor, "token_issued" if token else "token_forgotten", chosen.partner))
            if token:
                site.vault.put(token_name(chosen.partner), token)
            else:
                site.vault.delete(token_name(chosen.partner))
            unit.commit()
        if token:
            print(token)
        return DONE

    return with_site(chosen.site, said, work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
