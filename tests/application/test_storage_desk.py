"""Locks that hold, deletions that say why, and cases that keep what proves them."""

from datetime import timedelta
from pathlib import Path

import pytest

from console.application.errors import NotPermitted, Stale, Unavailable
from console.application.evidence_desk import EvidenceDesk, PackContents
from console.application.storage_desk import StorageDesk
from console.application.upkeep import A_BATCH, Freed, Upkeep
from console.domain.accounts import Actor, Role
from console.domain.errors import DomainError, TransitionRefused
from console.domain.ids import EvidenceId
from console.domain.retention import Disk, Holding, Retention, Stored, Why
from tests.application.bays import put_row, put_stay
from tests.application.city import CAMERA, City, person
from tests.application.storage import PLENTY, Shelf, clip, record, recorded

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
YEARS = timedelta(days=730)
FULL = Disk(free_bytes=0, begin_below_bytes=1, until_bytes=10**9)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def desk(city: City, shelf: Shelf) -> StorageDesk:
    return StorageDesk(city.units, city.gate, city.clock, shelf, Retention())


@pytest.fixture
def upkeep(city: City, shelf: Shelf) -> Upkeep:
    return Upkeep(city.units, city.clock, shelf, Retention(), YEARS)


@pytest.fixture
def lead() -> Actor:
    return person("王磊", Role.SUPERVISOR, seat="03")


def all_freed(upkeep: Upkeep, disk: Disk = PLENTY) -> list[Freed]:
    batches = [upkeep.free(disk)]
    while batches[-1].has_more:
        batches.append(upkeep.free(disk))
    return batches


# ---- cases


def test_filing_a_case_locks_its_evidence_and_the_recordings_around_it(
    city: City, upkeep: Upkeep, shelf: Shelf, li: Actor
) -> None:
    record(city, "of the case", ago=-MINUTE)
    record(city, "long before", ago=timedelta(hours=3))
    alarm_id = city.confirmed(li)
    clip(city, alarm_id, "before filing")
    city.cases.file(li, alarm_id)
    clip(city, alarm_id, "after filing")
    city.clock.wait(days=400)
    all_freed(upkeep, FULL)
    assert recorded(city) == ["of the case"] and shelf.removed == ["long before"]
    with city.units.read() as unit:
        assert [item.deleted_at for item in unit.evidence.of_subject(alarm_id)] == [None, None]


def test_evidence_of_an_alarm_that_became_no_case_goes_after_its_days_and_its_row_stays(
    city: City, upkeep: Upkeep, shelf: Shelf, li: Actor
) -> None:
    alarm_id = city.hit()
    clip(city, alarm_id)
    city.clock.wait(days=29)
    assert all_freed(upkeep)[0].files == 0
    city.clock.wait(days=1, minutes=1)
    all_freed(upkeep)
    assert shelf.removed == ["clip"]
    with city.units.read() as unit:
        (item,) = unit.evidence.of_subject(alarm_id)
        assert (item.deleted_at, item.deleted_why) == (city.clock.now(), "age")
        assert [line.act for line in unit.evidence.custody(item.evidence_id)] == ["sealed", "deleted"]
    assert city.audit_verbs()[-1] == "retention"


def test_a_filing_that_is_taken_back_holds_nothing_any_more(
    city: City, upkeep: Upkeep, shelf: Shelf, li: Actor
) -> None:
    alarm_id = city.confirmed(li)
    clip(city, alarm_id)
    filed = city.cases.file(li, alarm_id)
    city.cases.undo_filing(li, filed.case_id)
    city.clock.wait(days=31)
    all_freed(upkeep)
    assert shelf.removed == ["clip"]


