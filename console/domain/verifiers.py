"""What verdicts teach: an alarm's picture as the verifier saw it, and the lessons learned of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.domain.alarms import UNDO_WINDOW, AlarmStage, DismissReason, Verdict
from console.domain.ids import AlarmId, CameraId, CategoryCode
from console.domain.verifier_policy import SAMPLED, Act

TEACH_EVERY = 10  # further verdicts, before a lesson is made anew (judgement: one review round)
LEAST_OF_EACH = 20  # confirmed and dismissed, before there is a first lesson; ``inference.learning.lesson`` says why
# Population stability index from which a distribution counts as another one: a rule of thumb of credit scoring.
DRIFTED = 0.25
_LEAST_DRIFT = 30  # probabilities since, before drift is judged (judgement)


class Teaching(StrEnum):
    """What an alarm's verdict says to the verifier."""

    WAITING = "waiting"
    REAL = "real"
    FALSE = "false"
    NOTHING = "nothing"
    """It says nothing of the picture: gone before anybody came, reported before, merged, of another kind of reason."""


# The others say something of the street's clock or of the desk, not of what the picture shows.
_FALSE = frozenset({DismissReason.SEEN_WRONGLY, DismissReason.NO_OFFENCE, DismissReason.PICTURE_FAULT})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAlarm:
    """An alarm, as a verifier saw it.

    Attributes:
        category: the kind it was raised as, whatever it was called later.
        embedding: 1280 numbers of 16 bits, little-endian. embedder: digest of the model they are of.
        score: the detector's.
        probability: that an operator confirms it, by the lesson named; ``None`` while there was none.
        act: what became of it.
    """

    alarm_id: AlarmId
    camera_id: CameraId
    category: CategoryCode
    raised_at: datetime
    embedding: bytes
    embedder: str
    score: float
    teaching: Teaching = Teaching.WAITING
    lesson_id: str = ""
    probability: float | None = None
    act: Act = Act.SHADOW


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonNote:
    """What was learned for one camera and kind, kept for good.

    Attributes:
        number: counts the lessons of its camera and kind from 1.
        head: what judges, as ``numpy.savez`` of plain numbers. figures: how well, on alarms it had not seen; JSON.
        is_better: than the detector's score alone.
        real, false: how many verdicts of each sort it learned from.
    """

    lesson_id: str
    camera_id: CameraId
    category: CategoryCode
    number: int
    taught_at: datetime
    embedder: str
    head: bytes
    figures: str
    is_better: bool
    real: int
    false: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A camera and a kind of alarm: what one verifier is for."""

    camera_id: CameraId
    category: CategoryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSetting:
    """What a supervisor lets the verifier of a camera and kind do.

    Attributes:
        line: alarms with a probability below it are kept off the queue; 0 keeps none off.
        sampled: share of those that are shown all the same.
        lesson_id: the lesson that judges; empty for the newest.
    """

    subject: Subject
    line: float = 0.0
    sampled: float = SAMPLED
    lesson_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOff:
    """An alarm that waits and is kept off the queue.

    Attributes:
        still_path: of its first still; empty where there is none.
    """

    alarm_id: AlarmId
    subject: Subject
    raised_at: datetime
    probability: float
    still_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonLine:
    """A lesson without what judges, for lists. Attributes as of ``LessonNote``."""

    lesson_id: str
    subject: Subject
    number: int
    taught_at: datetime
    figures: str
    is_better: bool
    real: int
    false: int


def drift(taught: Sequence[float], since: Sequence[float]) -> float | None:
    """Return how far the probabilities since are from those of the lesson; ``None`` while there are fewer than 30.

    The population stability index over equal steps: 0 for the same, from 0.25 on another street.

    Args:
        taught: shares of the lesson's probabilities in equal steps from 0 to 1. since: probabilities given after it.
    """
    if len(since) < _LEAST_DRIFT:
        return None
    steps = len(taught)
    counts = [0] * steps
    for probability in since:
        counts[min(int(probability * steps), steps - 1)] += 1
    least = 0.5 / len(since)  # an empty step would make it infinite
    pairs = [(max(was, least), max(count / len(since), least)) for was, count in zip(taught, counts, strict=True)]
    return sum((now - was) * math.log(now / was) for was, now in pairs)


def teaching_of(stage: AlarmStage, verdicts: Sequence[Verdict], now: datetime) -> Teaching:
    """Return what the last verdict teaches; nothing is learned while it can still be undone."""
    if stage is AlarmStage.WAITING or not verdicts or now - verdicts[-1].at <= UNDO_WINDOW:
        return Teaching.WAITING
    if stage is AlarmStage.CONFIRMED:
        return Teaching.REAL
    return Teaching.FALSE if verdicts[-1].reason in _FALSE else Teaching.NOTHING


def is_lesson_due(real: int, false: int, last: LessonNote | None) -> bool:
    """Say whether enough verdicts came since the last lesson."""
    return real + false >= TEACH_EVERY + (0 if last is None else last.real + last.false)
