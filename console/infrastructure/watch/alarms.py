"""From a rule hit to an alarm with its clip and stills."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from console.application.alarm_intake import AlarmIntake, Hit
from console.application.errors import Unavailable
from console.domain.alarms import Priority
from console.domain.cameras import StreamProfile
from console.domain.evidence import EvidenceItem, EvidenceKind, RuleFacts
from console.domain.ids import AlarmId, CameraId, EvidenceId
from console.infrastructure.channel.messages import (
    AnyMessage,
    ClipCut,
    CutClip,
    RequestFailed,
    RuleHit,
    StillTaken,
    TakeStill,
)
from console.infrastructure.journal import Journal
from console.infrastructure.watch.streams import Streams, stream_name

_log = logging.getLogger(__name__)


class Sealing(Protocol):
    """Where evidence is written once and then only read."""

    def reserve(self, suffix: str) -> tuple[EvidenceId, Path]:
        """Return a new id and the path its file is to be written to."""
        ...

    def seal(self, evidence_id: EvidenceId, written: Path, sha256: str) -> str:
        """Move the file to its place for good and return that place, below the store's root.

        Raises:
            Unavailable: the disk failed, or the file is not what its digest says.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSettings:
    """How much is kept around an alarm, in seconds by media time.

    ``stills_apart_s``: two stills of a standing vehicle at least 10 s apart (GA/T 832-2014).
    """

    pre_roll_s: float = 10.0
    post_roll_s: float = 5.0
    stills_apart_s: float = 10.0


@dataclass(frozen=True, slots=True)
class _Wanted:
    evidence_id: EvidenceId
    alarm_id: AlarmId
    kind: EvidenceKind
    facts: RuleFacts
    camera_id: CameraId
    remark: str = ""


