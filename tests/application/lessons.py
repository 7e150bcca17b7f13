"""Alarms as a verifier saw them and lessons, put where the learner would put them."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from console.application.ports import UnitsOfWork
from console.domain.ids import AlarmId, CameraId
from console.domain.verifier_policy import Act
from console.domain.verifiers import LessonNote, SeenAlarm, Teaching
from console.infrastructure.vision.learner import figures_of
from inference.learning.figures import Bin, Figures
from inference.learning.head import Head
from inference.learning.lesson import Lesson
from tests.application.city import CAMERA, PARKING

EMBEDDER = "ab" * 32
SPREAD = (0.5, 0.1, 0.1, 0.1, 0.2)


def seen_alarm(
    alarm_id: str,
    camera_id: CameraId,
    at: datetime,
    *,
    teaching: Teaching = Teaching.WAITING,
    lesson_id: str = "",
    probability: float | None = None,
) -> SeenAlarm:
    """Return an alarm of parking as a verifier saw it."""
    return SeenAlarm(
        alarm_id=AlarmId(alarm_id),
        camera_id=camera_id,
        category=PARKING,
        raised_at=at,
        embedding=b"\0" * 8,
        embedder=EMBEDDER,
        score=0.6,
        teaching=teaching,
        lesson_id=lesson_id,
        probability=probability,
    )


def lesson_note(
    number: int, at: datetime, *, is_better: bool, each: int = 25, camera_id: CameraId = CAMERA
) -> LessonNote:
    """Return a lesson of parking whose figures are written as the learner writes them."""
    low, high = Bin(said=0.1, were=0.12, count=each), Bin(said=0.9, were=0.88, count=each)
    before = Figures(real=each, false=each, auc=0.71, false_at_recall=0.8, brier=0.24, calibration=(low,))
    after = Figures(real=each, false=each, auc=0.95, false_at_recall=0.14, brier=0.08, calibration=(low, high))
    nothing = np.ones(1, np.float32)
    head = Head(mean=nothing, spread=nothing, weights=nothing, bias=0.0, slope=1.0, offset=0.0)
    lesson = Lesson(head=head, before=before, after=after, uncalibrated=before, spread=SPREAD)
    return LessonNote(
        lesson_id=f"lesson-{number}" if camera_id == CAMERA else f"lesson-{number} {camera_id}",
        camera_id=camera_id,
        category=PARKING,
        number=number,
        taught_at=at,
        embedder=EMBEDDER,
        head=b"",
        figures=figures_of(lesson),
        is_better=is_better,
        real=each,
        false=each,
    )


def put_verdicts(units: UnitsOfWork, at: datetime, *, real: int, false: int) -> None:
    """Put alarms of parking whose verdicts teach."""
    with units.write() as unit:
        for number in range(real + false):
            sort = Teaching.REAL if number < real else Teaching.FALSE
            unit.verifiers.put_seen(seen_alarm(f"taught {number}", CAMERA, at, teaching=sort))
        unit.commit()


def put_lesson(units: UnitsOfWork, lesson: LessonNote) -> None:
    """Put a lesson."""
    with units.write() as unit:
        unit.verifiers.add_lesson(lesson)
        unit.commit()


def put_given(units: UnitsOfWork, at: datetime, lesson_id: str, probabilities: list[float]) -> None:
    """Put new alarms that a lesson gave a probability."""
    with units.write() as unit:
        for number, probability in enumerate(probabilities):
            name = f"given {number}"
            unit.verifiers.put_seen(seen_alarm(name, CAMERA, at, lesson_id=lesson_id, probability=probability))
        unit.commit()


def put_kept_off(units: UnitsOfWork, alarm_id: AlarmId, at: datetime) -> None:
    """Keep an alarm off the queue."""
    with units.write() as unit:
        seen = seen_alarm(alarm_id, CAMERA, at, lesson_id="lesson-1", probability=0.1)
        unit.verifiers.put_seen(replace(seen, act=Act.SUPPRESS))
        unit.commit()


def put_given_to(units: UnitsOfWork, given: dict[AlarmId, float], at: datetime, act: Act) -> None:
    """Put what a verifier made of alarms that wait."""
    with units.write() as unit:
        for alarm_id, probability in given.items():
            seen = seen_alarm(alarm_id, CAMERA, at, lesson_id="lesson-1", probability=probability)
            unit.verifiers.put_seen(replace(seen, act=act))
        unit.commit()
