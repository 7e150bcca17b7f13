from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import ClockWentBackwards
from inference.geometry import Box
from inference.rules.quiet import EMPTY_S
from inference.rules.rule import Hit
from inference.rules.standing_vehicle import StandingVehicle, StandingVehicleRule
from inference.tracker import Track
from inference.zones import GRACE_S

BAY = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
RULE = StandingVehicleRule(
    rule_id="bay", polygon=BAY, labels=frozenset({"car", "truck"}), dwell_s=10.0, minimum_score=0.4
)
PARKED: Box = (0.4, 0.4, 0.6, 0.6)
Scene = Callable[[float], list[Track]]


def track(box: Box = PARKED, *, track_id: int = 1, label: str = "car", score: float = 0.6, at_s: float = 0.0) -> Track:
    return Track(track_id=track_id, label=label, group="vehicle", score=score, box=box, media_time_s=at_s)


def shifted(box: Box, right: float, down: float = 0.0) -> Box:
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def watch(
    scene: Scene, until_s: float, *, fps: float = 5.0, rule: StandingVehicle | None = None, from_s: float = 0.0
) -> tuple[list[Hit], list[float]]:
    """Play a scene and return the hits and the media times at which the zone was called clear."""
    state = rule or StandingVehicle(RULE)
    hits: list[Hit] = []
    cleared: list[float] = []
    for number in range(round((until_s - from_s) * fps) + 1):
        now_s = from_s + number / fps
        look = state.look(scene(now_s), now_s)
        hits += look.hits
        cleared += [now_s] if look.is_cleared else []
    return hits, cleared


def test_a_parked_car_raises_one_hit_when_it_is_due() -> None:
    hits, _ = watch(lambda now_s: [track()], 120.0)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0)]
    assert hits[0].dwell_s == pytest.approx(10.0)
    assert hits[0].mean_score == pytest.approx(0.6)
    assert hits[0].began_media_s == 0.0


@pytest.mark.parametrize("fps", [1.0, 3.0, 25.0])
def test_a_parked_car_is_due_at_the_same_time_at_any_rate(fps: float) -> None:
    hits, _ = watch(lambda now_s: [track()], 15.0, fps=fps)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0, abs=1 / fps)]


def test_a_passing_car_raises_none() -> None:
    hits, _ = watch(lambda now_s: [track(shifted(PARKED, 0.05 * (now_s - 6)))], 12.0)
    assert hits == []


def test_a_car_in_a_crawling_jam_raises_none() -> None:
    # A third of its own length every five seconds, in the zone all the time.
    wide = StandingVehicle(
        StandingVehicleRule(
            rule_id="road",
            polygon=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
            labels=RULE.labels,
            dwell_s=10.0,
            minimum_score=0.4,
        )
    )
    hits, _ = watch(lambda now_s: [track(shifted((0.0, 0.4, 0.2, 0.6), 0.013 * now_s))], 55.0, rule=wide)
    assert hits == []


def test_a_car_that_stops_after_driving_in_is_due_after_it_stopped() -> None:
    hits, _ = watch(lambda now_s: [track(shifted(PARKED, 0.1 * min(now_s, 3.0) - 0.3))], 20.0)
    assert len(hits) == 1
    assert 12.0 <= hits[0].media_time_s <= 14.5


def test_a_car_beside_the_zone_raises_none() -> None:
    hits, _ = watch(lambda now_s: [track(shifted(PARKED, 0.0, 0.25))], 30.0)
    assert hits == []


def test_a_person_standing_in_the_zone_raises_none() -> None:
    hits, _ = watch(lambda now_s: [track(label="person")], 30.0)
    assert hits == []


def test_a_detection_too_weak_to_begin_raises_none() -> None:
    hits, _ = watch(lambda now_s: [track(score=0.35)], 30.0)
    assert hits == []


def test_a_stay_that_was_mostly_guessed_raises_none() -> None:
    hits, _ = watch(lambda now_s: [track(score=0.5 if now_s == 0 else 0.25)], 30.0)
    assert hits == []


def test_a_vehicle_seen_in_one_look_of_three_is_not_believed() -> None:
    hits, _ = watch(lambda now_s: [track()] if round(now_s * 5) % 3 == 0 else [], 40.0)
    assert hits == []


def test_what_was_scored_before_nobody_looked_does_not_colour_the_new_stay() -> None:
    state = StandingVehicle(RULE)
    watch(lambda now_s: [track(score=0.9)], 6.0, rule=state)
    (hit,), _ = watch(lambda now_s: [track(score=0.5)], 80.0, rule=state, from_s=60.0)
    assert hit.mean_score == pytest.approx(0.5)


def test_a_person_walking_past_cuts_the_box_but_not_the_dwell() -> None:
    half = (PARKED[0], PARKED[1], 0.5, PARKED[3])
    hits, _ = watch(lambda now_s: [track(half if 4.0 <= now_s < 4.8 else PARKED)], 11.0)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0)]


