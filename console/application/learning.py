"""What verdicts teach: what the station writes down of it, and of what a verifier does with an alarm."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.alarms import Alarm, AlarmStage, Priority
from console.domain.ids import AlarmId
from console.domain.verifier_policy import Act, Policy, act_on
from console.domain.verifiers import LessonNote, SeenAlarm, Subject, Teaching, is_lesson_due, teaching_of

LOOK_BACK = timedelta(days=1)  # judgement: after a longer standstill older alarms teach nothing worth the reading
MOST_AT_ONCE = 50  # alarms a turn: seconds of work
MOST_TAUGHT = 2000  # verdicts a lesson reads, the newest: 5 MB, and a street changes


class LearningNotes:
    """The station's verbs. Safe from any thread. The rows are the record; no person's verb is among them."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def has_news(self) -> bool:
        """Say whether an alarm waits to be looked at, or a verdict to be learned from.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            if unit.verifiers.unseen(self._since(), 1):
                return True
            decided = unit.verifiers.undecided(MOST_AT_ONCE)
            return any(self._teaching(unit.alarms.get(name)) is not Teaching.WAITING for name in decided)

    def judges(self) -> bool:
        """Say whether a lesson is there that judges alarms as they come.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            return unit.verifiers.has_lessons()

    def unseen(self) -> Sequence[tuple[Alarm, str]]:
        """Return alarms of video that no verifier has looked at, each with the place of its still.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            found = unit.verifiers.unseen(self._since(), MOST_AT_ONCE)
            return [(unit.alarms.get(name), place) for name, place in found]

    def keep_seen(self, seen: SeenAlarm) -> None:
        """Write down how a verifier saw an alarm, and do with it what a supervisor allowed. The same twice is one.

        Raises:
            Unavailable: the database is away; try again.
        """
        with self._units.write() as unit:
            unit.verifiers.put_seen(replace(seen, act=self._act(unit, seen)))
            unit.commit()

    def take_verdicts(self) -> Sequence[Subject]:
        """Write down what verdicts say of alarms that were seen; return whose they are, each once.

        Raises:
            Unavailable: the database is away; try again.
        """
        found: dict[Subject, None] = {}
        with self._units.write() as unit:
            for name in unit.verifiers.undecided(MOST_AT_ONCE):
                teaching = self._teaching(unit.alarms.get(name))
                if teaching is not Teaching.WAITING:
                    found[unit.verifiers.note_teaching(AlarmId(name), teaching)] = None
            unit.commit()
        return list(found)

    def lesson(self, subject: Subject) -> LessonNote | None:
        """Return the newest lesson of a camera and kind.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            return unit.verifiers.newest_lesson(subject)

    def lesson_in_force(self, subject: Subject) -> LessonNote | None:
        """Return the lesson that judges a camera and kind: the one a supervisor went back to, else the newest.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            pinned = unit.verifiers.setting(subject).lesson_id
            return unit.verifiers.lesson(pinned) if pinned else unit.verifiers.newest_lesson(subject)

    def to_be_taught(self, subject: Subject, embedder: str) -> Sequence[SeenAlarm]:
        """Return what a new lesson is to be made of, oldest first; nothing while too few verdicts came since the last.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            counts = unit.verifiers.counts(subject)
            last = unit.verifiers.newest_lesson(subject)
            is_other = last is not None and last.embedder != embedder
            due = is_lesson_due(counts.get(Teaching.REAL, 0), counts.get(Teaching.FALSE, 0), None if is_other else last)
            return unit.verifiers.taught(subject, embedder, MOST_TAUGHT) if due else ()

    def keep_lesson(self, lesson: LessonNote) -> None:
        """Write a lesson down for good.

        Raises:
            Unavailable: the database is away. Stale: another station wrote this number first.
        """
        with self._units.write() as unit:
            unit.verifiers.add_lesson(lesson)
            unit.commit()

    def _act(self, unit: UnitOfWork, seen: SeenAlarm) -> Act:
        """Return what becomes of an alarm; nothing is kept off that is urgent or that somebody has heard or decided."""
        if seen.probability is None:
            return Act.SHADOW
        alarm = unit.alarms.get(seen.alarm_id)
        is_free = alarm.stage is AlarmStage.WAITING and alarm.claim is None and alarm.acknowledged_at is None
        setting = unit.verifiers.setting(Subject(camera_id=seen.camera_id, category=seen.category))
        policy = Policy(
            is_trusted=unit.verifiers.lesson(seen.lesson_id).is_better, line=setting.line, sampled=setting.sampled
        )
        may_suppress = is_free and alarm.priority is not Priority.HIGH
        return act_on(seen.alarm_id, seen.probability, policy, may_suppress=may_suppress)

    def _since(self) -> datetime:
        return self._clock.now() - LOOK_BACK

    def _teaching(self, alarm: Alarm) -> Teaching:
        return teaching_of(alarm.stage, alarm.verdicts, self._clock.now())
