"""``citydesk sensors``: registers sensors from a table, lists them with their state, keeps the broker's password."""

import argparse
import os
import sys
from pathlib import Path

from console.application.permissions import Gate
from console.application.sensor_desk import SensorsDesk
from console.application.sensor_table import read_sensors
from console.domain.accounts import Verb
from console.domain.errors import DomainError
from console.domain.intake import BROKER_PASSWORD
from console.domain.sensors import missing
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.documents.directory_files import DirectoryFilesOnDisk
from console.infrastructure.shipped_matters import add_missing
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, REFUSED, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site
from console.words import Words


def main(arguments: list[str]) -> int:
    """Do what is asked; exit code 1 where the site or the table is refused, every complaint with its line."""
    words = terminal_words(os.environ)
    chosen = _parser(words).parse_args(arguments)

    def work(site: Site) -> int:
        if not is_present(site.database):
            upgrade(site.database)
        add_missing(site.units)
        match chosen.act:
            case "import":
                return _import(site, chosen.file, words)
            case "list":
                return _list(site)
            case _:
                return _keep_password(site)

    return with_site(chosen.site, words, work)


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk sensors")
    acts = parser.add_subparsers(dest="act", required=True)
    taking = acts.add_parser("import", help=words.say("register the sensors of a table (.csv, .xlsx), all or none"))
    taking.add_argument("file", type=Path)
    listing = acts.add_parser("list", help=words.say("one line each: number, last value, when, readings missing"))
    keeping = acts.add_parser("keep-password", help=words.say("keep the broker's password, from standard input"))
    for act in (taking, listing, keeping):
        act.add_argument("--site", default=DEFAULT_SITE)
    return parser


def _import(site: Site, file: Path, words: Words) -> int:
    rows = DirectoryFilesOnDisk().read(file)
    with site.units.read() as unit:
        cameras = {camera.number: (camera.camera_id, camera.place) for camera in unit.directory.cameras()}
    table = read_sensors(rows, cameras)
    for complaint in table.complaints:
        said = words.say(complaint.sentence, **complaint.values)
        print(words.say("line {line}: {said}", line=complaint.line, said=said), file=sys.stderr)
    if table.complaints:
        print(words.say("Nothing was taken in: {n} faults.", n=len(table.complaints)), file=sys.stderr)
        return REFUSED
    SensorsDesk(site.units, Gate(site.units, site.clock)).put(at_the_machine(), table.sensors)
    print(words.say("{n} sensors are registered.", n=len(table.sensors)))
    return DONE


def _list(site: Site) -> int:
    with site.units.read() as unit:
        for known in unit.sensors.all():
            sensor, state = known.sensor, known.state
            value = "—" if state.last_value is None else f"{state.last_value:g} {sensor.unit_of_value}".rstrip()
            heard = "—" if state.heard_at is None else f"{state.heard_at.astimezone(site.zone):%Y-%m-%d %H:%M:%S}"
            print(f"{sensor.number}\t{sensor.zh}\t{value}\t{heard}\t{missing(state)}")
    return DONE


def _keep_password(site: Site) -> int:
    password = sys.stdin.readline().strip()
    if not password:
        raise DomainError("There is no password on standard input.")
    gate = Gate(site.units, site.clock)
    actor = gate.require(at_the_machine(), Verb.ADMINISTER, BROKER_PASSWORD)
    with site.units.write() as unit:
        unit.audit.append(gate.facts(actor, "broker_password_kept", BROKER_PASSWORD))
        site.vault.put(BROKER_PASSWORD, password)
        unit.commit()
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
