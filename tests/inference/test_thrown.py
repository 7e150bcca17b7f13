"""Claims about what falls past a façade: the window it came from, and what only moves there."""

import numpy as np
import pytest

from inference.facade import Facade
from inference.rules.rule import Hit
from inference.rules.thrown import Thrown, ThrownRule
from tests.inference.falling_scenes import CORNERS, OTHERS, falling, played, rule, told

SEED = 7


def figure(hit: Hit, name: str) -> float:
    return float(next(reason.value for reason in hit.reasons if reason.name == name))


@pytest.mark.parametrize(("number", "fps"), [(0, 15.0), (1, 10.0), (2, 12.0)])
def test_a_thing_that_falls_from_a_window_is_told_once_with_its_window(number: int, fps: float) -> None:
    chance = np.random.default_rng([SEED, number])
    paint, fell = falling(chance)
    (hit,) = told([paint], chance, fps=fps)
    assert figure(hit, "storey_from") <= fell.storey <= figure(hit, "storey_to")
    assert figure(hit, "column_from") <= fell.column <= figure(hit, "column_to")
    assert figure(hit, "storeys_fallen") == pytest.approx(fell.storeys, abs=0.6)
    began, due = hit.stills
    assert began.media_time_s == hit.began_media_s < due.media_time_s <= hit.media_time_s
    assert began.box[1] < due.box[1], "the first still shows it above where the last one does"


def test_a_fall_of_two_storeys_is_none() -> None:
    chance = np.random.default_rng([SEED, 20])
    paint, _ = falling(chance, over=1.8)
    assert told([paint], chance) == []


@pytest.mark.parametrize("name", OTHERS)
def test_what_flies_drifts_or_flaps_before_a_facade_is_no_fall(name: str) -> None:
    chance = np.random.default_rng([SEED, *name.encode()])
    assert told([OTHERS[name](chance)], chance) == []


def test_a_mast_in_the_wind_is_no_fall() -> None:
    assert told([], np.random.default_rng(SEED), shake_px=1.5) == []


def test_a_fall_across_a_gap_in_the_stream_is_not_made_up() -> None:
    chance = np.random.default_rng([SEED, 0])
    paint, _ = falling(chance)
    frames = [frame for frame in played([paint], chance) if not 1.6 < frame.media_time_s < 3.5]
    state = Thrown(rule())
    assert [hit for frame in frames for hit in state.look(frame).hits] == []


def test_a_stream_that_begins_again_is_followed_on() -> None:
    chance = np.random.default_rng([SEED, 1])
    paint, _ = falling(chance)
    frames, state = list(played([paint], chance)), Thrown(rule())
    assert sum(len(state.look(frame).hits) for _ in range(2) for frame in frames) == 2


def test_corners_name_the_same_window_however_they_were_drawn() -> None:
    middle = np.array([[0.3, 0.3]])
    drawn = [Facade((*CORNERS[at:], *CORNERS[:at]), 9, 6) for at in range(4)]
    drawn.append(Facade(tuple(reversed(CORNERS)), 9, 6))
    assert len({tuple(facade.to_grid(middle)[0].round(6)) for facade in drawn}) == 1


def test_storeys_are_counted_upward_from_the_one_the_lowest_row_is() -> None:
    facade = Facade(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), 10, 5, lowest=3)
    found = facade.cells((0.5, 0.2, 1.1), (9.5, 8.8, 9.6))
    assert (found.storey, found.storey_from, found.storey_to) == (3, 3, 4)
    assert (found.column, found.column_from, found.column_to) == (1, 1, 2)


@pytest.mark.parametrize("corners", [CORNERS[:3], ((0.0, 0.0), (1.0, 0.0), (0.2, 0.2), (0.0, 1.0))])
def test_a_facade_that_is_no_quadrangle_is_refused(corners: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError):
        ThrownRule(rule_id="r", corners=corners, storeys=9, columns=6)
