"""``citydesk platform``: keeps the login of a sharing platform in the vault, and asks whether the platform answers."""

import argparse
import os
import sys

from console.domain.errors import DomainError
from console.domain.sharing import login_name
from console.infrastructure.gateways.sharing_platform import WvpPlatform, spec_of
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, with_site
from console.site import DEFAULT_SITE, Site


def main(arguments: list[str]) -> int:
    """Do what is asked; exit code 1 where the platform, or the site, refuses."""
    said = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk platform")
    parser.add_argument("--name", required=True, help=said.say("the platform's name in the settings"))
    parser.add_argument("--site", default=DEFAULT_SITE)
    acts = parser.add_mutually_exclusive_group(required=True)
    acts.add_argument(
        "--keep-login", action="store_true", help=said.say("keep user:password, or :key, from standard input")
    )
    acts.add_argument("--check", action="store_true", help=said.say("read its directory once; change nothing"))
    chosen = parser.parse_args(arguments)

    def work(site: Site) -> int:
        settings = site.settings.sharing.get(chosen.name)
        if settings is None:
            raise DomainError("There is no platform {name} in the settings.", name=chosen.name)
        if chosen.keep_login:
            login = sys.stdin.readline().strip()
            if not login.partition(":")[2]:
                raise DomainError("A login is user:password, or :key where the platform gave a key.")
            site.vault.put(login_name(chosen.name), login)
            return DONE
        login = site.vault.get(login_name(chosen.name)) or ""
        platform = WvpPlatform(spec_of(chosen.name, settings), lambda: login)
        cameras = online = unclear = 0
        for page in platform.directory():
            cameras += len(page.channels)
            online += sum(channel.is_online for channel in page.channels)
            unclear += page.unclear
        print(
            said.say(
                "{cameras} cameras, {online} of them online; {unclear} entries were not understood.",
                cameras=cameras,
                online=online,
                unclear=unclear,
            )
        )
        return DONE

    return with_site(chosen.site, said, work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
