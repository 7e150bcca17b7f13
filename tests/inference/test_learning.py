"""Claims about what verdicts teach: silence until there are enough, honest figures, nothing lost below the line."""

from dataclasses import replace

import numpy as np
import pytest

from inference.learning.figures import measure
from inference.learning.head import Head
from inference.learning.lesson import LEAST_OF_EACH, Example, Lesson, TooFew, teach

WIDTH = 1280


def street(real: int, false: int, *, apart: float = 0.5, seed: int = 7) -> list[Example]:
    """Alarms whose embeddings tell them apart by so much, and whose scores tell nothing."""
    rng = np.random.default_rng(seed)
    way = rng.standard_normal(WIDTH)
    sorts = rng.permutation([True] * real + [False] * false)
    return [
        Example(
            embedding=(rng.standard_normal(WIDTH) + (apart if sort else -apart) * way).astype(np.float32),
            score=float(rng.uniform(0.3, 0.6)),
            is_real=bool(sort),
        )
        for sort in sorts
    ]


def taught(examples: list[Example]) -> Lesson:
    lesson = teach(examples)
    assert isinstance(lesson, Lesson)
    return lesson


@pytest.mark.parametrize(("real", "false"), [(0, 0), (LEAST_OF_EACH - 1, 500), (500, LEAST_OF_EACH - 1)])
def test_without_enough_verdicts_of_both_sorts_nothing_is_learned(real: int, false: int) -> None:
    assert teach(street(real, false)) == TooFew(real=real, false=false)


def test_verdicts_teach_to_tell_what_the_score_cannot() -> None:
    lesson = taught(street(40, 40))

    assert lesson.before.auc < 0.65
    assert lesson.after.auc > 0.95
    assert lesson.after.false_at_recall < 0.1 < lesson.before.false_at_recall
    assert lesson.is_better


def test_verdicts_at_random_are_not_called_learning() -> None:
    lesson = taught(street(60, 60, apart=0.0))

    assert 0.3 < lesson.after.auc < 0.7


def test_a_lesson_worse_than_the_score_is_not_trusted() -> None:
    told = [replace(one, score=0.9 if one.is_real else 0.1) for one in street(40, 40, apart=0.0)]
    lesson = taught(told)

    worse = replace(lesson, after=replace(lesson.before, auc=0.5))

    assert lesson.before.auc == 1.0
    assert not worse.is_better


def test_probabilities_after_calibration_mean_what_they_say() -> None:
    lesson = taught(street(150, 150, apart=0.03))

    assert lesson.after.brier < lesson.uncalibrated.brier
    assert max(abs(one.said - one.were) for one in lesson.after.calibration if one.count >= 30) < 0.2


def test_figures_of_a_known_case() -> None:
    figures = measure(np.array([0.9, 0.8, 0.4, 0.85, 0.3, 0.2]), np.array([True, True, True, False, False, False]))

    assert (figures.real, figures.false) == (3, 3)
    assert figures.auc == pytest.approx(7 / 9)
    assert figures.false_at_recall == pytest.approx(1 / 3)  # the line lies at 0.4
    assert [one.count for one in figures.calibration] == [1, 1, 1, 2, 1]


def test_a_score_that_says_the_same_of_all_tells_nothing() -> None:
    figures = measure(np.full(10, 0.5), np.arange(10) < 5)

    assert (figures.auc, figures.false_at_recall) == (0.5, 1.0)


def test_a_head_of_what_is_not_a_number_is_refused() -> None:
    head = taught(street(20, 20)).head

    with pytest.raises(ValueError, match="not a number"):
        replace(head, weights=np.full_like(head.weights, np.nan))
    with pytest.raises(ValueError, match="disagree"):
        Head(mean=head.mean, spread=head.spread, weights=head.weights[1:], bias=0.0)
