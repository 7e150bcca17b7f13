"""``citydesk evidence verify FILE``: says in plain words whether an evidence file is what was signed."""

import argparse
import json
import os
import sys
from pathlib import Path

from console.application.errors import Unavailable
from console.infrastructure.evidence_check import Verification, verify
from console.infrastructure.terminal import terminal_words
from console.words import Words

VALID, CHANGED, UNREADABLE = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Return 0 for a valid file, 1 for a changed one, 2 when it cannot be read."""
    words = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk evidence")
    parser.add_argument("act", choices=["verify"])
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key", default="", metavar="FINGERPRINT", help=words.say("the site's key, as it told you itself")
    )
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        found = verify(chosen.file, chosen.key)
    except Unavailable as cause:
        print(words.tell(cause), file=sys.stderr)
        return UNREADABLE
    if chosen.json:
        print(json.dumps(_facts(found), ensure_ascii=False))
    else:
        _tell(found, words)
    return VALID if found.is_valid else CHANGED


def _tell(found: Verification, words: Words) -> None:
    if found.is_valid:
        print(
            words.say(
                "Valid: case {number}, {n} items. Nothing was changed since it was signed.",
                number=found.case_number,
                n=found.items,
            )
        )
    else:
        print(words.say("Not valid:"))
        for finding in found.findings:
            print(f"  - {words.say(finding.sentence, **finding.values)}")
    if found.is_key_known:
        print(words.say("Signed by {key}, the key you named.", key=found.key_fingerprint))
    elif found.key_fingerprint:
        print(words.say("Signed by {key}.", key=found.key_fingerprint))
        print(
            words.say("Compare this with what the command centre tells you; anyone can sign with a key of their own.")
        )


def _facts(found: Verification) -> dict[str, object]:
    """Return what a script reads: English, whatever the terminal speaks."""
    return {
        "valid": found.is_valid,
        "findings": [str(finding) for finding in found.findings],
        "case": found.case_number,
        "items": found.items,
        "key": found.key_fingerprint,
        "key_is_known": found.is_key_known,
    }
