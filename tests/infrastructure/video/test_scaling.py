"""What reaches a tile and the detector: the right colours, the right place, never enlarged for a tile."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from av import VideoFrame

from console.infrastructure.channel.messages import PictureSlot
from console.infrastructure.frame_slots import FrameFacts, SlotReader, create
from console.infrastructure.video.scaling import PictureWriter, fitted, letterboxed, shrink
from tests.infrastructure.video.numbered_clips import Picture, numbered_picture

NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
BT709 = 1


@pytest.fixture
def slot_path(tmp_path: Path) -> Iterator[Path]:
    ring = create(tmp_path / "slot", 1280 * 720 * 4)
    yield ring.path
    ring.remove()


def frame_of(picture: Picture, pixel_format: str = "yuv420p") -> VideoFrame:
    return VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)


def coloured(width: int, height: int) -> Picture:
    """Return red, green, blue and grey quarters."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (200, 30, 30)
    picture[: height // 2, width // 2 :] = (30, 160, 30)
    picture[height // 2 :, : width // 2] = (30, 30, 220)
    picture[height // 2 :, width // 2 :] = (128, 128, 128)
    return picture


def shown(frame: VideoFrame, slot_path: Path, most: tuple[int, int]) -> tuple[FrameFacts, Picture]:
    """Return what a tile would show, RGB ``(height, width, 3)``."""
    writer = PictureWriter(PictureSlot(slot_path=str(slot_path), max_width=most[0], max_height=most[1]))
    writer.write(frame, media_time_s=1.0, received_at=NOON, captured_at=None, is_key=True)
    writer.close()
    with SlotReader(slot_path) as reader:
        into = bytearray(reader.capacity_bytes)
        facts = reader.copy_newest(into)
    assert facts is not None
    pixels = np.frombuffer(bytes(into[: facts.size_bytes]), np.uint8).reshape(facts.height, facts.width, 4)
    assert (pixels[:, :, 3] == 255).all()
    return facts, pixels[:, :, 2::-1]


# What comes of a tile's room: the camera's own size, one that is fitted, and the own one halved twice.
@pytest.mark.parametrize(
    ("most", "size"), [((640, 480), (320, 240)), ((200, 200), (200, 150)), ((50, 50), (50, 36)), ((76, 76), (80, 60))]
)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuvj420p"])
def test_a_tile_shows_the_cameras_colours_at_any_size(
    most: tuple[int, int], size: tuple[int, int], pixel_format: str, slot_path: Path
) -> None:
    facts, picture = shown(frame_of(coloured(320, 240), pixel_format), slot_path, most)
    assert (facts.width, facts.height) == size
    height, width = picture.shape[:2]
    for y, x, colour in ((1, 1, (200, 30, 30)), (1, 3, (30, 160, 30)), (3, 1, (30, 30, 220)), (3, 3, (128,) * 3)):
        seen = picture[y * height // 4, x * width // 4].astype(int)
        assert np.abs(seen - colour).max() <= 8, (seen, colour)


def test_a_stream_of_hd_colours_is_shown_in_them(slot_path: Path) -> None:
    source = VideoFrame.from_ndarray(coloured(320, 240), format="rgb24")
    frame = source.reformat(format="yuv420p", dst_colorspace="itu709")
    frame.colorspace = BT709
    _, picture = shown(frame, slot_path, (320, 240))
    assert np.abs(picture[60, 240].astype(int) - (30, 160, 30)).max() <= 8


@pytest.mark.parametrize(
    ("size", "most", "fit"),
    [
        ((640, 360), (1920, 1080), (640, 360)),
        ((1920, 1080), (480, 480), (480, 270)),
        ((768, 576), (400, 300), (400, 300)),
        ((641, 361), (1920, 1080), (640, 360)),
    ],
)
def test_a_picture_fits_keeps_its_shape_and_is_never_enlarged(
    size: tuple[int, int], most: tuple[int, int], fit: tuple[int, int]
) -> None:
    assert fitted(*size, *most) == fit


def test_the_detector_gets_the_region_top_left_and_black_around_it() -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:120, 160:] = 255  # the upper right quarter is white
    luma, blue, red = letterboxed(frame_of(picture), (0.5, 0.0, 1.0, 0.5), 320, 320)
    assert luma.shape == (320, 320)
    assert blue.shape == red.shape == (160, 160)
    assert (luma[:238, :318] > 225).all()
    assert (luma[240:] == 16).all()
    assert (blue[120:] == 128).all()


def test_a_model_that_wants_it_gets_the_picture_stretched_and_no_border() -> None:
    picture = np.full((180, 320, 3), 255, np.uint8)
    luma, blue, _ = letterboxed(frame_of(picture), (0.0, 0.0, 1.0, 1.0), 320, 320, stretch=True)
    assert luma.shape == (320, 320) and blue.shape == (160, 160)
    assert (luma > 225).all()


def test_the_detector_gets_the_whole_picture_where_no_region_is_drawn() -> None:
    luma, _, _ = letterboxed(frame_of(numbered_picture(5, 640, 360)), (0.0, 0.0, 1.0, 1.0), 320, 320)
    assert (luma[180:] == 16).all()
    assert not (luma[100:180] == 16).all()


@pytest.mark.parametrize(
    ("most", "size"),
    [((320, 240), (320, 240)), ((280, 210), (320, 240)), ((200, 150), (200, 150)), ((800, 600), (320, 240))],
)
def test_a_picture_little_larger_than_its_tile_stays_as_it_is(
    most: tuple[int, int], size: tuple[int, int], slot_path: Path
) -> None:
    facts, _ = shown(frame_of(coloured(320, 240)), slot_path, most)
    assert (facts.width, facts.height) == size


def test_a_picture_that_has_no_room_at_its_own_size_is_scaled_into_its_slot(tmp_path: Path) -> None:
    ring = create(tmp_path / "slot", 280 * 210 * 4)
    facts, _ = shown(frame_of(coloured(320, 240)), ring.path, (280, 210))
    ring.remove()
    assert (facts.width, facts.height) == (280, 210)


@pytest.mark.parametrize("size", [(312, 176), (240, 134), (214, 120), (80, 46)])
def test_a_picture_far_larger_than_its_tile_keeps_what_it_shows(size: tuple[int, int]) -> None:
    """Every line of the camera's picture has its part in the tile's: none is left out."""
    steps = np.repeat(np.arange(0, 180, dtype=np.uint8)[:, None], 640, axis=1).repeat(2, axis=0)
    fine = steps + (np.arange(640, dtype=np.uint8) % 2 * 40)[None, :]
    into = np.empty((size[1], size[0]), np.uint8)

    shrink(fine, into)

    ramp = np.linspace(0, 179, size[1])[:, None] + 20
    assert np.abs(into.astype(int) - ramp).max() < 12
