"""The role that learns from verdicts, once, and ends.

A process of its own, started by the station when there is something to do: what learns is large, slow to import and
in no hurry, and neither the station nor a seat is to wait for it.
"""

import argparse
import logging
import sys
from pathlib import Path

from console.application.errors import Unavailable
from console.application.learning import LearningNotes
from console.application.settings import SettingsRefused
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.logs import Logs
from console.infrastructure.standing_back import stand_back
from console.infrastructure.vision.learner import Learner
from console.site import DEFAULT_SITE, Site
from inference.embedder import Embedder
from inference.errors import InferenceError

ROLE = "learner"
NICENESS = 19  # after everything that somebody waits for

_log = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Learn what there is to learn. Exit code 1 where it could not; the reason is the last line said."""
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("--site", default=DEFAULT_SITE)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    chosen = parser.parse_args(arguments)
    stand_back(NICENESS)
    try:
        site = Site.open(chosen.site)
    except (SettingsRefused, Unavailable, ValueError) as cause:
        print(cause, file=sys.stderr)
        return 1
    logs = Logs(site.paths.logs, ROLE)
    logs.begin()
    try:
        embedder = Embedder(chosen.model, cache=chosen.cache)
        store = EvidenceStore(site.paths.data / "evidence")
        Learner(LearningNotes(site.units, site.clock), store, embedder, site.clock).learn()
    except (Unavailable, InferenceError) as cause:
        _log.error("%s", cause)
        print(cause, file=sys.stderr)
        return 1
    finally:
        site.close()
        logs.end()
    return 0
