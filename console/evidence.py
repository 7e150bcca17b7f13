"""``citydesk evidence verify FILE``: says in plain words whether an evidence file is what was signed, and by whom.

``citydesk evidence key`` says the fingerprint of a site's own key, to be told to whoever gets its files.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from console.application.errors import Unavailable
from console.application.settings import SettingsRefused
from console.infrastructure.evidence_check import Verification, verify
from console.infrastructure.signing import Signer
from console.infrastructure.terminal import terminal_words
from console.site import DEFAULT_SITE, Site
from console.words import Words

VALID, CHANGED, UNREADABLE = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Return 0 for a valid file, 1 for a changed one, 2 when it cannot be read."""
    words = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk evidence")
    parser.add_argument("act", choices=["verify", "key"])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument(
        "--key", default="", metavar="FINGERPRINT", help=words.say("the site's key, as it told you itself")
    )
    parser.add_argument(
        "--site", default="", help=words.say("a site on this machine: the file must be signed by its key")
    )
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.act == "key":
            return _tell_key(chosen.site or DEFAULT_SITE, words)
        if chosen.file is None:
            parser.error(words.say("which file?"))
        found = verify(chosen.file, chosen.key or (_key_of(chosen.site) if chosen.site else ""))
    except (Unavailable, SettingsRefused, ValueError) as cause:
        print(words.tell(cause) if isinstance(cause, Unavailable) else cause, file=sys.stderr)
        return UNREADABLE
    if chosen.json:
        print(json.dumps(_facts(found), ensure_ascii=False))
    else:
        _tell(found, words)
    return VALID if found.is_valid else CHANGED


def _key_of(site_name: str) -> str:
    """Return the fingerprint of a site's key.

    Raises:
        Unavailable: it has none yet, so nothing can be signed by it.
    """
    site = Site.open(site_name)
    try:
        key = Signer(site.vault).known_key()
    finally:
        site.close()
    if not key:
        raise Unavailable("The site {name} has signed nothing yet; it has no key.", name=site_name)
    return key


def _tell_key(site_name: str, words: Words) -> int:
    print(words.say("The key of site {name} is {key}.", name=site_name, key=_key_of(site_name)))
    return VALID


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
