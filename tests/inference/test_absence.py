"""Claims about what has to be there: a post that is left, a bin that is gone, and what only hides them."""

import pytest

from inference.geometry import Box
from inference.rules.absence import Absence, AbsenceRule
from inference.tracker import Track
from tests.inference.ground_scenes import Luma, watch_ground
from tests.inference.rule_scenes import YARD, Watched, at, there

POST = AbsenceRule(rule_id="post", polygon=YARD, labels=frozenset({"person"}), dwell_s=10.0, minimum_score=0.4)
BIN: Box = (0.45, 0.45, 0.53, 0.62)
AROUND_BIN = ((0.43, 0.42), (0.55, 0.42), (0.55, 0.66), (0.43, 0.66))
STAYS = AbsenceRule(rule_id="bin", polygon=AROUND_BIN, labels=frozenset(), dwell_s=10.0, minimum_score=0.4)
GUARD = at(0.5, 0.5)
BUS = Track(track_id=8, label="bus", group="vehicle", score=0.7, box=(0.1, 0.1, 0.9, 0.9), media_time_s=0.0)


def guarded(*spans: tuple[float, float], until_s: float = 40.0) -> Watched:
    """Watch a post that is manned in these spans."""
    return watch_ground(
        Absence(POST),
        lambda _now_s: [],
        until_s,
        tracks=lambda now_s: there(GUARD, if_=any(begin <= now_s < end for begin, end in spans)),
    )


@pytest.mark.parametrize("fps", [1.0, 5.0])
def test_a_post_that_is_left_is_told_once_after_its_dwell(fps: float) -> None:
    said = watch_ground(
        Absence(POST), lambda _now_s: [], 40.0, tracks=lambda now_s: there(GUARD, if_=now_s < 8.0), fps=fps
    )
    assert said.times == [pytest.approx(18.0, abs=1.0)]
    assert said.reason("change") == "missing"
    assert said.hits[0].began_media_s == pytest.approx(8.0, abs=1.0)


def test_a_post_nobody_ever_came_to_is_told() -> None:
    assert guarded().times == [pytest.approx(10.0, abs=0.5)]


def test_a_guard_who_is_unseen_now_and_then_has_not_left() -> None:
    assert guarded(*((begin, begin + 1.0) for begin in range(0, 40, 3))).times == []


def test_who_only_walks_through_does_not_man_the_post() -> None:
    assert guarded((0.0, 8.0), (12.0, 13.5)).times == [pytest.approx(18.0, abs=1.0)]


def test_once_manned_again_the_next_absence_is_news() -> None:
    said = guarded((0.0, 4.0), (18.0, 24.0))
    assert said.times == [pytest.approx(14.0, abs=1.0), pytest.approx(34.0, abs=1.0)]
    assert said.cleared_s == [pytest.approx(21.0, abs=1.0)]


def test_behind_a_bus_nobody_is_missing() -> None:
    def street(now_s: float) -> list[Track]:
        return [GUARD] if now_s < 8.0 else [BUS]

    assert watch_ground(Absence(POST), lambda _now_s: [], 40.0, tracks=street).times == []


def test_in_the_dark_nobody_is_missing() -> None:
    def dark(luma: Luma, _now_s: float) -> Luma:
        return luma * 0 + 17

    assert watch_ground(Absence(POST), lambda _now_s: [], 40.0, weather=dark).times == []


def test_a_stream_that_began_again_counts_anew_and_tells_nothing_twice() -> None:
    state = Absence(POST)
    assert len(watch_ground(state, lambda _now_s: [], 12.0).times) == 1
    state.restart()
    assert watch_ground(state, lambda _now_s: [], 30.0).times == []


def test_a_bin_that_is_carried_off_is_told_and_one_that_is_put_back_is_not() -> None:
    gone = watch_ground(Absence(STAYS), lambda now_s: [(BIN, 45.0)] if now_s < 10.0 else [], 40.0)
    assert gone.times == [pytest.approx(20.0, abs=2.0)]
    back = watch_ground(Absence(STAYS), lambda now_s: [] if 10.0 <= now_s < 16.0 else [(BIN, 45.0)], 40.0)
    assert back.times == []


def test_a_bin_behind_people_is_still_there() -> None:
    def people(now_s: float) -> list[Track]:
        return there(at(0.49, 0.75, tall=0.45), if_=now_s >= 10.0)

    def covered(now_s: float) -> list[tuple[Box, float]]:
        return [((0.40, 0.30, 0.60, 0.75), 180.0)] if now_s >= 10.0 else [(BIN, 45.0)]

    assert watch_ground(Absence(STAYS), covered, 40.0, tracks=people).times == []


def test_where_there_was_nothing_nothing_can_be_gone() -> None:
    flat = watch_ground(Absence(STAYS), lambda _now_s: [], 30.0, weather=lambda luma, _now_s: luma * 0 + 90)
    assert flat.times == []
