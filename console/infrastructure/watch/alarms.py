"""From a rule hit to an alarm with its clip and stills.

Long because one item's way, from the hit that wants it to its seal or to why it is missing, is read in one go.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from console.application.alarm_intake import AlarmIntake, Hit
from console.application.errors import Stale, Unavailable
from console.application.ports import Clock
from console.application.read_models import MissingEvidence
from console.domain.alarms import Priority
from console.domain.cameras import StreamProfile
from console.domain.evidence import EvidenceItem, EvidenceKind, RuleFacts
from console.domain.ids import AlarmId, CameraId, EvidenceId, SeatId
from console.domain.rules import CameraRule, RuleFamily
from console.infrastructure.channel.messages import (
    AnyMessage,
    ClipCut,
    CutClip,
    KnownMoment,
    RequestFailed,
    RuleHit,
    StillTaken,
    TakeStill,
)
from console.infrastructure.evidence_notes import draft_of, forget_note, read_note
from console.infrastructure.evidence_store import Changed, Sealed
from console.infrastructure.journal import Journal, Wanted
from console.infrastructure.watch.streams import Streams, stream_name
from console.words import N_

_log = logging.getLogger(__name__)

# After this long without an answer an item is asked for again (its worker may never have heard of it): the post-roll
# and the worker's own patience with a silent stream are over by then. Judgement.
ANSWER_WITHIN_S = 60.0
TRY_AGAIN_S = 5.0
GONE = N_("The decoder was started anew before it was written; packets of that time are gone.")
FULL = N_("The disk was too full for it.")
UNKNOWN = N_("The decoder met a fault; see the log.")


class Sealing(Protocol):
    """Where evidence is written once and then only read."""

    def reserve(self, suffix: str) -> tuple[EvidenceId, Path]:
        """Return a new id and the path its file is to be written to."""
        ...

    def seal(self, evidence_id: EvidenceId, written: Path, sha256: str) -> str:
        """Move the file to its place for good and return that place, below the store's root.

        Raises:
            Changed: the file is not what its digest says. Unavailable: the disk failed.
        """
        ...

    def seal_new(self, evidence_id: EvidenceId, written: Path, sha256: str = "", day: date | None = None) -> Sealed:
        """Do the same and return what was sealed; without a digest it is taken now.

        Args:
            day: the folder it belongs to; with the same day, sealing again is harmless.
        """
        ...


class Recordings(Protocol):
    """Where the camera's packets may still be."""

    def seek(
        self, request_id: str, camera_id: str, from_at: datetime, to_at: datetime, path: str
    ) -> Literal["asked", "later", "never"]:
        """Have a span cut to a path, answered as a clip is: asked for, not closed yet, or not recorded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSettings:
    """How much is kept around an alarm, in seconds by media time.

    ``stills_apart_s``: two stills of a standing vehicle at least 10 s apart (GA/T 832-2014).
    """

    pre_roll_s: float = 10.0
    post_roll_s: float = 5.0
    stills_apart_s: float = 10.0


@dataclass(slots=True)
class _Progress:
    """How far a wanted item is. ``worker``: who was asked, empty before; ``why`` it failed last."""

    worker: str = ""
    again_at_s: float = 0.0
    why: MissingEvidence | None = None
    is_given_up: bool = False
    # In the recordings: waited for until they are closed, then sought once.
    is_awaited: bool = False
    is_sought: bool = False


class AlarmRoom:
    """Owned by the station's main thread.

    What evidence an alarm lacks stands in the journal until it is kept or known to be lost. A worker writes it with a
    note beside it, and as it comes: what a dead worker or station leaves of it is sealed by whoever is next.
    """

    def __init__(
        self,
        *,
        intake: AlarmIntake,
        journal: Journal,
        streams: Streams,
        sealing: Sealing,
        settings: ClipSettings,
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
        may_keep: Callable[[EvidenceKind], bool] = lambda _kind: True,
        recordings: Recordings | None = None,
    ) -> None:
        """Args:
        recordings: where a clip is sought whose packets are gone.
        may_keep: says whether the disk has room for evidence of a kind.
        send: gives a message to the worker of an id. tell: tells the seats that rows of a topic changed.
        """
        self._intake = intake
        self._journal = journal
        self._streams = streams
        self._sealing = sealing
        self._settings = settings
        self._clock = clock
        self._send = send
        self._tell = tell
        self._recordings = recordings
        self._may_keep = may_keep
        self._progress: dict[str, _Progress] = {}
        # Nobody writes any more what an earlier station asked for.
        self._orphans = {wanted.evidence_id for wanted in journal.wanted()}

    def take_hit(self, hit: RuleHit) -> None:
        """Write the hit down, then make it an alarm; if the database is away it waits in the journal."""
        try:
            self._journal.keep(hit)
        except Unavailable as cause:
            _log.error("hit %s waits in memory only: %s", hit.hit_id, cause)
        self._raise(hit)

    def take_in_waiting(self) -> None:
        """Bring what waited for the database or the disk to it. Called now and then."""
        self._journal.catch_up()
        for hit in self._journal.pending():
            if not self._raise(hit):
                return
        now_s = self._clock.monotonic_s()
        for wanted in self._journal.wanted():
            if now_s >= self._of(wanted).again_at_s:
                self._tend(wanted)

    @property
    def waiting(self) -> int:
        """How many hits and files the database does not hold yet."""
        return len(self._journal.pending()) + len(self._journal.wanted())

    def take_clip(self, clip: ClipCut) -> bool:
        """Seal a clip that was asked for here; false if it was asked for elsewhere."""
        return self._take(clip)

    def take_still(self, still: StillTaken) -> bool:
        """Seal a still that was asked for here; false if it was asked for elsewhere."""
        return self._take(still)

    def take_failure(self, failure: RequestFailed) -> bool:
        """Try again what may pass; what may not is missing from now on. False if it was asked for elsewhere."""
        wanted = self._wanted(failure.request_id)
        if wanted is None:
            return False
        progress = self._of(wanted)
        _log.error("%s of alarm %s: %s", wanted.kind, wanted.alarm_id, failure.reason)
        # What went wrong first is why it is missing; that the packets are gone by now is only its consequence.
        if progress.why is None:
            progress.why = _missing(wanted, failure.sentence or UNKNOWN, failure.values)
        progress.worker = ""
        if failure.may_pass:
            progress.again_at_s = self._clock.monotonic_s() + TRY_AGAIN_S
        else:
            self._give_up(wanted)
        return True

    def free_claims(self, seat_id: SeatId) -> bool:
        """Give back what was claimed at a seat that is gone; false if that must be tried again."""
        try:
            freed = self._intake.free_claims(seat_id)
        except (Unavailable, Stale) as cause:
            _log.warning("claims of seat %s are freed later: %s", seat_id, cause)
            return False
        if freed:
            _log.info("seat %s is gone; %d claims are free again", seat_id, len(freed))
            self._tell("alarms", tuple(freed))
        return True

    def note_lost_worker(self, worker_id: str) -> None:
        """A worker died: keep what it had written of what it was asked for."""
        for wanted in self._journal.wanted():
            if self._of(wanted).worker == worker_id:
                self._of(wanted).worker = ""
                self._orphans.add(wanted.evidence_id)
                self._tend(wanted)

    def _wanted(self, evidence_id: str) -> Wanted | None:
        return next((item for item in self._journal.wanted() if item.evidence_id == evidence_id), None)

    def _of(self, wanted: Wanted) -> _Progress:
        return self._progress.setdefault(wanted.evidence_id, _Progress())

    def _raise(self, hit: RuleHit) -> bool:
        camera = self._streams.camera(hit.camera_id)
        rules = [rule for rule in camera.rules if rule.rule_id == hit.rule_id] if camera else []
        if not rules:
            _log.warning("hit %s of rule %s, which is no longer there; left out", hit.hit_id, hit.rule_id)
            self._journal.cross_out(hit.hit_id)
            return True
        try:
            taken = self._intake.take(
                Hit(
                    hit_id=hit.hit_id,
                    camera_id=CameraId(hit.camera_id),
                    category=rules[0].category,
                    priority=_priority(rules[0], hit),
                    facts=_facts(hit),
                    media_time_s=hit.media_time_s,
                    received_at=hit.received_at,
                )
            )
        except (Unavailable, Stale) as cause:
            _log.error("hit %s waits in the journal: %s", hit.hit_id, cause)
            self._ask_early(hit)
            return False
        early = self._early(hit)
        if taken.wants_evidence:
            wanted = [item.model_copy(update={"alarm_id": taken.alarm_id}) for item in early]
            new = () if early else self._evidence_for(taken.alarm_id, hit)
            self._journal.cross_out(hit.hit_id, (*wanted, *new))
            for item in new:
                self._ask(item)
            if hit.reference:
                self._keep_reference(taken.alarm_id, hit)
            for item in wanted:
                if self._of(item).is_given_up or read_note(item.path) is not None:
                    self._tend(item)
        else:
            self._journal.cross_out(hit.hit_id)
            for item in early:
                self._drop(item)
        _log.info("hit %s of camera %s is alarm %s", hit.hit_id, hit.camera_id, taken.alarm_id)
        self._tell("alarms", (taken.alarm_id,))
        return True

    def _keep_reference(self, alarm_id: AlarmId, hit: RuleHit) -> None:
        """Give the alarm the picture its place was compared with; the reference itself stays where it lies."""
        reference = Path(hit.reference)
        missing = MissingEvidence(kind="still", remark="reference", sentence=UNKNOWN)
        evidence_id, path = self._sealing.reserve(".jpg")
        try:
            taken_at = datetime.fromtimestamp(reference.stat().st_mtime, UTC)
            path.write_bytes(reference.read_bytes())
            sealed = self._sealing.seal_new(evidence_id, path)
            self._intake.keep_evidence(
                EvidenceItem(
                    evidence_id=evidence_id,
                    kind=EvidenceKind.STILL,
                    subject_id=alarm_id,
                    path=sealed.path,
                    sha256=sealed.sha256,
                    size_bytes=sealed.size_bytes,
                    begins_at=taken_at,
                    camera_id=CameraId(hit.camera_id),
                    rule=_facts(hit),
                    remark="reference",
                    made_by="station",
                )
            )
        except (OSError, Changed, Unavailable, Stale) as cause:
            _log.error("the reference picture of alarm %s is missing: %s", alarm_id, cause)
            with suppress(Unavailable, Stale):
                self._intake.note_missing(alarm_id, missing)

    def _early(self, hit: RuleHit) -> list[Wanted]:
        return [item for item in self._journal.wanted() if item.hit.hit_id == hit.hit_id and not item.alarm_id]

    def _ask_early(self, hit: RuleHit) -> None:
        """Have the clip and stills written while their packets are there, whatever the database will say of the hit."""
        if not self._early(hit):
            wanted = self._evidence_for(AlarmId(""), hit)
            self._journal.want(wanted)
            for item in wanted:
                self._ask(item)

    def _drop(self, wanted: Wanted) -> None:
        """Throw away what was written for a hit that an open alarm absorbed."""
        with suppress(OSError):
            Path(wanted.path).unlink(missing_ok=True)
        self._settle(wanted)

    def _evidence_for(self, alarm_id: AlarmId, hit: RuleHit) -> Sequence[Wanted]:
        at_s = hit.media_time_s
        before_s = max(0.0, at_s - self._settings.stills_apart_s)
        if hit.family is not RuleFamily.STANDING_VEHICLE:
            before_s = max(before_s, hit.began_media_s)  # whence it came, not a street it was not yet in
        clip_s = (max(0.0, at_s - self._settings.pre_roll_s), at_s + self._settings.post_roll_s)
        found = []
        for kind, remark, span_s in (
            ("still", "alarm", (at_s, at_s)),
            ("still", "before", (before_s, before_s)),
            ("clip", "", clip_s),
        ):
            name, path = self._sealing.reserve(".jpg" if kind == "still" else ".mp4")
            found.append(
                Wanted.model_validate(
                    {
                        "evidence_id": name,
                        "alarm_id": alarm_id,
                        "kind": kind,
                        "remark": remark,
                        "hit": hit,
                        "from_media_s": span_s[0],
                        "to_media_s": span_s[1],
                        "path": str(path),
                        "wanted_at": self._clock.now(),
                    }
                )
            )
        return found

    def _ask(self, wanted: Wanted) -> None:
        stream = stream_name(wanted.hit.camera_id, StreamProfile.MAIN)
        known = KnownMoment(media_time_s=wanted.hit.media_time_s, received_at=wanted.hit.received_at)
        progress = self._of(wanted)
        if not self._may_keep(EvidenceKind(wanted.kind)):
            self._wait_for_room(wanted)
            return
        progress.worker = self._streams.worker_of(stream)
        progress.again_at_s = self._clock.monotonic_s() + ANSWER_WITHIN_S
        order: AnyMessage
        if wanted.kind == "still":
            order = TakeStill(
                request_id=wanted.evidence_id,
                stream_id=stream,
                media_time_s=wanted.from_media_s,
                path=wanted.path,
                known=known,
            )
        else:
            order = CutClip(
                request_id=wanted.evidence_id,
                stream_id=stream,
                from_media_s=wanted.from_media_s,
                to_media_s=wanted.to_media_s,
                path=wanted.path,
                known=known,
            )
        self._send(progress.worker, order)

    def _wait_for_room(self, wanted: Wanted) -> None:
        """Ask once the disk has room, for as long as the packets may be there."""
        progress = self._of(wanted)
        progress.why = progress.why or _missing(wanted, FULL, {})
        progress.again_at_s = self._clock.monotonic_s() + TRY_AGAIN_S
        if (self._clock.now() - wanted.wanted_at).total_seconds() > ANSWER_WITHIN_S:
            self._give_up(wanted)

    def _tend(self, wanted: Wanted) -> None:
        """Bring one item a step further: seal what is written, give up what is lost, ask for the rest again."""
        note = read_note(wanted.path)
        if self._of(wanted).is_given_up or self._of(wanted).is_awaited:
            self._give_up(wanted)
        elif note is not None and (note.sha256 or wanted.evidence_id in self._orphans):
            self._seal(wanted, note)
        elif wanted.evidence_id in self._orphans:
            self._of(wanted).why = _missing(wanted, GONE, {})
            self._give_up(wanted)
        else:
            self._ask(wanted)

    def _take(self, written: ClipCut | StillTaken) -> bool:
        wanted = self._wanted(written.request_id)
        if wanted is None:
            return False
        self._seal(wanted, written)
        return True

    def _seal(self, wanted: Wanted, written: ClipCut | StillTaken) -> None:
        self._of(wanted).again_at_s = self._clock.monotonic_s() + TRY_AGAIN_S
        if not wanted.alarm_id:
            return
        path = Path(wanted.path)
        item = _item(wanted, written)
        if not written.sha256:  # its worker died over it: what there is of it is whole up to its last fragment
            with suppress(OSError):  # it has its name already, or its place
                draft_of(path).replace(path)
        try:
            day = wanted.wanted_at.date()
            sealed = self._sealing.seal_new(EvidenceId(wanted.evidence_id), path, written.sha256, day)
        except Changed as cause:
            _log.error("%s of alarm %s: %s", wanted.kind, wanted.alarm_id, cause)
            self._of(wanted).why = _missing(wanted, cause.sentence, cause.values)
            self._give_up(wanted)
            return
        except Unavailable as cause:
            _log.error("%s of alarm %s waits for the disk: %s", wanted.kind, wanted.alarm_id, cause)
            return
        try:
            self._intake.keep_evidence(
                replace(item, path=sealed.path, sha256=sealed.sha256, size_bytes=sealed.size_bytes)
            )
        except (Unavailable, Stale) as cause:
            _log.error("evidence %s waits for the database: %s", item.evidence_id, cause)
            return
        self._settle(wanted)

    def _is_sought(self, wanted: Wanted) -> bool:
        """Have a clip whose packets are gone cut from the recordings, where there are any; true while that goes on."""
        progress = self._of(wanted)
        if self._recordings is None or wanted.kind != "clip" or progress.is_sought or not wanted.alarm_id:
            return False
        since_hit = timedelta(seconds=wanted.from_media_s - wanted.hit.media_time_s)
        from_at = wanted.hit.received_at + since_hit
        to_at = from_at + timedelta(seconds=wanted.to_media_s - wanted.from_media_s)
        found = self._recordings.seek(wanted.evidence_id, wanted.hit.camera_id, from_at, to_at, wanted.path)
        progress.is_awaited = found == "later"
        if progress.is_awaited:
            progress.again_at_s = self._clock.monotonic_s() + TRY_AGAIN_S
            return True
        progress.is_sought = True
        if found == "never":
            return False
        self._orphans.discard(wanted.evidence_id)
        progress.again_at_s = self._clock.monotonic_s() + ANSWER_WITHIN_S
        return True

    def _give_up(self, wanted: Wanted) -> None:
        if self._is_sought(wanted):
            return
        progress = self._of(wanted)
        progress.is_given_up = True
        progress.again_at_s = self._clock.monotonic_s() + TRY_AGAIN_S
        if not wanted.alarm_id:
            return
        try:
            self._intake.note_missing(AlarmId(wanted.alarm_id), progress.why or _missing(wanted, UNKNOWN, {}))
        except (Unavailable, Stale) as cause:
            _log.error("that %s of alarm %s is missing waits: %s", wanted.kind, wanted.alarm_id, cause)
            return
        _log.error("%s of alarm %s is missing", wanted.kind, wanted.alarm_id)
        self._settle(wanted)

    def _settle(self, wanted: Wanted) -> None:
        self._journal.settle(wanted.evidence_id)
        self._progress.pop(wanted.evidence_id, None)
        self._orphans.discard(wanted.evidence_id)
        forget_note(wanted.path)
        self._tell("evidence", (wanted.alarm_id,))


def _missing(wanted: Wanted, sentence: str, values: dict[str, str]) -> MissingEvidence:
    return MissingEvidence(
        kind=wanted.kind,
        remark=wanted.remark,
        sentence=sentence,
        values={name: str(value) for name, value in values.items()},
    )


def _priority(rule: CameraRule, hit: RuleHit) -> Priority:
    """Return the rule's priority; a warning has one step less, so that the alarm after it is heard."""
    wanted = Priority(rule.priority)
    if ("level", "warning") not in hit.reasons:
        return wanted
    return Priority.MEDIUM if wanted is Priority.HIGH else Priority.LOW


