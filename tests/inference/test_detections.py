import numpy as np
import pytest

from inference.detections import Detections
from inference.suppression import suppress

# Labels 0 car, 1 truck, 2 person; a car and a truck are one group.
GROUPS = np.array([0, 0, 2], np.int32)


def columns(*rows: tuple[tuple[float, float, float, float], float, int]) -> Detections:
    return Detections(
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.int32),
    )


def test_detections_refuse_a_box_outside_the_frame() -> None:
    with pytest.raises(ValueError, match="outside the frame"):
        columns(((0.0, 0.0, 1.2, 1.0), 0.9, 0))


def test_detections_refuse_columns_that_disagree() -> None:
    with pytest.raises(ValueError, match="disagree"):
        Detections(np.zeros((1, 4), np.float32), np.zeros(2, np.float32), np.zeros(1, np.int32))


def test_a_box_at_the_edge_is_cut_and_one_beyond_it_dropped() -> None:
    found = Detections.clipped(
        np.array([[-0.1, 0.2, 0.3, 1.4], [1.1, 0.2, 1.3, 0.4]], np.float32),
        np.array([0.8, 0.7], np.float32),
        np.array([0, 0], np.int32),
    )
    assert len(found) == 1
    assert found.box(0) == pytest.approx((0.0, 0.2, 0.3, 1.0))


def test_a_van_called_car_and_truck_is_one_thing() -> None:
    found = columns(((0.1, 0.1, 0.4, 0.4), 0.5, 0), ((0.11, 0.1, 0.41, 0.4), 0.6, 1))
    kept = suppress(found, GROUPS, 0.5)
    assert [(score, label) for score, label in zip(kept.scores.tolist(), kept.labels.tolist(), strict=True)] == [
        (pytest.approx(0.6), 1)
    ]


def test_a_person_before_a_van_is_kept_beside_it() -> None:
    found = columns(((0.1, 0.1, 0.4, 0.4), 0.6, 1), ((0.12, 0.1, 0.4, 0.4), 0.5, 2))
    assert len(suppress(found, GROUPS, 0.5)) == 2


def test_two_cars_side_by_side_are_two() -> None:
    found = columns(((0.1, 0.1, 0.3, 0.3), 0.6, 0), ((0.28, 0.1, 0.48, 0.3), 0.5, 0))
    assert len(suppress(found, GROUPS, 0.5)) == 2


def test_an_empty_street_stays_empty() -> None:
    assert len(suppress(Detections.none(), GROUPS, 0.5)) == 0
    assert len(Detections.none().scoring_at_least(0.1)) == 0
