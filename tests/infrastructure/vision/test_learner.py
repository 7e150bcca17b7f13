"""Claims about the station's learning: verdicts become lessons, lessons judge the next alarm, nothing else changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from console.application.alarm_review import Filing
from console.application.learning import LearningNotes
from console.application.learning_desk import LearningDesk
from console.domain.accounts import Role
from console.domain.alarms import DismissReason
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, EvidenceId
from console.domain.jobs import JobTurn
from console.domain.verifier_policy import Act
from console.domain.verifiers import LessonNote, Subject, Teaching
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.jobs import Turn
from console.infrastructure.vision.learner import Learner, head_in, written
from console.infrastructure.watch.rhythm import LEARN_PATIENCE, learning_of
from inference.embedder import WIDTH, Embeddings
from inference.frames import Pixels
from inference.learning.head import Head
from tests.application.city import CAMERA, PARKING, City, open_city, person

LI = person("李文静")
LEAD = person("周强", Role.SUPERVISOR)
SUBJECT = Subject(camera_id=CAMERA, category=PARKING)


class Brightness:
    """Stands for the embedder: a crop's brightness along one way, and noise across it."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(11)
        self._way = self._rng.standard_normal(WIDTH)

    def embed(self, crops: list[Pixels]) -> Embeddings:
        bright = [float(crop.mean()) / 128 - 1 for crop in crops]
        noise = self._rng.standard_normal((len(crops), WIDTH)) * 0.3
        return np.array([one * self._way for one in bright] + noise, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A city whose alarms have stills, and the learner over it."""

    city: City
    folder: Path
    notes: LearningNotes
    learner: Learner

    def raised(self, name: str, brightness: int | None) -> AlarmId:
        """Raise an alarm with a still of one brightness, or with one that is no picture."""
        alarm_id = self.city.hit(name)
        file = self.folder / "evidence" / f"{name}.jpg"
        file.parent.mkdir(exist_ok=True)
        if brightness is None:
            file.write_bytes(b"no picture")
        else:
            cv2.imwrite(str(file), np.full((48, 64, 3), brightness, np.uint8))
        self.city.intake.keep_evidence(
            EvidenceItem(
                evidence_id=EvidenceId(f"still-{name}"),
                kind=EvidenceKind.STILL,
                subject_id=alarm_id,
                path=file.name,
                sha256="ab" * 32,
                size_bytes=file.stat().st_size,
                begins_at=self.city.clock.now(),
                camera_id=CAMERA,
                remark="alarm",
            )
        )
        return alarm_id

    def real(self, name: str) -> None:
        self.city.review.confirm(LI, self.raised(name, 220), Filing(PARKING, "1"))

    def false(self, name: str, reason: DismissReason = DismissReason.SEEN_WRONGLY) -> None:
        self.city.review.dismiss(LI, self.raised(name, 40), reason)

    def decide(self, of_each: int, called: str) -> None:
        for number in range(of_each):
            self.real(f"{called} real {number}")
            self.false(f"{called} false {number}")

    def learn(self) -> None:
        """Have the learner take its turns until there is no news, after every verdict is past undoing."""
        self.city.clock.wait(seconds=11)
        while self.notes.has_news():
            self.learner.learn()

    def lesson(self) -> LessonNote | None:
        return self.notes.lesson(SUBJECT)

    def seen(self) -> dict[Teaching, int]:
        with self.city.units.read() as unit:
            return unit.verifiers.counts(SUBJECT)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_city(tmp_path) as city:
        notes = LearningNotes(city.units, city.clock)
        store = EvidenceStore(tmp_path / "evidence", city.clock)
        yield Desk(city=city, folder=tmp_path, notes=notes, learner=Learner(notes, store, Brightness(), city.clock))


def test_enough_verdicts_become_a_lesson_that_judges_the_next_alarm(desk: Desk) -> None:
    desk.decide(19, "first")
    desk.learn()
    assert desk.seen() == {Teaching.REAL: 19, Teaching.FALSE: 19} and desk.lesson() is None

    desk.decide(6, "second")
    desk.learn()
    lesson = desk.lesson()
    assert lesson is not None
    assert (lesson.number, lesson.real, lesson.false, lesson.is_better) == (1, 25, 25, True)

    like_a_real_one = desk.raised("bright", 220)
    desk.learn()
    desk.city.review.confirm(LI, like_a_real_one, Filing(PARKING, "1"))
    like_a_false_one = desk.raised("dark", 40)
    desk.learn()
    with desk.city.units.read() as unit:
        judged = {one.alarm_id: one for one in unit.verifiers.judged(SUBJECT, 10)}
    assert {one.lesson_id for one in judged.values()} == {lesson.lesson_id}
    likely, unlikely = judged[like_a_real_one].probability, judged[like_a_false_one].probability
    assert likely is not None and unlikely is not None and likely > 0.8 and unlikely < 0.2
    assert [row.alarm_id for row in desk.city.review.queue(LI)] == [like_a_false_one], "without a line it stays"

    desk.decide(3, "third")
    desk.learn()
    assert desk.lesson() == lesson, "seven verdicts more are no reason for another lesson"
    desk.decide(2, "fourth")
    desk.learn()
    second = desk.lesson()
    assert second is not None and (second.number, second.real) == (2, 31)


def acts(desk: Desk) -> dict[AlarmId, Act]:
    with desk.city.units.read() as unit:
        return {one.alarm_id: one.act for one in unit.verifiers.judged(SUBJECT, 100)}


def test_below_a_line_alarms_are_kept_off_and_listed_and_swallow_no_later_hit(desk: Desk) -> None:
    city, lessons = desk.city, LearningDesk(desk.city.units, desk.city.gate)
    desk.decide(25, "first")
    desk.learn()
    lessons.set_line(LEAD, SUBJECT, 0.4)

    kept_off = []
    for number in range(12):  # one of ten is shown all the same: an open alarm would absorb the next, so it is decided
        alarm_id = desk.raised(f"dark {number}", 40)
        desk.learn()
        if acts(desk)[alarm_id] is Act.SUPPRESS:
            kept_off.append(alarm_id)
        else:
            city.review.dismiss(LI, alarm_id, DismissReason.SEEN_WRONGLY)
    assert len(kept_off) >= 8 and len(set(kept_off)) == len(kept_off)
    assert city.review.queue(LI) == []
    assert {one.kept.alarm_id for one in lessons.kept_off(LEAD)} == set(kept_off)

    real = desk.raised("bright", 220)
    desk.learn()
    assert real not in kept_off and acts(desk)[real] is Act.RANK
    assert [row.alarm_id for row in city.review.queue(LI)] == [real]

    lessons.show_after_all(LEAD, kept_off[0])
    assert [row.alarm_id for row in city.review.queue(LI)] == [kept_off[0], real]
    assert city.audit_verbs()[-1] == "show_kept_off"


def test_what_somebody_has_heard_already_is_not_taken_away(desk: Desk) -> None:
    desk.decide(25, "first")
    desk.learn()
    LearningDesk(desk.city.units, desk.city.gate).set_line(LEAD, SUBJECT, 0.4)
    heard = desk.raised("heard", 40)
    desk.city.review.acknowledge(LI, heard)

    desk.learn()

    assert acts(desk)[heard] is Act.RANK
    assert [row.alarm_id for row in desk.city.review.queue(LI)] == [heard]


def test_what_says_nothing_of_the_picture_teaches_nothing(desk: Desk) -> None:
    desk.false("gone", DismissReason.ALREADY_GONE)
    desk.false("known", DismissReason.REPORTED_BEFORE)
    desk.city.review.dismiss(LI, desk.raised("unreadable", None), DismissReason.SEEN_WRONGLY)
    desk.learn()

    assert desk.seen() == {Teaching.NOTHING: 3}
    assert not desk.notes.has_news()


def test_nothing_is_learned_of_a_verdict_that_can_still_be_undone(desk: Desk) -> None:
    alarm_id = desk.raised("hasty", 220)
    desk.city.review.dismiss(LI, alarm_id, DismissReason.SEEN_WRONGLY)
    desk.learner.learn()
    assert desk.seen() == {Teaching.WAITING: 1} and not desk.notes.has_news()

    desk.city.review.undo(LI, alarm_id)
    desk.learn()
    assert desk.seen() == {Teaching.WAITING: 1}

    desk.city.review.confirm(LI, alarm_id, Filing(PARKING, "1"))
    desk.learn()
    assert desk.seen() == {Teaching.REAL: 1}


def test_a_head_is_kept_as_numbers_and_read_back_the_same() -> None:
    numbers = np.random.default_rng(2).uniform(0.5, 1.5, (3, WIDTH + 1)).astype(np.float32)
    head = Head(mean=numbers[0], spread=numbers[1], weights=numbers[2], bias=0.25, slope=2.0, offset=-1.0)

    again = head_in(written(head))

    assert np.array_equal([again.mean, again.spread, again.weights], numbers)
    assert (again.bias, again.slope, again.offset) == (0.25, 2.0, -1.0)
    with pytest.raises(ValueError):
        head_in(b"\x80\x04N.")  # a pickle


def test_the_learner_is_started_only_for_news(desk: Desk) -> None:
    started: list[str] = []
    job = learning_of("st", desk.notes, lambda: started.append("once"))

    def turn() -> Turn:
        return Turn(JobTurn(name="learning", last_began_at=None, failures=0), "st", desk.city.units, desk.city.clock)

    assert job.act(turn()) is False and started == []
    desk.raised("new", 220)
    assert job.act(turn()) is False and started == [], "nobody waits for it before the first lesson"
    desk.city.clock.wait(seconds=LEARN_PATIENCE.total_seconds())
    assert job.act(turn()) is False and started == ["once"]
