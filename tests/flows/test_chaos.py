"""Claims about the same job in a storm: what it promises holds while what it needs is killed, stopped and locked."""

import pytest

from console.story.faults import PROCESSES, Deed, Fault, Thing, plan_of

# Together they kill everything, stop everything, do every deed and strike in every step.
SEEDS = ("1", "3", "7", "18", "20")
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
