"""Claims about measuring an hour of a wall with sound: what counts as in time."""

import pytest

from console.bench.long_wall import MOST_OFFSET_MS, missed_of, offsets_ms

CALM: dict[str, float | None] = {"ui_late_p99_ms": 4.0, "sound_offset_p99_ms": 40.0}


def test_a_beep_belongs_to_the_flash_that_is_nearest() -> None:
    assert offsets_ms([10.0, 12.0], [10.03, 11.97]) == pytest.approx([30.0, -30.0])


def test_a_flash_without_a_beep_is_as_far_off_as_can_be() -> None:
    assert offsets_ms([10.0, 12.0], [10.03]) == pytest.approx([30.0, -1000.0])
    assert offsets_ms([10.0], []) == [1000.0]


def test_an_hour_is_missed_by_what_was_late_and_by_what_was_never_heard() -> None:
    assert missed_of(CALM, beeps=1790, lasted_s=3600.0) == []
    assert missed_of(CALM | {"sound_offset_p99_ms": MOST_OFFSET_MS + 1}, beeps=1790, lasted_s=3600.0) == [
        "sound_offset_p99_ms"
    ]
    assert missed_of({"ui_late_p99_ms": None, "sound_offset_p99_ms": None}, beeps=3, lasted_s=3600.0) == [
        "ui_late_p99_ms",
        "sound_offset_p99_ms",
        "beeps",
    ]
