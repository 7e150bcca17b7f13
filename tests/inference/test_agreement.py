"""Claims about two models that look at the same street: what one of them no longer sees, or sees beside, is counted."""

import numpy as np
import pytest

from inference.agreement import agreement, matched
from inference.detections import Detections

LEFT, RIGHT = (0.1, 0.1, 0.3, 0.3), (0.6, 0.1, 0.8, 0.3)


def seen(*things: tuple[tuple[float, float, float, float], float, int]) -> Detections:
    boxes = np.array([box for box, _, _ in things], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score, _ in things], np.float32)
    return Detections(boxes, scores, np.array([label for _, _, label in things], np.int32))


def test_the_same_answer_loses_nothing() -> None:
    look = seen((LEFT, 0.9, 0), (RIGHT, 0.7, 1))
    said = agreement([(look, look)])
    assert (said.found, said.shared, said.drop, said.compared) == (1.0, 1.0, 0.0, 2)


def test_a_car_no_longer_seen_and_one_that_is_not_there_are_both_a_drop() -> None:
    both, one = seen((LEFT, 0.9, 0), (RIGHT, 0.9, 0)), seen((LEFT, 0.9, 0))
    assert (agreement([(both, one)]).found, agreement([(both, one)]).shared) == (0.5, 1.0)
    assert (agreement([(one, both)]).found, agreement([(one, both)]).shared) == (1.0, 0.5)
    assert agreement([(one, both)]).drop == agreement([(both, one)]).drop == 0.5


def test_it_is_held_against_the_same_score_and_not_a_lower_one() -> None:
    # At 0.5 and 0.6 the second no longer has what the first has.
    said = agreement([(seen((LEFT, 0.9, 0), (RIGHT, 0.65, 0)), seen((LEFT, 0.9, 0), (RIGHT, 0.45, 0)))])
    assert said.found == pytest.approx(0.75)


def test_a_thing_is_matched_once_and_only_by_its_own_label() -> None:
    assert matched(seen((LEFT, 0.9, 0), (LEFT, 0.8, 0)), seen((LEFT, 0.9, 0))) == 1
    assert matched(seen((LEFT, 0.9, 0)), seen((LEFT, 0.9, 1))) == 0
    assert matched(seen((LEFT, 0.9, 0)), seen((RIGHT, 0.9, 0))) == 0


def test_where_nothing_is_seen_nothing_can_be_said() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        agreement([(Detections.none(), Detections.none())])
