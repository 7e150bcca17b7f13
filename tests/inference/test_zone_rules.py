"""Loitering, intrusion and wrong way: scenes that raise them, and what must not."""

from collections.abc import Callable

import pytest

from inference.errors import ClockWentBackwards
from inference.geometry import Polygon
from inference.rules.families import TrackRule, begin
from inference.rules.intrusion import IntrusionRule
from inference.rules.loitering import LoiteringRule
from inference.rules.quiet import EMPTY_S
from inference.rules.wrong_way import WrongWayRule
from inference.tracker import Track
from tests.inference.rule_scenes import WHOLE_ZONE, YARD, at, there, watch

PERSON = frozenset({"person"})
LOITERING = LoiteringRule(rule_id="door", polygon=YARD, labels=PERSON, dwell_s=20.0, minimum_score=0.4)
INTRUSION = IntrusionRule(rule_id="yard", polygon=YARD, labels=PERSON, minimum_score=0.4)
ONE_WAY = WrongWayRule(
    rule_id="lane", polygon=YARD, labels=frozenset({"car", "bicycle"}), allowed=(1.0, 0.0), minimum_score=0.4
)


def pacing(now_s: float) -> float:
    """Return where somebody is who walks to and fro across half the yard in eight seconds."""
    along = now_s % 8 / 4
    return 0.35 + 0.3 * (along if along <= 1 else 2 - along)


@pytest.mark.parametrize("fps", [1.0, 5.0, 25.0])
def test_who_paces_before_the_door_is_told_once_when_due(fps: float) -> None:
    said = watch(LOITERING, lambda now_s: [at(pacing(now_s), 0.6)], 120.0, fps=fps)
    assert said.times == [pytest.approx(20.0, abs=1 / fps)]
    assert said.reason("dwell_s") == pytest.approx(20.0, abs=1 / fps)


def test_a_stream_of_passers_by_does_not_loiter() -> None:
    def scene(now_s: float) -> list[Track]:
        return [at((now_s - 4 * number) * 0.1, 0.6, track_id=number + 1) for number in range(20) if now_s >= 4 * number]

    assert watch(LOITERING, lambda now_s: [track for track in scene(now_s) if track.box[2] <= 1], 60.0).hits == []


def test_who_waits_beside_the_zone_does_not_loiter() -> None:
    assert watch(LOITERING, lambda now_s: [at(0.5, 0.9)], 60.0).hits == []


def test_who_leaves_before_due_and_comes_back_later_begins_anew() -> None:
    said = watch(LOITERING, lambda now_s: there(at(0.5, 0.6), if_=now_s < 15 or now_s >= 20), 39.0)
    assert said.hits == []


def test_who_is_hidden_by_a_bus_for_two_seconds_and_gets_a_new_number_has_not_left() -> None:
    said = watch(
        LOITERING, lambda now_s: there(at(0.5, 0.6, track_id=1 + (now_s > 11)), if_=not 10 <= now_s < 12), 30.0
    )
    assert said.times == [pytest.approx(20.0)]


def test_two_who_loiter_are_two_events() -> None:
    assert len(watch(LOITERING, lambda now_s: [at(0.3, 0.6), at(0.7, 0.6, track_id=2)], 40.0).hits) == 2


def test_a_loiterer_is_news_again_only_after_the_zone_was_seen_empty() -> None:
    said = watch(LOITERING, lambda now_s: there(at(0.5, 0.6), if_=now_s < 40 or 45 <= now_s < 60 or now_s > 80), 120.0)
    assert said.times == [pytest.approx(20.0), pytest.approx(100.2, abs=0.3)]
    assert said.cleared_s == [pytest.approx(60 + EMPTY_S, abs=0.5)]


def test_time_nobody_looked_is_not_loitering() -> None:
    state = begin(LOITERING)
    watch(state, lambda now_s: [at(0.5, 0.6)], 10.0)
    assert watch(state, lambda now_s: [at(0.5, 0.6)], 75.0, from_s=60.0).hits == []


def test_who_enters_the_empty_yard_is_told_at_once_and_company_is_no_news() -> None:
    said = watch(
        INTRUSION,
        lambda now_s: [
            *there(at(0.5, 0.6), if_=5 <= now_s < 60),
            *there(at(0.3, 0.6, track_id=2), if_=20 <= now_s < 50),
        ],
        100.0,
    )
    assert said.times == [pytest.approx(5.4, abs=0.25)]
    assert said.cleared_s == [pytest.approx(60 + EMPTY_S, abs=0.5)]


def test_one_who_goes_and_another_who_comes_before_the_yard_was_empty_long_are_one_event() -> None:
    said = watch(INTRUSION, lambda now_s: there(at(0.5, 0.6), if_=5 <= now_s < 20 or 25 <= now_s < 40), 60.0)
    assert len(said.hits) == 1
    again = watch(INTRUSION, lambda now_s: there(at(0.5, 0.6), if_=5 <= now_s < 20 or 40 <= now_s < 50), 60.0)
    assert len(again.hits) == 2


def walks_out(out: float) -> Callable[[float], list[Track]]:
    """Somebody walks in, stands, walks away to ``out`` and is seen there last; four seconds later another comes."""

    def scene(now_s: float) -> list[Track]:
        if now_s < 16:
            return [at(0.5 if now_s < 14 else 0.5 + (out - 0.5) * (now_s - 14) / 2, 0.6)]
        return there(at(0.5, 0.6, track_id=2), if_=20 <= now_s < 34)

    return lambda now_s: scene(now_s) if now_s >= 2 else []


