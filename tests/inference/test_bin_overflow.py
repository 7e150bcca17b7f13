"""Claims about bins: what stands over the rim or lies beside it is told, and a bin that is only full is not."""

from collections.abc import Callable

import numpy as np
import pytest

from inference.background import Background
from inference.geometry import Box
from inference.rules.bin_overflow import BinOverflow, BinOverflowRule
from inference.tracker import Track
from tests.inference.ground_scenes import HIGH, WIDE, Luma, Weather, still, watch_ground
from tests.inference.rule_scenes import Watched, at, there

BIN: Box = (0.42, 0.40, 0.54, 0.70)
OUTLINE = ((0.42, 0.40), (0.54, 0.40), (0.54, 0.70), (0.42, 0.70))
RULE = BinOverflowRule(rule_id="bin", polygon=OUTLINE, dwell_s=8.0)
HEAP: Box = (0.43, 0.27, 0.53, 0.40)
BAGS: Box = (0.57, 0.58, 0.64, 0.74)
BAG: Box = (0.60, 0.64, 0.635, 0.675)
INSIDE: Box = (0.43, 0.41, 0.53, 0.48)
BODY, RUBBISH = 45.0, 180.0
Things = list[tuple[Box, float]]


def bin_and(
    *things: Box,
    from_s: float = 8.0,
    until_s: float = 1e9,
    ends_s: float = 26.0,
    tracks: Callable[[float], list[Track]] = lambda _now_s: [],
    weather: Weather = still,
    fps: float = 2.0,
) -> Watched:
    """Watch a bin to which these things come."""

    def street(now_s: float) -> Things:
        return [(BIN, BODY), *((box, RUBBISH) for box in things if from_s <= now_s < until_s)]

    return watch_ground(BinOverflow(RULE), street, ends_s, tracks=tracks, weather=weather, fps=fps)


@pytest.mark.parametrize("fps", [1.0, 5.0])
def test_rubbish_over_the_rim_is_told_once_after_its_dwell(fps: float) -> None:
    said = bin_and(HEAP, fps=fps)
    assert said.times == [pytest.approx(17.0, abs=2.0)]
    assert said.reason("change") == "over_rim"
    assert said.reason("votes") == 8
    assert said.hits[0].began_media_s == pytest.approx(8.0, abs=2.0)


def test_bags_beside_the_foot_are_told_as_such() -> None:
    said = bin_and(BAGS)
    assert len(said.hits) == 1
    assert said.reason("change") == "beside_bin"


def test_one_small_bag_beside_the_foot_is_told_as_well() -> None:
    assert bin_and(BAG).reason("change") == "beside_bin"


def test_a_bin_that_is_full_up_to_its_rim_does_not_overflow() -> None:
    assert bin_and(INSIDE).times == []


@pytest.mark.parametrize("level", [20.0, 120.0, 230.0])
def test_a_lid_that_is_opened_or_a_bin_of_another_colour_does_not_overflow(level: float) -> None:
    def street(now_s: float) -> Things:
        return [(BIN, BODY if now_s < 8.0 else level)]

    assert watch_ground(BinOverflow(RULE), street, 26.0).times == []


def test_what_stands_farther_off_is_not_the_bins() -> None:
    assert bin_and((0.70, 0.55, 0.80, 0.74), (0.20, 0.20, 0.30, 0.40)).times == []


def test_a_cup_on_the_rim_is_not_an_overflow() -> None:
    assert bin_and((0.46, 0.37, 0.48, 0.40)).times == []


def test_once_emptied_the_next_heap_is_news() -> None:
    def street(now_s: float) -> Things:
        return [(BIN, BODY), *([(HEAP, RUBBISH)] if 8.0 <= now_s < 20.0 or now_s >= 34.0 else [])]

    said = watch_ground(BinOverflow(RULE), street, 50.0)
    assert len(said.times) == 2
    assert said.cleared_s == [pytest.approx(31.0, abs=2.0)]


def test_rubbish_that_is_taken_away_in_time_is_not_told() -> None:
    assert bin_and(HEAP, until_s=13.0).times == []


