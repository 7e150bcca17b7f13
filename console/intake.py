"""``citydesk intake``: gives a partner that reports to us a token, and a place the code by which citizens report."""

import argparse
import os
import secrets
import sys
from pathlib import Path

from console.application.errors import Unavailable
from console.application.permissions import Gate
from console.application.place_codes_desk import PlaceCodesDesk
from console.domain.accounts import Verb
from console.domain.errors import DomainError
from console.domain.intake import PlaceCode, token_name
from console.domain.places import Place
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.documents.place_sheet import sheet_of
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site
from console.words import Words

TOKEN_BYTES = 24


def main(arguments: list[str]) -> int:
    """Do what is asked; exit code 1 where the site refuses."""
    said = terminal_words(os.environ)
    parser = _parser(said)
    chosen = parser.parse_args(arguments)
    if chosen.partner and not (chosen.new_token or chosen.forget):
        parser.error("--partner: --new-token, --forget")
    if chosen.code and not (chosen.forget or chosen.sheet):
        parser.error("--code: --forget, --sheet")
    if (chosen.longitude is None) != (chosen.latitude is None):
        parser.error("--longitude, --latitude")

    def work(site: Site) -> int:
        if not is_present(site.database):
            upgrade(site.database)
        if chosen.partner:
            return _change_token(site, chosen.partner, is_new=chosen.new_token)
        desk = PlaceCodesDesk(site.units, Gate(site.units, site.clock), site.clock)
        if chosen.place:
            place = Place(
                address=chosen.address,
                grid_cell=chosen.grid_cell,
                longitude=chosen.longitude,
                latitude=chosen.latitude,
            )
            made = desk.make(at_the_machine(), chosen.place, chosen.english, place=place, camera_number=chosen.camera)
            _tell(site, said, made)
            if chosen.sheet:
                _write_sheet(site, made, chosen.sheet)
        elif chosen.code and chosen.forget:
            desk.forget(at_the_machine(), chosen.code)
        elif chosen.code:
            found = next((one for one in desk.all(at_the_machine()) if one.code == chosen.code), None)
            if found is None or found.forgotten_at is not None:
                raise DomainError("Nobody reports by this code.")
            _write_sheet(site, found, chosen.sheet)
        else:
            for one in desk.all(at_the_machine()):
                _tell(site, said, one)
        return DONE

    return with_site(chosen.site, said, work)


def _parser(said: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk intake")
    parser.add_argument("--site", default=DEFAULT_SITE)
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--partner", help=said.say("its name in the settings: [intake.partners.NAME]"))
    whom.add_argument("--place", help=said.say("make a code for a place of this name, by which citizens report"))
    whom.add_argument("--code", help=said.say("a place's code that was made before"))
    whom.add_argument("--places", action="store_true", help=said.say("list the places' codes"))
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument(
        "--new-token", action="store_true", help=said.say("make a token, keep it, and print it this once")
    )
    acts.add_argument(
        "--forget", action="store_true", help=said.say("let the partner, or whoever reads the code, report no more")
    )
    acts.add_argument("--sheet", type=Path, help=said.say("write the sheet to hang up, an SVG file for A4"))
    parser.add_argument("--english", default="", help=said.say("the place's name in English"))
    parser.add_argument("--address", default="", help=said.say("the place's address; its name where none is given"))
    parser.add_argument("--longitude", type=float, help=said.say("degrees, WGS 84"))
    parser.add_argument("--latitude", type=float, help=said.say("degrees, WGS 84"))
    parser.add_argument("--grid-cell", default="", help=said.say("15 digits; without it only who acts everywhere sees"))
    parser.add_argument("--camera", default="", help=said.say("the number of the camera that looks there"))
    return parser


def _change_token(site: Site, partner: str, *, is_new: bool) -> int:
    if partner not in site.settings.intake.partners:
        raise DomainError("The settings name no such partner: [intake.partners.NAME].")
    token = secrets.token_urlsafe(TOKEN_BYTES) if is_new else ""
    gate = Gate(site.units, site.clock)
    actor = gate.require(at_the_machine(), Verb.ADMINISTER, partner)
    with site.units.write() as unit:
        unit.audit.append(gate.facts(actor, "token_issued" if token else "token_forgotten", partner))
        if token:
            site.vault.put(token_name(partner), token)
        else:
            site.vault.delete(token_name(partner))
        unit.commit()
    if token:
        print(token)
    return DONE


def _tell(site: Site, said: Words, one: PlaceCode) -> None:
    """Print a code on a line: its address, its names, and since when it is forgotten."""
    gone = ""
    if one.forgotten_at is not None:
        gone = said.say("forgotten on {day}", day=f"{one.forgotten_at.astimezone(site.zone):%Y-%m-%d}")
    print("\t".join(part for part in (_address(site, one), one.label_zh, one.label_en, gone) if part))


def _address(site: Site, one: PlaceCode) -> str:
    return f"{site.settings.intake.base_url}/r/{one.code}"


def _write_sheet(site: Site, one: PlaceCode, path: Path) -> None:
    try:
        path.write_text(sheet_of(one, _address(site, one)), encoding="utf-8")
    except OSError as cause:
        raise Unavailable("The sheet cannot be written to {path}.", path=str(path)) from cause


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