@pytest.mark.parametrize(("zone", "out"), [(YARD, 0.9), (WHOLE_ZONE, 0.99)], ids=["past the fence", "off the picture"])
def test_who_comes_after_the_last_one_was_seen_to_leave_is_news(zone: Polygon, out: float) -> None:
    yard = IntrusionRule(rule_id="yard", polygon=tuple(zone), labels=PERSON, minimum_score=0.4)
    assert watch(yard, walks_out(out), 40.0).times == [pytest.approx(2.5, abs=0.2), pytest.approx(20.5, abs=0.2)]
    hall = LoiteringRule(rule_id="hall", polygon=tuple(zone), labels=PERSON, dwell_s=10.0, minimum_score=0.4)
    assert watch(hall, walks_out(out), 40.0).times == [pytest.approx(12.0), pytest.approx(30.0, abs=0.3)]


def test_who_vanishes_inside_may_be_hidden_and_is_no_news_four_seconds_later() -> None:
    assert len(watch(INTRUSION, walks_out(0.5), 40.0).hits) == 1


def test_a_shadow_seen_for_one_look_and_a_dog_are_no_intruders() -> None:
    assert watch(INTRUSION, lambda now_s: there(at(0.5, 0.6), if_=round(now_s * 5) == 50), 30.0).hits == []
    assert watch(INTRUSION, lambda now_s: there(at(0.5, 0.6, label="dog"), if_=now_s > 5), 30.0).hits == []
    assert watch(INTRUSION, lambda now_s: there(at(0.5, 0.6, score=0.3), if_=now_s > 5), 30.0).hits == []


def test_one_who_walks_along_the_fence_is_no_intruder() -> None:
    assert watch(INTRUSION, lambda now_s: [at(0.05 * now_s, 0.85)], 20.0).hits == []


def test_who_was_inside_when_watching_began_is_told_only_where_the_rule_says_so() -> None:
    assert watch(INTRUSION, lambda now_s: [at(0.5, 0.6)], 30.0).hits == []
    at_closing = IntrusionRule(rule_id="yard", polygon=YARD, labels=PERSON, minimum_score=0.4, is_present_told=True)
    assert len(watch(at_closing, lambda now_s: [at(0.5, 0.6)], 30.0).hits) == 1


def test_a_car_against_the_lane_is_told_a_second_after_it_came() -> None:
    said = watch(ONE_WAY, lambda now_s: [at(0.9 - 0.05 * now_s, 0.6, label="car")], 14.0)
    assert said.times == [pytest.approx(3.0, abs=0.5)]
    assert said.reason("off_by_degrees") == pytest.approx(180, abs=1)


def test_a_car_that_turns_round_is_told_a_second_after_it_turned() -> None:
    said = watch(ONE_WAY, lambda now_s: [at(0.3 + 0.05 * min(now_s, 10 - now_s), 0.6, label="car")], 9.0)
    assert said.times == [pytest.approx(6.2, abs=0.7)]


@pytest.mark.parametrize("way", [(0.05, 0.0), (0.04, 0.03), (0.0, 0.05), (0.0, -0.05), (-0.004, 0.05)])
def test_traffic_along_or_across_the_lane_is_right(way: tuple[float, float]) -> None:
    said = watch(ONE_WAY, lambda now_s: [at(0.5 + way[0] * (now_s - 5), 0.5 + way[1] * (now_s - 5), label="car")], 10.0)
    assert said.hits == []


def test_a_standing_car_whose_box_jitters_and_one_that_parks_backwards_are_right() -> None:
    jitter = (0.0, -0.01, 0.008, -0.006, 0.01)
    assert watch(ONE_WAY, lambda now_s: [at(0.5 + jitter[round(now_s * 5) % 5], 0.6, label="car")], 60.0).hits == []
    assert watch(ONE_WAY, lambda now_s: [at(0.5 - 0.008 * min(now_s, 4), 0.6, label="car")], 30.0).hits == []


def test_a_person_may_walk_against_the_lane() -> None:
    assert watch(ONE_WAY, lambda now_s: [at(0.9 - 0.05 * now_s, 0.6)], 14.0).hits == []


@pytest.mark.parametrize("rule", [LOITERING, INTRUSION, ONE_WAY])
def test_a_stream_that_began_again_is_refused_until_the_rule_is_told(rule: TrackRule) -> None:
    state = begin(rule)
    state.look([], 100.0)
    with pytest.raises(ClockWentBackwards):
        state.look([], 1.0)
    state.restart()
    assert state.look([], 1.0).hits == ()


def test_a_reported_loiterer_is_no_news_after_the_stream_began_again() -> None:
    state = begin(LOITERING)
    assert len(watch(state, lambda now_s: [at(0.5, 0.6)], 130.0, from_s=100.0).hits) == 1
    state.restart()
    assert watch(state, lambda now_s: [at(0.5, 0.6, track_id=7)], 60.0).hits == []


def test_rules_without_zone_or_way_are_refused() -> None:
    with pytest.raises(ValueError, match="corners"):
        IntrusionRule(rule_id="x", polygon=YARD[:2], labels=PERSON, minimum_score=0.4)
    with pytest.raises(ValueError, match="dwell"):
        LoiteringRule(rule_id="x", polygon=YARD, labels=PERSON, dwell_s=0.0, minimum_score=0.4)
    with pytest.raises(ValueError, match="way"):
        WrongWayRule(rule_id="x", polygon=YARD, labels=PERSON, allowed=(0.0, 0.0), minimum_score=0.4)