def test_a_closed_case_keeps_its_evidence_for_its_years_and_then_gives_it_up(
    city: City, upkeep: Upkeep, shelf: Shelf, li: Actor
) -> None:
    alarm_id = city.confirmed(li)
    clip(city, alarm_id)
    case_id = city.cases.file(li, alarm_id).case_id
    with city.units.write() as unit:
        case = unit.cases.get(case_id)
        case.closed_at = city.clock.now()
        unit.cases.save(case)
        unit.commit()
    city.clock.wait(days=729)
    upkeep.release_closed()
    all_freed(upkeep)
    assert shelf.removed == []
    city.clock.wait(days=2)
    upkeep.release_closed()
    all_freed(upkeep)
    assert shelf.removed == ["clip"]
    assert city.audit_verbs()[-2:] == ["release_locks", "retention"]


def test_a_case_whose_evidence_is_gone_says_so_instead_of_packing_nothing(
    city: City, upkeep: Upkeep, li: Actor, lead: Actor
) -> None:
    alarm_id = city.confirmed(li)
    clip(city, alarm_id, "gone")
    filed = city.cases.file(li, alarm_id)
    packed: list[PackContents] = []

    class Packs:
        def write(self, contents: PackContents, path: Path) -> None:
            packed.append(contents)

    evidence = EvidenceDesk(city.units, city.queries, city.gate, city.clock, Packs())
    with city.units.write() as unit:
        for lock in unit.locks.of_case(filed.case_id):
            unit.locks.release(lock.lock_id, "station", "years", city.clock.now())
        unit.commit()
    city.clock.wait(days=31)
    clip(city, alarm_id, "stays")
    all_freed(upkeep)
    evidence.export(lead, filed.case_id, Path("x"), "court")
    assert [item.evidence_id for item in packed[0].items] == ["stays"]


# ---- what the station frees by itself


def test_a_full_disk_frees_the_oldest_minute_first_and_says_that_it_was_before_its_time(
    city: City, upkeep: Upkeep, shelf: Shelf
) -> None:
    for name, ago in (("second", 2 * DAY), ("first", 3 * DAY), ("third", DAY)):
        record(city, name, ago=ago)
    freed = upkeep.free(Disk(free_bytes=0, begin_below_bytes=1, until_bytes=1500))
    assert shelf.removed == ["first", "second"]
    assert (freed.forced_bytes, freed.lacking_bytes, freed.held[Holding.CONTINUOUS]) == (2000, 0, 1000)
    assert freed.forced_age == 2 * DAY
    with city.units.read() as unit:
        assert [line.why for line in unit.holdings.deletions(10)] == [Why.ROOM_BELOW_DAYS] * 2


def test_more_than_a_batch_goes_in_several_units_of_work(city: City, upkeep: Upkeep, shelf: Shelf) -> None:
    for number in range(A_BATCH + 5):
        record(city, f"s{number:03}", ago=40 * DAY - number * MINUTE)
    assert [batch.files for batch in all_freed(upkeep)] == [A_BATCH, 5]
    assert len(shelf.removed) == A_BATCH + 5 and recorded(city) == []


def test_a_lock_that_comes_between_the_choice_and_the_deletion_wins(city: City, desk: StorageDesk, lead: Actor) -> None:
    record(city, "old", ago=40 * DAY)
    now = city.clock.now()

    class Late(Shelf):
        """A file whose lock is set while it is being chosen."""

        def is_here(self, stored: Stored) -> bool:
            desk.lock_span(lead, CAMERA, now - 41 * DAY, now, "just now")
            return True

    late = Late()
    freed = Upkeep(city.units, city.clock, late, Retention(), YEARS).free(PLENTY)
    assert freed.files == 0 and late.removed == [] and recorded(city) == ["old"]


def test_a_file_that_a_crash_left_behind_its_own_deletion_is_taken_away(
    city: City, upkeep: Upkeep, shelf: Shelf
) -> None:
    record(city, "old", ago=40 * DAY)
    shelf.stuck.add("old")
    with pytest.raises(Unavailable):
        upkeep.free(PLENTY)
    assert recorded(city) == []
    shelf.stuck.clear()
    upkeep.finish()
    assert shelf.removed == ["old"]


