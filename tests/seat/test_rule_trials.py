"""The process that tries a rule, from the seat: it is told the rule, what it says comes in, and it ends in time."""

import os
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from console.application.errors import Unavailable
from console.application.onboarding_desk import RULE_KINDS
from console.domain.ids import CameraId
from console.domain.rules import CameraRule
from console.seat.rule_trials import RuleTrials
from widgets.state.trying import Piece, TrialTold

WITHIN_MS = 10_000
# Says what it was told, then waits to be ended: the family stands for the hit's label, the process for the looks.
ECHO = """
import json, os, sys, time
order = json.loads(sys.stdin.readline())
hit = {"at_s": 1.0, "label": order["rule"]["family"], "score": 0.5, "dwell_s": 2.0, "box": [0, 0, 1, 1],
       "still": order["stills"] or ""}
print(json.dumps({"pieces": len(order["pieces"]), "at_s": 1.0, "looks": os.getpid(), "hit": hit}), flush=True)
time.sleep(60)
"""


def rule() -> CameraRule:
    kind = RULE_KINDS[0]
    return kind.rule_for(CameraId("cam01"), "bay", dwell_s=5.0, figures=kind.figures)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_trial_tells_what_it_finds_and_is_gone_with_its_pictures_when_it_is_ended(qtbot: QtBot) -> None:
    trials = RuleTrials(lambda: [sys.executable, "-c", ECHO])
    lines: list[TrialTold] = []
    trials.begin(rule(), [Piece(path=Path("a.mp4")), Piece(path=Path("b.mp4"))], lines.append, keeps_stills=True)
    qtbot.waitUntil(lambda: bool(lines), timeout=WITHIN_MS)
    (line,) = lines
    assert line.pieces == 2 and line.hit is not None and line.hit.label == "standing_vehicle"
    folder, pid = Path(line.hit.still), line.looks
    assert folder.is_dir() and is_running(pid)
    trials.end()
    assert not folder.exists() and not is_running(pid)


def test_a_trial_that_breaks_off_says_so_and_is_not_a_quiet_street(qtbot: QtBot) -> None:
    trials = RuleTrials(lambda: [sys.executable, "-c", "raise SystemExit(3)"])
    lines: list[TrialTold] = []
    trials.begin(rule(), [], lines.append, keeps_stills=False)
    qtbot.waitUntil(lambda: bool(lines), timeout=WITHIN_MS)
    assert lines[-1].is_over and "3" in lines[-1].fault
    trials.end()


def test_without_the_model_nothing_is_started_and_the_reason_is_told() -> None:
    def refuse() -> list[str]:
        raise Unavailable("The model is not here.")

    lines: list[TrialTold] = []
    RuleTrials(refuse).begin(rule(), [], lines.append, keeps_stills=False)
    assert "The model is not here" in lines[-1].fault
