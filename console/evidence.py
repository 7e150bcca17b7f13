"""``citydesk evidence verify FILE``: says in plain words whether an evidence file is what was signed."""

import argparse
import json
import sys
from pathlib import Path

from console.application.errors import Unavailable
from console.infrastructure.evidence_check import verify

VALID, CHANGED, UNREADABLE = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Return 0 for a valid file, 1 for a changed one, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="citydesk evidence")
    parser.add_argument("act", choices=["verify"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", default="", metavar="FINGERPRINT", help="the site's key, as it told you itself")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        found = verify(chosen.file, chosen.key)
    except Unavailable as cause:
        print(cause, file=sys.stderr)
        return UNREADABLE
    if chosen.json:
        facts = {
            "valid": found.is_valid,
            "findings": [str(finding) for finding in found.findings],
            "case": found.case_number,
            "items": found.items,
            "key": found.key_fingerprint,
            "key_is_known": found.is_key_known,
        }
        print(json.dumps(facts, ensure_ascii=False))
        return VALID if found.is_valid else CHANGED
    if found.is_valid:
        print(f"valid: case {found.case_number}, {found.items} items, nothing was changed since it was signed")
    else:
        print("not valid:")
        for finding in found.findings:
            print(f"  - {finding}")
    if found.is_key_known:
        print(f"signed by {found.key_fingerprint}, the key you named")
    elif found.key_fingerprint:
        print(f"signed by {found.key_fingerprint}")
        print("Compare this with what the command centre tells you; anyone can sign with a key of their own.")
    return VALID if found.is_valid else CHANGED
