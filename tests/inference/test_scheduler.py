from collections import Counter
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from inference.scheduler import LookScheduler

rates = st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0, 5.0, 10.0]), min_size=2, max_size=64)


def serve(
    scheduler: LookScheduler, cost_s: float, until_s: float, from_s: float = 0.0, dark: frozenset[str] = frozenset()
) -> list[tuple[float, str]]:
    """Look as a worker does: the most urgent camera with a frame, each look taking ``cost_s``."""
    now_s, log = from_s, []
    while now_s < until_s:
        ready = next((name for name in scheduler.due(now_s) if name not in dark), None)
        if ready is None:
            now_s += 0.01
            continue
        scheduler.looked(ready, now_s)
        log.append((now_s, ready))
        now_s += cost_s
    return log


def cameras(looks_per_s: list[float]) -> tuple[LookScheduler, dict[str, float]]:
    scheduler = LookScheduler()
    by_name = {f"c{number}": rate for number, rate in enumerate(looks_per_s)}
    for name, rate in by_name.items():
        scheduler.watch(name, rate, 0.0)
    return scheduler, by_name


@settings(max_examples=60, deadline=None)
@given(rates, st.floats(0.005, 0.2))
def test_while_a_camera_waits_none_that_asks_for_no_more_gets_two_looks(
    looks_per_s: list[float], cost_s: float
) -> None:
    scheduler, by_name = cameras(looks_per_s)
    now_s = 0.0
    since: dict[str, list[str]] = {}
    for _ in range(400):
        due = list(scheduler.due(now_s))
        for name in due:
            since.setdefault(name, [])
        if not due:
            now_s += 0.01
            continue
        chosen = due[0]
        scheduler.looked(chosen, now_s)
        since.pop(chosen)
        for name, others in since.items():
            others.append(chosen)
            lesser = [other for other in others if by_name[other] <= by_name[name]]
            assert len(lesser) == len(set(lesser)), f"{name} waited through {others}"
        now_s += cost_s


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 64))
def test_overload_lowers_equal_cameras_evenly(count: int) -> None:
    scheduler, _ = cameras([5.0] * count)
    log = serve(scheduler, cost_s=0.5, until_s=0.5 * count * 10)
    looks = [sum(name == f"c{number}" for _, name in log) for number in range(count)]
    assert max(looks) - min(looks) <= 1


def test_overload_lowers_different_cameras_by_the_same_share() -> None:
    scheduler, by_name = cameras([1.0, 5.0, 10.0])
    log = serve(scheduler, cost_s=0.25, until_s=400.0)  # 4 looks a second for 16 asked
    shares = [sum(name == other for _, other in log) / 400.0 / rate for name, rate in by_name.items()]
    assert max(shares) / min(shares) < 1.02


def test_with_time_enough_every_camera_gets_what_it_asked_for() -> None:
    scheduler, by_name = cameras([0.5, 2.0, 3.0, 5.0])
    log = serve(scheduler, cost_s=0.02, until_s=100.0)
    for name, rate in by_name.items():
        assert abs(sum(name == other for _, other in log) / 100.0 - rate) < 0.05 * rate + 0.02


def test_a_dark_camera_takes_nothing_from_the_others_and_saves_nothing_up() -> None:
    scheduler, _ = cameras([2.0, 2.0])
    serve(scheduler, cost_s=0.02, until_s=5.0)
    dark = serve(scheduler, cost_s=0.02, until_s=600.0, from_s=5.0, dark=frozenset({"c0"}))
    assert abs(len(dark) / 595.0 - 2.0) < 0.05
    log = serve(scheduler, cost_s=0.02, until_s=602.0, from_s=600.0)
    assert 3 <= sum(name == "c0" for _, name in log) <= 6


def test_a_camera_that_returns_into_an_overload_gets_its_share_and_no_more() -> None:
    scheduler, _ = cameras([5.0, 5.0, 5.0])
    serve(scheduler, cost_s=0.5, until_s=5.0)
    serve(scheduler, cost_s=0.5, until_s=600.0, from_s=5.0, dark=frozenset({"c0"}))
    log = serve(scheduler, cost_s=0.5, until_s=630.0, from_s=600.0)
    looks = [sum(name == f"c{number}" for _, name in log) for number in range(3)]
    assert max(looks) - min(looks) <= 1


def test_a_camera_no_longer_watched_gets_no_turn() -> None:
    scheduler, _ = cameras([2.0, 2.0])
    scheduler.unwatch("c0")
    assert {name for _, name in serve(scheduler, 0.02, 5.0)} == {"c1"}
    scheduler.unwatch("c1")
    assert scheduler.next_due_in_s(5.0) is None


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0, 5.0]), min_size=64, max_size=64),
    st.lists(st.tuples(st.floats(0.001, 2.0), st.sets(st.integers(0, 63), max_size=32)), min_size=4, max_size=8),
)
def test_of_64_cameras_none_waits_longer_than_the_bound_through_bursts_dark_cameras_and_stalled_looks(
    looks_per_s: list[float], spells: list[tuple[float, set[int]]]
) -> None:
    """A spell is 60 looks of one cost, through which some cameras have no frame; all their frames come at its end."""
    scheduler, by_name = cameras(looks_per_s)
    now_s = 0.0
    ahead: dict[str, Counter[str]] = {}
    for cost_s, dark in spells:
        missing = {f"c{number}" for number in dark}
        for name in missing:
            ahead.pop(name, None)
        for _ in range(60):
            ready = [name for name in scheduler.due(now_s) if name not in missing]
            for name in ready:
                ahead.setdefault(name, Counter())
            if not ready:
                now_s += 0.05
                continue
            scheduler.looked(ready[0], now_s)
            ahead.pop(ready[0])
            for name, others in ahead.items():
                others[ready[0]] += 1
                assert others[ready[0]] <= ceil(by_name[ready[0]] / by_name[name]), f"{name} waited through {others}"
            now_s += cost_s
