"""Numbers called by one digit or two."""

from widgets.state.called import CalledNumber


def test_on_a_wall_of_nine_a_digit_is_a_tile_at_once() -> None:
    called = CalledNumber()
    assert [called.take(digit, 9, 0.1 * digit) for digit in (1, 2, 9)] == [1, 2, 9]


def test_two_digits_in_a_breath_are_one_number() -> None:
    called = CalledNumber()
    assert called.take(1, 16, 10.0) == 1
    assert called.take(3, 16, 10.7) == 13
    assert called.take(1, 16, 10.8) == 1  # the number was whole: this begins another


def test_after_a_pause_a_digit_begins_anew() -> None:
    called = CalledNumber()
    called.take(1, 16, 10.0)
    assert called.take(3, 16, 10.9) == 3


def test_a_number_that_is_not_there_calls_nothing_or_the_last_digit() -> None:
    called = CalledNumber()
    assert called.take(0, 16, 0.0) is None
    assert called.take(9, 16, 1.0) == 9
    assert called.take(9, 16, 1.1) == 9
    assert called.take(5, 4, 9.0) is None
