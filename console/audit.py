"""``citydesk audit verify|export``: whether the audit is what was written, and a part of it as a register."""

import argparse
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from console.application.audit_desk import BREAK_WORDS, Register, check_trail, rows_of, values_of
from console.application.errors import Unavailable
from console.application.read_models import AuditQuery
from console.application.settings import SettingsRefused
from console.domain.audit import AuditFacts
from console.domain.audit_check import ChainCheck
from console.infrastructure.audit_anchor import SiteAnchors
from console.infrastructure.documents.register import RegisterFiles
from console.infrastructure.signing import Signer
from console.infrastructure.terminal import terminal_words
from console.site import DEFAULT_SITE, Site
from console.words import Words

WHOLE, BROKEN, UNREADABLE = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Return 0 where the audit is whole, 1 where it was changed, 2 where it cannot be read."""
    words = terminal_words(os.environ)
    chosen = _parser(words).parse_args(arguments)
    try:
        site = Site.open(chosen.site)
    except (SettingsRefused, Unavailable, ValueError) as cause:
        print(cause, file=sys.stderr)
        return UNREADABLE
    try:
        anchors = SiteAnchors(chosen.anchors or site.anchor_folder, site.name, Signer(site.vault))
        if chosen.act == "export":
            return _export(site, anchors, chosen, words)
        return _verify(site, anchors, words, in_json=chosen.json)
    except Unavailable as cause:
        print(words.tell(cause), file=sys.stderr)
        return UNREADABLE
    finally:
        site.close()


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk audit")
    parser.add_argument("act", choices=["verify", "export"])
    parser.add_argument("--site", default=DEFAULT_SITE)
    parser.add_argument(
        "--anchors", type=Path, default=None, metavar="FILE", help=words.say("a copy of the anchors kept elsewhere")
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--from", dest="begins", metavar="DAY", help=words.say("the first day, for example 2026-11-01"))
    parser.add_argument("--to", dest="ends", metavar="DAY", help=words.say("the day after the last one"))
    parser.add_argument("--reason", default="", help=words.say("why the register is taken out; it is written down"))
    parser.add_argument("--out", type=Path, default=Path("register.csv"), metavar="FILE")
    return parser


def _verify(site: Site, anchors: SiteAnchors, words: Words, *, in_json: bool) -> int:
    found = check_trail(site.units, anchors)
    if in_json:
        print(json.dumps(_facts(found), ensure_ascii=False))
    else:
        _tell(found, words)
    return WHOLE if found.is_whole else BROKEN


def _tell(found: ChainCheck, words: Words) -> None:
    if found.is_whole:
        print(words.say("Whole: {lines} lines, none changed, missing or moved.", lines=found.lines))
    else:
        print(words.say("Not whole:"))
        for broken in found.breaks:
            print(f"  - {words.say(BREAK_WORDS[broken.kind], **values_of(broken))}")
    if found.anchored:
        print(words.say("Anchored up to line {position}.", position=found.anchored))
    else:
        print(words.say("No anchor: lines cut off at the end, or all written anew, could not be found."))
    if found.key:
        print(words.say("The site's key is {key}.", key=found.key))


def _facts(found: ChainCheck) -> dict[str, object]:
    """Return what a script reads: English, whatever the terminal speaks."""
    return {
        "whole": found.is_whole,
        "lines": found.lines,
        "anchors": found.anchors,
        "anchored": found.anchored,
        "key": found.key,
        "breaks": [
            {
                **values_of(broken),
                "kind": broken.kind.value,
                "sentence": BREAK_WORDS[broken.kind].format(**values_of(broken)),
            }
            for broken in found.breaks
        ],
    }


def _export(site: Site, anchors: SiteAnchors, chosen: argparse.Namespace, words: Words) -> int:
    if not chosen.reason.strip():
        print(words.say("Give a reason for the export."), file=sys.stderr)
        return UNREADABLE
    try:
        query = AuditQuery(from_at=_day(chosen.begins, site.zone), to_at=_day(chosen.ends, site.zone))
    except ValueError:
        print(words.say("A day looks like 2026-11-01."), file=sys.stderr)
        return UNREADABLE
    outcome = check_trail(site.units, anchors)
    who = f"command line ({os.environ.get('USER') or os.environ.get('USERNAME') or '?'})"
    with site.units.write() as unit:
        unit.audit.append(
            AuditFacts(
                at=site.clock.now(),
                who=who,
                seat_id="",
                verb="export_audit",
                subject="audit",
                detail={"whole": int(outcome.is_whole)},
                from_at=query.from_at,
                to_at=query.to_at,
                reason=chosen.reason.strip(),
            )
        )
        unit.commit()
    count = RegisterFiles(Signer(site.vault), site.zone).write(
        Register(
            query=query,
            rows=rows_of(site.queries, query),
            outcome=outcome,
            made_at=site.clock.now(),
            made_by=who,
            reason=chosen.reason.strip(),
        ),
        chosen.out,
    )
    print(words.say("{count} lines in {file}.", count=count, file=chosen.out))
    return WHOLE if outcome.is_whole else BROKEN


def _day(said: str | None, zone: ZoneInfo) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said).replace(tzinfo=zone)
