"""What a person may do with what is stored: lock it, release it, delete recordings, read what was deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.errors import Unavailable
from console.application.permissions import Gate
from console.application.ports import Clock, StoredFiles, UnitOfWork, UnitsOfWork
from console.application.whereabouts import whereabouts
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cases import Stage
from console.domain.errors import DomainError, TransitionRefused
from console.domain.evidence import CustodyLine
from console.domain.ids import CameraId, EvidenceId, new_id
from console.domain.places import Place
from console.domain.retention import Deletion, Lock, LockKind, Retention, Stored, Why, refuse_if_locked

LOCKS_SHOWN = 500
DELETIONS_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a deletion by hand took away."""

    files: int
    size_bytes: int


class StorageDesk:
    """Verbs on what is stored; each leaves a line of audit. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock, files: StoredFiles, rules: Retention) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock
        self._files = files
        self._rules = rules

    def lock_evidence(self, actor: Actor, evidence_id: EvidenceId, reason: str) -> str:
        """Lock an item against deletion and return the lock's id.

        Raises:
            DomainError: no reason, or the item was deleted. NotPermitted: the role or the place.
        """
        with self._units.read() as unit:
            place, camera_id = whereabouts(unit, unit.evidence.get(evidence_id))
        self._gate.require(actor, Verb.LOCK_EVIDENCE, evidence_id, place=place, camera_id=camera_id)
        now = self._clock.now()
        lock = Lock(
            lock_id=new_id(),
            kind=LockKind.EVIDENCE,
            evidence_id=evidence_id,
            reason=reason,
            by=actor.display_name,
            at=now,
        )
        with self._units.write() as unit:
            if unit.evidence.get(evidence_id).deleted_at is not None:
                raise DomainError("This evidence was deleted already.")
            unit.locks.add(lock)
            unit.evidence.note(
                CustodyLine(
                    evidence_id=evidence_id, at=now, who=actor.display_name, act="locked", detail={"reason": reason}
                )
            )
            unit.audit.append(self._gate.facts(actor, "lock_evidence", evidence_id, lock=lock.lock_id, reason=reason))
            unit.commit()
        return lock.lock_id

    def lock_span(self, actor: Actor, camera_id: CameraId, from_at: datetime, to_at: datetime, reason: str) -> str:
        """Lock a camera's recordings of a span, those to come included, and return the lock's id.

        Raises:
            DomainError: no reason, or the span ends before it begins. NotPermitted: the role or the place.
        """
        self._gate.require(actor, Verb.LOCK_EVIDENCE, camera_id, camera_id=camera_id)
        lock = Lock(
            lock_id=new_id(),
            kind=LockKind.SPAN,
            camera_id=camera_id,
            from_at=from_at,
            to_at=to_at,
            reason=reason,
            by=actor.display_name,
            at=self._clock.now(),
        )
        with self._units.write() as unit:
            unit.locks.add(lock)
            unit.audit.append(self._facts(actor, "lock_recordings", lock, reason))
            unit.commit()
        return lock.lock_id

    def unlock(self, actor: Actor, lock_id: str, reason: str) -> None:
        """Release a lock; who, when and why stay beside it.

        Raises:
            DomainError: no reason. TransitionRefused: its case is open. Stale: somebody released it first.
        """
        with self._units.read() as unit:
            lock = unit.locks.get(lock_id)
            place, camera_id = _where(unit, lock)
        self._gate.require(actor, Verb.LOCK_EVIDENCE, lock_id, place=place, camera_id=camera_id)
        if not reason.strip():
            raise DomainError("Give a reason for releasing it.")
        now = self._clock.now()
        with self._units.write() as unit:
            if lock.case_id is not None and unit.cases.get(lock.case_id).stage not in (Stage.CLOSED, Stage.VOID):
                raise TransitionRefused("Case {number} is open; what proves it stays locked.", number=lock.reason)
            unit.locks.release(lock_id, actor.display_name, reason, now)
            if lock.evidence_id is not None:
                unit.evidence.note(
                    CustodyLine(
                        evidence_id=lock.evidence_id,
                        at=now,
                        who=actor.display_name,
                        act="unlocked",
                        detail={"reason": reason},
                    )
                )
            unit.audit.append(self._facts(actor, "unlock", lock, reason))
            unit.commit()

    def delete_recordings(
        self, actor: Actor, camera_id: CameraId, from_at: datetime, to_at: datetime, reason: str
    ) -> Removed:
        """Delete a camera's recordings that touch a span: all of them or none.

        Raises:
            TransitionRefused: one is locked (by whom and why is said), or younger than the days it must be kept.
            DomainError: no reason, or there are none. NotPermitted: the role or the place.
            Unavailable: one lies on another machine.
        """
        self._gate.require(actor, Verb.DELETE_RECORDING, camera_id, camera_id=camera_id)
        if not reason.strip():
            raise DomainError("Give a reason for the deletion.")
        now = self._clock.now()
        with self._units.write() as unit:
            recordings = unit.holdings.of_camera(camera_id, from_at, to_at)
            if not recordings:
                raise DomainError("There are no recordings of this camera in that time.")
            locks = unit.locks.holding(recordings)
            for stored in recordings:
                refuse_if_locked(stored, locks)
                self._refuse_if_young(stored, now)
                if not self._files.is_here(stored):
                    raise Unavailable("These recordings lie on another machine; delete them there.")
            unit.holdings.delete(
                [
                    Deletion(
                        deletion_id=new_id(),
                        stored=stored,
                        why=Why.BY_HAND,
                        reason=reason,
                        by=actor.display_name,
                        at=now,
                    )
                    for stored in recordings
                ]
            )
            size_bytes = sum(stored.size_bytes for stored in recordings)
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "delete_recordings",
                    camera_id,
                    camera_id=camera_id,
                    from_at=from_at,
                    to_at=to_at,
                    files=len(recordings),
                    bytes=size_bytes,
                    reason=reason,
                )
            )
            unit.commit()
        for stored in recordings:
            self._files.remove(stored)
        return Removed(files=len(recordings), size_bytes=size_bytes)

    def locks(self, actor: Actor) -> Sequence[Lock]:
        """Return the locks that hold where the actor may see evidence, newest first."""
        actor = self._gate.require(actor, Verb.SEE_EVIDENCE, "locks")
        with self._units.read() as unit:
            locks = unit.locks.newest(LOCKS_SHOWN)
            if actor.scope.is_everywhere:
                return locks
            where = [_where(unit, lock) for lock in locks]
            names = {camera_id for place, camera_id in where if place is None and camera_id is not None}
            cells = {camera.camera_id: camera.place for camera in unit.directory.cameras_of(names)}
            found = []
            for lock, (place, camera_id) in zip(locks, where, strict=True):
                place = place or (cells.get(camera_id) if camera_id is not None else None) or Place(address="")
                if actor.may(Verb.SEE_EVIDENCE, place, camera_id):
                    found.append(lock)
            return found

    def deletions(self, actor: Actor, before: datetime | None = None) -> Sequence[Deletion]:
        """Return the newest lines of the deletion log."""
        self._gate.require(actor, Verb.AUDIT)
        with self._units.read() as unit:
            return unit.holdings.deletions(DELETIONS_SHOWN, before=before)

    def _refuse_if_young(self, stored: Stored, now: datetime) -> None:
        least: timedelta = self._rules.of(stored.holding).least
        if now - stored.ends_at < least:
            raise TransitionRefused("Recordings are kept {days} days at least; these are younger.", days=least.days)

    def _facts(self, actor: Actor, verb: str, lock: Lock, reason: str) -> AuditFacts:
        return self._gate.facts(
            actor,
            verb,
            lock.evidence_id or lock.camera_id or "",
            camera_id=lock.camera_id,
            from_at=lock.from_at,
            to_at=lock.to_at,
            reason=reason,
            case_id=lock.case_id,
            lock=lock.lock_id,
        )


def _where(unit: UnitOfWork, lock: Lock) -> tuple[Place | None, CameraId | None]:
    """Return place and camera of what is locked."""
    if lock.evidence_id is not None:
        return whereabouts(unit, unit.evidence.get(lock.evidence_id))
    return None, lock.camera_id
