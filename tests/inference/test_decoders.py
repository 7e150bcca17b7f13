from collections.abc import Sequence

import numpy as np
import pytest

from inference.decoders.boxes import Boxes, BoxesPx
from inference.decoders.decoder import Decoder, Output
from inference.decoders.efficientdet import EfficientDet, anchors
from inference.decoders.query import Query
from inference.decoders.ssd import Ssd
from inference.decoders.yolox import Yolox

CAR = (0.25, 0.5, 0.375, 0.625)


def efficientdet_outputs(decoder: EfficientDet, row: int, score: float) -> list[Output]:
    scores, boxes = (np.zeros(shape, np.float32) for shape in decoder.expected())
    centre_y, centre_x, height, width = anchors(320, 320)[row]
    x0, y0, x1, y1 = CAR
    scores[0, row, 2] = score
    boxes[0, row] = (
        ((y0 + y1) / 2 - centre_y) / height,
        ((x0 + x1) / 2 - centre_x) / width,
        np.log((y1 - y0) / height),
        np.log((x1 - x0) / width),
    )
    return [scores, boxes]


def test_lite0_has_the_anchors_its_outputs_have_rows_for() -> None:
    found = anchors(320, 320)
    assert found.shape == (19206, 4)
    # First cell of level 3: stride 8, centre at 4 px, base 24 px, aspects 1, 2 and one half.
    assert found[0] * 320 == pytest.approx((4, 4, 24, 24))
    assert found[1] * 320 == pytest.approx((4, 4, 24 / 2**0.5, 24 * 2**0.5), rel=1e-5)
    assert found[3] * 320 == pytest.approx((4, 4, 24 * 2 ** (1 / 3), 24 * 2 ** (1 / 3)), rel=1e-5)
    # Level 7 is 3 × 3, so its stride is 320 / 3, not 128.
    assert found[-1][:2] * 320 == pytest.approx((320 - 320 / 6, 320 - 320 / 6))


@pytest.mark.parametrize("row", [0, 9_000, 17_111, 19_205])
def test_efficientdet_gives_back_the_box_that_was_encoded(row: int) -> None:
    decoder = EfficientDet(320, 320, 90)
    found = decoder.decode(efficientdet_outputs(decoder, row, 0.7), 0.2)
    assert len(found) == 1
    assert found.box(0) == pytest.approx(CAR, abs=1e-5)
    assert found.labels[0] == 2
    assert found.scores[0] == pytest.approx(0.7)


def test_efficientdet_takes_its_outputs_in_either_order() -> None:
    decoder = EfficientDet(320, 320, 90)
    outputs = efficientdet_outputs(decoder, 77, 0.7)
    assert decoder.decode(outputs[::-1], 0.2).box(0) == pytest.approx(CAR, abs=1e-5)


def test_yolox_gives_back_the_box_that_was_encoded() -> None:
    decoder = Yolox(416, 416, 80)
    answer = np.zeros(decoder.expected()[0], np.float32)
    x0, y0, x1, y1 = (side * 416 for side in CAR)
    row = 52 * 52 + 7 * 26 + 5  # stride 16, cell y 7, x 5
    answer[0, row, :4] = (
        (x0 + x1) / 2 / 16 - 5,
        (y0 + y1) / 2 / 16 - 7,
        np.log((x1 - x0) / 16),
        np.log((y1 - y0) / 16),
    )
    answer[0, row, 4], answer[0, row, 5 + 7] = 0.8, 0.5
    found = decoder.decode([answer], 0.2)
    assert found.box(0) == pytest.approx(CAR, abs=1e-5)
    assert found.labels[0] == 7
    assert found.scores[0] == pytest.approx(0.4)


def test_ssd_stops_at_the_end_of_its_list() -> None:
    answer = np.zeros((1, 1, 200, 7), np.float32)
    answer[0, 0, 0] = (0, 1, 0.9, *CAR)
    answer[0, 0, 1] = (-1, 0, 0, 0, 0, 0, 0)
    answer[0, 0, 2] = (0, 1, 0.9, *CAR)
    assert len(Ssd(512, 512, 3).decode([answer], 0.2)) == 1


@pytest.mark.parametrize(
    "decoder", [EfficientDet(320, 320, 90), Yolox(416, 416, 80), Ssd(512, 512, 3)], ids=lambda it: type(it).__name__
)
@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_an_answer_that_is_not_a_number_is_never_an_empty_street(decoder: Decoder, poison: float) -> None:
    outputs: Sequence[Output] = [np.zeros(shape, np.float32) for shape in decoder.expected()]
    outputs[0][:] = poison
    with pytest.raises(ValueError, match="not numbers"):
        decoder.decode(outputs, 0.2)


def test_a_query_model_gives_back_the_box_that_was_encoded_in_either_order_of_outputs() -> None:
    logits, boxes = np.full((1, 300, 80), -9, np.float32), np.zeros((1, 300, 4), np.float32)
    x0, y0, x1, y1 = CAR
    boxes[0, 17] = ((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0)
    logits[0, 17, 7] = 0.0
    for outputs in ([logits, boxes], [boxes, logits]):
        found = Query(640, 640, 80).decode(outputs, 0.2)
        assert found.box(0) == pytest.approx(CAR, abs=1e-6)
        assert (found.labels.tolist(), found.scores.tolist()) == ([7], [0.5])


@pytest.mark.parametrize(("decoder", "scale"), [(Boxes(640, 320, 3), (1, 1)), (BoxesPx(640, 320, 3), (640, 320))])
def test_boxes_scores_and_classes_are_told_apart_by_kind_not_by_place(decoder: Boxes, scale: tuple[int, int]) -> None:
    boxes = np.array([[CAR, CAR]], np.float32) * np.array([*scale, *scale], np.float32)
    scores, classes = np.array([[0.9, 0.1]], np.float32), np.array([[2, 99]], np.int64)
    orders: list[list[Output]] = [[boxes, scores, classes], [classes, boxes, scores]]
    for outputs in orders:
        found = decoder.decode(outputs, 0.2)
        assert found.box(0) == pytest.approx(CAR)
        assert found.labels.tolist() == [2]
    with pytest.raises(ValueError, match="class outside"):
        decoder.decode([boxes, scores, classes], 0.05)
    with pytest.raises(ValueError, match="only they must be integers"):
        decoder.decode([boxes, scores, scores], 0.2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_query_or_box_model_that_answers_with_no_number_is_never_an_empty_street(bad: float) -> None:
    with pytest.raises(ValueError, match="not numbers"):
        Query(640, 640, 3).decode([np.full((1, 5, 3), bad, np.float32), np.zeros((1, 5, 4), np.float32)], 0.2)
    with pytest.raises(ValueError, match="not numbers"):
        Boxes(640, 640, 3).decode(
            [np.zeros((1, 5, 4), np.float32), np.full((1, 5), bad, np.float32), np.zeros((1, 5), np.int64)], 0.2
        )


def test_an_ssd_label_below_zero_is_no_label() -> None:
    answer = np.zeros((1, 1, 200, 7), np.float32)
    answer[0, 0, 0] = (0, -3, 0.9, *CAR)
    answer[0, 0, 1, 0] = -1
    assert len(Ssd(512, 512, 3).decode([answer], 0.2)) == 0
