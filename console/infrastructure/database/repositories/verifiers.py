"""Alarms as a verifier saw them, and its lessons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, literal_column, select, update

from console.application.errors import Stale
from console.domain.alarms import AlarmStage
from console.domain.evidence import EvidenceKind
from console.domain.ids import AlarmId, CameraId, CategoryCode
from console.domain.verifier_policy import Act
from console.domain.verifiers import (
    KeptOff,
    LessonLine,
    LessonNote,
    SeenAlarm,
    Subject,
    Teaching,
    VerifierSetting,
)
from console.infrastructure.database.repositories.rows import add, one, put
from console.infrastructure.database.tables import ALARM_WAITS, alarms, evidence_items
from console.infrastructure.database.verifier_tables import lessons, seen_alarms, verifier_settings

_VIDEO = "video"
_SHOWN = "alarm"  # the still of the very moment, as the station remarks it


class SqlVerifiers:
    """Keeps the promises of ``ports.Verifiers``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unseen(self, since: datetime, most: int) -> Sequence[tuple[AlarmId, str]]:
        still = and_(
            evidence_items.c.subject_id == alarms.c.alarm_id,
            evidence_items.c.kind == EvidenceKind.STILL.value,
            evidence_items.c.remark == _SHOWN,
        )
        statement = (
            select(alarms.c.alarm_id, evidence_items.c.path)
            .join(evidence_items, still)
            .outerjoin(seen_alarms, seen_alarms.c.alarm_id == alarms.c.alarm_id)
            .where(alarms.c.raised_at >= since, alarms.c.source == _VIDEO, seen_alarms.c.alarm_id.is_(None))
            .order_by(alarms.c.raised_at, alarms.c.alarm_id)
            .limit(most)
        )
        return [(AlarmId(row.alarm_id), row.path) for row in self._connection.execute(statement)]

    def put_seen(self, seen: SeenAlarm) -> None:
        put(self._connection, seen_alarms, _row_of_seen(seen))

    def undecided(self, most: int) -> Sequence[AlarmId]:
        statement = (
            select(seen_alarms.c.alarm_id)
            .join(alarms, alarms.c.alarm_id == seen_alarms.c.alarm_id)
            .where(seen_alarms.c.teaching == Teaching.WAITING.value, alarms.c.stage != AlarmStage.WAITING.value)
            .order_by(seen_alarms.c.raised_at, seen_alarms.c.alarm_id)
            .limit(most)
        )
        return [AlarmId(name) for name in self._connection.execute(statement).scalars()]

    def note_teaching(self, alarm_id: AlarmId, teaching: Teaching) -> Subject:
        is_it = seen_alarms.c.alarm_id == alarm_id
        self._connection.execute(update(seen_alarms).where(is_it).values(teaching=teaching.value))
        row = self._connection.execute(select(seen_alarms.c.camera_id, seen_alarms.c.category).where(is_it)).one()
        return Subject(camera_id=CameraId(row.camera_id), category=CategoryCode(row.category))

    def taught(self, subject: Subject, embedder: str, most: int) -> Sequence[SeenAlarm]:
        statement = (
            select(seen_alarms)
            .where(
                *_of(seen_alarms.c, subject),
                seen_alarms.c.embedder == embedder,
                seen_alarms.c.teaching.in_([Teaching.REAL.value, Teaching.FALSE.value]),
            )
            .order_by(seen_alarms.c.raised_at.desc(), seen_alarms.c.alarm_id.desc())
            .limit(most)
        )
        return [_seen_in(row) for row in self._connection.execute(statement).mappings()][::-1]

    def judged(self, subject: Subject, most: int) -> Sequence[SeenAlarm]:
        statement = (
            select(seen_alarms)
            .where(*_of(seen_alarms.c, subject), seen_alarms.c.probability.is_not(None))
            .order_by(seen_alarms.c.raised_at.desc(), seen_alarms.c.alarm_id.desc())
            .limit(most)
        )
        return [_seen_in(row) for row in self._connection.execute(statement).mappings()]

    def has_lessons(self) -> bool:
        return self._connection.execute(select(lessons.c.number).limit(1)).first() is not None

    def newest_lesson(self, subject: Subject) -> LessonNote | None:
        statement = select(lessons).where(*_of(lessons.c, subject)).order_by(lessons.c.number.desc()).limit(1)
        row = one(self._connection, statement)
        return None if row is None else _lesson_in(row)

    def tallies(self) -> Sequence[tuple[Subject, Teaching, int]]:
        of_each = (seen_alarms.c.camera_id, seen_alarms.c.category, seen_alarms.c.teaching)
        statement = select(*of_each, func.count()).group_by(*of_each).order_by(*of_each)
        return [
            (Subject(camera_id=CameraId(camera), category=CategoryCode(category)), Teaching(teaching), count)
            for camera, category, teaching, count in self._connection.execute(statement)
        ]

    def lesson_lines(self) -> Sequence[LessonLine]:
        statement = select(*(column for column in lessons.c if column is not lessons.c.head)).order_by(
            lessons.c.camera_id, lessons.c.category, lessons.c.number.desc()
        )
        return [_line_in(row) for row in self._connection.execute(statement).mappings()]

    def lesson(self, lesson_id: str) -> LessonNote:
        row = one(self._connection, select(lessons).where(lessons.c.lesson_id == lesson_id))
        if row is None:
            raise Stale("This lesson is not there any more.")
        return _lesson_in(row)

    def setting(self, subject: Subject) -> VerifierSetting:
        row = one(self._connection, select(verifier_settings).where(*_of(verifier_settings.c, subject)))
        if row is None:
            return VerifierSetting(subject=subject)
        return VerifierSetting(subject=subject, line=row["line"], sampled=row["sampled"], lesson_id=row["lesson_id"])

    def put_setting(self, setting: VerifierSetting) -> None:
        of_whom = {"camera_id": setting.subject.camera_id, "category": setting.subject.category}
        values = {"line": setting.line, "sampled": setting.sampled, "lesson_id": setting.lesson_id}
        put(self._connection, verifier_settings, {**of_whom, **values})

    def note_act(self, alarm_id: AlarmId, act: Act) -> None:
        statement = update(seen_alarms).where(seen_alarms.c.alarm_id == alarm_id).values(act=act.value)
        self._connection.execute(statement)

    def kept_off(self, most: int) -> Sequence[KeptOff]:
        still = (
            select(evidence_items.c.path)
            .where(
                evidence_items.c.subject_id == alarms.c.alarm_id,
                evidence_items.c.kind == EvidenceKind.STILL.value,
                evidence_items.c.remark == _SHOWN,
            )
            .limit(1)
            .scalar_subquery()
        )
        statement = (
            select(seen_alarms, still.label("still_path"))
            .join(alarms, alarms.c.alarm_id == seen_alarms.c.alarm_id)
            .where(seen_alarms.c.act == literal_column("'suppress'"), ALARM_WAITS)
            .order_by(seen_alarms.c.raised_at.desc(), seen_alarms.c.alarm_id.desc())
            .limit(most)
        )
        return [
            KeptOff(
                alarm_id=AlarmId(row["alarm_id"]),
                subject=Subject(camera_id=CameraId(row["camera_id"]), category=CategoryCode(row["category"])),
                raised_at=row["raised_at"],
                probability=row["probability"],
                still_path=row["still_path"] or "",
            )
            for row in self._connection.execute(statement).mappings()
        ]

    def given_by(self, lesson_id: str) -> Sequence[float]:
        statement = select(seen_alarms.c.probability).where(
            seen_alarms.c.lesson_id == lesson_id, seen_alarms.c.probability.is_not(None)
        )
        return list(self._connection.execute(statement).scalars())

    def add_lesson(self, lesson: LessonNote) -> None:
        add(self._connection, lessons, _row_of_lesson(lesson))

    def counts(self, subject: Subject) -> dict[Teaching, int]:
        statement = (
            select(seen_alarms.c.teaching, func.count())
            .where(*_of(seen_alarms.c, subject))
            .group_by(seen_alarms.c.teaching)
        )
        return {Teaching(name): count for name, count in self._connection.execute(statement)}


