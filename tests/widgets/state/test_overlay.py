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
