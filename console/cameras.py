"""``citydesk cameras``: the directory as a table, from the machine itself."""

import argparse
import os
import sys
from pathlib import Path

from console.application.directory_import import DirectoryImport, ImportPlan
from console.desks import Desks
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, REFUSED, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site
from console.words import Words

NAMED_CAMERAS = 20  # judgement: more than a screen of names is a number


def main(arguments: list[str]) -> int:
    """Return 0 when it was done, 1 when it was refused; then every complaint stands with its line."""
    words = terminal_words(os.environ)
    chosen = _parser(words).parse_args(arguments)

    def work(site: Site) -> int:
        if not is_present(site.database):
            upgrade(site.database)
        desk = Desks.of(site).tables
        if chosen.act == "import":
            return _import(desk, chosen, words)
        count = desk.export(at_the_machine(), chosen.file)
        print(words.say("{n} cameras are in {file}.", n=count, file=str(chosen.file)))
        return DONE

    return with_site(chosen.site, words, work)


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk cameras")
    acts = parser.add_subparsers(dest="act", required=True)
    taking = acts.add_parser(
        "import", help=words.say("take a table (.csv, .xlsx) into the directory, whole or not at all")
    )
    taking.add_argument("--dry-run", action="store_true", help=words.say("only say what it would do"))
    taking.add_argument(
        "--whole", action="store_true", help=words.say("the table is the whole directory: remove what it does not name")
    )
    giving = acts.add_parser("export", help=words.say("write the directory to a table, without secrets"))
    for act in (taking, giving):
        act.add_argument("file", type=Path)
        act.add_argument("--site", default=DEFAULT_SITE)
    return parser


def _import(desk: DirectoryImport, chosen: argparse.Namespace, words: Words) -> int:
    plan = desk.plan(at_the_machine(), chosen.file, is_whole=chosen.whole)
    for complaint in plan.complaints:
        said = words.say(complaint.sentence, **complaint.values)
        print(words.say("line {line}: {said}", line=complaint.line, said=said), file=sys.stderr)
    if plan.complaints:
        print(words.say("Nothing was taken in: {n} faults.", n=len(plan.complaints)), file=sys.stderr)
        return REFUSED
    for line in told(plan, words):
        print(line)
    if chosen.dry_run:
        print(words.say("Nothing was changed; without `--dry-run` it will be."))
        return DONE
    desk.carry_out(at_the_machine(), plan, chosen.file.name)
    print(words.say("The directory is as the table says."))
    return DONE


def told(plan: ImportPlan, words: Words) -> list[str]:
    """Return what a plan would do: the numbers, and the first cameras of each kind by name."""
    lines = [
        words.say(
            "{added} added, {changed} changed, {removed} removed, {same} stay as they are.",
            added=len(plan.added),
            changed=len(plan.changed),
            removed=len(plan.removed),
            same=plan.same,
        )
    ]
    named = [*(("+", camera) for camera in plan.added), *(("~", after) for _, after in plan.changed)]
    named += [("-", camera) for camera in plan.removed]
    lines += [f"{sign} {camera.number} {camera.name}" for sign, camera in named[:NAMED_CAMERAS]]
    if len(named) > NAMED_CAMERAS:
        lines.append(words.say("and {n} more", n=len(named) - NAMED_CAMERAS))
    return lines
