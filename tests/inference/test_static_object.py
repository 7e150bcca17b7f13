"""Claims about things that are left in a zone: what is told, once, and what only looks like one."""

from dataclasses import replace

import numpy as np
import pytest

from inference.background import Background
from inference.geometry import Box
from inference.rules.static_object import StaticObject, StaticObjectRule
from inference.tracker import Track
from tests.inference.ground_scenes import HIGH, WIDE, Luma, Weather, watch_ground
from tests.inference.rule_scenes import YARD, Watched, at

BAG: Box = (0.45, 0.50, 0.53, 0.62)
CRATE: Box = (0.60, 0.50, 0.68, 0.64)
SOFA: Box = (0.40, 0.40, 0.60, 0.65)
RULE = StaticObjectRule(rule_id="pavement", polygon=YARD, dwell_s=10.0)
DARK = 45.0


def left(*boxes: Box, from_s: float = 8.0, until_s: float = 1e9, rule: StaticObjectRule = RULE) -> Watched:
    """Leave things in the zone for a while and watch for half a minute."""
    return watch_ground(
        StaticObject(rule), lambda now_s: [(box, DARK) for box in boxes if from_s <= now_s < until_s], 30.0
    )


@pytest.mark.parametrize("fps", [1.0, 3.0, 8.0])
def test_a_bag_that_is_left_is_told_once_after_its_dwell_at_any_rate(fps: float) -> None:
    said = watch_ground(StaticObject(RULE), lambda now_s: [(BAG, DARK)] if now_s >= 8.0 else [], 30.0, fps=fps)
    assert said.times == [pytest.approx(18.0, abs=2 / fps + 1.0)]
    hit = said.hits[0]
    assert said.reason("change") == "came"
    assert hit.box == pytest.approx(BAG, abs=0.05)  # its contrast spreads over some cells
    assert [still.moment for still in hit.stills] == ["began", "due"]
    assert hit.stills[0].media_time_s == pytest.approx(8.0, abs=1.0)


@pytest.mark.parametrize("box", [(0.02, 0.5, 0.10, 0.62), (0.50, 0.50, 0.515, 0.525)])
def test_outside_the_zone_or_below_the_least_size_nothing_is_told(box: Box) -> None:
    assert left(box).times == []


def test_what_was_there_from_the_beginning_is_the_street() -> None:
    assert left(BAG, from_s=0.0).times == []


def test_what_is_taken_up_again_before_its_dwell_is_nothing() -> None:
    assert left(BAG, until_s=15.0).times == []


def test_a_heap_that_grows_is_one_alarm() -> None:
    scene = {8.0: BAG, 14.0: CRATE}
    said = watch_ground(
        StaticObject(RULE), lambda now_s: [(box, DARK) for since_s, box in scene.items() if now_s >= since_s], 40.0
    )
    assert len(said.times) == 1


def test_the_same_place_is_news_again_only_after_it_was_seen_empty() -> None:
    state, background = StaticObject(RULE), Background()
    first = watch_ground(state, lambda now_s: [(BAG, DARK)] if 8.0 <= now_s < 22.0 else [], 60.0, background=background)
    assert len(first.times) == 1
    assert first.cleared_s and 30.0 <= first.cleared_s[0] <= 50.0
    again = watch_ground(
        state, lambda now_s: [(CRATE, DARK)] if now_s >= 62.0 else [], 90.0, background=background, from_s=60.2
    )
    assert len(again.times) == 1


def test_something_that_was_taken_away_is_told_only_where_that_is_wanted() -> None:
    def gone(now_s: float) -> list[tuple[Box, float]]:
        return [(BAG, DARK)] if now_s < 14.0 else []

    assert watch_ground(StaticObject(RULE), gone, 40.0).times == []
    said = watch_ground(StaticObject(replace(RULE, is_removal_told=True)), gone, 40.0)
    assert said.times == [pytest.approx(24.0, abs=1.5)]
    assert said.reason("change") == "went"


def test_who_stood_there_as_it_came_is_named_and_who_came_later_is_not() -> None:
    def people(now_s: float) -> list[Track]:
        somebody = [at(0.52, 0.62, track_id=4)] if 7.0 <= now_s < 10.0 else []
        return somebody + ([at(0.62, 0.70, track_id=9)] if 24.0 <= now_s < 25.0 else [])

    said = watch_ground(StaticObject(RULE), lambda now_s: [(BAG, DARK)] if now_s >= 9.0 else [], 32.0, tracks=people)
    assert len(said.times) == 1
    assert (said.reason("brought_by"), said.hits[0].track_id) == ("person", 4)