def _of(columns: Any, subject: Subject) -> tuple[Any, ...]:
    return columns.camera_id == subject.camera_id, columns.category == subject.category


def _row_of_seen(seen: SeenAlarm) -> dict[str, Any]:
    return {
        "alarm_id": seen.alarm_id,
        "camera_id": seen.camera_id,
        "category": seen.category,
        "raised_at": seen.raised_at,
        "embedding": seen.embedding,
        "embedder": seen.embedder,
        "score": seen.score,
        "teaching": seen.teaching.value,
        "lesson_id": seen.lesson_id,
        "probability": seen.probability,
        "act": seen.act.value,
    }


def _seen_in(row: RowMapping) -> SeenAlarm:
    return SeenAlarm(
        alarm_id=AlarmId(row["alarm_id"]),
        camera_id=CameraId(row["camera_id"]),
        category=CategoryCode(row["category"]),
        raised_at=row["raised_at"],
        embedding=row["embedding"],
        embedder=row["embedder"],
        score=row["score"],
        teaching=Teaching(row["teaching"]),
        lesson_id=row["lesson_id"],
        probability=row["probability"],
        act=Act(row["act"]),
    )


def _row_of_lesson(lesson: LessonNote) -> dict[str, Any]:
    return {
        "lesson_id": lesson.lesson_id,
        "camera_id": lesson.camera_id,
        "category": lesson.category,
        "number": lesson.number,
        "taught_at": lesson.taught_at,
        "embedder": lesson.embedder,
        "head": lesson.head,
        "figures": lesson.figures,
        "is_better": lesson.is_better,
        "real": lesson.real,
        "false": lesson.false,
    }


def _lesson_in(row: RowMapping) -> LessonNote:
    return LessonNote(
        lesson_id=row["lesson_id"],
        camera_id=CameraId(row["camera_id"]),
        category=CategoryCode(row["category"]),
        number=row["number"],
        taught_at=row["taught_at"],
        embedder=row["embedder"],
        head=row["head"],
        figures=row["figures"],
        is_better=row["is_better"],
        real=row["real"],
        false=row["false"],
    )


def _line_in(row: RowMapping) -> LessonLine:
    return LessonLine(
        lesson_id=row["lesson_id"],
        subject=Subject(camera_id=CameraId(row["camera_id"]), category=CategoryCode(row["category"])),
        number=row["number"],
        taught_at=row["taught_at"],
        figures=row["figures"],
        is_better=row["is_better"],
        real=row["real"],
        false=row["false"],
    )