def test_who_throws_something_in_or_stands_before_the_bin_is_no_rubbish() -> None:
    def people(now_s: float) -> list[Track]:
        return there(at(0.5, 0.78, tall=0.5), if_=8.0 <= now_s < 24.0)

    said = bin_and((0.44, 0.28, 0.56, 0.78), until_s=24.0, ends_s=45.0, tracks=people)
    assert said.times == []


def test_a_truck_that_stops_at_the_bin_is_none_even_when_the_detector_loses_it() -> None:
    truck: Box = (0.30, 0.20, 0.56, 0.72)

    def traffic(now_s: float) -> list[Track]:
        seen = Track(track_id=4, label="truck", group="vehicle", score=0.7, box=truck, media_time_s=now_s)
        return there(seen, if_=8.0 <= now_s < 14.0)

    assert bin_and(truck, tracks=traffic, ends_s=50.0).times == []


def test_what_overflows_behind_people_is_told_once_it_can_be_seen_long_enough() -> None:
    def people(now_s: float) -> list[Track]:
        return there(at(0.5, 0.78, tall=0.5), if_=11.0 <= now_s < 31.0)

    said = bin_and(HEAP, ends_s=50.0, tracks=people)
    assert said.times == [pytest.approx(40.0, abs=4.0)]


def test_a_bin_that_overflowed_when_watching_began_is_not_known_to() -> None:
    assert bin_and(HEAP, BAGS, from_s=0.0).times == []


def rain(luma: Luma, now_s: float) -> Luma:
    drops = np.random.default_rng(int(now_s * 100)).random(luma.shape) > 0.985
    return np.asarray(luma * 0.85 + 15 + 60 * drops, np.float32)


def shadow(luma: Luma, now_s: float) -> Luma:
    across = np.linspace(0, 1, WIDE, dtype=np.float32)[None]
    dark = 1 / (1 + np.exp(-(now_s / 20.0 - across) * 30))
    return np.asarray(luma * (1 - 0.45 * dark), np.float32)


def headlights(luma: Luma, now_s: float) -> Luma:
    across, down = np.meshgrid(np.linspace(0, 1, WIDE), np.linspace(0, 1, HIGH))
    patch = np.exp(-(((across - now_s / 10 % 1.4 + 0.2) / 0.12) ** 2) - ((down - 0.6) / 0.15) ** 2)
    return np.asarray(luma * 0.3 * (1 + 4 * patch), np.float32)


def dusk(luma: Luma, now_s: float) -> Luma:
    return np.asarray(luma * max(0.3, 1 - now_s / 40), np.float32)


@pytest.mark.parametrize("weather", [rain, shadow, headlights, dusk])
def test_no_weather_fills_a_bin(weather: Weather) -> None:
    assert bin_and(weather=weather, ends_s=30.0).times == []


@pytest.mark.parametrize("weather", [rain, dusk])
def test_an_overflowing_bin_is_told_in_rain_and_at_dusk(weather: Weather) -> None:
    assert len(bin_and(HEAP, weather=weather).times) == 1


def test_a_camera_that_turns_tells_nothing() -> None:
    def turned(luma: Luma, now_s: float) -> Luma:
        return luma if now_s < 12.0 else np.roll(luma, (25, 60), axis=(0, 1))

    assert bin_and(weather=turned, ends_s=30.0).times == []


def test_a_stream_that_began_again_tells_nothing_twice() -> None:
    state, background = BinOverflow(RULE), Background()

    def street(now_s: float) -> Things:
        return [(BIN, BODY), *([(HEAP, RUBBISH)] if now_s >= 8.0 else [])]

    assert len(watch_ground(state, street, 26.0, background=background).times) == 1
    state.restart()
    background.restart()
    assert watch_ground(state, lambda _now_s: street(9.0), 30.0, background=background).times == []


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_rule_that_nothing_or_all_would_satisfy_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="least share"):
        BinOverflowRule(rule_id="bin", polygon=OUTLINE, dwell_s=16.0, least_share=share)
