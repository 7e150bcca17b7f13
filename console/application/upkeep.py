"""What the station does with what is stored, by itself: frees what has served its days, releases what cases held."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.errors import Unavailable
from console.application.ports import Clock, StoredFiles, UnitOfWork, UnitsOfWork
from console.domain.audit import AuditFacts
from console.domain.evidence import CustodyLine
from console.domain.ids import EvidenceId, new_id
from console.domain.retention import Deletion, Disk, Freeing, Holding, Retention, Stored, Why, what_to_free

_log = logging.getLogger(__name__)

STATION = "station"
# Judgement: few enough that a unit of work takes milliseconds and a lost lease is noticed, enough for 9 streams' hour.
A_BATCH = 100
LOCKS_A_BATCH = 200
STAYS_A_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What a batch took away, and how things stand after it.

    Attributes:
        forced_bytes: freed before their days were over, because the disk was full.
        held: bytes left of each kind.
        forced_from: the beginning of the youngest file freed before its days.
    """

    files: int
    size_bytes: int
    forced_bytes: int
    lacking_bytes: int
    over_quota: Mapping[Holding, int]
    held: Mapping[Holding, int]
    forced_age: timedelta | None
    has_more: bool


class Upkeep:
    """The station's verbs on what is stored. Safe from any thread; one batch at a time."""

    def __init__(
        self,
        units: UnitsOfWork,
        clock: Clock,
        files: StoredFiles,
        rules: Retention,
        case_keep: timedelta,
        stay_keep: timedelta = timedelta(days=365),
    ) -> None:
        """Args:
        case_keep: how long after its closing a case still holds its evidence.
        stay_keep: how long after its end a stay in a parking bay is still known; its pictures go with the evidence
            that belongs to no case.
        """
        self._units = units
        self._clock = clock
        self._files = files
        self._rules = rules
        self._case_keep = case_keep
        self._stay_keep = stay_keep

    def free(self, disk: Disk, holdings: Sequence[Holding] = tuple(Holding)) -> Freed:
        """Free one batch: written down first, then taken from the disk.

        Args:
            disk: of the file system these holdings lie on.

        Raises:
            Unavailable: the database or the disk is away; what was written down is taken away later.
        """
        now = self._clock.now()
        with self._units.read() as unit:
            stored = [
                file
                for holding in holdings
                for file in unit.holdings.oldest_unlocked(holding, A_BATCH)
                if self._files.is_here(file)
            ]
            held = {holding: unit.holdings.size(holding) for holding in holdings}
            freeing = what_to_free(stored, unit.locks.holding(stored), self._rules, held, disk, now)
        chosen = freeing.files[:A_BATCH]
        gone = self._delete(chosen, now) if chosen else ()
        self._remove([file for file, _ in gone])
        return self._freed(freeing, gone, held, now)

    def finish(self) -> bool:
        """Take away what was written down as deleted and is still there; return whether all of it went."""
        with self._units.read() as unit:
            newest = unit.holdings.deletions(2 * A_BATCH)
        try:
            self._remove([deletion.stored for deletion in newest if self._files.is_here(deletion.stored)])
        except Unavailable as cause:
            _log.error("%s", cause)
            return False
        return True

    def release_closed(self) -> bool:
        """Release what cases closed long ago held; return whether there is more."""
        now = self._clock.now()
        with self._units.write() as unit:
            locks = unit.locks.of_cases_closed_before(now - self._case_keep, LOCKS_A_BATCH)
            for lock in locks:
                unit.locks.release(lock.lock_id, STATION, "the case's years are over", now)
            if locks:
                cases = sorted({lock.reason for lock in locks})
                unit.audit.append(_facts(now, "release_locks", {"locks": len(locks), "cases": cases}))
            unit.commit()
        return len(locks) == LOCKS_A_BATCH

    def forget_stays(self) -> bool:
        """Forget stays in parking bays that ended long ago; return whether there are more."""
        now = self._clock.now()
        with self._units.write() as unit:
            gone = unit.bays.forget_ended(now - self._stay_keep, STAYS_A_BATCH)
            if gone:
                unit.audit.append(_facts(now, "forget_stays", {"stays": gone}))
            unit.commit()
        return gone == STAYS_A_BATCH

    def _remove(self, files: Sequence[Stored]) -> None:
        """Take all of them away; one that does not go holds no other back, and is told at the end."""
        failed: Unavailable | None = None
        for file in files:
            try:
                self._files.remove(file)
            except Unavailable as cause:
                failed = cause
        if failed is not None:
            raise failed

    def _delete(self, chosen: Sequence[tuple[Stored, Why]], now: datetime) -> tuple[tuple[Stored, Why], ...]:
        with self._units.write() as unit:
            # Asked again where nobody else writes: a case may have been filed since.
            locks = unit.locks.holding([file for file, _ in chosen])
            gone = tuple((file, why) for file, why in chosen if not any(lock.holds(file) for lock in locks))
            if gone:
                unit.holdings.delete([_deletion(file, why, now) for file, why in gone])
                _note_custody(unit, gone, now)
                unit.audit.append(_facts(now, "retention", _sums(gone)))
                unit.commit()
        return gone

    def _freed(
        self, freeing: Freeing, gone: Sequence[tuple[Stored, Why]], held: Mapping[Holding, int], now: datetime
    ) -> Freed:
        left = dict(held)
        for file, _ in gone:
            left[file.holding] -= file.size_bytes
        forced = [file for file, why in gone if why is Why.ROOM_BELOW_DAYS]
        return Freed(
            files=len(gone),
            size_bytes=sum(file.size_bytes for file, _ in gone),
            forced_bytes=sum(file.size_bytes for file in forced),
            lacking_bytes=freeing.lacking_bytes,
            over_quota=freeing.over_quota,
            held=left,
            forced_age=now - max(file.ends_at for file in forced) if forced else None,
            has_more=len(gone) >= A_BATCH or (bool(gone) and freeing.lacking_bytes > 0),
        )


def _deletion(file: Stored, why: Why, now: datetime) -> Deletion:
    return Deletion(deletion_id=new_id(), stored=file, why=why, reason="", by=STATION, at=now)


def _note_custody(unit: UnitOfWork, gone: Sequence[tuple[Stored, Why]], now: datetime) -> None:
    for file, why in gone:
        if not file.is_recording:
            unit.evidence.note(
                CustodyLine(
                    evidence_id=EvidenceId(file.stored_id),
                    at=now,
                    who=STATION,
                    act="deleted",
                    detail={"why": why.value},
                )
            )


def _sums(gone: Sequence[tuple[Stored, Why]]) -> dict[str, object]:
    """Return what the audit keeps of a batch; each file has its line in the deletion log."""
    return {
        "files": len(gone),
        "bytes": sum(file.size_bytes for file, _ in gone),
        "why": sorted({why.value for _, why in gone}),
        "from_at": min(file.begins_at for file, _ in gone).isoformat(),
        "to_at": max(file.ends_at for file, _ in gone).isoformat(),
    }


def _facts(now: datetime, verb: str, detail: dict[str, object]) -> AuditFacts:
    return AuditFacts(at=now, who=STATION, seat_id="", verb=verb, detail=detail)
