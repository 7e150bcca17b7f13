"""Crowds and groups of bikes: scenes that raise them, and what must not."""

from dataclasses import replace

import pytest

from inference.rules.bikes_out_of_place import BikesOutOfPlaceRule
from inference.rules.crowd import DISSOLVED_S, CrowdRule
from inference.rules.families import begin
from inference.tracker import Track
from tests.inference.rule_scenes import YARD, at, there, watch

CROWD = CrowdRule(
    rule_id="square", polygon=YARD, labels=frozenset({"person"}), alarm_count=6, hold_s=10.0, minimum_score=0.3
)
WITH_WARNING = CrowdRule(
    rule_id="square",
    polygon=YARD,
    labels=CROWD.labels,
    alarm_count=8,
    warning_count=5,
    hold_s=10.0,
    minimum_score=0.3,
)
BIKES = BikesOutOfPlaceRule(
    rule_id="kerb",
    polygon=YARD,
    labels=frozenset({"bicycle", "motorcycle"}),
    least_count=3,
    dwell_s=30.0,
    minimum_score=0.4,
)


def people(count: int) -> list[Track]:
    return [at(0.25 + 0.05 * number, 0.5 + 0.02 * (number % 3), track_id=number + 1) for number in range(count)]


def bikes(count: int, apart: float = 0.06) -> list[Track]:
    return [
        at(0.25 + apart * number, 0.6, track_id=number + 1, label=("bicycle", "motorcycle")[number % 2], tall=0.1)
        for number in range(count)
    ]


def test_a_crowd_is_told_once_when_it_has_held() -> None:
    said = watch(CROWD, lambda now_s: people(7 if now_s >= 20 else 2), 120.0)
    assert said.times == [pytest.approx(30.5, abs=0.6)]
    assert (said.reason("count"), said.reason("least_count"), said.reason("level")) == (7, 6, "alarm")
    assert len(said.hits) == 1


def test_people_streaming_through_in_a_bunch_are_no_crowd() -> None:
    assert watch(CROWD, lambda now_s: people(9 if now_s % 20 < 7 else 2), 120.0).hits == []


def test_one_fewer_than_a_crowd_is_none_however_long() -> None:
    assert watch(CROWD, lambda now_s: people(5), 120.0).hits == []


def test_a_crowd_of_which_some_are_hidden_for_a_look_is_one_crowd() -> None:
    said = watch(CROWD, lambda now_s: people(4 if round(now_s * 5) % 4 == 0 else 7), 60.0)
    assert len(said.hits) == 1


def test_a_crowd_at_the_brink_does_not_come_and_go() -> None:
    said = watch(CROWD, lambda now_s: people(6 if now_s < 15 or now_s % 30 < 14 else 5), 180.0)
    assert len(said.hits) == 1
    assert said.cleared_s == []


def test_a_crowd_that_dissolved_and_gathers_again_is_news() -> None:
    said = watch(CROWD, lambda now_s: people(7 if now_s < 30 or now_s >= 60 else 1), 90.0)
    assert said.times == [pytest.approx(10.0), pytest.approx(70.5, abs=0.6)]
    assert said.cleared_s == [pytest.approx(30 + DISSOLVED_S + 0.5, abs=0.8)]


def test_moments_with_too_few_do_not_count_towards_the_hold() -> None:
    said = watch(CROWD, lambda now_s: people(5 if 4 <= now_s < 5.5 else 7), 60.0)
    assert said.times == [pytest.approx(11.5, abs=0.6)]


def test_people_beside_the_square_and_weak_guesses_do_not_count() -> None:
    beside = [at(0.3 + 0.05 * number, 0.95, track_id=20 + number) for number in range(5)]
    weak = [at(0.3 + 0.05 * number, 0.7, track_id=40 + number, score=0.25) for number in range(5)]
    assert watch(CROWD, lambda now_s: [*people(3), *beside, *weak], 60.0).hits == []


def test_a_growing_crowd_warns_then_alarms_and_says_that_it_grows() -> None:
    said = watch(WITH_WARNING, lambda now_s: people(min(10, 2 + int(now_s / 10))), 150.0)
    assert [dict((r.name, r.value) for r in hit.reasons)["level"] for hit in said.hits] == ["warning", "alarm"]
    assert said.reason("trend_per_minute") == pytest.approx(6.0, abs=1.5)


def test_an_alarm_that_eases_off_is_no_warning_and_clears_when_the_warning_level_is_left() -> None:
    said = watch(WITH_WARNING, lambda now_s: people(9 if now_s < 30 else 6 if now_s < 80 else 1), 110.0)
    assert len(said.hits) == 1
    assert said.cleared_s == [pytest.approx(80 + DISSOLVED_S, abs=1.2)]


def test_density_reaches_the_alarm_on_a_small_ground() -> None:
    small = CrowdRule(
        rule_id="stairs",
        polygon=YARD,
        labels=CROWD.labels,
        alarm_count=50,
        hold_s=5.0,
        minimum_score=0.3,
        area_m2=2.0,
        alarm_per_m2=3.0,
    )
    said = watch(small, lambda now_s: people(6), 20.0)
    assert said.reason("density_per_m2") == pytest.approx(3.0)
    assert watch(small, lambda now_s: people(5), 20.0).hits == []


