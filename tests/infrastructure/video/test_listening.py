"""Claims about a stream's sound on its way to whoever listens: one rate, its own time, and no damage that ends it."""

import secrets
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream

from console.infrastructure.sound_slots import SOUND_HZ, SoundReader, create_sound
from console.infrastructure.video.listening import ear_for
from console.infrastructure.video.timeline import Timeline
from tests.peers.listening.flash_and_beep import LASTS_S, Codec, make_flash_and_beep


@pytest.fixture
def ring() -> Iterator[Path]:
    made = create_sound(Path("/dev/shm") / f"citydesk-test-{secrets.token_hex(6)}-sound")
    yield made.path
    made.remove()


def heard(clip: Path, ring: Path, *, damaged: frozenset[int] = frozenset()) -> tuple[list[tuple[float, int]], int]:
    """Return media time and loudness of every 10 ms that came out, and how many packets were damaged."""
    found: list[tuple[float, int]] = []
    with av.open(str(clip)) as container, SoundReader(ring) as reader:
        stream = container.streams.audio[0]
        ear = ear_for(str(ring), stream)
        assert ear is not None
        for number, packet in enumerate(container.demux(stream)):
            if number in damaged and packet.pts is not None:
                spoilt = cast("av.Packet[AudioStream]", av.Packet(b"\xff" * 64))
                spoilt.pts, spoilt.stream = packet.pts, stream
                ear.take(spoilt, lambda stamp: 100.0 + float(stamp * (stream.time_base or 0)), 0.0)
                continue
            ear.take(packet, lambda stamp: 100.0 + float(stamp * (stream.time_base or 0)), 0.0)
            for piece in reader.take():
                samples = np.frombuffer(piece.samples, np.int16).astype(np.int32)
                for at in range(0, len(samples) - 479, 480):
                    found.append((piece.media_time_s + at / SOUND_HZ, int(np.abs(samples[at : at + 480]).max())))
        broken = ear.damaged
        ear.close()
    return found, broken


@pytest.mark.parametrize("codec", ["aac", "pcm_mulaw", "pcm_alaw"])
def test_every_codec_of_a_street_is_heard_at_its_own_time(codec: Codec, tmp_path: Path, ring: Path) -> None:
    clip = make_flash_and_beep(tmp_path / ("street.mp4" if codec == "aac" else "street.mov"), codec, 2)
    found, broken = heard(clip, ring)
    loud = [at_s for at_s, peak in found if peak > 10_000]
    assert not broken
    assert loud[0] == pytest.approx(100.0, abs=0.03)
    assert min(at_s for at_s in loud if at_s > 100.5) == pytest.approx(101.0, abs=0.03)
    assert max(at_s for at_s in loud if at_s < 100.5) == pytest.approx(100.0 + LASTS_S, abs=0.03)


def test_a_damaged_packet_is_a_moment_of_silence_and_not_the_end(tmp_path: Path, ring: Path) -> None:
    clip = make_flash_and_beep(tmp_path / "street.mp4", "aac", 2)
    found, broken = heard(clip, ring, damaged=frozenset(range(4, 9)))
    assert broken
    assert [at_s for at_s, peak in found if peak > 10_000 and at_s > 100.9]


def test_sound_is_measured_by_the_time_of_the_pictures_beside_it() -> None:
    timeline = Timeline(Fraction(1, 90_000), goes_on_from_s=50.0)
    assert timeline.beside_s(8_000, Fraction(1, 8_000)) is None, "no picture has come"
    assert timeline.media_time_s(90_000) == pytest.approx(50.04)
    assert timeline.beside_s(16_000, Fraction(1, 8_000)) == pytest.approx(51.04)
