"""A row of parking bays: what takes one, what frees one, and what must do neither."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from inference.geometry import Box, shared_area
from inference.rules.bays import LEAVE_S, UNSURE_S, Bays, BaysRule
from inference.rules.rule import BayEvent, BayLook, Hit
from inference.tracker import Track

NEAR, FAR = 0.7, 0.5
ROW = tuple(((x, FAR), (x + 0.15, FAR), (x + 0.15, NEAR), (x, NEAR)) for x in (0.2, 0.35, 0.5))
RULE = BaysRule(rule_id="row", bays=ROW, labels=frozenset({"car", "bus"}), dwell_s=60.0, minimum_score=0.4)
BUS: Box = (0.15, 0.35, 0.75, 0.9)


def car(
    bay: float, *, track_id: int = 1, down: float = 0.0, score: float = 0.6, label: str = "car", wide: float = 0.12
) -> Track:
    """Return a car in a bay, counted from 1; half a bay more is on the line."""
    x = 0.2 + 0.15 * (bay - 0.5)
    box: Box = (x - wide / 2, 0.52 + down, x + wide / 2, 0.68 + down)
    return Track(track_id=track_id, label=label, group=label, score=score, box=box, media_time_s=0.0)


def bus(box: Box = BUS, track_id: int = 9) -> Track:
    return Track(track_id=track_id, label="bus", group="bus", score=0.8, box=box, media_time_s=0.0)


@dataclass
class Watched:
    events: list[tuple[float, BayEvent]] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    cleared_s: list[float] = field(default_factory=list)
    looks: dict[float, tuple[BayLook, ...]] = field(default_factory=dict)

    def said(self, *changes: str) -> list[tuple[int, str, float]]:
        """Return bay, change and moment of the events, to the second."""
        return [
            (event.bay, event.change, round(event.media_time_s))
            for _, event in self.events
            if event.change in (changes or ("entered", "left"))
        ]

    def states(self, at_s: float) -> list[str]:
        return [bay.state for bay in self.looks[at_s]]


def watch(
    scene: Callable[[float], list[Track]], until_s: float, state: Bays | None = None, from_s: float = 0
) -> Watched:
    """Play a scene at 4 looks a second."""
    state = state or Bays(RULE)
    watched = Watched()
    for number in range(round((until_s - from_s) * 4) + 1):
        now_s = from_s + number / 4
        look = state.look(scene(now_s), now_s)
        watched.events += [(now_s, event) for event in look.bay_events]
        watched.hits += look.hits
        watched.cleared_s += [now_s] if look.is_cleared else []
        watched.looks[now_s] = look.bays
    return watched


def stay(from_s: float, to_s: float, bay: float = 2) -> Callable[[float], list[Track]]:
    return lambda now_s: [car(bay)] if from_s <= now_s < to_s else []


def test_an_empty_row_is_free_and_a_car_takes_its_own_bay_only() -> None:
    seen = watch(stay(20, 100), 60)
    assert seen.states(10) == ["free", "free", "free"]
    assert seen.states(50) == ["free", "occupied", "free"]
    assert seen.said() == [(2, "entered", 20)]
    assert seen.looks[50][1].since_s == pytest.approx(20)


def test_a_stay_ends_when_the_car_was_last_seen_not_when_that_is_sure() -> None:
    seen = watch(stay(10, 50), 90)
    assert seen.said() == [(2, "entered", 10), (2, "left", 50)]
    assert [at_s for at_s, event in seen.events if event.change == "left"] == [pytest.approx(50 + LEAVE_S, abs=1)]
    assert seen.looks[90][1].since_s == pytest.approx(50, abs=1)


def test_a_car_seen_to_drive_off_frees_its_bay_at_once() -> None:
    def scene(now_s: float) -> list[Track]:
        return [car(2)] if now_s < 50 else [car(2, down=0.1 * (now_s - 49))]

    seen = watch(scene, 60)
    assert seen.said("left") == [(2, "left", 50)]
    assert next(at_s for at_s, event in seen.events if event.change == "left") < 50 + 6


def test_who_stands_longer_than_allowed_is_told_once_with_the_bay_and_both_moments() -> None:
    seen = watch(stay(10, 150), 200)
    (hit,) = seen.hits
    assert hit.media_time_s == pytest.approx(70, abs=1)
    assert hit.dwell_s == pytest.approx(60, abs=1)
    assert {reason.name: reason.value for reason in hit.reasons}["bay"] == 2
    assert [round(still.media_time_s) for still in hit.stills] == [10, 70]
    assert seen.looks[100][1].is_overdue
    assert seen.cleared_s == [pytest.approx(150 + LEAVE_S, abs=1)]


def test_two_that_stand_too_long_are_two_alarms() -> None:
    seen = watch(lambda now_s: [car(1, track_id=1), car(3, track_id=2)], 80)
    assert [hit.reasons[0].value for hit in seen.hits] == [1, 3]


def test_who_leaves_in_time_is_no_alarm() -> None:
    assert watch(stay(10, 65), 120).hits == []


def test_a_passing_bus_takes_no_bay() -> None:
    def scene(now_s: float) -> list[Track]:
        x = (now_s - 10) * 0.2
        return [bus((x - 0.5, 0.35, x, 0.68))] if 10 <= now_s < 18 else []

    seen = watch(scene, 40)
    assert seen.said() == []
    assert seen.states(40) == ["free"] * 3


def test_a_bus_that_stops_before_a_parked_car_does_not_end_its_stay() -> None:
    def scene(now_s: float) -> list[Track]:
        return [bus()] if 30 <= now_s < 55 else [car(2, track_id=1 if now_s < 55 else 4)]

    seen = watch(scene, 100)
    assert seen.said() == [(2, "entered", 0)]
    assert seen.states(54) == ["free", "occupied", "free"]
    assert len(seen.hits) == 1


def test_what_a_bus_hides_for_long_is_unsure_and_the_stay_after_it_too() -> None:
    def scene(now_s: float) -> list[Track]:
        return [bus()] if 30 <= now_s < 100 else [car(2)] if now_s < 130 else []

    seen = watch(scene, 160)
    assert seen.states(30 + UNSURE_S + 1) == ["unsure"] * 3
    assert {bay.cause for bay in seen.looks[70]} == {"hidden"}
    assert seen.states(125) == ["free", "occupied", "free"]
    (left,) = [event for _, event in seen.events if event.change == "left"]
    assert not left.is_sure


def test_a_car_that_manoeuvres_through_a_bay_does_not_take_it() -> None:
    def scene(now_s: float) -> list[Track]:
        if not 10 <= now_s < 30:
            return []
        return [car(2, down=0.1 * abs((now_s - 10) % 8 - 4) / 4 + 0.03)]

    assert watch(scene, 50).said() == []


def test_a_jam_before_the_bays_takes_none() -> None:
    seen = watch(lambda now_s: [car(bay, track_id=bay, down=0.14) for bay in (1, 2, 3)], 90)
    assert seen.said() == []
    assert seen.hits == []


def test_a_car_that_the_detector_loses_for_ten_seconds_is_one_stay() -> None:
    seen = watch(lambda now_s: [] if 30 <= now_s < 40 else [car(2, track_id=1 if now_s < 40 else 2)], 100)
    assert seen.said() == [(2, "entered", 0)]
    assert len(seen.hits) == 1


def test_headlights_and_shadows_that_flare_up_as_a_car_take_no_bay() -> None:
    seen = watch(lambda now_s: [car(2, score=0.35)] if round(now_s * 4) % 3 == 0 else [], 60)
    assert seen.said() == []


def test_a_car_over_the_line_makes_both_bays_unsure_and_says_why() -> None:
    seen = watch(stay(10, 200, bay=2.5), 100)
    assert seen.states(50) == ["free", "unsure", "unsure"]
    assert {bay.cause for bay in seen.looks[50][1:]} == {"across"}
    (entered,) = [event for _, event in seen.events if event.change == "entered"]
    assert not entered.is_sure
    assert len(seen.hits) == 1


def test_a_car_a_little_aside_in_its_bay_is_in_its_bay() -> None:
    assert watch(stay(10, 200, bay=2.15), 50).states(50) == ["free", "occupied", "free"]


def test_who_puts_himself_straight_has_one_stay() -> None:
    def scene(now_s: float) -> list[Track]:
        return [car(2, down=0.0 if now_s < 30 else 0.09 if now_s < 34 else 0.02)] if now_s >= 10 else []

    assert watch(scene, 70).said() == [(2, "entered", 10)]


def test_a_track_number_that_went_to_the_bus_leaves_the_parked_car_where_it_is() -> None:
    def scene(now_s: float) -> list[Track]:
        if 30 <= now_s < 31:
            return [bus(track_id=1)]
        return [car(2, track_id=1 if now_s < 30 else 3), *([bus((0.6, 0.7, 1.0, 1.0), 1)] if 31 <= now_s < 35 else [])]

    seen = watch(scene, 80)
    assert seen.said() == [(2, "entered", 0)]


def test_who_stood_there_when_watching_began_came_at_a_time_nobody_knows() -> None:
    began, came = watch(lambda now_s: [car(2)], 20), watch(stay(10, 40), 30)
    assert [event.is_begin_known for _, event in began.events if event.change == "entered"] == [False]
    assert [event.is_begin_known for _, event in came.events if event.change == "entered"] == [True]


def test_a_bay_is_unsure_until_it_was_seen_for_a_while_and_then_said_to_be_free_once() -> None:
    seen = watch(lambda now_s: [], 30)
    assert seen.states(1) == ["unsure"] * 3
    assert seen.said("found_free") == [(1, "found_free", 3), (2, "found_free", 3), (3, "found_free", 3)]


def test_a_stream_that_begins_again_does_not_begin_the_stay_again() -> None:
    state = Bays(RULE)
    before = watch(stay(10, 100), 50, state)
    state.restart()
    after = watch(lambda now_s: [car(2, track_id=7)], 40, state)
    assert before.said() == [(2, "entered", 10)]
    assert after.said() == []
    assert [round(hit.media_time_s) for hit in after.hits] == [20]
    assert after.looks[10][1].since_s == pytest.approx(-40)


def test_time_in_which_nobody_looked_frees_no_bay() -> None:
    state = Bays(RULE)
    watch(stay(10, 100), 30, state)
    after = watch(lambda now_s: [], 130, state, from_s=120)
    assert after.states(121)[1] == "unsure"
    assert after.said() == []


@pytest.mark.parametrize("bays", [(), (((0.1, 0.1), (0.2, 0.2)),)])
def test_a_rule_without_bays_is_none(bays: tuple[tuple[tuple[float, float], ...], ...]) -> None:
    with pytest.raises(ValueError, match="needs a bay"):
        BaysRule(rule_id="row", bays=bays, labels=RULE.labels, dwell_s=60.0, minimum_score=0.4)


@pytest.mark.parametrize(
    ("box", "area"),
    [((0.0, 0.0, 1.0, 1.0), 0.5), ((0.0, 0.0, 0.5, 0.5), 0.25), ((0.5, 0.5, 1.0, 1.0), 0.0), ((2, 2, 3, 3), 0.0)],
)
def test_the_part_of_a_triangle_in_a_box(box: Box, area: float) -> None:
    assert shared_area(((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)), box) == pytest.approx(area)
