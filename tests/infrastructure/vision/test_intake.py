from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from console.domain.rules import Tiling, tiles_of
from console.infrastructure.channel.messages import LookSlot
from console.infrastructure.vision.intake import REOPEN_AFTER_S, LookSource
from inference.frames import Pixels

from .conftest import Camera

STREET: Pixels = np.full((576, 768, 3), 120, np.uint8)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    made = Camera(tmp_path / "look", "c1")
    yield made
    made.close()


def test_each_frame_is_handed_out_once(camera: Camera) -> None:
    source = LookSource(camera.look)
    assert source.newest(0.0) is None
    camera.show(STREET, 4.0)
    found = source.newest(0.1)
    assert found is not None
    assert (found[0][0].sequence, found[0][0].media_time_s, found[0][0].region) == (1, 4.0, camera.look.region)
    assert source.newest(0.2) is None
    source.close()


def test_only_the_newest_of_several_frames_is_handed_out(camera: Camera) -> None:
    source = LookSource(camera.look)
    source.newest(0.0)
    for number in range(5):
        camera.show(STREET, float(number))
    found = source.newest(0.1)
    assert found is not None
    assert found[0][0].sequence == 5
    source.close()


def test_a_picture_left_in_the_slot_from_before_is_not_taken_for_the_street_of_now(camera: Camera) -> None:
    camera.show(STREET, 4.0)
    source = LookSource(camera.look)
    assert source.newest(0.0) is None
    camera.show(STREET, 5.0)
    assert source.newest(0.1) is not None
    source.close()


def test_the_border_is_told_from_the_picture(camera: Camera) -> None:
    source = LookSource(camera.look)
    source.newest(0.0)
    camera.show(STREET, 1.0)
    found = source.newest(0.1)
    assert found is not None
    assert found[0][0].content_px == (320, 240)
    source.close()


def test_a_night_scene_does_not_shrink_the_picture(camera: Camera) -> None:
    source = LookSource(camera.look)
    source.newest(0.0)
    camera.show(STREET, 1.0)
    source.newest(0.1)
    night = STREET.copy()
    night[200:] = 0
    camera.show(night, 2.0)
    found = source.newest(0.2)
    assert found is not None
    assert found[0][0].content_px == (320, 240)
    source.close()


def test_a_stretched_picture_has_no_border_to_be_found(camera: Camera) -> None:
    source = LookSource(camera.look.model_copy(update={"is_stretched": True}))
    source.newest(0.0)
    dark = STREET.copy()
    dark[200:] = 0
    camera.show(dark, 1.0)
    found = source.newest(0.1)
    assert found is not None
    assert found[0][0].content_px == (320, 320)
    source.close()


def test_the_parts_of_a_picture_come_with_it_each_of_its_own_place(tmp_path: Path) -> None:
    tiles = tiles_of((0.0, 0.0, 1.0, 1.0), Tiling.FOUR)
    camera = Camera(tmp_path / "look", "c1", (0.0, 0.0, 1.0, 1.0), tiles=tiles)
    source = LookSource(camera.look)
    source.newest(0.0)
    picture = STREET.copy()
    picture[:288, :384] = 220  # the upper left alone is light
    camera.show(picture, 1.0)
    found = source.newest(0.1)
    source.close()
    camera.close()
    assert found is not None
    assert [frame.region for frame in found[0]] == [(0.0, 0.0, 1.0, 1.0), *tiles]
    means = [float(frame.luma.mean()) for frame in found[0]]
    assert max(means) == means[1] and means[0] == pytest.approx(sum(means[1:]) / 4, abs=8)


def test_a_slot_that_is_not_there_yet_is_opened_when_it_comes(tmp_path: Path) -> None:
    look = LookSlot(slot_path=str(tmp_path / "late"), width=320, height=320, looks_per_s=5.0)
    source = LookSource(look)
    assert source.newest(0.0) is None
    late = Camera(tmp_path / "late", "c1")
    try:
        source.newest(REOPEN_AFTER_S + 0.1)
        late.show(STREET, 1.0)
        assert source.newest(REOPEN_AFTER_S + 0.2) is not None
    finally:
        source.close()
        late.close()


def test_a_slot_made_anew_under_the_same_name_is_noticed(tmp_path: Path) -> None:
    first = Camera(tmp_path / "look", "c1")
    source = LookSource(first.look)
    source.newest(0.0)
    first.show(STREET, 1.0)
    assert source.newest(0.1) is not None
    first.close()
    second = Camera(tmp_path / "look", "c1")
    try:
        assert source.newest(0.1 + REOPEN_AFTER_S + 0.1) is None
        second.show(STREET, 2.0)
        found = source.newest(0.1 + REOPEN_AFTER_S + 0.2)
        assert found is not None
        assert found[0][0].media_time_s == 2.0
    finally:
        source.close()
        second.close()
