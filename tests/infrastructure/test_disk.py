"""A filling disk is foreseen, a burst is no alarm, and a little room is held back for the records."""

import random
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.infrastructure.disk import DAY_S, GIB, Ballast, Forecast, fill_of

A_DAY = 100 * GIB  # what the street writes


def measured(free_at: list[tuple[float, float]]) -> Forecast:
    forecast = Forecast()
    for at_s, free in free_at:
        forecast.note(at_s, int(free))
    return forecast


def steady(hours: float, free: float = 1000 * GIB, rate: float = A_DAY) -> list[tuple[float, float]]:
    return [(second, free - rate * second / DAY_S) for second in range(0, int(hours * 3600), 5)]


def test_a_disk_that_fills_evenly_is_foreseen_to_the_hour() -> None:
    forecast = measured(steady(6))
    assert forecast.days_left(975 * GIB, 25 * GIB) == pytest.approx(9.5, rel=0.01)


def test_the_first_minutes_are_enough_for_a_first_word() -> None:
    assert measured(steady(0.005)).bytes_a_day() is None
    assert measured(steady(0.05)).days_left(20 * GIB, 0) == pytest.approx(0.2, rel=0.05)


def test_an_export_of_a_whole_evening_does_not_cry_wolf() -> None:
    calm = steady(12)
    with_bursts = [
        (at_s, free - (200 * GIB if at_s > 4 * 3600 else 0) - (90 * GIB if 9 * 3600 < at_s < 9.5 * 3600 else 0))
        for at_s, free in calm
    ]
    assert measured(with_bursts).bytes_a_day() == pytest.approx(A_DAY, rel=0.1)


def test_noise_of_other_programs_changes_the_forecast_by_little() -> None:
    dice = random.Random(7)
    noisy = [(at_s, free + dice.uniform(-2, 2) * GIB) for at_s, free in steady(8)]
    assert measured(noisy).bytes_a_day() == pytest.approx(A_DAY, rel=0.1)


def test_a_disk_kept_level_by_age_does_not_fill() -> None:
    # Fills by 4 GB an hour and is emptied by as much at each full one.
    rate = measured([(at_s, 50 * GIB - (at_s % 3600) * 4 * GIB / 3600) for at_s in range(0, 86_400, 60)]).bytes_a_day()
    assert rate is not None and abs(rate) < 10 * GIB


def test_room_made_before_its_time_counts_as_filling() -> None:
    forecast = Forecast()
    for step in range(100):
        forecast.note(step * 300.0, 10 * GIB)
        forecast.note_forced(int(A_DAY * 300 / DAY_S))
    assert forecast.bytes_a_day() == pytest.approx(A_DAY, rel=0.01)


def test_a_disk_that_empties_has_no_last_day() -> None:
    assert measured([(at_s, 10 * GIB + at_s) for at_s in range(0, 3600, 30)]).days_left(10 * GIB, 0) is None


def test_the_room_held_back_is_really_taken_and_really_given(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path, 8 * 1024**2)
    ballast.hold()
    ballast.hold()
    (held,) = tmp_path.iterdir()
    assert ballast.is_held and held.stat().st_blocks * 512 >= 8 * 1024**2
    ballast.give()
    ballast.give()
    assert not ballast.is_held and list(tmp_path.iterdir()) == []


def test_a_disk_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert 0 < fill_of(tmp_path).free_bytes <= fill_of(tmp_path).total_bytes
    with pytest.raises(Unavailable, match="recordings is away"):
        fill_of(tmp_path / "recordings")