class AlarmRoom:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        intake: AlarmIntake,
        journal: Journal,
        streams: Streams,
        sealing: Sealing,
        settings: ClipSettings,
        send: Callable[[str, AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
        may_keep: Callable[[EvidenceKind], bool] = lambda _kind: True,
    ) -> None:
        """Args:
        may_keep: says whether the disk has room for evidence of a kind.
        send: gives a message to the worker of an id. tell: tells the seats that rows of a topic changed.
        """
        self._intake = intake
        self._journal = journal
        self._streams = streams
        self._sealing = sealing
        self._settings = settings
        self._send = send
        self._tell = tell
        self._may_keep = may_keep
        self._wanted: dict[str, _Wanted] = {}
        self._unsaved: list[EvidenceItem] = []

    def take_hit(self, hit: RuleHit) -> None:
        """Write the hit down, then make it an alarm; if the database is away it waits in the journal."""
        try:
            self._journal.keep(hit)
        except Unavailable as cause:
            _log.error("hit %s waits in memory only: %s", hit.hit_id, cause)
        self._raise(hit)

    def take_in_waiting(self) -> None:
        """Bring what waited for the database to it. Called now and then."""
        for hit in self._journal.pending():
            if not self._raise(hit):
                return
        while self._unsaved:
            if not self._save(self._unsaved[0]):
                return
            self._unsaved.pop(0)

    @property
    def waiting(self) -> int:
        """How many hits and files the database does not hold yet."""
        return len(self._journal.pending()) + len(self._unsaved)

    def take_clip(self, clip: ClipCut) -> bool:
        """Seal a clip that was asked for here; false if it was asked for elsewhere."""
        wanted = self._wanted.pop(clip.request_id, None)
        if wanted is None:
            return False
        self._keep(
            wanted,
            EvidenceItem(
                evidence_id=wanted.evidence_id,
                kind=wanted.kind,
                subject_id=wanted.alarm_id,
                path=clip.path,
                sha256=clip.sha256,
                size_bytes=clip.size_bytes,
                begins_at=clip.begins_at,
                duration_s=clip.to_media_s - clip.from_media_s,
                media_time_s=clip.from_media_s,
                camera_id=wanted.camera_id,
                captured_at=clip.captured_at,
                clock_offset_s=clip.clock_offset_s,
                clock_source="unknown" if clip.clock_offset_s is None else "stream",
                width=clip.width,
                height=clip.height,
                rule=wanted.facts,
                made_by="station",
            ),
        )
        return True

    def take_still(self, still: StillTaken) -> bool:
        """Seal a still that was asked for here; false if it was asked for elsewhere."""
        wanted = self._wanted.pop(still.request_id, None)
        if wanted is None:
            return False
        self._keep(
            wanted,
            EvidenceItem(
                evidence_id=wanted.evidence_id,
                kind=wanted.kind,
                subject_id=wanted.alarm_id,
                path=still.path,
                sha256=still.sha256,
                size_bytes=still.size_bytes,
                begins_at=still.received_at,
                media_time_s=still.media_time_s,
                camera_id=wanted.camera_id,
                captured_at=still.captured_at,
                clock_offset_s=still.clock_offset_s,
                clock_source="unknown" if still.clock_offset_s is None else "stream",
                width=still.width,
                height=still.height,
                rule=wanted.facts,
                remark=wanted.remark,
                made_by="station",
            ),
        )
        return True

    def take_failure(self, failure: RequestFailed) -> bool:
        wanted = self._wanted.pop(failure.request_id, None)
        if wanted is None:
            return False
        _log.error("%s of alarm %s could not be kept: %s", wanted.kind, wanted.alarm_id, failure.reason)
        return True

    def _raise(self, hit: RuleHit) -> bool:
        camera = self._streams.camera(hit.camera_id)
        rules = [rule for rule in camera.rules if rule.rule_id == hit.rule_id] if camera else []
        if not rules:
            _log.warning("hit %s of rule %s, which is no longer there; left out", hit.hit_id, hit.rule_id)
            self._journal.cross_out(hit.hit_id)
            return True
        facts = RuleFacts(
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
        )
        try:
            taken = self._intake.take(
                Hit(
                    hit_id=hit.hit_id,
                    camera_id=CameraId(hit.camera_id),
                    category=rules[0].category,
                    priority=Priority(rules[0].priority),
                    facts=facts,
                    media_time_s=hit.media_time_s,
                    received_at=hit.received_at,
                )
            )
        except Unavailable as cause:
            _log.error("hit %s waits in the journal: %s", hit.hit_id, cause)
            return False
        self._journal.cross_out(hit.hit_id)
        _log.info("hit %s of camera %s is alarm %s (new: %s)", hit.hit_id, hit.camera_id, taken.alarm_id, taken.is_new)
        if taken.is_new:
            self._ask_for_evidence(taken.alarm_id, hit, facts)
        self._tell("alarms", (taken.alarm_id,))
        return True

    def _ask_for_evidence(self, alarm_id: AlarmId, hit: RuleHit, facts: RuleFacts) -> None:
        stream = stream_name(hit.camera_id, StreamProfile.MAIN)
        worker = self._streams.worker_of(stream)
        camera = CameraId(hit.camera_id)
        times = ((hit.media_time_s, "alarm"), (hit.media_time_s - self._settings.stills_apart_s, "before"))
        if not self._may_keep(EvidenceKind.STILL):
            _log.error("alarm %s has no stills and no clip: the disk is full", alarm_id)
            return
        for media_time_s, remark in times:
            name, path = self._sealing.reserve(".jpg")
            self._wanted[name] = _Wanted(name, alarm_id, EvidenceKind.STILL, facts, camera, remark)
            self._send(
                worker,
                TakeStill(request_id=name, stream_id=stream, media_time_s=max(0.0, media_time_s), path=str(path)),
            )
        if not self._may_keep(EvidenceKind.CLIP):
            _log.error("alarm %s has no clip: the disk is nearly full", alarm_id)
            return
        name, path = self._sealing.reserve(".mp4")
        self._wanted[name] = _Wanted(name, alarm_id, EvidenceKind.CLIP, facts, camera)
        self._send(
            worker,
            CutClip(
                request_id=name,
                stream_id=stream,
                from_media_s=max(0.0, hit.media_time_s - self._settings.pre_roll_s),
                to_media_s=hit.media_time_s + self._settings.post_roll_s,
                path=str(path),
            ),
        )

    def _keep(self, wanted: _Wanted, written: EvidenceItem) -> None:
        try:
            place = self._sealing.seal(wanted.evidence_id, Path(written.path), written.sha256)
        except Unavailable as cause:
            _log.error("%s of alarm %s could not be sealed: %s", wanted.kind, wanted.alarm_id, cause)
            return
        item = replace(written, path=place)
        if not self._save(item):
            self._unsaved.append(item)

    def _save(self, item: EvidenceItem) -> bool:
        try:
            self._intake.keep_evidence(item)
        except Unavailable as cause:
            _log.error("evidence %s waits for the database: %s", item.evidence_id, cause)
            return False
        self._tell("evidence", (item.subject_id,))
        return True
