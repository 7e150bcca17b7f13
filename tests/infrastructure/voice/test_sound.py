"""Levels, rates and frames of speech."""

from pathlib import Path

import numpy as np
import pytest

from console.infrastructure.voice.resampling import FrameResampler, resampled
from console.infrastructure.voice.sound import (
    FRAME_SAMPLES,
    SESSION_HZ,
    SILENCE_DBFS,
    Samples,
    chime,
    frames_of,
    level_dbfs,
    read_wav,
    write_wav,
)


def tone(hertz: float, seconds: float, rate_hz: int, size: float = 0.5) -> Samples:
    return (size * 32767 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.int16)


def loudest_hertz(samples: Samples, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / rate_hz)[int(spectrum.argmax())])


def test_half_of_full_scale_reads_nine_decibels_down_and_silence_a_hundred_and_twenty() -> None:
    assert level_dbfs(tone(440, 1, SESSION_HZ)) == pytest.approx(-9.03, abs=0.05)
    assert level_dbfs(np.zeros(320, np.int16)) == SILENCE_DBFS
    assert level_dbfs(np.zeros(0, np.int16)) == SILENCE_DBFS


@pytest.mark.parametrize(("from_hz", "to_hz"), [(24_000, 16_000), (16_000, 8_000), (48_000, 16_000), (22_050, 24_000)])
def test_a_tone_keeps_pitch_level_and_length_at_another_rate(from_hz: int, to_hz: int) -> None:
    before = tone(1000, 1, from_hz)

    after = resampled(before, from_hz, to_hz)

    assert len(after) == pytest.approx(to_hz, abs=40)
    assert loudest_hertz(after, to_hz) == pytest.approx(1000, abs=2)
    assert level_dbfs(after) == pytest.approx(level_dbfs(before), abs=0.1)


def test_what_a_telephone_cannot_carry_is_filtered_not_folded_down() -> None:
    assert level_dbfs(resampled(tone(6000, 1, 16_000), 16_000, 8_000)[100:-100]) < -50


def test_every_frame_in_gives_a_frame_out_without_a_seam() -> None:
    resampler = FrameResampler(16_000, 8_000)

    out = [resampler.push(frame) for frame in frames_of(tone(500, 2, 16_000))]

    assert {len(frame) for frame in out} == {160}
    joined = np.concatenate(out)[40:].astype(np.int32)
    # The steepest step of a 500 Hz tone at 8 kHz is 0.38 of its height; a seam would jump by more.
    assert int(np.abs(np.diff(joined)).max()) < 0.4 * 16_384


def test_the_last_frame_is_filled_with_silence() -> None:
    frames = frames_of(np.ones(FRAME_SAMPLES + 1, np.int16))

    assert [len(frame) for frame in frames] == [FRAME_SAMPLES, FRAME_SAMPLES]
    assert frames[1].sum() == 1


def test_the_chime_is_short_and_does_not_clip() -> None:
    heard = chime()

    assert 0.3 < len(heard) / SESSION_HZ < 0.6
    assert 8_000 < int(np.abs(heard).max()) < 32_000


def test_a_sound_comes_back_from_its_file(tmp_path: Path) -> None:
    before = tone(300, 0.1, 24_000)

    write_wav(tmp_path / "a.wav", before, 24_000)

    after, rate_hz = read_wav(tmp_path / "a.wav")
    assert rate_hz == 24_000
    assert np.array_equal(after, before)
