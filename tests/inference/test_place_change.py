"""Claims about a place and its reference: what was built is told; light, weather, traffic and a turned mast are not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inference.background import Background
from inference.geometry import Box
from inference.place_reference import NotAPlace, read_place
from inference.rules.place_change import PlaceChange, PlaceChangeRule
from inference.tracker import Track
from tests.inference.ground_scenes import HIGH, WIDE, Luma, Weather, still, watch_ground
from tests.inference.rule_scenes import Watched

LOT = ((0.35, 0.35), (0.65, 0.35), (0.65, 0.75), (0.35, 0.75))
RULE = PlaceChangeRule(rule_id="lot", polygon=LOT, dwell_s=16.0)
SHED: Box = (0.42, 0.45, 0.56, 0.65)
BRICKS: Box = (0.45, 0.50, 0.48, 0.54)
BUILT = 200.0
TAKEN_S = 34.0  # the reference is there by then
Things = list[tuple[Box, float]]


def lot_with(
    *things: Box,
    from_s: float = TAKEN_S,
    until_s: float = 1e9,
    ends_s: float = 64.0,
    tracks: Callable[[float], list[Track]] = lambda _now_s: [],
    weather: Weather = still,
    rule: PlaceChangeRule = RULE,
) -> Watched:
    """Watch a lot to which these things come."""

    def street(now_s: float) -> Things:
        return [(box, BUILT) for box in things if from_s <= now_s < until_s]

    return watch_ground(PlaceChange(rule), street, ends_s, tracks=tracks, weather=weather, fps=1.0)


def test_a_shed_that_was_built_is_told_once_after_its_dwell_with_its_share() -> None:
    said = lot_with(SHED)
    assert said.times == [pytest.approx(52.0, abs=3.0)]
    assert said.reason("change") == "not_as_reference"
    assert said.reason("changed_share") == pytest.approx(0.14 * 0.20 / (0.30 * 0.40), abs=0.12)


def test_a_shed_that_is_torn_down_is_told_as_well() -> None:
    assert len(lot_with(SHED, from_s=0.0, until_s=TAKEN_S).times) == 1


def test_what_stays_shorter_than_its_dwell_is_not_told() -> None:
    assert lot_with(SHED, until_s=44.0).times == []


def test_a_few_bricks_are_less_than_the_share_that_counts() -> None:
    assert lot_with(BRICKS).times == []


def test_what_was_there_when_the_reference_was_taken_is_the_place_itself() -> None:
    assert lot_with(SHED, from_s=0.0).times == []


def test_what_changes_outside_the_zone_is_not_the_places() -> None:
    assert lot_with((0.70, 0.40, 0.80, 0.60)).times == []


def test_once_it_is_as_before_the_next_change_is_news() -> None:
    def street(now_s: float) -> Things:
        return [(SHED, BUILT)] if 34.0 <= now_s < 56.0 or now_s >= 80.0 else []

    said = watch_ground(PlaceChange(RULE), street, 105.0, fps=1.0)
    assert len(said.times) == 2
    assert len(said.cleared_s) == 1


def patrol_car(_now_s: float) -> list[Track]:
    return [Track(track_id=3, label="car", group="vehicle", score=0.8, box=(0.40, 0.42, 0.58, 0.68), media_time_s=0.0)]


def test_a_patrol_car_that_parks_on_the_lot_has_not_changed_it() -> None:
    parked = lot_with(SHED, tracks=lambda now_s: patrol_car(now_s) if now_s >= TAKEN_S else [], ends_s=80.0)
    assert parked.times == []


def test_a_car_that_stood_there_when_the_reference_was_taken_is_not_part_of_it() -> None:
    gone = lot_with(SHED, from_s=0.0, until_s=24.0, tracks=lambda now_s: patrol_car(now_s) if now_s < 24.0 else [])
    assert gone.times == []


def night(luma: Luma, now_s: float) -> Luma:
    lamp = np.exp(-(((np.linspace(0, 1, WIDE, dtype=np.float32)[None] - 0.5) / 0.2) ** 2))
    return luma if now_s < TAKEN_S else np.asarray(16 + (luma - 16) * (0.12 + 0.3 * lamp), np.float32)


def headlights(luma: Luma, now_s: float) -> Luma:
    across, down = np.meshgrid(np.linspace(0, 1, WIDE), np.linspace(0, 1, HIGH))
    patch = np.exp(-(((across - now_s / 10 % 1.4 + 0.2) / 0.12) ** 2) - ((down - 0.6) / 0.15) ** 2)
    return luma if now_s < TAKEN_S else np.asarray(luma * 0.3 * (1 + 4 * patch), np.float32)


def shadow(luma: Luma, now_s: float) -> Luma:
    across = np.linspace(0, 1, WIDE, dtype=np.float32)[None]
    dark = 1 / (1 + np.exp(np.clip((across - (now_s - TAKEN_S) / 25.0) * 40, -30, 30)))
    return luma if now_s < TAKEN_S else np.asarray(luma * (1 - 0.5 * dark), np.float32)


def rain(luma: Luma, now_s: float) -> Luma:
    if now_s < TAKEN_S:
        return luma
    drops = np.random.default_rng(int(now_s * 100)).random(luma.shape) > 0.985
    return np.asarray(luma * 0.7 + 25 + 60 * drops, np.float32)


def snow(luma: Luma, now_s: float) -> Luma:
    lies = np.random.default_rng(5).normal(190, 6, luma.shape).astype(np.float32)
    return luma if now_s < TAKEN_S else np.asarray(0.2 * luma + 0.8 * lies, np.float32)


def green(luma: Luma, now_s: float) -> Luma:
    leaves = np.random.default_rng(6).normal(0, 22, luma.shape).astype(np.float32)
    return luma if now_s < TAKEN_S else np.asarray(luma + leaves, np.float32)


def turned(luma: Luma, now_s: float) -> Luma:
    return luma if now_s < TAKEN_S else np.asarray(np.roll(luma, (27, 55), axis=(0, 1)), np.float32)


def sagged(luma: Luma, now_s: float) -> Luma:
    return luma if now_s < TAKEN_S else np.asarray(np.roll(luma, (2, 1), axis=(0, 1)), np.float32)


def shaking(luma: Luma, now_s: float) -> Luma:
    across, down = np.random.default_rng(int(now_s * 100)).integers(-1, 2, 2).tolist()
    return np.asarray(np.roll(luma, (down, across), axis=(0, 1)), np.float32)


@pytest.mark.parametrize("weather", [night, headlights, shadow, rain, snow, green, turned, sagged, shaking])
def test_no_light_no_weather_no_season_and_no_mast_changes_a_place(weather: Weather) -> None:
    assert lot_with(weather=weather, ends_s=75.0).times == []


@pytest.mark.parametrize("weather", [sagged, shaking, headlights])
def test_a_shed_is_told_by_a_mast_that_sags_or_shakes_and_under_headlights(weather: Weather) -> None:
    assert len(lot_with(SHED, weather=weather, ends_s=75.0).times) == 1


def test_a_change_is_told_after_a_restart_against_the_reference_of_before(tmp_path: Path) -> None:
    rule = PlaceChangeRule(rule_id="lot", polygon=LOT, dwell_s=16.0, reference=tmp_path / "lot.npz")
    assert lot_with(rule=rule, ends_s=TAKEN_S).times == []
    said = lot_with(SHED, rule=rule, from_s=0.0, ends_s=24.0)
    assert said.times == [pytest.approx(18.0, abs=3.0)], "what stands there from the first look on is not its reference"


def test_a_reference_that_cannot_be_read_leaves_the_rule_blind_and_as_it_lies(tmp_path: Path) -> None:
    spoilt = tmp_path / "lot.npz"
    spoilt.write_bytes(b"not a reference")
    rule = PlaceChangeRule(rule_id="lot", polygon=LOT, dwell_s=16.0, reference=spoilt)
    assert lot_with(SHED, rule=rule).times == []
    assert spoilt.read_bytes() == b"not a reference"
    with pytest.raises(NotAPlace):
        read_place(spoilt)


def test_a_stream_that_begins_anew_takes_no_vote_back() -> None:
    state, background = PlaceChange(RULE), Background()

    def street(now_s: float) -> Things:
        return [(SHED, BUILT)] if now_s >= TAKEN_S else []

    assert watch_ground(state, street, 46.0, background=background, fps=1.0).times == []
    state.restart()
    background.restart()
    later = watch_ground(state, lambda _now_s: street(TAKEN_S), 12.0, background=background, fps=1.0)
    assert len(later.times) == 1
