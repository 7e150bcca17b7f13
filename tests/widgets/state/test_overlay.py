"""Boxes belong to the frame they were found in, or they are not drawn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain.rules import Line, RuleFamily
from tests.widgets.street import BAY, NOON, Seen, Track, camera
from widgets.state.overlay import OverlayMemory, labelled, zones_of

ZONES = zones_of(camera(1, is_watched=True))


def after(seconds: float, *tracks: Track) -> Seen:
    return Seen("c01", NOON + timedelta(seconds=seconds), tracks)


def test_an_overlay_more_than_a_second_apart_from_its_frame_is_dropped() -> None:
    memory = OverlayMemory()
    memory.note(after(0, Track()))
    assert len(memory.tracks_at(NOON + timedelta(seconds=1.0), ZONES)) == 1
    assert memory.tracks_at(NOON + timedelta(seconds=1.01), ZONES) == ()
    assert memory.tracks_at(NOON - timedelta(seconds=1.01), ZONES) == ()


def test_a_track_keeps_a_tail_of_two_seconds() -> None:
    memory = OverlayMemory()
    for step in range(8):
        memory.note(after(step * 0.5, Track(box=(step / 10, 0.1, step / 10 + 0.1, 0.3))))
    (track,) = memory.tracks_at(NOON + timedelta(seconds=3.5), ZONES)
    assert [age_s for _, age_s in track.tail] == [2.0, 1.5, 1.0, 0.5, 0.0]
    assert track.tail[-1][0] == pytest.approx((0.75, 0.3))


def test_a_late_or_repeated_look_changes_nothing() -> None:
    memory = OverlayMemory()
    memory.note(after(1, Track(track_id=1)))
    memory.note(after(0.5, Track(track_id=2)))
    assert [track.track_id for track in memory.tracks_at(NOON + timedelta(seconds=1), ZONES)] == [1]


def test_the_dwell_ring_fills_towards_the_limit_and_stays_full() -> None:
    memory = OverlayMemory()
    memory.note(after(0, Track(track_id=1, dwell_s=75, rule_id="standing"), Track(track_id=2)))
    ring, none = memory.tracks_at(NOON, ZONES)
    assert (ring.fullness, ring.is_cause, none.fullness) == (0.25, False, None)
    memory.note(after(1, Track(track_id=1, dwell_s=312, rule_id="standing")))
    (full,) = memory.tracks_at(NOON + timedelta(seconds=1), ZONES)
    assert (full.fullness, full.is_cause, full.is_red) == (1.0, True, False)


def test_the_cause_is_red_only_until_somebody_heard_the_alarm() -> None:
    memory = OverlayMemory()
    memory.note(after(0, Track(dwell_s=312, rule_id="standing")))
    assert memory.tracks_at(NOON, ZONES, is_unheard=True)[0].is_red
    assert not memory.tracks_at(NOON, ZONES, is_unheard=False)[0].is_red
    assert zones_of(camera(1, is_watched=True), frozenset({BAY.name}))[0].is_red


def test_where_labels_collide_the_older_track_keeps_its_own() -> None:
    memory = OverlayMemory()
    memory.note(after(0, *(Track(track_id=at) for at in (3, 5, 9))))
    tracks = memory.tracks_at(NOON, ZONES)
    plates = [(0.0, 0.0, 50.0, 20.0), (40.0, 10.0, 90.0, 30.0), (60.0, 0.0, 100.0, 9.0)]
    assert labelled(tracks, plates, 8) == [0, 2]


def test_at_most_eight_labels_stand_on_a_tile_and_the_alarm_is_among_them() -> None:
    memory = OverlayMemory()
    cause = Track(track_id=99, dwell_s=400, rule_id="standing")
    memory.note(after(0, *(Track(track_id=at) for at in range(12)), cause))
    tracks = memory.tracks_at(NOON, ZONES)
    plates = [(at * 10.0, 0.0, at * 10.0 + 9.0, 9.0) for at in range(13)]
    shown = labelled(tracks, plates, 8)
    assert len(shown) == 8 and 12 in shown


def test_a_line_is_drawn_as_one_and_has_no_dwell_to_fill() -> None:
    watched = camera(1, is_watched=True)
    rule = replace(
        watched.rules[0],
        family=RuleFamily.LINE_CROSSING,
        zone=Line(name="gate", begin=(0.2, 0.5), end=(0.8, 0.5)),
    )
    (drawn,) = zones_of(replace(watched, rules=(rule,)))
    assert (drawn.is_line, drawn.dwell_s, ZONES[0].is_line) == (True, 0.0, False)


def walking(*feet: tuple[float, float], every_s: float = 0.2) -> OverlayMemory:
    """Return what is known of somebody seen at these x and y, the last time at noon."""
    memory = OverlayMemory()
    for number, (x, y) in enumerate(feet):
        at = NOON - timedelta(seconds=(len(feet) - 1 - number) * every_s)
        memory.note(Seen("c1", at, (Track(box=(x - 0.02, y - 0.2, x + 0.02, y)),)))
    return memory


def foot(memory: OverlayMemory, after_s: float) -> tuple[float, float]:
    (track,) = memory.tracks_at(NOON + timedelta(seconds=after_s), ())
    return track.foot


def test_a_box_goes_with_the_person_it_shows_until_the_next_look() -> None:
    memory = walking((0.40, 0.5), (0.42, 0.5), (0.44, 0.5), (0.46, 0.5))
    assert foot(memory, 0.0) == pytest.approx((0.46, 0.5))
    assert foot(memory, 0.3) == pytest.approx((0.49, 0.5))


def test_a_box_does_not_run_on_without_a_look() -> None:
    memory = walking((0.40, 0.5), (0.42, 0.5), (0.44, 0.5), (0.46, 0.5))
    assert foot(memory, 0.9) == foot(memory, 0.5) == pytest.approx((0.51, 0.5))


def test_on_a_picture_from_before_the_look_the_box_stands_further_back() -> None:
    assert foot(walking((0.40, 0.5), (0.42, 0.5), (0.44, 0.5)), -0.2) == pytest.approx((0.42, 0.5))


def test_a_box_that_trembles_round_a_parked_car_stands_still() -> None:
    memory = walking((0.4, 0.5), (0.404, 0.499), (0.398, 0.502), (0.403, 0.5))
    assert foot(memory, 0.3) == pytest.approx((0.403, 0.5))


def test_who_was_seen_once_is_drawn_where_it_was_seen() -> None:
    assert foot(walking((0.4, 0.5)), 0.4) == pytest.approx((0.4, 0.5))


def test_who_turned_a_second_ago_is_led_by_the_way_of_now() -> None:
    memory = walking((0.50, 0.5), (0.46, 0.5), (0.42, 0.5), (0.44, 0.5), (0.46, 0.5), (0.48, 0.5), every_s=0.5)
    assert foot(memory, 0.25) == pytest.approx((0.49, 0.5))


def test_what_the_desk_has_no_word_for_is_drawn_only_where_a_rule_counts_it() -> None:
    memory = OverlayMemory()
    strange, counted = replace(Track(), label="frisbee", rule_id=""), replace(Track(), label="banner", rule_id="r")
    memory.note(after(0.0, replace(strange, track_id=7), replace(counted, track_id=8)))
    assert [track.label for track in memory.tracks_at(NOON, ())] == ["banner"]
