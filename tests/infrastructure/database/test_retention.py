"""What is locked is never a candidate, what was deleted leaves its line, and a job is never run twice at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from console.application.errors import Stale
from console.domain.cameras import StreamProfile
from console.domain.evidence import EvidenceKind
from console.domain.ids import CameraId, CaseId, EvidenceId, SegmentId
from console.domain.recordings import RecordingClass, Segment
from console.domain.retention import Deletion, Holding, Lock, LockKind, Stored, Why
from console.infrastructure.database.engine import Database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import CAMERA, NOW, minutes
from tests.infrastructure.database.conftest import OpenDatabase

MINUTE = timedelta(minutes=2)


def segment(name: str, minute: float, *, camera: CameraId = CAMERA, manual: bool = False) -> Segment:
    return Segment(
        segment_id=SegmentId(name),
        camera_id=camera,
        profile=StreamProfile.MAIN,
        made_for=RecordingClass.MANUAL if manual else RecordingClass.CONTINUOUS,
        path=f"{name}.mp4",
        begins_at=NOW + minutes(minute),
        ends_at=NOW + minutes(minute + 1),
        media_from_s=0.0,
        media_to_s=60.0,
        size_bytes=1000,
        sha256="ab" * 32,
        codec="h264",
        width=1920,
        height=1080,
    )


def span(name: str, minute: float, to_minute: float, camera: CameraId = CAMERA) -> Lock:
    return Lock(
        lock_id=name,
        kind=LockKind.SPAN,
        camera_id=camera,
        from_at=NOW + minutes(minute),
        to_at=NOW + minutes(to_minute),
        case_id=CaseId("case-1"),
        reason="20261122-0001",
        by="李文静",
        at=NOW,
    )


def of_item(name: str, evidence: str) -> Lock:
    return Lock(
        lock_id=name,
        kind=LockKind.EVIDENCE,
        evidence_id=EvidenceId(evidence),
        reason="asked for by the police",
        by="王磊",
        at=NOW + minutes(1),
    )


def deletion_of(stored: Stored, why: Why = Why.AGE) -> Deletion:
    return Deletion(
        deletion_id=f"deletion of {stored.stored_id}", stored=stored, why=why, reason="r", by="station", at=NOW
    )


def names(found: list[Stored]) -> list[str]:
    return [stored.stored_id for stored in found]


def test_a_lock_comes_back_and_its_release_is_written_beside_it(units: SqlUnitsOfWork) -> None:
    locks = [span("span", 0, 5), of_item("item", "clip-1")]
    with units.write() as unit:
        for lock in locks:
            unit.locks.add(lock)
        unit.commit()
    with units.write() as unit:
        assert [unit.locks.get(lock.lock_id) for lock in locks] == locks
        assert list(unit.locks.newest(10)) == [locks[1], locks[0]]
        assert list(unit.locks.of_case(CaseId("case-1"))) == [locks[0]]
        unit.locks.release("span", "王磊", "not needed", NOW + minutes(9))
        unit.commit()
    with units.write() as unit:
        released = unit.locks.get("span")
        assert (released.released_by, released.release_reason, released.released_at) == (
            "王磊",
            "not needed",
            NOW + minutes(9),
        )
        assert list(unit.locks.newest(10)) == [locks[1]] and list(unit.locks.of_case(CaseId("case-1"))) == []
        with pytest.raises(Stale):
            unit.locks.release("span", "王磊", "again", NOW)
        with pytest.raises(Stale):
            unit.locks.get("no such")


def test_recordings_a_lock_touches_are_never_offered_for_freeing(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        for minute in (3, 0, 1, 2):
            unit.recordings.add(segment(f"s{minute}", minute))
        unit.recordings.add(segment("elsewhere", 1, camera=CameraId("camera-2")))
        unit.recordings.add(segment("by hand", 1, manual=True))
        unit.locks.add(span("lock", 0.5, 1.5))
        unit.commit()
    with units.read() as unit:
        assert names(list(unit.holdings.oldest_unlocked(Holding.CONTINUOUS, 10))) == ["elsewhere", "s2", "s3"]
        assert names(list(unit.holdings.oldest_unlocked(Holding.CONTINUOUS, 1))) == ["elsewhere"]
        assert names(list(unit.holdings.oldest_unlocked(Holding.MANUAL, 10))) == []
        assert unit.holdings.size(Holding.CONTINUOUS) == 5000 and unit.holdings.size(Holding.MANUAL) == 1000
        touching = unit.holdings.of_camera(CAMERA, NOW + minutes(0.2), NOW + minutes(1.2))
        assert sorted(names(list(touching))) == ["by hand", "s0", "s1"]
        assert [lock.lock_id for lock in unit.locks.holding(touching)] == ["lock"]
        assert list(unit.locks.holding([])) == []


def test_evidence_of_a_case_is_offered_only_after_its_locks_were_released(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.cases.add(builders.case("case-1"))
        unit.alarms.add(builders.alarm("filed", case_id=CaseId("case-1"), hit_id="h1"))
        unit.alarms.add(builders.alarm("dismissed", hit_id="h2"))
        unit.talks.add(builders.talk("talk-1", case_id=CaseId("case-1")))
        unit.talks.add(builders.talk("talk-2", case_id=None))
        for name, subject, kind in (
            ("of the case's alarm", "filed", EvidenceKind.CLIP),
            ("photo of the case", "case-1", EvidenceKind.PHOTO),
            ("of the other alarm", "dismissed", EvidenceKind.CLIP),
            ("locked by hand", "dismissed", EvidenceKind.STILL),
            ("said for the case", "talk-1", EvidenceKind.SPEECH),
            ("said", "talk-2", EvidenceKind.SPEECH),
        ):
            unit.evidence.add(builders.evidence(name, subject_id=subject, kind=kind, size_bytes=10))
        unit.locks.add(of_item("by hand", "locked by hand"))
        unit.commit()
    with units.read() as unit:
        assert names(list(unit.holdings.oldest_unlocked(Holding.UNFILED, 10))) == ["of the other alarm"]
        assert names(list(unit.holdings.oldest_unlocked(Holding.SPEECH, 10))) == ["said"]
        assert unit.holdings.size(Holding.UNFILED) == 20 and unit.holdings.size(Holding.SPEECH) == 10
    with units.write() as unit:
        unit.locks.add(of_item("of the case", "of the case's alarm"))
        unit.commit()
    with units.write() as unit:
        assert names(list(unit.holdings.oldest_unlocked(Holding.UNFILED, 10))) == ["of the other alarm"]
        unit.locks.release("of the case", "station", "the case's years are over", NOW)
        found = names(list(unit.holdings.oldest_unlocked(Holding.UNFILED, 10)))
        assert sorted(found) == ["of the case's alarm", "of the other alarm"]


def test_a_deletion_takes_the_recording_from_its_index_and_leaves_the_row_of_evidence(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm("dismissed"))
        unit.recordings.add(segment("s0", 0))
        unit.evidence.add(builders.evidence("clip-1", subject_id="dismissed"))
        unit.commit()
    with units.write() as unit:
        (recording,) = unit.holdings.oldest_unlocked(Holding.CONTINUOUS, 10)
        (clip,) = unit.holdings.oldest_unlocked(Holding.UNFILED, 10)
        lines = [deletion_of(recording), deletion_of(clip, Why.ROOM)]
        unit.holdings.delete(lines)
        unit.commit()
    with units.read() as unit:
        assert list(unit.holdings.deletions(10)) == lines[::-1]
        assert list(unit.holdings.deletions(10, before=NOW)) == []
        assert unit.holdings.oldest_unlocked(Holding.UNFILED, 10) == []
        assert list(unit.recordings.of_camera(CAMERA, NOW - minutes(5), NOW + minutes(5))) == []
        item = unit.evidence.get(EvidenceId("clip-1"))
        assert (item.deleted_at, item.deleted_why) == (NOW, "room")
        assert [item.deleted_at for item in unit.evidence.of_subject("dismissed")] == [NOW]
    with pytest.raises(Stale), units.write() as unit:
        unit.holdings.delete([deletion_of(clip)])


@pytest.mark.parametrize(
    "statement", ["DELETE FROM locks", "UPDATE deletions SET reason = ''", "DELETE FROM deletions"]
)
def test_the_history_of_locks_and_deletions_cannot_be_edited(
    units: SqlUnitsOfWork, database: Database, statement: str
) -> None:
    with units.write() as unit:
        unit.locks.add(span("span", 3, 5))
        unit.recordings.add(segment("s0", 0))
        unit.holdings.delete([deletion_of(stored) for stored in unit.holdings.oldest_unlocked(Holding.CONTINUOUS, 1)])
        unit.commit()
    with pytest.raises(DatabaseError, match="written once"), database.writing() as connection:
        connection.execute(text(statement))


def test_locks_of_cases_closed_long_ago_are_found_oldest_first(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.cases.add(builders.case("case-1", number="1", closed_at=NOW))
        unit.cases.add(builders.case("case-2", number="2", closed_at=None))
        unit.locks.add(span("closed", 0, 5))
        unit.locks.add(of_item("nobody's case", "clip-1"))
        unit.commit()
    with units.read() as unit:
        assert list(unit.locks.of_cases_closed_before(NOW, 10)) == []
        assert [lock.lock_id for lock in unit.locks.of_cases_closed_before(NOW + minutes(1), 10)] == ["closed"]


# ---- whose turn it is


def take(units: SqlUnitsOfWork, owner: str, minute: float, *, is_wanted: bool = False) -> bool:
    now = NOW + minutes(minute)
    with units.write() as unit:
        taken = unit.jobs.take("retention", owner, now, now + MINUTE, is_wanted=is_wanted)
        unit.commit()
    return taken is not None


def finish(units: SqlUnitsOfWork, owner: str, minute: float, failure: str = "") -> None:
    now = NOW + minutes(minute)
    with units.write() as unit:
        unit.jobs.finish("retention", owner, now, now, now + minutes(10), failure)
        unit.commit()


def test_a_job_that_one_station_has_the_other_does_not_get(units: SqlUnitsOfWork) -> None:
    assert take(units, "first", 0)
    assert not take(units, "second", 1) and not take(units, "second", 1, is_wanted=True)
    finish(units, "first", 1)
    assert not take(units, "second", 2), "it is not due"
    assert take(units, "second", 2, is_wanted=True)
    finish(units, "second", 3)
    assert take(units, "first", 14)


def test_the_job_of_a_station_that_died_goes_to_another_when_its_lease_runs_out(units: SqlUnitsOfWork) -> None:
    assert take(units, "first", 0)
    assert not take(units, "second", 1.9)
    assert take(units, "second", 2)
    with units.write() as unit:
        now = NOW + minutes(2.5)
        assert not unit.jobs.renew("retention", "first", now, now + MINUTE)
        assert unit.jobs.renew("retention", "second", now, now + MINUTE)
        unit.commit()
    finish(units, "first", 3)
    assert not take(units, "first", 3.5), "what the first one says of a job it has lost counts for nothing"


def test_a_station_that_is_started_anew_takes_its_own_job_up_at_once(units: SqlUnitsOfWork) -> None:
    assert take(units, "first", 0)
    assert take(units, "first", 0.1)


def test_failures_are_counted_until_it_goes_well(units: SqlUnitsOfWork) -> None:
    counts = []
    for minute, failure in ((0, "away"), (20, "away"), (40, ""), (60, "")):
        now = NOW + minutes(minute)
        with units.write() as unit:
            turn = unit.jobs.take("retention", "first", now, now + MINUTE, is_wanted=False)
            assert turn is not None
            counts.append((turn.failures, turn.last_began_at))
            unit.commit()
        finish(units, "first", minute, failure)
    assert counts == [(0, None), (1, None), (2, None), (0, NOW + minutes(40))]


def test_of_many_stations_that_try_at_once_one_gets_the_job(open_it: OpenDatabase) -> None:
    units = [SqlUnitsOfWork(open_it()) for _ in range(6)]
    got: list[int] = []

    def try_it(number: int) -> None:
        if take(units[number], f"station {number}", 0):
            got.append(number)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(len(units))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