def test_time_nobody_looked_does_not_hold_a_crowd_and_a_told_one_outlasts_a_new_stream() -> None:
    state = begin(CROWD)
    watch(state, lambda now_s: people(7), 6.0)
    assert watch(state, lambda now_s: people(7), 68.0, from_s=60.0).hits == []
    assert len(watch(state, lambda now_s: people(7), 75.0, from_s=68.2).hits) == 1
    state.restart()
    assert watch(state, lambda now_s: people(7), 60.0).hits == []


def test_a_warning_at_or_above_the_alarm_or_a_density_without_ground_is_refused() -> None:
    with pytest.raises(ValueError, match="below its alarm"):
        CrowdRule(
            rule_id="x", polygon=YARD, labels=CROWD.labels, alarm_count=5, warning_count=5, hold_s=1, minimum_score=0.3
        )
    with pytest.raises(ValueError, match="no ground"):
        CrowdRule(
            rule_id="x", polygon=YARD, labels=CROWD.labels, alarm_count=5, hold_s=1, minimum_score=0.3, alarm_per_m2=2
        )


def test_bikes_left_on_the_kerb_are_one_event_that_counts_them() -> None:
    said = watch(BIKES, lambda now_s: bikes(5), 120.0)
    assert said.times == [pytest.approx(30.0)]
    assert said.reason("count") == 5


def test_the_group_stands_since_its_third_bike_came() -> None:
    said = watch(BIKES, lambda now_s: bikes(2 if now_s < 20 else 3), 80.0)
    assert said.times == [pytest.approx(50.0, abs=0.3)]


def test_two_bikes_or_three_far_apart_are_no_group() -> None:
    assert watch(BIKES, lambda now_s: bikes(2), 90.0).hits == []
    assert watch(BIKES, lambda now_s: bikes(3, apart=0.22), 90.0).hits == []


def test_bikes_in_their_park_are_in_place() -> None:
    with_park = BikesOutOfPlaceRule(
        rule_id="kerb",
        polygon=YARD,
        labels=BIKES.labels,
        least_count=3,
        dwell_s=30.0,
        minimum_score=0.4,
        parks=(((0.2, 0.55), (0.6, 0.55), (0.6, 0.65), (0.2, 0.65)),),
    )
    assert watch(with_park, lambda now_s: bikes(5), 90.0).hits == []


def test_riders_who_pass_or_wait_at_the_light_are_not_out_of_place() -> None:
    def passing(now_s: float) -> list[Track]:
        return [
            at(0.06 * number + 0.08 * (now_s % 12), 0.6, track_id=number + 1, label="bicycle") for number in range(4)
        ]

    assert watch(BIKES, passing, 90.0).hits == []
    assert watch(BIKES, lambda now_s: there(*bikes(5), if_=now_s % 40 < 25), 160.0).hits == []


def test_bikes_are_news_again_only_after_the_kerb_was_seen_empty() -> None:
    said = watch(BIKES, lambda now_s: there(*bikes(4), if_=now_s < 50 or 55 <= now_s < 100 or now_s >= 130), 170.0)
    assert said.times == [pytest.approx(30.0), pytest.approx(160.0, abs=0.4)]
    assert len(said.cleared_s) == 1


def test_two_bikes_that_the_detector_also_sees_as_one_are_two() -> None:
    both = replace(bikes(1)[0], track_id=9, box=(0.226, 0.49, 0.334, 0.60))
    assert watch(BIKES, lambda _now_s: [*bikes(2), both], 60.0).hits == []
    for_once_smaller = replace(both, box=(0.25, 0.49, 0.334, 0.60))
    flicker = watch(BIKES, lambda now_s: [*bikes(2), for_once_smaller if now_s % 2 < 0.1 else both], 60.0)
    assert flicker.hits == []
    assert len(watch(BIKES, lambda _now_s: [*bikes(3), both], 60.0).hits) == 1


def test_a_wheel_within_a_bikes_box_is_no_bike_of_its_own() -> None:
    wheel = replace(bikes(1)[0], track_id=9, score=0.45, box=(0.23, 0.52, 0.258, 0.60))
    assert watch(BIKES, lambda _now_s: [*bikes(2), wheel], 60.0).hits == []
    assert len(watch(BIKES, lambda _now_s: [*bikes(3), wheel], 60.0).hits) == 1


def test_what_is_hardly_believed_does_not_complete_a_group() -> None:
    faint = replace(bikes(3)[2], score=0.31)
    believed_once = replace(faint, score=0.41)
    assert watch(BIKES, lambda now_s: [*bikes(2), believed_once if now_s < 1 else faint], 60.0).hits == []


def test_a_group_is_told_while_all_of_it_is_in_sight() -> None:
    said = watch(BIKES, lambda now_s: bikes(2 if 29.9 <= now_s < 30.7 else 3), 60.0)
    assert said.times == [pytest.approx(30.7, abs=0.3)]


def test_bikes_in_a_row_so_close_that_each_box_covers_half_of_the_next_are_all_counted() -> None:
    said = watch(BIKES, lambda _now_s: bikes(5, apart=0.025), 60.0)
    assert said.reason("count") == 5


def test_who_passes_before_a_group_ends_no_stay_of_it_and_who_takes_the_bikes_away_does() -> None:
    passer = [at(0.31, 0.62, track_id=30, tall=0.2)]

    def street(now_s: float) -> list[Track]:
        return bikes(1) + passer if 12.0 <= now_s < 28.0 else bikes(4)

    assert watch(BIKES, street, 45.0).times == [pytest.approx(30.0, abs=2.0)]
    assert watch(BIKES, lambda now_s: [one for one in street(now_s) if one.label != "person"], 45.0).times == []
