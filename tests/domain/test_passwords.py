"""Claims about new passwords: long ones of any characters, and none that everybody would try first."""

import pytest

from console.domain.errors import DomainError
from console.domain.passwords import LONGEST, SHORTEST, check_new_password, settled


def refusal(password: str) -> str:
    """Return why it is refused, or nothing."""
    try:
        check_new_password(password, "liwenjing", "李文静")
    except DomainError as cause:
        return cause.sentence
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "河东街的早市六点开门十点就收摊了",
        "q" * 11 + "wert",
        "a" * 8 + "bcdef12345",
        "  leading spaces too  ",
    ],
)
def test_a_long_one_needs_neither_digits_nor_capitals_nor_signs(password: str) -> None:
    assert len(password) >= SHORTEST
    assert refusal(password) == ""


@pytest.mark.parametrize("password", ["", "Tr0ub4dor&3", "x" * (SHORTEST - 1)])
def test_a_short_one_is_refused_whatever_signs_are_in_it(password: str) -> None:
    assert "at least" in refusal(password)


def test_the_longest_is_bounded_so_that_a_hash_costs_a_bounded_time() -> None:
    sentence = "every street has a light and every light has a street; "
    assert refusal((sentence * 9)[:LONGEST]) == ""
    assert "at most" in refusal((sentence * 9)[: LONGEST + 1])


@pytest.mark.parametrize(
    "password", ["1" * 20, "12121212121212121212", "123456789012345", "abcdefghijklmnopq", "987654321098765"]
)
def test_one_that_repeats_or_counts_is_refused(password: str) -> None:
    assert "repeats" in refusal(password)


@pytest.mark.parametrize(
    "password", ["my name is LiWenJing", "李文静的密码一二三四五六七八九", "welcome to CityDesk 1"]
)
def test_one_that_holds_the_persons_or_the_programs_name_is_refused(password: str) -> None:
    assert "name" in refusal(password)


def test_full_width_letters_of_an_input_method_are_the_same_password() -> None:
    assert settled("ｐａｓｓ　１２") == settled("pass 12")
