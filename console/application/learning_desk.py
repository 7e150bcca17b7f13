"""What a supervisor sees of what verdicts taught, and lets it do, per camera and kind."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import UnitOfWork, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera
from console.domain.categories import Category
from console.domain.errors import DomainError
from console.domain.ids import AlarmId, CameraId
from console.domain.verifier_policy import MOST_LINE, Act
from console.domain.verifiers import (
    DRIFTED,
    LEAST_OF_EACH,
    KeptOff,
    LessonLine,
    Subject,
    Teaching,
    VerifierSetting,
    drift,
)

MOST_KEPT_OFF = 500  # listed, the newest; more than a shift looks through


class LearningState(StrEnum):
    """What a verifier does with new alarms; none of them is lost by any."""

    SILENT = "silent"
    """There are too few verdicts of one sort."""
    NO_BETTER = "no_better"
    """In shadow: the lesson in force tells real from false no better than the detector's score."""
    RANKING = "ranking"
    """Unlikely ones stand behind the others of their priority."""
    SUPPRESSING = "suppressing"
    """Those below the line are kept off the queue, but for a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Alarms that were given about the same probability: what was said of them, and what was so."""

    said: float
    were: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """How well a number tells real alarms from false ones it had not seen. Attributes as ``inference`` has them."""

    false_at_recall: float
    auc: float
    brier: float
    calibration: tuple[Calibration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A lesson as it is shown.

    Attributes:
        before: by the detector's score alone. after: by the verifier.
        uncalibrated: the same before its probabilities were put right.
        spread: shares of its probabilities in equal steps.
    """

    lesson_id: str
    number: int
    taught_at: datetime
    real: int
    false: int
    is_better: bool
    before: HeldOut
    after: HeldOut
    uncalibrated: HeldOut
    spread: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What is known of a camera and kind.

    Attributes:
        kind: ``None`` where the directory no longer has it.
        real, false: verdicts so far that teach. waiting: alarms that were seen and have no verdict yet.
        lessons: the newest first. in_force: the one that judges.
        setting: what a supervisor set. kept_off: how many of those listed are of this camera and kind.
        drift: population stability index since the lesson in force; ``None`` while it judged too few alarms.
    """

    subject: Subject
    camera: Camera
    kind: Category | None
    real: int
    false: int
    waiting: int
    lessons: tuple[Taught, ...]
    in_force: Taught | None
    setting: VerifierSetting
    kept_off: int
    drift: float | None

    @property
    def state(self) -> LearningState:
        if self.in_force is None:
            return LearningState.SILENT
        if not self.in_force.is_better:
            return LearningState.NO_BETTER
        return LearningState.SUPPRESSING if self.setting.line else LearningState.RANKING

    @property
    def is_pinned(self) -> bool:
        """Whether a supervisor went back to an earlier lesson."""
        return bool(self.setting.lesson_id)

    @property
    def missing(self) -> int:
        """How many verdicts of the rarer sort are wanting before there can be a lesson."""
        return max(0, LEAST_OF_EACH - min(self.real, self.false))

    @property
    def has_drifted(self) -> bool:
        return self.drift is not None and self.drift >= DRIFTED


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOffAlarm:
    """An alarm that is kept off the queue, with names. Attributes as of ``KeptOff`` and ``Learnt``."""

    kept: KeptOff
    camera: Camera
    kind: Category | None


class LearningDesk:
    """A supervisor's verbs. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate

    def overview(self, actor: Actor) -> Sequence[Learnt]:
        """Return every camera and kind with an alarm that was seen, where the actor may judge of it; most taught first.

        Raises:
            NotPermitted: not by this role. Unavailable: the database is away.
        """
        actor = self._gate.require(actor, Verb.TEACH, "learning")
        counts: dict[Subject, dict[Teaching, int]] = defaultdict(dict)
        lessons: dict[Subject, list[LessonLine]] = defaultdict(list)
        with self._units.read() as unit:
            for subject, teaching, count in unit.verifiers.tallies():
                counts[subject][teaching] = count
            for line in unit.verifiers.lesson_lines():
                lessons[line.subject].append(line)
            kinds = {kind.code: kind for kind in unit.directory.categories()}
            names = sorted({subject.camera_id for subject in counts})
            cameras = _within(actor, unit.directory.cameras_of(names))
            found = []
            kept_off = Counter(one.subject for one in unit.verifiers.kept_off(MOST_KEPT_OFF))
            for subject, tally in counts.items():
                camera = cameras.get(subject.camera_id)
                if camera is None:
                    continue
                own = lessons[subject]
                shown = tuple(_taught(line) for line in own)
                setting = unit.verifiers.setting(subject)
                in_force = next((one for one in shown if setting.lesson_id in ("", one.lesson_id)), None)
                since = unit.verifiers.given_by(in_force.lesson_id) if in_force is not None else ()
                learnt = Learnt(
                    subject=subject,
                    camera=camera,
                    kind=kinds.get(subject.category),
                    real=tally.get(Teaching.REAL, 0),
                    false=tally.get(Teaching.FALSE, 0),
                    waiting=tally.get(Teaching.WAITING, 0),
                    lessons=shown,
                    in_force=in_force,
                    setting=setting,
                    kept_off=kept_off[subject],
                    drift=drift(in_force.spread, since) if in_force is not None else None,
                )
                found.append(learnt)
        return sorted(found, key=lambda one: (-one.real - one.false, one.camera.number, one.subject.category))

    def kept_off(self, actor: Actor) -> Sequence[KeptOffAlarm]:
        """Return what waits and is kept off the queue where the actor may judge of it, newest first.

        Raises:
            NotPermitted: not by this role. Unavailable: the database is away.
        """
        actor = self._gate.require(actor, Verb.TEACH, "learning")
        with self._units.read() as unit:
            found = unit.verifiers.kept_off(MOST_KEPT_OFF)
            kinds = {kind.code: kind for kind in unit.directory.categories()}
            cameras = _within(actor, unit.directory.cameras_of(sorted({one.subject.camera_id for one in found})))
        return [
            KeptOffAlarm(kept=one, camera=cameras[one.subject.camera_id], kind=kinds.get(one.subject.category))
            for one in found
            if one.subject.camera_id in cameras
        ]

    def set_line(self, actor: Actor, subject: Subject, line: float) -> None:
        """Keep alarms with a lower probability off the queue from now on; 0 keeps none off.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the database is away.
            DomainError: more likely real than not, or the lesson in force is not to be trusted.
        """
        if not 0 <= line <= MOST_LINE:
            raise DomainError("A line lies between 0 % and {most} %.", most=round(MOST_LINE * 100))
        with self._change(actor, subject, "set_verifier_line", line=line) as unit:
            setting = unit.verifiers.setting(subject)
            if line and not _is_trusted(unit, setting):
                raise DomainError("There is no lesson here that is better than the detector's score.")
            unit.verifiers.put_setting(replace(setting, line=line))

    def go_back(self, actor: Actor, subject: Subject) -> int:
        """Let the lesson before the one in force judge, until somebody says otherwise; return its number.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the database is away.
            DomainError: there is no earlier one.
        """
        with self._change(actor, subject, "go_back_a_lesson") as unit:
            setting = unit.verifiers.setting(subject)
            own = [line for line in unit.verifiers.lesson_lines() if line.subject == subject]
            at = next((at for at, line in enumerate(own) if setting.lesson_id in ("", line.lesson_id)), len(own))
            if at + 1 >= len(own):
                raise DomainError("There is no earlier lesson.")
            unit.verifiers.put_setting(replace(setting, lesson_id=own[at + 1].lesson_id))
            return own[at + 1].number

    def follow_newest(self, actor: Actor, subject: Subject) -> None:
        """Let the newest lesson judge, also those to come.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the database is away.
        """
        with self._change(actor, subject, "follow_newest_lesson") as unit:
            unit.verifiers.put_setting(replace(unit.verifiers.setting(subject), lesson_id=""))

    def show_after_all(self, actor: Actor, alarm_id: AlarmId) -> None:
        """File an alarm that was kept off back into the queue.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the database is away.
            Stale: it is not there any more.
        """
        with self._units.read() as unit:
            alarm = unit.alarms.get(alarm_id)
        if alarm.camera_id is None:
            raise Stale("No verifier judges an alarm without a camera.")
        subject = Subject(camera_id=alarm.camera_id, category=alarm.category)
        with self._change(actor, subject, "show_kept_off") as unit:
            unit.verifiers.note_act(alarm_id, Act.SHOWN)

    @contextmanager
    def _change(self, actor: Actor, subject: Subject, verb: str, line: float | None = None) -> Iterator[UnitOfWork]:
        """Let a change be made where the actor may, with its line of audit."""
        self._gate.require(actor, Verb.TEACH, subject.category, camera_id=subject.camera_id)
        with self._units.write() as unit:
            yield unit
            unit.audit.append(self._gate.facts(actor, verb, subject.category, camera_id=subject.camera_id, line=line))
            unit.commit()


def _within(actor: Actor, cameras: Sequence[Camera]) -> Mapping[CameraId, Camera]:
    return {one.camera_id: one for one in cameras if actor.scope.covers(one.place.grid_cell, one.camera_id)}


def _is_trusted(unit: UnitOfWork, setting: VerifierSetting) -> bool:
    if setting.lesson_id:
        return unit.verifiers.lesson(setting.lesson_id).is_better
    newest = unit.verifiers.newest_lesson(setting.subject)
    return newest is not None and newest.is_better


def _taught(line: LessonLine) -> Taught:
    figures = json.loads(line.figures)
    return Taught(
        lesson_id=line.lesson_id,
        number=line.number,
        taught_at=line.taught_at,
        real=line.real,
        false=line.false,
        is_better=line.is_better,
        before=_held_out(figures["before"]),
        after=_held_out(figures["after"]),
        uncalibrated=_held_out(figures["uncalibrated"]),
        spread=tuple(figures["spread"]),
    )


def _held_out(kept: dict[str, Any]) -> HeldOut:
    return HeldOut(
        false_at_recall=kept["false_at_recall"],
        auc=kept["auc"],
        brier=kept["brier"],
        calibration=tuple(Calibration(**one) for one in kept["calibration"]),
    )
