"""Frames that never came are lost; frames the screen skipped are not."""

import pytest

from widgets.state.pace import LossGauge


def fed(numbers: range, *, skip: int = 1, camera_drops_every: int = 0) -> LossGauge:
    """Feed 25 fps; ``skip``: every so many frames are looked at; ``camera_drops_every``: one of so many never came."""
    gauge, sequence = LossGauge(), 0
    for number in numbers:
        if camera_drops_every and number % camera_drops_every == 0:
            continue
        sequence += 1
        if sequence % skip == 0 or sequence < 60:
            gauge.observe(sequence, number / 25)
    return gauge


def test_a_whole_stream_loses_nothing() -> None:
    assert fed(range(1, 500)).lost == pytest.approx(0.0, abs=0.01)


def test_frames_the_screen_skipped_are_not_lost() -> None:
    assert fed(range(1, 500), skip=3).lost == pytest.approx(0.0, abs=0.02)


def test_one_frame_in_five_that_never_came_is_a_fifth_lost() -> None:
    assert fed(range(1, 500), camera_drops_every=5).lost == pytest.approx(0.2, abs=0.02)


def test_nothing_is_said_before_enough_was_seen_or_after_a_restart() -> None:
    assert fed(range(1, 60), camera_drops_every=5).lost == 0.0
    gauge = fed(range(1, 500), camera_drops_every=5)
    gauge.observe(1, 0.0)
    assert gauge.lost == 0.0
