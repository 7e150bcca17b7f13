import pytest

from inference.errors import ClockWentBackwards
from inference.zones import GRACE_S, DwellClock


@pytest.mark.parametrize("fps", [1, 3, 10, 25])
def test_a_parked_car_dwells_the_same_at_any_rate(fps: int) -> None:
    clock = DwellClock()
    dwell_s = [clock.observe(7, number / fps) for number in range(60 * fps + 1)]
    assert dwell_s[-1] == pytest.approx(60)


def test_a_car_hidden_for_less_than_the_grace_goes_on_dwelling() -> None:
    clock = DwellClock()
    clock.observe(7, 0.0)
    assert clock.observe(7, GRACE_S) == pytest.approx(GRACE_S)


def test_a_car_away_for_longer_than_the_grace_begins_anew() -> None:
    clock = DwellClock()
    clock.observe(7, 0.0)
    assert clock.observe(7, GRACE_S + 0.1) == 0.0


def test_time_that_falls_is_said_not_counted() -> None:
    clock = DwellClock()
    clock.observe(7, 100.0)
    with pytest.raises(ClockWentBackwards):
        clock.observe(7, 0.4)


def test_things_that_ended_are_forgotten() -> None:
    clock = DwellClock()
    for number in range(1000):
        clock.observe(number, float(number))
        clock.forget_unseen(float(number))
    assert len(clock) <= GRACE_S + 1
