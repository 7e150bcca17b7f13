"""Claims about codes by the clock: those of RFC 6238, one step of skew, and each one once."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from console.domain.one_time_codes import (
    STEP_S,
    accepted_counter,
    code_of,
    counter_at,
    enrolment_uri,
    new_secret,
)

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238 appendix B, SHA-1
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STEP = timedelta(seconds=STEP_S)


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, eight_digits: str) -> None:
    counter = counter_at(datetime.fromtimestamp(seconds, UTC))
    assert code_of(RFC_SECRET, counter) == eight_digits[-6:]


def test_another_program_shows_the_same_codes() -> None:
    for minutes in range(200):
        secret, at = new_secret(), AT + timedelta(minutes=7 * minutes)
        theirs = TOTP(base64.b32decode(secret), 6, SHA1(), STEP_S).generate(int(at.timestamp()))
        assert code_of(secret, counter_at(at)) == theirs.decode()


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_one_step_off_is_let_in(steps: int) -> None:
    counter = counter_at(AT) + steps
    assert accepted_counter(RFC_SECRET, code_of(RFC_SECRET, counter), AT, 0) == counter


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_clock_two_steps_off_is_not(steps: int) -> None:
    assert accepted_counter(RFC_SECRET, code_of(RFC_SECRET, counter_at(AT) + steps), AT, 0) is None


def test_a_code_serves_once_and_none_before_it_serves_after() -> None:
    used = counter_at(AT)
    for counter in (used - 1, used):
        assert accepted_counter(RFC_SECRET, code_of(RFC_SECRET, counter), AT, used) is None
    assert accepted_counter(RFC_SECRET, code_of(RFC_SECRET, used + 1), AT, used) == used + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "abcdef", "000000"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert accepted_counter(RFC_SECRET, typed, AT, 0) is None


def test_a_code_may_be_typed_as_the_app_shows_it_in_two_groups() -> None:
    code = code_of(RFC_SECRET, counter_at(AT))
    assert accepted_counter(RFC_SECRET, f" {code[:3]} {code[3:]} ", AT, 0) == counter_at(AT)


def test_an_app_is_told_issuer_name_and_secret() -> None:
    assert enrolment_uri(RFC_SECRET, "li wen") == (
        f"otpauth://totp/Citydesk:li%20wen?secret={RFC_SECRET}&issuer=Citydesk"
    )
