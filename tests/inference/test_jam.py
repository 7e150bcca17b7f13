"""Claims about jams: who waits in one is no standing vehicle, who stands alone in the traffic or beside a row is."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from inference.geometry import Box
from inference.rules.jam import PASSES, SPELL_S, WAITS_S
from inference.rules.rule import Hit
from inference.rules.standing_vehicle import StandingVehicle, StandingVehicleRule
from inference.tracker import Track

DWELL_S = 60.0
LANE = StandingVehicleRule(
    rule_id="lane",
    polygon=((0.0, 0.3), (1.0, 0.3), (1.0, 0.7), (0.0, 0.7)),
    labels=frozenset({"car", "truck", "motorcycle"}),
    dwell_s=DWELL_S,
    minimum_score=0.4,
)
LONG, HIGH = 0.12, 0.1
Place = Callable[[float], Box | None]


def goes(*steps: tuple[float, float], lane: float = 0.5) -> Place:
    """Go by seconds and foot points from left to right, straight in between; be there from the first to the last."""

    def at(now_s: float) -> Box | None:
        if not steps[0][0] <= now_s <= steps[-1][0]:
            return None
        for (begin_s, begin), (end_s, end) in pairwise(steps):
            if now_s <= end_s:
                x = begin + (end - begin) * (now_s - begin_s) / (end_s - begin_s)
                return x - LONG / 2, lane - HIGH, x + LONG / 2, lane
        return None

    return at


def stops(at_s: float, x: float, *, until_s: float = 1e4, lane: float = 0.5) -> Place:
    """Come from the left in four seconds, stand at ``x``, go on to the right."""
    return goes((at_s - 4, x - 0.6), (at_s, x), (until_s, x), (until_s + 3, x + 0.6), lane=lane)


def passes(at_s: float, *, lane: float = 0.6) -> Place:
    return goes((at_s, 0.0), (at_s + 4, 1.0), lane=lane)


def told(*places: Place, until_s: float, fps: float = 2.0, labels: Sequence[str] = ()) -> list[Hit]:
    state = StandingVehicle(LANE)
    hits: list[Hit] = []
    for number in range(round(until_s * fps) + 1):
        now_s = number / fps
        tracks = [
            Track(
                track_id=row,
                label=dict(enumerate(labels, 1)).get(row, "car"),
                group="vehicle",
                score=0.6,
                box=box,
                media_time_s=now_s,
            )
            for row, place in enumerate(places, 1)
            if (box := place(now_s)) is not None
        ]
        hits += state.look(tracks, now_s).hits
    return hits


@pytest.mark.parametrize("fps", [2.0, 10.0])
def test_three_who_wait_at_a_red_light_for_longer_than_the_dwell_raise_none(fps: float) -> None:
    queue = [stops(10 + 4 * row, 0.8 - 0.2 * row, until_s=120.0 + row) for row in range(3)]
    assert told(*queue, until_s=150.0, fps=fps) == []


def test_who_waits_outside_the_zone_shows_that_one_inside_waits_too() -> None:
    inside, outside = stops(14.0, 0.6, until_s=125.0, lane=0.31), stops(10.0, 0.8, until_s=120.0, lane=0.27)
    assert len(told(inside, until_s=130.0)) == 1
    assert told(inside, outside, until_s=130.0) == []


def test_a_jam_that_creeps_raises_none_however_long_it_lasts() -> None:
    def creeping(first_s: float, behind: float) -> Place:
        steps = [(first_s + 20 * move + wait, 0.05 * move - behind) for move in range(20) for wait in (0, 19)]
        return goes((first_s - 4, -0.6 - behind), *steps)

    assert told(creeping(6, 0.0), creeping(9, 0.2), creeping(12, 0.4), until_s=250.0) == []


def test_a_car_left_in_flowing_traffic_is_told_when_it_is_due() -> None:
    traffic = [passes(at_s) for at_s in range(6, 90, 6)]
    (hit,) = told(stops(10.0, 0.5), *traffic, until_s=90.0)
    assert hit.media_time_s == pytest.approx(10.0 + DWELL_S, abs=2.0)


def test_a_car_that_traffic_queues_behind_and_drives_round_is_told() -> None:
    # Each waits behind it for eight seconds, then goes round; the road is never free of somebody who waits.
    queueing = [
        goes((at_s, -0.1), (at_s + 3, 0.35), (at_s + 11, 0.35), (at_s + 13, 0.8), (at_s + 15, 1.2), lane=0.52)
        for at_s in range(12, 200, 8)
    ]
    (hit,) = told(stops(10.0, 0.6), *queueing, until_s=200.0)
    assert hit.media_time_s <= 10.0 + DWELL_S + 8 * (PASSES + 2)


def test_a_wrong_car_beside_a_parked_row_is_told_when_it_is_due() -> None:
    row = [goes((0, x), (1e4, x), lane=0.85) for x in (0.2, 0.35, 0.5, 0.65)]
    (hit,) = told(*row, stops(10.0, 0.5, lane=0.65), until_s=90.0)
    assert hit.media_time_s == pytest.approx(10.0 + DWELL_S, abs=2.0)


def test_a_car_that_stood_before_the_jam_began_stays_counted() -> None:
    first_s = 10.0
    jam = [stops(first_s + SPELL_S + 15 + 3 * row, 0.6 - 0.2 * row, until_s=150.0) for row in range(3)]
    (hit,) = told(stops(first_s, 0.8), *jam, until_s=140.0)
    assert hit.track_id == 1
    assert hit.media_time_s == pytest.approx(first_s + DWELL_S, abs=2.0)


def test_one_who_stays_when_the_jam_dissolves_is_counted_on_and_told_with_the_time_it_waited() -> None:
    alone_s = 90.0
    (hit,) = told(stops(10.0, 0.8, until_s=alone_s), stops(14.0, 0.6), stops(17.0, 0.4, until_s=alone_s), until_s=200.0)
    jam_s = next(reason.value for reason in hit.reasons if reason.name == "jam_s")
    assert isinstance(jam_s, float)
    assert hit.track_id == 2
    assert jam_s == pytest.approx(alone_s - 16.0, abs=3.0)
    assert hit.dwell_s == pytest.approx(DWELL_S + jam_s, abs=0.5)


def test_two_who_park_together_are_told_all_the_same_only_later() -> None:
    hits = told(stops(10.0, 0.7), stops(14.0, 0.5), until_s=400.0)
    assert sorted(hit.track_id for hit in hits) == [1, 2]
    assert max(hit.media_time_s for hit in hits) <= 14.0 + WAITS_S + DWELL_S + 2.0


def test_motorcycles_that_filter_through_a_jam_do_not_end_it() -> None:
    queue = [stops(10 + 4 * row, 0.8 - 0.2 * row, until_s=120.0) for row in range(3)]
    riders = [passes(at_s, lane=0.55) for at_s in range(20, 110, 5)]
    labels = ["car"] * 3 + ["motorcycle"] * len(riders)
    assert told(*queue, *riders, until_s=130.0, labels=labels) == []
    assert told(*queue, *riders, until_s=130.0) != []  # cars that drive past would


def test_traffic_the_other_way_does_not_end_a_jam() -> None:
    queue = [stops(10 + 4 * row, 0.8 - 0.2 * row, until_s=120.0) for row in range(3)]
    oncoming = [goes((at_s, 1.0), (at_s + 4, 0.0), lane=0.35) for at_s in range(6, 110, 5)]
    assert told(*queue, *oncoming, until_s=130.0) == []


def test_one_behind_who_gets_a_new_track_number_waits_on() -> None:
    front, behind = stops(10.0, 0.8, until_s=120.0), goes((10.0, 0.0), (14.0, 0.6), (60.0, 0.6))
    again = goes((62.0, 0.6), (120.0, 0.6), (123.0, 1.2))  # a lorry hid it for two seconds
    assert told(front, behind, again, until_s=130.0) == []
