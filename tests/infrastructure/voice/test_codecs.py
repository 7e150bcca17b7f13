"""G.711 as another implementation hears it."""

from typing import Literal

import av
import numpy as np
import pytest

from console.infrastructure.voice.codecs import CODECS
from console.infrastructure.voice.sound import Samples

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
FFMPEG_NAMES = {"pcmu": "pcm_mulaw", "pcma": "pcm_alaw"}
Law = Literal["pcmu", "pcma"]


def as_ffmpeg_hears(name: Law, payload: bytes) -> Samples:
    decoder = av.CodecContext.create(FFMPEG_NAMES[name], "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate = 8000
    decoder.layout = "mono"
    frames = decoder.decode(av.Packet(payload))
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.int16)


@pytest.mark.parametrize("name", ["pcmu", "pcma"])
def test_every_code_sounds_as_ffmpeg_decodes_it(name: Law) -> None:
    assert np.array_equal(CODECS[name].decode(EVERY_CODE), as_ffmpeg_hears(name, EVERY_CODE))


@pytest.mark.parametrize("name", ["pcmu", "pcma"])
@pytest.mark.parametrize("level_dbfs", [-30, -20, -10, -3])
def test_a_tone_stays_33_decibels_above_its_noise_as_g712_asks(name: Law, level_dbfs: int) -> None:
    tone = 32767 * 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * 1020 * np.arange(8000) / 8000)
    sent = tone.astype(np.int16)

    heard = as_ffmpeg_hears(name, CODECS[name].encode(sent)).astype(np.float64)

    noise = np.mean((heard - sent) ** 2)
    assert 10 * np.log10(np.mean(sent.astype(np.float64) ** 2) / noise) >= 33


@pytest.mark.parametrize("name", ["pcmu", "pcma"])
def test_a_louder_sample_is_never_heard_softer(name: Law) -> None:
    heard = as_ffmpeg_hears(name, CODECS[name].encode(EVERY_SAMPLE)).astype(np.int32)

    assert int(np.diff(heard).min()) >= 0


@pytest.mark.parametrize("name", ["pcmu", "pcma"])
def test_speech_sent_on_a_second_time_does_not_get_worse(name: Law) -> None:
    codec = CODECS[name]
    once = codec.decode(codec.encode(EVERY_SAMPLE))

    assert np.array_equal(codec.decode(codec.encode(once)), once)


def test_linear_samples_travel_big_endian() -> None:
    assert CODECS["l16"].encode(np.array([1, -2], np.int16)) == b"\x00\x01\xff\xfe"
    assert CODECS["l16"].decode(b"\x00\x01\xff\xfe").tolist() == [1, -2]


@pytest.mark.parametrize(("name", "size"), [("pcmu", 160), ("pcma", 160), ("l16", 640)])
def test_twenty_milliseconds_have_the_size_receivers_expect(name: Literal["pcmu", "pcma", "l16"], size: int) -> None:
    codec = CODECS[name]

    assert len(codec.encode(np.zeros(codec.frame_samples, np.int16))) == size
