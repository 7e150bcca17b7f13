"""Claims about the same job in a storm: what it promises holds while what it needs is killed, stopped and locked."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.story.faults import PROCESSES, Deed, Fault, Thing, plan_of

# Together they kill everything, stop everything, do every deed and strike in every step.
SEEDS = ("1", "3", "7", "18", "20")
AT_ONCE = 2
STORM_WITHIN_S = 420  # a storm takes 90 to 150 s on two cores; a test machine is busier, and an operator patient
MANY = tuple(str(seed) for seed in range(1, 31))


def killed(plan: tuple[Fault, ...]) -> set[Thing]:
    return {fault.thing for fault in plan if fault.deed is Deed.KILL}


def test_a_seed_is_a_plan_and_another_seed_another() -> None:
    assert plan_of("7") == plan_of("7")
    assert len({tuple(plan_of(seed)) for seed in MANY}) == len(MANY)
    # The plan that is printed is what a report of a failure is told from: a Python must not change it unseen.
    assert [str(fault) for fault in plan_of("1")][:3] == [
        "kill -9 vision-1, 2.2 s into “alarm”",
        "stop media-1 for 3.5 s, 8.4 s into “alarm”",
        "kill -9 seat, 0.018 s into “claim and confirm”",
    ]


@pytest.mark.parametrize("seed", MANY)
def test_every_storm_kills_four_different_things_and_leaves_no_step_without_hope(seed: str) -> None:
    plan = tuple(plan_of(seed))
    assert len(killed(plan) & set(PROCESSES)) >= 4
    assert Thing.DATABASE in {fault.thing for fault in plan if fault.deed is Deed.LOCK}
    assert all(fault.after_s >= 0 and fault.lasts_s <= 10 for fault in plan)


def test_the_storms_that_are_always_run_hold_every_fault() -> None:
    plans = [tuple(plan_of(seed)) for seed in SEEDS]
    together = [fault for plan in plans for fault in plan]
    assert set.union(*map(killed, plans)) == {*PROCESSES, Thing.SEAT}
    assert {fault.thing for fault in together if fault.deed is Deed.STOP} == set(PROCESSES)
    assert {fault.deed for fault in together} == set(Deed)


# ---- the storms themselves -----------------------------------------------------------------------------------


def weathered(seed: str, folder: Path) -> str:
    """Tell the story in a storm; return nothing, or what was not observed."""
    done = subprocess.run(
        [sys.executable, "-m", "console", "story", "--chaos", seed, "--json", "--folder", str(folder)],
        env={**os.environ, "CITYDESK_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=STORM_WITHIN_S,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    unseen = [line for line in lines if not line.get("seen", True)]
    happened = [line["fault"] for line in lines if "fault" in line]
    if done.returncode == 0 and sorted(happened) == sorted(line["planned"] for line in lines if "planned" in line):
        return ""
    return f"seed {seed}: {unseen} after {happened}; {done.stderr[-1000:]}"


def weather_all(seeds: Sequence[str], folder: Path) -> list[str]:
    """Return what was not observed in any of these storms, two at a time: most of each is waiting."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda seed: weathered(seed, folder / seed), seeds)
        return [failure for failure in told if failure]


@pytest.mark.media
@pytest.mark.timeout(STORM_WITHIN_S * 3)
def test_the_main_job_holds_in_five_storms(tmp_path: Path) -> None:
    assert weather_all(SEEDS, tmp_path) == []


@pytest.mark.long
@pytest.mark.media
@pytest.mark.timeout(STORM_WITHIN_S * len(MANY))
def test_the_main_job_holds_in_thirty_storms(tmp_path: Path) -> None:
    assert weather_all(MANY, tmp_path) == []
