import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.frames import Frame
from inference.geometry import Box, contains, foot_point, from_region, iou, ious, to_region
from inference.preprocessing import letterbox

BAY = ((0.84, 0.05), (0.945, 0.05), (0.945, 0.19), (0.84, 0.19))
L_SHAPE = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0))

part = st.floats(0.0, 1.0)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, x1 = sorted((draw(st.integers(0, 999)), draw(st.integers(0, 999))))
    y0, y1 = sorted((draw(st.integers(0, 999)), draw(st.integers(0, 999))))
    return x0 / 1000, y0 / 1000, (x1 + 1) / 1000, (y1 + 1) / 1000


def test_a_van_stands_in_the_bay_its_wheels_touch() -> None:
    assert contains(BAY, foot_point((0.849, 0.077, 0.94, 0.172)))


def test_a_bus_whose_roof_covers_the_bay_does_not_stand_in_it() -> None:
    assert not contains(BAY, foot_point((0.80, 0.05, 0.95, 0.30)))


def test_the_notch_of_an_l_shaped_zone_is_outside() -> None:
    assert contains(L_SHAPE, (0.25, 0.75))
    assert not contains(L_SHAPE, (0.75, 0.75))


@given(boxes(), boxes())
def test_overlap_is_mutual_and_a_fraction(a: Box, b: Box) -> None:
    assert iou(a, b) == pytest.approx(iou(b, a))
    assert 0.0 <= iou(a, b) <= 1.0
    assert iou(a, a) == pytest.approx(1.0)


@given(boxes(), st.lists(boxes(), min_size=1, max_size=5))
def test_the_fast_overlap_agrees_with_the_plain_one(a: Box, others: list[Box]) -> None:
    fast = ious(np.array(a, np.float32), np.array(others, np.float32))
    assert fast == pytest.approx([iou(a, other) for other in others], abs=1e-4)


@given(boxes(), boxes())
def test_a_box_survives_the_way_into_a_region_and_back(box: Box, region: Box) -> None:
    there = np.array([to_region(box, region)], np.float32)
    assert from_region(there, region)[0] == pytest.approx(box, abs=2e-3)


def test_a_box_in_a_letterboxed_quarter_is_given_in_fractions_of_the_whole_picture() -> None:
    picture = np.full((576, 768, 3), 90, np.uint8)
    frame = letterbox(picture, (320, 320), sequence=1, media_time_s=0.0, region=(0.5, 0.0, 1.0, 0.5))
    assert frame.content_px == (320, 240)
    whole = frame.to_picture(np.array([[0.0, 0.0, 1.0, 0.75], [0.5, 0.0, 1.0, 0.375]], np.float32))
    assert whole[0] == pytest.approx((0.5, 0.0, 1.0, 0.5))
    assert whole[1] == pytest.approx((0.75, 0.0, 1.0, 0.25))


def test_the_border_of_a_letterboxed_frame_is_black() -> None:
    picture = np.full((360, 640, 3), 200, np.uint8)
    frame = letterbox(picture, (320, 320), sequence=1, media_time_s=0.0)
    assert frame.content_px == (320, 180)
    assert (frame.luma > 100).all()
    assert (frame.i420[180:320] == 16).all()
    assert set(np.unique(frame.i420[320:])) == {128}


@pytest.mark.parametrize(
    ("rows", "content_px", "region"),
    [
        (481, (320, 240), (0.0, 0.0, 1.0, 1.0)),
        (480, (321, 240), (0.0, 0.0, 1.0, 1.0)),
        (480, (320, 240), (0.5, 0.0, 0.5, 1.0)),
    ],
)
def test_a_frame_that_contradicts_itself_is_refused(rows: int, content_px: tuple[int, int], region: Box) -> None:
    with pytest.raises(ValueError):
        Frame(i420=np.zeros((rows, 320), np.uint8), content_px=content_px, region=region, sequence=1, media_time_s=0.0)