def test_a_group_that_walks_past_a_car_leaves_only_parts_of_it_to_see_and_does_not_end_its_stay() -> None:
    left, right = (PARKED[0], PARKED[1], 0.48, PARKED[3]), (0.52, PARKED[1], PARKED[2], PARKED[3])

    def scene(now_s: float) -> list[Track]:
        if 4.0 <= now_s < 5.5:
            return [track(right)]
        if 5.5 <= now_s < 7.0:  # the part that comes out first has a track of its own
            return [track(right, track_id=1), track(left, track_id=2)]
        return [track(left, track_id=2)] if 7.0 <= now_s < 7.6 else [track(track_id=1 if now_s < 4 else 2)]

    hits, _ = watch(scene, 30.0)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0)]


def test_a_motorcycle_that_stands_before_a_van_is_a_stay_of_its_own() -> None:
    rule = StandingVehicle(replace(RULE, labels=frozenset({"car", "motorcycle"})))
    rider = track((0.45, 0.5, 0.55, 0.6), track_id=2, label="motorcycle")
    hits, _ = watch(lambda now_s: [track(), rider], 20.0, rule=rule)
    assert sorted(hit.track_id for hit in hits) == [1, 2]


def test_a_van_hidden_for_a_moment_that_gets_a_new_track_is_one_stay() -> None:
    def scene(now_s: float) -> list[Track]:
        if 4.0 <= now_s < 6.0:
            return []
        return [track(track_id=1 if now_s < 4 else 2, label="car" if now_s < 4 else "truck")]

    hits, _ = watch(scene, 11.0)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0)]


def test_time_nobody_looked_is_not_dwell() -> None:
    state = StandingVehicle(RULE)
    early, _ = watch(lambda now_s: [track()], 6.0, rule=state)
    late, _ = watch(lambda now_s: [track()], 80.0, rule=state, from_s=60.0)
    assert early == []
    assert [hit.media_time_s for hit in late] == [pytest.approx(70.0)]


def test_two_cars_raise_one_hit_each() -> None:
    other = shifted(PARKED, 0.15, 0.1)
    hits, _ = watch(lambda now_s: [track(), track(other, track_id=2)], 40.0)
    assert sorted(hit.track_id for hit in hits) == [1, 2]


def test_the_same_car_is_news_only_after_the_zone_was_seen_empty() -> None:
    def scene(now_s: float) -> list[Track]:
        # There until 20 s, hidden by a bus until 26 s, there until 40 s, gone until 60 s, there again.
        is_there = now_s < 20 or 26 <= now_s < 40 or now_s >= 60
        return [track(track_id=1 + int(now_s // 20))] if is_there else []

    hits, cleared = watch(scene, 90.0)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0), pytest.approx(70.0)]
    assert cleared == [pytest.approx(40.0 + EMPTY_S, abs=0.5)]


def test_a_reported_car_that_shuffles_within_the_zone_is_no_news() -> None:
    hits, _ = watch(lambda now_s: [track(shifted(PARKED, 0.1 if now_s > 15 else 0.0))], 60.0)
    assert len(hits) == 1


def test_a_zone_without_an_earlier_hit_is_never_called_clear() -> None:
    _, cleared = watch(lambda now_s: [], 60.0)
    assert cleared == []


def test_a_gap_in_looking_does_not_make_a_zone_empty() -> None:
    state = StandingVehicle(RULE)
    watch(lambda now_s: [track()], 12.0, rule=state)
    state.look([], 12.2)
    assert not state.look([], 600.0).is_cleared


def test_a_stream_that_begins_again_keeps_what_was_reported() -> None:
    state = StandingVehicle(RULE)
    first, _ = watch(lambda now_s: [track()], 12.0, rule=state, from_s=100.0 - 12)
    assert first == []
    first, _ = watch(lambda now_s: [track()], 112.0, rule=state, from_s=100.2)
    with pytest.raises(ClockWentBackwards):
        state.look([track()], 0.0)
    state.restart()
    again, _ = watch(lambda now_s: [track(track_id=9)], 40.0, rule=state)
    assert again == []


def test_a_stream_that_begins_again_starts_an_unfinished_stay_anew() -> None:
    state = StandingVehicle(RULE)
    watch(lambda now_s: [track()], 108.0, rule=state, from_s=100.0)
    state.restart()
    hits, _ = watch(lambda now_s: [track(track_id=9)], 20.0, rule=state)
    assert [hit.media_time_s for hit in hits] == [pytest.approx(10.0)]


def test_dwell_is_shown_for_the_tracks_that_count() -> None:
    state = StandingVehicle(RULE)
    state.look([track(), track(shifted(PARKED, 0.35), track_id=2)], 0.0)
    look = state.look([track(), track(shifted(PARKED, 0.35), track_id=2)], 2.5)
    assert look.dwells == {1: pytest.approx(2.5)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.02, GRACE_S - 0.1), min_size=1, max_size=150))
def test_a_parked_car_is_hit_once_at_the_first_look_that_is_due_however_uneven_the_looks(gaps_s: list[float]) -> None:
    state = StandingVehicle(RULE)
    now_s, hit_s, due_s = 0.0, [], None
    for gap_s in (0.0, *gaps_s):
        now_s += gap_s
        due_s = now_s if due_s is None and now_s >= RULE.dwell_s else due_s
        hit_s += [now_s for _ in state.look([track()], now_s).hits]
    assert hit_s == ([] if due_s is None else [due_s])


def test_a_rule_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="three corners"):
        StandingVehicleRule(rule_id="x", polygon=BAY[:2], labels=frozenset({"car"}), dwell_s=10.0, minimum_score=0.4)