def test_what_lies_on_another_machine_is_left_to_it(city: City, upkeep: Upkeep, shelf: Shelf) -> None:
    record(city, "there", ago=40 * DAY)
    record(city, "here", ago=35 * DAY)
    shelf.absent.add("there")
    all_freed(upkeep)
    assert recorded(city) == ["there"]


# ---- what a person may do


def test_a_span_locked_by_hand_is_kept_until_it_is_released_with_a_reason(
    city: City, desk: StorageDesk, upkeep: Upkeep, lead: Actor
) -> None:
    record(city, "asked for", ago=40 * DAY)
    now = city.clock.now()
    lock_id = desk.lock_span(lead, CAMERA, now - 41 * DAY, now - 39 * DAY, "asked for by the police")
    all_freed(upkeep)
    assert recorded(city) == ["asked for"]
    assert [lock.lock_id for lock in desk.locks(lead)] == [lock_id]
    with pytest.raises(DomainError, match="reason"):
        desk.unlock(lead, lock_id, " ")
    desk.unlock(lead, lock_id, "the police have their copy")
    with pytest.raises(Stale):
        desk.unlock(lead, lock_id, "again")
    all_freed(upkeep)
    assert recorded(city) == [] and desk.locks(lead) == []
    assert city.audit_verbs()[-3:] == ["lock_recordings", "unlock", "retention"]


def test_an_item_locked_by_hand_says_so_in_its_custody(
    city: City, desk: StorageDesk, upkeep: Upkeep, shelf: Shelf, lead: Actor
) -> None:
    item = clip(city, city.hit())
    lock_id = desk.lock_evidence(lead, item, "complaint")
    city.clock.wait(days=31)
    all_freed(upkeep)
    assert shelf.removed == []
    desk.unlock(lead, lock_id, "settled")
    all_freed(upkeep)
    with city.units.read() as unit:
        acts = [(line.act, line.detail.get("reason")) for line in unit.evidence.custody(item)]
    assert acts == [("sealed", None), ("locked", "complaint"), ("unlocked", "settled"), ("deleted", None)]
    with pytest.raises(DomainError, match="deleted already"):
        desk.lock_evidence(lead, item, "too late")


def test_what_proves_an_open_case_cannot_be_released_by_hand(
    city: City, desk: StorageDesk, lead: Actor, li: Actor
) -> None:
    alarm_id = city.confirmed(li)
    filed = city.cases.file(li, alarm_id)
    (lock,) = desk.locks(lead)
    with pytest.raises(TransitionRefused, match=f"Case {filed.number} is open"):
        desk.unlock(lead, lock.lock_id, "in the way")
    assert len(desk.locks(lead)) == 1


def test_recordings_deleted_by_hand_leave_a_line_each_with_the_reason(
    city: City, desk: StorageDesk, shelf: Shelf, lead: Actor
) -> None:
    record(city, "one", ago=40 * DAY)
    record(city, "two", ago=40 * DAY - MINUTE)
    record(city, "later", ago=35 * DAY)
    now = city.clock.now()
    removed = desk.delete_recordings(lead, CAMERA, now - 41 * DAY, now - 39 * DAY, "a private window")
    assert (removed.files, removed.size_bytes) == (2, 2000)
    assert recorded(city) == ["later"] and shelf.removed == ["one", "two"]
    lines = desk.deletions(lead)
    assert {(line.stored.stored_id, line.why, line.reason, line.by) for line in lines} == {
        ("one", Why.BY_HAND, "a private window", "王磊"),
        ("two", Why.BY_HAND, "a private window", "王磊"),
    }
    assert city.audit_verbs()[-1] == "delete_recordings"
    with pytest.raises(DomainError, match="no recordings"):
        desk.delete_recordings(lead, CAMERA, now - 41 * DAY, now - 39 * DAY, "again")


