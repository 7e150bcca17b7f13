"""A dead picture is told from a quiet one, on real footage as a camera's encoder would send it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from console.infrastructure.video.capture import FROZEN_AFTER_S
from console.infrastructure.video.freezing import REPEAT_WITHIN_S, PictureMemory
from console.infrastructure.video.scaling import rows_of

Picture = npt.NDArray[np.uint8]
FOOTAGE = Path(__file__).resolve().parents[4] / "shared/media/suburb-parked-cars.mp4"
FPS, SECONDS = 10, 30
SIZE = (320, 176)
QUALITY = {"preset": "ultrafast", "crf": "26"}


@pytest.fixture(scope="module")
def street() -> list[Picture]:
    """Return half a minute of a real street, I420 ``(height × 3/2, width)``."""
    if not FOOTAGE.exists():
        pytest.skip("needs the real footage beside the repository")
    found: list[Picture] = []
    with av.open(str(FOOTAGE)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 2 == 0 and len(found) < FPS * SECONDS:
                small = frame.reformat(width=SIZE[0], height=SIZE[1], format="yuv420p")
                found.append(small.to_ndarray().astype(np.uint8))
    return found


def night_of(picture: Picture, noise_levels: float) -> list[Picture]:
    """Return an empty street at night: a quarter of the light, nothing moves, the sensor's noise alone is alive."""
    height = SIZE[1]
    dark = picture.astype(np.float32)
    dark[:height] = 16 + (dark[:height] - 16) / 4
    noise = np.random.default_rng(7)
    made = []
    for _ in range(FPS * SECONDS):
        luma = dark[:height] + noise.normal(0, noise_levels, (height, SIZE[0]))
        made.append(np.vstack([luma, dark[height:]]).clip(0, 255).astype(np.uint8))
    return made


def sent(pictures: Sequence[Picture], group_s: float, options: dict[str, str]) -> Iterator[Picture]:
    """Yield the luma of the pictures as they come out of a camera's encoder and our decoder."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = SIZE
    encoder.pix_fmt, encoder.framerate, encoder.time_base = "yuv420p", Fraction(FPS), Fraction(1, FPS)
    encoder.gop_size, encoder.max_b_frames = round(group_s * FPS), 0
    encoder.options = {**options, "tune": "zerolatency"}
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    packets = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    for packet in [*packets, None]:
        for frame in decoder.decode(packet):
            yield rows_of(frame.planes[0])[: frame.height, : frame.width].copy()


def longest_rest_s(pictures: Iterator[Picture], after_s: float = 0.0) -> float:
    """Return the longest time in which no new picture came, at the pictures' own pace."""
    memory = PictureMemory()
    changed_s, longest_s = 0.0, 0.0
    for number, luma in enumerate(pictures):
        now_s = number / FPS
        if memory.is_new(luma, now_s):
            changed_s = now_s
        if now_s >= after_s:
            longest_s = max(longest_s, now_s - changed_s)
    return longest_s


@pytest.mark.parametrize("group_s", [1.0, 2.0, 4.0])
def test_one_picture_coded_again_and_again_is_dead_whatever_its_encoder_refines(
    street: list[Picture], group_s: float
) -> None:
    assert longest_rest_s(sent([street[20]] * FPS * SECONDS, group_s, QUALITY)) > FROZEN_AFTER_S


@pytest.mark.parametrize("noise_levels", [0.7, 2.0])
@pytest.mark.parametrize("group_s", [2.0, 10.0])
@pytest.mark.parametrize("options", [QUALITY, {"preset": "ultrafast", "b": "60000"}], ids=["quality", "60 kbit/s"])
def test_a_quiet_street_at_night_is_alive_by_its_noise(
    street: list[Picture], noise_levels: float, group_s: float, options: dict[str, str]
) -> None:
    rest_s = longest_rest_s(sent(night_of(street[20], noise_levels), group_s, options))
    assert rest_s < FROZEN_AFTER_S / 2


def test_a_real_street_is_alive(street: list[Picture]) -> None:
    assert longest_rest_s(sent(street, 2.0, {"preset": "ultrafast", "b": "100000"})) < 1.0


def test_a_street_that_stops_is_dead_ten_seconds_later_and_alive_with_its_next_picture(street: list[Picture]) -> None:
    memory = PictureMemory()
    for number in range(40):
        assert memory.is_new(street[number][: SIZE[1]], number / FPS)
    for number in range(40, 200):
        assert not memory.is_new(street[39][: SIZE[1]], number / FPS)
    assert memory.is_new(street[41][: SIZE[1]], 20.1)


def test_a_group_replayed_without_end_is_dead_and_a_longer_loop_is_a_recorded_street(street: list[Picture]) -> None:
    def loop(length_s: float) -> Iterator[Picture]:
        count = round(length_s * FPS)
        for number in range(FPS * SECONDS):
            yield street[number % count][: SIZE[1]]

    assert longest_rest_s(loop(2.0)) > FROZEN_AFTER_S
    assert longest_rest_s(loop(REPEAT_WITHIN_S + 1.0)) < 1.0