def test_a_parked_car_is_no_thing_even_where_the_detector_loses_it() -> None:
    def parked(now_s: float) -> list[Track]:
        is_seen = 8.0 <= now_s < 20.0
        car = Track(track_id=2, label="car", group="vehicle", score=0.6, box=SOFA, media_time_s=now_s)
        return [car] if is_seen else []

    said = watch_ground(StaticObject(RULE), lambda now_s: [(SOFA, DARK)] if now_s >= 8.0 else [], 45.0, tracks=parked)
    assert said.times == []


def test_a_bag_hidden_behind_people_for_a_while_is_the_same_bag() -> None:
    def crowd(now_s: float) -> list[Track]:
        return [at(0.49, 0.70, track_id=3, tall=0.4)] if 12.0 <= now_s < 15.0 else []

    said = watch_ground(StaticObject(RULE), lambda now_s: [(BAG, DARK)] if now_s >= 8.0 else [], 32.0, tracks=crowd)
    assert len(said.times) == 1
    assert said.hits[0].began_media_s == pytest.approx(8.0, abs=1.0)


def _shadow(luma: Luma, now_s: float) -> Luma:
    x = np.linspace(0, 1, WIDE, dtype=np.float32)[None]
    return np.asarray(16 + (luma - 16) * (1 - 0.45 / (1 + np.exp((np.abs(x - now_s / 40) - 0.15) * 50))), np.float32)


def _headlights(luma: Luma, now_s: float) -> Luma:
    x, y = np.linspace(0, 1, WIDE, dtype=np.float32)[None], np.linspace(0, 1, HIGH, dtype=np.float32)[:, None]
    beam = np.exp(-(((x - now_s / 8 % 1.4) / 0.12) ** 2) - ((y - 0.6) / 0.2) ** 2)
    return np.asarray(16 + (luma - 16) * (0.35 + beam), np.float32)


def _cloud(luma: Luma, now_s: float) -> Luma:
    return np.asarray(16 + (luma - 16) * (0.5 if 10 <= now_s < 25 else 1.0), np.float32)


def _rain(luma: Luma, now_s: float) -> Luma:
    drops = np.random.default_rng(round(now_s * 10)).random(luma.shape) > 0.985
    return np.asarray(luma + 60 * drops, np.float32)


def _shaking(luma: Luma, now_s: float) -> Luma:
    across, down = np.random.default_rng(round(now_s * 10)).integers(-1, 2, 2).tolist()
    return np.asarray(np.roll(luma, (down, across), axis=(0, 1)), np.float32)


@pytest.mark.parametrize("weather", [_shadow, _headlights, _cloud, _rain, _shaking])
def test_no_weather_and_no_light_leaves_a_thing_behind(weather: Weather) -> None:
    assert watch_ground(StaticObject(RULE), lambda _now_s: [], 30.0, weather=weather).times == []


@pytest.mark.parametrize("weather", [_shadow, _cloud, _rain])
def test_a_sofa_is_told_in_any_weather(weather: Weather) -> None:
    said = watch_ground(StaticObject(RULE), lambda now_s: [(SOFA, DARK)] if now_s >= 8.0 else [], 30.0, weather=weather)
    assert len(said.times) == 1


def test_an_exposure_that_drifts_brings_nothing() -> None:
    def drifting(luma: Luma, now_s: float) -> Luma:
        return np.asarray(128 + (luma - 128) * (1 + min(now_s, 20.0) / 20.0), np.float32)

    rule = replace(RULE, is_removal_told=True)
    assert watch_ground(StaticObject(rule), lambda _now_s: [], 30.0, weather=drifting).times == []


def test_a_camera_that_turns_away_leaves_no_things_behind() -> None:
    def turned(luma: Luma, now_s: float) -> Luma:
        return luma if now_s < 12.0 else np.asarray(np.roll(luma[::-1, ::-1], 30, axis=1) * 0.8 + 30, np.float32)

    assert watch_ground(StaticObject(RULE), lambda _now_s: [], 30.0, weather=turned).times == []


def test_a_dark_picture_says_nothing_of_the_ground() -> None:
    def dark(luma: Luma, now_s: float) -> Luma:
        return luma if now_s < 9.0 else np.full_like(luma, 17.0)

    said = watch_ground(StaticObject(RULE), lambda _now_s: [], 30.0, weather=dark)
    assert (said.times, said.cleared_s) == ([], [])


def test_a_thing_that_was_told_is_not_told_again_after_the_stream_began_anew() -> None:
    state, background = StaticObject(RULE), Background()
    watch_ground(state, lambda now_s: [(BAG, DARK)] if now_s >= 8.0 else [], 25.0, background=background)
    state.restart()
    background.restart()
    again = watch_ground(state, lambda _now_s: [(BAG, DARK)], 40.0, background=background)
    assert (again.times, again.cleared_s) == ([], [])
