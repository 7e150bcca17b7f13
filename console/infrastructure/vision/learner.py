"""Learns from verdicts: looks at new alarms, takes verdicts in, and makes lessons."""

import io
import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from console.application.errors import Stale
from console.application.learning import LearningNotes
from console.application.ports import Clock
from console.domain.alarms import Alarm
from console.domain.evidence import RuleFacts
from console.domain.ids import CameraId, new_id
from console.domain.verifiers import LessonNote, SeenAlarm, Subject, Teaching
from console.infrastructure.evidence_store import EvidenceStore
from inference.embedder import EMBEDDER_SHA256, Embeddings, crop_of
from inference.frames import Pixels
from inference.geometry import WHOLE, Box
from inference.learning.head import Head
from inference.learning.lesson import Example, Lesson, teach

_HALF = np.dtype("<f2")

_log = logging.getLogger(__name__)


class Embedding(Protocol):
    """What turns crops into rows (``inference.embedder``)."""

    def embed(self, crops: list[Pixels]) -> Embeddings:
        """Return ``(N, 1280)`` float32."""
        ...


class Learner:
    """One turn of learning, in one thread."""

    def __init__(self, notes: LearningNotes, store: EvidenceStore, embedder: Embedding, clock: Clock) -> None:
        self._notes = notes
        self._store = store
        self._embedder = embedder
        self._clock = clock

    def learn(self) -> None:
        """Look at what was not looked at, then learn from what was decided.

        Raises:
            Unavailable: the database is away. InferenceError: there is no embedding to be had.
        """
        for alarm, place in self._notes.unseen():
            self._notes.keep_seen(self._seen(alarm, place))
        for subject in self._notes.take_verdicts():
            self._teach(subject)

    def _seen(self, alarm: Alarm, place: str) -> SeenAlarm:
        subject = Subject(camera_id=_camera_of(alarm), category=alarm.category)
        picture = _picture(self._store.absolute(place))
        rule = alarm.rule
        if picture is None or rule is None:
            _log.warning("alarm %s teaches nothing: its still cannot be read", alarm.alarm_id)
            return self._noted(alarm, b"", 0.0, Teaching.NOTHING)
        embedding = self._embedder.embed([crop_of(picture, _place(rule))])
        seen = self._noted(alarm, embedding[0].astype(_HALF).tobytes(), rule.score, Teaching.WAITING)
        lesson = self._notes.lesson_in_force(subject)
        if lesson is None or lesson.embedder != EMBEDDER_SHA256:
            return seen
        probability = head_in(lesson.head).probabilities(_embedding(seen)[None], np.array([rule.score]))[0]
        return _judged(seen, lesson, float(probability))

    def _noted(self, alarm: Alarm, embedding: bytes, score: float, teaching: Teaching) -> SeenAlarm:
        return SeenAlarm(
            alarm_id=alarm.alarm_id,
            camera_id=_camera_of(alarm),
            category=alarm.category,
            raised_at=alarm.raised_at,
            embedding=embedding,
            embedder=EMBEDDER_SHA256,
            score=score,
            teaching=teaching,
        )

    def _teach(self, subject: Subject) -> None:
        seen = self._notes.to_be_taught(subject, EMBEDDER_SHA256)
        if not seen:
            return
        lesson = teach(
            [Example(embedding=_embedding(one), score=one.score, is_real=one.teaching is Teaching.REAL) for one in seen]
        )
        if not isinstance(lesson, Lesson):
            return
        last = self._notes.lesson(subject)
        note = LessonNote(
            lesson_id=new_id(),
            camera_id=subject.camera_id,
            category=subject.category,
            number=1 if last is None else last.number + 1,
            taught_at=self._clock.now(),
            embedder=EMBEDDER_SHA256,
            head=written(lesson.head),
            figures=figures_of(lesson),
            is_better=lesson.is_better,
            real=lesson.after.real,
            false=lesson.after.false,
        )
        try:
            self._notes.keep_lesson(note)
        except Stale:
            _log.info("another station made lesson %d of camera %s first", note.number, subject.camera_id)
            return
        _log.info("lesson %d of camera %s, %s: %s", note.number, subject.camera_id, subject.category, note.figures)


def written(head: Head) -> bytes:
    """Return a head as bytes: plain numbers, no pickle."""
    file = io.BytesIO()
    rest = np.array([head.bias, head.slope, head.offset])
    np.savez(file, mean=head.mean, spread=head.spread, weights=head.weights, rest=rest)
    return file.getvalue()


def head_in(raw: bytes) -> Head:
    """Return the head that was written.

    Raises:
        ValueError: it is none.
    """
    with np.load(io.BytesIO(raw), allow_pickle=False) as found:
        bias, slope, offset = (float(number) for number in found["rest"])
        return Head(
            mean=found["mean"],
            spread=found["spread"],
            weights=found["weights"],
            bias=bias,
            slope=slope,
            offset=offset,
        )


def figures_of(lesson: Lesson) -> str:
    """Return a lesson's figures as they are kept: before is of the score alone, after of the verifier."""
    return json.dumps(
        {
            "before": asdict(lesson.before),
            "after": asdict(lesson.after),
            "uncalibrated": asdict(lesson.uncalibrated),
            "spread": lesson.spread,
        }
    )


def _judged(seen: SeenAlarm, lesson: LessonNote, probability: float) -> SeenAlarm:
    return replace(seen, lesson_id=lesson.lesson_id, probability=probability)


def _embedding(seen: SeenAlarm) -> Embeddings:
    return np.frombuffer(seen.embedding, _HALF).astype(np.float32)


def _place(rule: RuleFacts) -> Box:
    """Return what to look at: the box that raised it, else the zone it was raised in."""
    if rule.box is not None:
        return rule.box
    if not rule.polygon:
        return WHOLE
    across, down = zip(*rule.polygon, strict=True)
    return min(across), min(down), max(across), max(down)


def _camera_of(alarm: Alarm) -> CameraId:
    assert alarm.camera_id is not None, "a rule's alarm has the camera it watched"
    return alarm.camera_id


def _picture(path: Path) -> Pixels | None:
    found = cv2.imread(str(path), cv2.IMREAD_COLOR)
    return None if found is None else np.asarray(found, np.uint8)
