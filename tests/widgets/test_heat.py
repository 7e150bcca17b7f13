"""Claims about where people are said to stay: who stands leaves more than who walks, and what is old is not drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from widgets.state.bays import BayTold
from widgets.state.heat import COLUMNS, LEVELS, ROWS, HeatMemory, edges_of

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass
class Person:
    foot: tuple[float, float]
    label: str = "person"
    track_id: int = 1
    dwell_s: float = 0.0
    rule_id: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        x, y = self.foot
        return (x - 0.01, y - 0.1, x + 0.01, y)


@dataclass
class Look:
    at_s: float
    tracks: Sequence[Person] = field(default_factory=tuple)
    camera_id: str = "c1"
    bays: Sequence[BayTold] = ()

    @property
    def received_at(self) -> datetime:
        return NOON + timedelta(seconds=self.at_s)


def step(heat: HeatMemory, foot: tuple[float, float], at_s: float) -> int:
    steps = heat.steps_at(NOON + timedelta(seconds=at_s))
    return steps[int(foot[1] * ROWS) * COLUMNS + int(foot[0] * COLUMNS)]


def watched(seconds: float, *people: Person) -> HeatMemory:
    heat = HeatMemory()
    for number in range(int(seconds * 2) + 1):
        heat.note(Look(number / 2, people))
    return heat


def test_three_who_stay_together_are_drawn_strongest_and_the_empty_side_not_at_all() -> None:
    heat = watched(30, Person((0.3, 0.6)), Person((0.31, 0.61)), Person((0.29, 0.6)))

    assert step(heat, (0.3, 0.6), 30) == LEVELS
    assert step(heat, (0.8, 0.6), 30) == 0


def test_one_who_stays_is_a_low_step() -> None:
    assert step(watched(30, Person((0.5, 0.5))), (0.5, 0.5), 30) == 1


def test_who_walks_through_leaves_nothing() -> None:
    heat = watched(30)
    for number in range(20):
        heat.note(Look(30.5 + number / 2, (Person((number / 20, 0.5)),)))

    assert max(heat.steps_at(NOON + timedelta(seconds=40))) == 0


def test_a_crowd_that_leaves_fades_and_is_gone() -> None:
    heat = watched(60, *[Person((0.5, 0.5))] * 4)
    steps = []
    for number in range(1, 181):
        heat.note(Look(60 + number / 2))
        steps.append(step(heat, (0.5, 0.5), 60 + number / 2))

    assert steps[0] == LEVELS
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == 0


def test_cars_are_no_people() -> None:
    assert max(watched(10, *[Person((0.5, 0.5), "car")] * 5).steps_at(NOON + timedelta(seconds=10))) == 0


def test_without_a_look_for_six_seconds_nothing_is_drawn() -> None:
    assert watched(10, *[Person((0.5, 0.5))] * 4).steps_at(NOON + timedelta(seconds=16)) == b""


def test_after_a_pause_it_begins_anew() -> None:
    heat = watched(10, *[Person((0.2, 0.5))] * 4)
    heat.note(Look(60, [Person((0.8, 0.5))] * 4))

    assert (step(heat, (0.2, 0.5), 60), step(heat, (0.8, 0.5), 60)) == (0, LEVELS)


def test_a_look_that_comes_late_changes_nothing() -> None:
    heat = watched(10, Person((0.5, 0.5)))
    before = heat.steps_at(NOON + timedelta(seconds=10))
    heat.note(Look(3, [Person((0.1, 0.1))] * 9))

    assert heat.steps_at(NOON + timedelta(seconds=10)) == before


def test_a_person_at_the_picture_s_edge_is_counted_there() -> None:
    assert step(watched(10, *[Person((1.0, 1.0))] * 3), (0.999, 0.999), 10) == LEVELS


def test_each_step_has_its_edge_and_the_picture_has_none() -> None:
    cells = bytearray(COLUMNS * ROWS)
    assert edges_of(bytes(cells)) == () == edges_of(bytes([LEVELS]) * len(cells))
    cells[5 * COLUMNS + 7] = 1
    assert set(edges_of(bytes(cells))) == {(7, 5, 7, 6), (8, 5, 8, 6), (7, 5, 8, 5), (7, 6, 8, 6)}
    cells[5 * COLUMNS + 8] = 1
    assert (8, 5, 8, 6) not in edges_of(bytes(cells)), "two of one step are one"
    cells[5 * COLUMNS + 8] = 2
    assert (8, 5, 8, 6) in edges_of(bytes(cells))
    cells[:] = bytes(len(cells))
    cells[0] = LEVELS
    assert set(edges_of(bytes(cells))) == {(1, 0, 1, 1), (0, 1, 1, 1)}
