"""What goes when, what never goes, and what is said instead of done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from console.domain.errors import DomainError, TransitionRefused
from console.domain.ids import CameraId, CaseId, EvidenceId
from console.domain.retention import (
    Disk,
    Freeing,
    Holding,
    Lock,
    LockKind,
    Quota,
    Retention,
    Room,
    Stored,
    WhenFull,
    Why,
    refuse_if_locked,
    room_at,
    what_to_free,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CAMERAS = (CameraId("cam01"), CameraId("cam02"))
PLENTY = Disk(free_bytes=10**12, begin_below_bytes=10**9, until_bytes=2 * 10**9)


def segment(
    name: str, *, days_old: float, size: int = 100, holding: Holding = Holding.CONTINUOUS, camera: CameraId = CAMERAS[0]
) -> Stored:
    ends_at = NOW - timedelta(days=days_old)
    return Stored(
        stored_id=name,
        holding=holding,
        path=f"{name}.mp4",
        camera_id=camera,
        begins_at=ends_at - timedelta(minutes=1),
        ends_at=ends_at,
        size_bytes=size,
        sha256="ab" * 32,
    )


def span_lock(from_days: float, to_days: float, camera: CameraId = CAMERAS[0]) -> Lock:
    return Lock(
        lock_id=f"lock {from_days}",
        kind=LockKind.SPAN,
        camera_id=camera,
        from_at=NOW - timedelta(days=from_days),
        to_at=NOW - timedelta(days=to_days),
        case_id=CaseId("case-1"),
        reason="20261122-0001",
        by="李文静",
        at=NOW,
    )


def item_lock(name: str) -> Lock:
    return Lock(
        lock_id=f"lock {name}",
        kind=LockKind.EVIDENCE,
        evidence_id=EvidenceId(name),
        reason="asked for by the police",
        by="王磊",
        at=NOW,
    )


def freed(freeing: Freeing) -> dict[str, Why]:
    return {file.stored_id: why for file, why in freeing.files}


def short_of(lacking: int) -> Disk:
    return Disk(free_bytes=1000, begin_below_bytes=1001, until_bytes=1000 + lacking)


RULES = Retention(quotas=tuple(Quota(made_for=holding) for holding in Holding))


def test_what_has_served_its_thirty_days_goes_and_the_rest_stays() -> None:
    stored = [segment("old", days_old=31), segment("young", days_old=29)]
    assert freed(what_to_free(stored, (), RULES, {}, PLENTY, NOW)) == {"old": Why.AGE}


def test_what_a_case_locked_stays_however_old_it_is() -> None:
    stored = [segment("of the case", days_old=400), segment("beside it", days_old=401)]
    found = what_to_free(stored, [span_lock(400.5, 399)], RULES, {}, short_of(10**6), NOW)
    assert freed(found) == {"beside it": Why.AGE}
    assert found.lacking_bytes == 10**6 - 100


def test_a_lock_on_another_camera_holds_nothing_here() -> None:
    found = what_to_free([segment("old", days_old=40)], [span_lock(41, 39, CAMERAS[1])], RULES, {}, PLENTY, NOW)
    assert freed(found) == {"old": Why.AGE}


def test_a_released_lock_holds_nothing() -> None:
    lock = replace(span_lock(41, 39), released_at=NOW, released_by="王磊", release_reason="case closed")
    assert freed(what_to_free([segment("old", days_old=40)], [lock], RULES, {}, PLENTY, NOW)) == {"old": Why.AGE}


def test_a_quota_never_shortens_the_days_but_says_that_it_is_too_small() -> None:
    rules = Retention(quotas=(Quota(made_for=Holding.CONTINUOUS, keep=timedelta(days=90), most_bytes=150),))
    stored = [segment("older", days_old=50), segment("old", days_old=40), segment("young", days_old=5, size=200)]
    found = what_to_free(stored, (), rules, {Holding.CONTINUOUS: 400}, PLENTY, NOW)
    assert freed(found) == {"older": Why.QUOTA, "old": Why.QUOTA}
    assert found.over_quota == {Holding.CONTINUOUS: 50}


def test_a_full_disk_takes_the_oldest_past_the_days_first_whatever_its_kind() -> None:
    long = timedelta(days=365)
    rules = Retention(quotas=tuple(Quota(made_for=holding, keep=long) for holding in Holding))
    stored = [
        segment("speech", days_old=80, holding=Holding.SPEECH),
        segment("continuous", days_old=60),
        segment("manual", days_old=70, holding=Holding.MANUAL),
    ]
    assert freed(what_to_free(stored, (), rules, {}, short_of(200), NOW)) == {"speech": Why.ROOM, "manual": Why.ROOM}


def test_below_the_days_only_continuous_recording_gives_way_and_the_log_says_so() -> None:
    stored = [
        segment("manual", days_old=20, holding=Holding.MANUAL),
        segment("dismissed", days_old=19, holding=Holding.UNFILED),
        segment("first", days_old=18),
        segment("second", days_old=17),
    ]
    found = what_to_free(stored, (), RULES, {}, short_of(100), NOW)
    assert freed(found) == {"first": Why.ROOM_BELOW_DAYS}
    assert what_to_free(stored, (), RULES, {}, short_of(1000), NOW).lacking_bytes == 800


def test_a_site_that_would_rather_stop_loses_nothing_below_the_days() -> None:
    rules = replace(RULES, when_full=WhenFull.STOP_RECORDING)
    found = what_to_free([segment("first", days_old=18)], (), rules, {}, short_of(100), NOW)
    assert freed(found) == {} and found.lacking_bytes == 100


def test_a_locked_recording_says_who_locked_it_and_why() -> None:
    stored = segment("of the case", days_old=1)
    with pytest.raises(TransitionRefused, match="李文静 locked this for case 20261122-0001"):
        refuse_if_locked(stored, [span_lock(2, 0)])
    item = segment("clip", days_old=1, holding=Holding.UNFILED)
    with pytest.raises(TransitionRefused, match="王磊 locked this: asked for by the police"):
        refuse_if_locked(item, [item_lock("clip")])
    refuse_if_locked(item, [item_lock("another clip"), span_lock(2, 0)])


def test_a_lock_without_a_reason_or_with_its_ends_swapped_is_refused() -> None:
    with pytest.raises(DomainError, match="reason"):
        replace(item_lock("clip"), reason=" ")
    with pytest.raises(DomainError, match="ends before"):
        span_lock(1, 2)


@pytest.mark.parametrize(
    ("free", "room"),
    [
        (100, Room.EVERYTHING),
        (99, Room.NO_RECORDING),
        (50, Room.NO_RECORDING),
        (49, Room.NO_CLIPS),
        (25, Room.NO_CLIPS),
        (24, Room.ROWS_ONLY),
    ],
)
def test_the_reserve_gives_way_step_by_step_and_rows_come_last(free: int, room: Room) -> None:
    assert room_at(free, 100) is room


# ---- for any store, any locks, any disk

FILES = some.lists(
    some.builds(
        segment,
        name=some.uuids().map(str),
        days_old=some.floats(0, 100),
        size=some.integers(0, 1000),
        holding=some.sampled_from(Holding),
        camera=some.sampled_from(CAMERAS),
    ),
    unique_by=lambda file: file.stored_id,
    max_size=30,
)
SPANS = some.lists(
    some.tuples(some.floats(0, 100), some.floats(0.01, 50), some.sampled_from(CAMERAS)).map(
        lambda ends: span_lock(ends[0] + ends[1], ends[0], ends[2])
    ),
    max_size=4,
)
DAYS = some.integers(0, 90).map(lambda days: timedelta(days=days))
RULE_SETS = some.builds(
    Retention,
    quotas=some.tuples(
        *(
            some.builds(
                lambda holding, least, more, most: Quota(
                    made_for=holding, least=least, keep=least + more, most_bytes=most
                ),
                some.just(holding),
                DAYS,
                DAYS,
                some.sampled_from((0, 500, 3000)),
            )
            for holding in Holding
        )
    ),
    when_full=some.sampled_from(WhenFull),
)
DISKS = some.builds(
    lambda free, below, more: Disk(free_bytes=free, begin_below_bytes=below, until_bytes=below + more),
    some.integers(0, 3000),
    some.integers(0, 3000),
    some.integers(0, 5000),
)


def held_of(stored: list[Stored]) -> dict[Holding, int]:
    return {kind: sum(file.size_bytes for file in stored if file.holding is kind) for kind in Holding}


@given(FILES, SPANS, some.data(), RULE_SETS, DISKS)
def test_whatever_the_disk_locks_and_days_are_respected(
    stored: list[Stored], spans: list[Lock], data: some.DataObject, rules: Retention, disk: Disk
) -> None:
    items = [file.stored_id for file in stored if not file.is_recording]
    locks = (
        [*spans, *(item_lock(name) for name in data.draw(some.sets(some.sampled_from(items))) if items)]
        if items
        else spans
    )
    found = what_to_free(stored, locks, rules, held_of(stored), disk, NOW)
    gone = freed(found)

    for file, why in found.files:
        assert not any(lock.holds(file) for lock in locks)
        age, quota = NOW - file.ends_at, rules.of(file.holding)
        if why is Why.ROOM_BELOW_DAYS:
            assert file.holding is Holding.CONTINUOUS and rules.when_full is WhenFull.FREE_OLDEST
        else:
            assert age >= (quota.keep if why is Why.AGE else quota.least)
    assert len(gone) == len(found.files)

    free_to_go = [file for file in stored if not any(lock.holds(file) for lock in locks)]
    for file in free_to_go:
        if NOW - file.ends_at >= rules.of(file.holding).keep:
            assert gone[file.stored_id] is Why.AGE
        elif file.stored_id in gone:
            older = [
                other for other in free_to_go if other.holding is file.holding and other.begins_at < file.begins_at
            ]
            assert all(other.stored_id in gone for other in older)


@given(FILES, SPANS, RULE_SETS, DISKS)
def test_whatever_the_disk_no_more_goes_than_is_needed_and_what_is_lacking_is_said(
    stored: list[Stored], locks: list[Lock], rules: Retention, disk: Disk
) -> None:
    found = what_to_free(stored, locks, rules, held_of(stored), disk, NOW)
    made = sum(file.size_bytes for file, _ in found.files)
    needed = disk.until_bytes - disk.free_bytes if disk.free_bytes < disk.begin_below_bytes else 0
    assert found.lacking_bytes == max(0, needed - made)
    for_room = [file for file, why in found.files if why in (Why.ROOM, Why.ROOM_BELOW_DAYS)]
    if for_room:
        assert made - for_room[-1].size_bytes < needed
    if found.lacking_bytes == 0 and not needed:
        assert for_room == []


@given(FILES, SPANS, RULE_SETS)
def test_whatever_the_quotas_what_stays_over_is_young_or_locked(
    stored: list[Stored], locks: list[Lock], rules: Retention
) -> None:
    found = what_to_free(stored, locks, rules, held_of(stored), PLENTY, NOW)
    gone = freed(found)
    left = [file for file in stored if file.stored_id not in gone]
    for quota in rules.quotas:
        kept = sum(file.size_bytes for file in left if file.holding is quota.made_for)
        over = kept - quota.most_bytes if quota.most_bytes else 0
        assert found.over_quota.get(quota.made_for, 0) == max(0, over)
        if over > 0:
            for file in left:
                if file.holding is quota.made_for and NOW - file.ends_at >= quota.least:
                    assert any(lock.holds(file) for lock in locks)
