"""Whatever a sensor sends is a reading or a refusal that repeats nothing of it."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.infrastructure.intake.payloads import MOST_BYTES, PayloadRefused, reading_in

GOOD: dict[str, Any] = {"boot": 3, "sequence": 17, "value": 2.25, "at": "2026-11-24T08:00:00+08:00"}
SECRET = "hunter2-sk-4711"


def malformed(seed: int) -> bytes:
    """Return one of many ways to send what is no reading."""
    chance = random.Random(seed)
    good = json.dumps(GOOD).encode()
    wrong: list[Any] = [None, "x", [], {}, True, -1, 0, 2**53, 1e300, SECRET, "2026-13-01T00:00:00Z", "\x00"]
    match chance.randrange(8):
        case 0:
            return good[: chance.randrange(len(good))]
        case 1:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
        case 2:
            return b"[" * chance.randrange(1, 100_000)
        case 3:
            return json.dumps({**GOOD, "value": chance.choice([float("nan"), float("inf"), -float("inf")])}).encode()
        case 4:
            field = chance.choice(["sequence", "value", "at"])
            bad = chance.choice([one for one in wrong if not (field == "value" and one in (-1, 0, 2**53))])
            return json.dumps({**GOOD, field: bad}).encode()
        case 5:
            return json.dumps(
                {name: GOOD[name] for name in GOOD if name != chance.choice(["sequence", "at"])}
            ).encode()[:-1]
        case 6:
            return good.replace(b"17", b"1" * chance.randrange(17, 5000))
        case _:
            return good.decode().encode("utf-16")


@pytest.mark.parametrize("thousand", range(10))
def test_what_is_no_reading_is_refused_and_nothing_of_it_repeated(thousand: int) -> None:
    for seed in range(thousand * 100, thousand * 100 + 100):
        with pytest.raises(PayloadRefused) as refusal:
            reading_in(malformed(seed))
        assert SECRET not in str(refusal.value) and len(str(refusal.value)) < 1000


@given(st.binary(max_size=400))
def test_any_bytes_are_a_reading_or_a_refusal(payload: bytes) -> None:
    try:
        reading_in(payload)
    except PayloadRefused:
        return


def test_a_reading_is_taken_with_its_moment_in_utc() -> None:
    reading = reading_in(json.dumps(GOOD | {"maker": "anybody"}).encode())
    assert (reading.boot, reading.sequence, reading.value) == (3, 17, 2.25)
    assert reading.at == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_reading_longer_than_any_is_refused() -> None:
    with pytest.raises(PayloadRefused):
        reading_in(json.dumps(GOOD | {"maker": "x" * MOST_BYTES}).encode())
