"""Claims about what is heard when: with its picture, and never with a jump that nobody needed."""

import numpy as np
import pytest

from console.infrastructure.sound_slots import SOUND_HZ, SoundPiece
from console.infrastructure.voice.playout import MARGIN_S, NEAR_S, Playout

AHEAD_S = 0.05
TICK = SOUND_HZ // 100


class Street:
    """Sound whose samples say their own media time in milliseconds, played in ticks of 10 ms."""

    def __init__(self, *, arrives_after_s: float = 0.01) -> None:
        self.playout = Playout(AHEAD_S)
        self.now_s = 1000.0
        self.arrives_after_s = arrives_after_s
        self._sent_ms = 0
        self.heard: list[tuple[float, int]] = []

    def send(self, milliseconds: int, *, skip_ms: int = 0) -> None:
        self._sent_ms += skip_ms
        for _ in range(milliseconds // 20):
            samples = np.repeat(np.arange(self._sent_ms, self._sent_ms + 20, dtype=np.int16), SOUND_HZ // 1000)
            arrived_s = 1000.0 + self._sent_ms / 1000 + self.arrives_after_s
            self.playout.take([SoundPiece(self._sent_ms / 1000, arrived_s, samples.tobytes())])
            self._sent_ms += 20

    def play(self, ticks: int) -> None:
        for _ in range(ticks):
            heard_s = self.now_s + AHEAD_S
            out = self.playout.pull(TICK, heard_s)
            self.heard.append((heard_s, int(out[-1])))
            self.now_s += 0.01

    def delay_s(self) -> float:
        """Return how long after its media time the newest sample is heard."""
        heard_s, milliseconds = self.heard[-1]
        return heard_s + 0.01 - (1000.0 + (milliseconds + 1) / 1000)


def test_sound_is_heard_when_its_picture_is_painted() -> None:
    street = Street()
    for media_time_s in (0.0, 0.04, 0.08):
        street.playout.note_painted(media_time_s, 1000.0 + media_time_s + 0.3)
    street.send(1000)
    street.play(80)
    assert street.delay_s() == pytest.approx(0.3, abs=0.002)
    assert street.playout.late_s == pytest.approx(0.0, abs=0.002)
    assert street.playout.gaps == 0


def test_sound_that_comes_too_late_for_its_picture_comes_as_soon_as_it_surely_can_and_says_so() -> None:
    street = Street(arrives_after_s=0.06)
    street.playout.note_painted(0.0, 1000.02)
    street.send(1000)
    street.play(80)
    assert street.delay_s() == pytest.approx(0.06 + AHEAD_S + MARGIN_S, abs=0.002)
    assert street.playout.late_s == pytest.approx(0.06 + AHEAD_S + MARGIN_S - 0.02, abs=0.002)


def test_a_hiccup_of_the_machine_holds_nothing_back() -> None:
    street = Street()
    street.playout.note_painted(0.0, 1000.0 + 0.01 + AHEAD_S + MARGIN_S)
    street.send(800)
    street.arrives_after_s = 0.15
    street.send(60)
    street.arrives_after_s = 0.01
    street.send(600)
    street.play(100)
    assert street.playout.late_s == pytest.approx(0.0, abs=0.002)


def test_pictures_that_come_a_little_later_move_nothing() -> None:
    street = Street()
    street.playout.note_painted(0.0, 1000.3)
    street.send(2000)
    street.play(50)
    before_s = street.delay_s()
    street.playout.note_painted(0.5, 1000.8 + NEAR_S / 2)
    street.play(20)
    assert street.delay_s() == pytest.approx(before_s, abs=1e-6)


def test_pictures_that_come_much_later_take_their_sound_with_them() -> None:
    street = Street()
    street.playout.note_painted(0.0, 1000.3)
    street.send(2500)
    street.play(50)
    for media_time_s in (0.5, 0.54, 0.58, 0.62):
        street.playout.note_painted(media_time_s, 1000.45 + media_time_s)
    street.play(50)
    assert street.delay_s() == pytest.approx(0.45, abs=0.002)


def test_a_hole_in_the_sound_is_silence_of_its_length() -> None:
    street = Street()
    street.playout.note_painted(0.0, 1000.3)
    street.send(300)
    street.send(700, skip_ms=200)
    street.play(100)
    quiet = [heard_s for heard_s, value in street.heard if value == 0 and heard_s > 1000.35]
    assert max(quiet) - min(quiet) == pytest.approx(0.2, abs=0.02)
    assert street.delay_s() == pytest.approx(0.3, abs=0.002)


def test_after_an_interruption_the_present_is_heard_and_not_what_waited() -> None:
    street = Street()
    street.playout.note_painted(0.0, 1000.3)
    street.send(2500)
    street.play(50)
    street.playout.drop()
    street.now_s += 1.0
    street.send(500)
    street.play(1)
    assert street.heard[-1][1] == 0, "nothing of before"
    street.now_s += 1.0
    street.play(60)
    assert street.delay_s() == pytest.approx(0.3, abs=0.002)


def test_a_camera_that_was_connected_anew_is_measured_anew() -> None:
    street = Street()
    street.playout.note_painted(0.0, 1000.3)
    street.send(1000)
    street.play(30)
    street.playout.note_painted(1.0, 1020.3)
    street.playout.take([SoundPiece(1.0, 1020.01, bytes(2 * 960))])
    street.now_s = 1020.24
    street.play(6)
    assert street.playout.late_s == pytest.approx(0.0, abs=0.011)


def test_without_a_word_of_pictures_sound_is_heard_all_the_same() -> None:
    street = Street()
    street.send(400)
    street.play(20)
    assert street.delay_s() == pytest.approx(0.01 + AHEAD_S + MARGIN_S, abs=0.002)
    assert street.playout.late_s is None