def _facts(hit: RuleHit) -> RuleFacts:
    return RuleFacts(
        rule_id=hit.rule_id,
        zone_name=hit.zone_name,
        polygon=hit.polygon,
        box=hit.box,
        label=hit.label,
        score=hit.score,
        mean_score=hit.mean_score,
        dwell_s=hit.dwell_s,
        model_name=hit.model_name,
        model_sha256=hit.model_sha256,
        device=hit.device,
        precision=hit.precision,
        family=hit.family,
        reasons=hit.reasons,
    )


def _item(wanted: Wanted, written: ClipCut | StillTaken) -> EvidenceItem:
    is_clip = isinstance(written, ClipCut)
    return EvidenceItem(
        evidence_id=EvidenceId(wanted.evidence_id),
        kind=EvidenceKind.CLIP if is_clip else EvidenceKind.STILL,
        subject_id=wanted.alarm_id,
        path=written.path,
        sha256=written.sha256,
        size_bytes=written.size_bytes,
        begins_at=written.begins_at if isinstance(written, ClipCut) else written.received_at,
        duration_s=written.to_media_s - written.from_media_s if isinstance(written, ClipCut) else 0.0,
        media_time_s=written.from_media_s if isinstance(written, ClipCut) else written.media_time_s,
        camera_id=CameraId(wanted.hit.camera_id),
        captured_at=written.captured_at,
        clock_offset_s=written.clock_offset_s,
        clock_source="unknown" if written.clock_offset_s is None else "stream",
        width=written.width,
        height=written.height,
        sound=written.sound if isinstance(written, ClipCut) else "",
        rule=_facts(wanted.hit).masked,
        remark=wanted.remark,
        made_by="station",
    )