def test_a_locked_recording_refuses_a_deletion_by_hand_and_nothing_of_the_span_goes(
    city: City, desk: StorageDesk, shelf: Shelf, lead: Actor
) -> None:
    record(city, "free", ago=42 * DAY)
    record(city, "locked", ago=40 * DAY)
    now = city.clock.now()
    desk.lock_span(lead, CAMERA, now - 41 * DAY, now - 39 * DAY, "asked for by the police")
    with pytest.raises(TransitionRefused, match="王磊 locked this: asked for by the police"):
        desk.delete_recordings(lead, CAMERA, now - 50 * DAY, now - 30 * DAY, "room")
    assert recorded(city) == ["free", "locked"] and shelf.removed == []


def test_recordings_younger_than_the_days_or_of_another_machine_are_not_deleted_by_hand(
    city: City, desk: StorageDesk, shelf: Shelf, lead: Actor
) -> None:
    record(city, "young", ago=3 * DAY)
    record(city, "there", ago=40 * DAY)
    now = city.clock.now()
    with pytest.raises(TransitionRefused, match="30 days at least"):
        desk.delete_recordings(lead, CAMERA, now - 4 * DAY, now, "room")
    shelf.absent.add("there")
    with pytest.raises(Unavailable, match="another machine"):
        desk.delete_recordings(lead, CAMERA, now - 41 * DAY, now - 39 * DAY, "room")
    with pytest.raises(DomainError, match="reason"):
        desk.delete_recordings(lead, CAMERA, now - 41 * DAY, now - 39 * DAY, "")
    assert recorded(city) == ["there", "young"]


def test_who_may_not_delete_or_lock_is_refused_and_the_audit_knows(city: City, desk: StorageDesk, li: Actor) -> None:
    now = city.clock.now()
    with pytest.raises(NotPermitted):
        desk.delete_recordings(li, CAMERA, now - DAY, now, "room")
    with pytest.raises(NotPermitted):
        desk.lock_span(li, CAMERA, now - DAY, now, "curiosity")
    with pytest.raises(NotPermitted):
        desk.deletions(li)
    assert city.audit_verbs() == ["refused"] * 3


def test_the_recordings_of_a_camera_that_left_the_directory_can_still_be_locked(
    city: City, desk: StorageDesk, lead: Actor
) -> None:
    with city.units.write() as unit:
        unit.directory.remove_cameras([CAMERA])
        unit.commit()
    now = city.clock.now()
    assert desk.lock_span(lead, CAMERA, now - DAY, now, "asked for by the police")


def test_no_lock_is_set_without_a_reason(city: City, desk: StorageDesk, lead: Actor) -> None:
    item = clip(city, city.hit())
    with pytest.raises(DomainError, match="reason"):
        desk.lock_evidence(lead, item, "  ")
    with city.units.read() as unit:
        assert unit.locks.newest(1) == []
        assert unit.evidence.get(EvidenceId(item)).deleted_at is None


def test_a_stay_in_a_bay_is_forgotten_a_year_after_its_end_and_one_that_still_stands_never(
    city: City, upkeep: Upkeep
) -> None:
    began = city.clock.now()
    put_row(city.units, CAMERA)
    ended = put_stay(city.units, CAMERA, began, bay=1, left_at=began + timedelta(hours=1))
    standing = put_stay(city.units, CAMERA, began, bay=2)
    city.clock.wait(days=365)
    assert not upkeep.forget_stays()
    with city.units.read() as unit:
        assert len(unit.bays.newest(9)) == 2
    city.clock.wait(days=1)
    assert not upkeep.forget_stays()
    with city.units.read() as unit:
        assert [stay.session_id for stay, _, _ in unit.bays.newest(9)] == [standing.session_id]
        with pytest.raises(Stale):
            unit.bays.get(ended.session_id)
    assert city.audit_verbs()[-1] == "forget_stays"
