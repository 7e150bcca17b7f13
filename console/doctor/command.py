"""``citydesk doctor``: look at everything, say it in plain words, exit 1 where something essential is wrong."""

import argparse
import os
from collections.abc import Sequence

from console.doctor import machine, site
from console.doctor.findings import Finding, Grade
from console.infrastructure.assets.command import open_store
from console.infrastructure.paths import Paths
from console.infrastructure.terminal import terminal_words
from console.words import Words
from inference.devices import available_devices
from resources.locate import locate

_MARKS = {Grade.FINE: "✓", Grade.NOTE: "·", Grade.WRONG: "✗"}


def main(arguments: list[str]) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="citydesk doctor", description="What is missing or wrong here, and the cure.")
    parser.add_argument("--site", default="default", help="whose settings, records and cameras (the demo's is demo)")
    parser.add_argument("--settings", action="store_true", help="print the commented settings with their defaults")
    chosen = parser.parse_args(arguments)
    if chosen.settings:
        print(locate("settings/citydesk.toml").read_text(encoding="utf-8"))
        return 0
    return report(examine(chosen.site), terminal_words(os.environ))


def examine(site_name: str) -> list[Finding]:
    """Look at this machine and the site; nothing is changed."""
    paths = Paths.for_site(site_name)
    settings, about_settings = site.settings(paths)
    return [
        machine.libraries(),
        machine.fonts(),
        machine.screen(),
        machine.shared_memory(),
        machine.disk(paths),
        machine.clock(),
        machine.sound(),
        machine.srt(),
        about_settings,
        site.secrets(site_name, paths),
        site.database(settings, paths),
        site.storage(settings, paths),
        site.streams(settings, paths),
        site.assets(open_store()),
        site.device(settings, available_devices()),
    ]


def report(findings: Sequence[Finding], words: Words) -> int:
    """Print the findings, and return 1 where the main job cannot be done."""
    for finding in findings:
        sentence = words.say(finding.sentence, **finding.values)
        print(f"{_MARKS[finding.grade]}  {words.say(finding.subject)}: {sentence}")
        if finding.cure:
            print(f"   → {words.say(finding.cure, **finding.values)}")
    wrong = sum(finding.grade is Grade.WRONG for finding in findings)
    if wrong:
        print(words.plural("{n} thing must be mended.", "{n} things must be mended.", wrong))
    else:
        print(words.say("Citydesk can work here."))
    return 1 if wrong else 0
