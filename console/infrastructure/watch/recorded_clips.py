"""Spans of recordings as evidence: asked for at a seat, cut by a media worker, sealed like any clip."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from console.application.alarm_intake import AlarmIntake
from console.application.errors import Unavailable
from console.application.ports import Clock, UnitsOfWork
from console.domain.cameras import StreamProfile
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, EvidenceId
from console.domain.recordings import SEGMENT_LENGTH, Segment
from console.infrastructure.channel.messages import (
    AnyMessage,
    ClipCut,
    CutRecording,
    CutSpan,
    RecordedPart,
    RequestFailed,
)
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.watch.alarms import Sealing
from console.infrastructure.watch.streams import Streams

_log = logging.getLogger(__name__)

# A segment is closed at the next key picture, then synced and indexed. Judgement.
INDEXED_WITHIN = timedelta(seconds=20)
CLOSED_WITHIN = SEGMENT_LENGTH + INDEXED_WITHIN


class Seat(Protocol):
    """Who asked, and is told when it cannot be done."""

    def send(self, message: AnyMessage) -> None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    seat: Seat
    order: CutSpan


class RecordedClips:
    """Owned by the station's main thread.

    Who asked is told when it cannot be done; an order that dies with its station is pressed again, its span is still
    recorded.
    """

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        intake: AlarmIntake,
        shelf: RecordingShelf,
        sealing: Sealing,
        streams: Streams,
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        self._units = units
        self._intake = intake
        self._shelf = shelf
        self._sealing = sealing
        self._streams = streams
        self._clock = clock
        self._send = send
        self._tell = tell
        self._asked: dict[str, _Asked] = {}
        self._unsaved: list[EvidenceItem] = []

    def take_order(self, seat: Seat, order: CutSpan) -> None:
        """Have a span cut for a seat, or say why not."""
        try:
            with self._units.read() as unit:
                found = unit.recordings.of_camera(CameraId(order.camera_id), order.from_at, order.to_at)
        except Unavailable as cause:
            seat.send(RequestFailed(request_id=order.request_id, reason=cause.sentence))
            return
        parts = self._parts(found)
        if not parts:
            seat.send(RequestFailed(request_id=order.request_id, reason="Nothing was recorded at that time."))
            return
        evidence_id, path = self._sealing.reserve(".mp4")
        self._asked[evidence_id] = _Asked(seat, order)
        self._cut(evidence_id, parts, order.from_at, order.to_at, str(path))

    def seek(
        self, request_id: str, camera_id: str, from_at: datetime, to_at: datetime, path: str
    ) -> Literal["asked", "later", "never"]:
        """Have the span of an alarm's clip cut, where it was recorded; the answer is the alarm room's.

        Later while its last segment may not be closed or indexed yet.
        """
        try:
            with self._units.read() as unit:
                found = unit.recordings.of_camera(CameraId(camera_id), from_at, to_at)
        except Unavailable:
            return "later"
        parts = self._parts(found)
        is_whole = bool(parts) and max(segment.ends_at for segment in found) >= to_at
        # Where nothing is recorded, what was recorded until a moment ago is indexed soon, and nobody waits for more.
        within = CLOSED_WITHIN if self._streams.is_recorded(camera_id) else INDEXED_WITHIN
        if not is_whole and self._clock.now() < to_at + within:
            return "later"
        if not parts:
            return "never"
        self._cut(request_id, parts, from_at, to_at, path)
        return "asked"

    def _cut(
        self, request_id: str, parts: tuple[RecordedPart, ...], from_at: datetime, to_at: datetime, path: str
    ) -> None:
        order = CutRecording(request_id=request_id, parts=parts, from_at=from_at, to_at=to_at, path=path)
        self._send(self._streams.worker_of(request_id), order)

    def _parts(self, found: Sequence[Segment]) -> tuple[RecordedPart, ...]:
        return tuple(
            RecordedPart(
                path=str(self._shelf.absolute(segment.path)),
                begins_at=segment.begins_at,
                media_from_s=segment.media_from_s,
                clock_offset_s=segment.clock_offset_s,
            )
            for segment in found
            if segment.lost_at is None and segment.profile is StreamProfile.MAIN
        )

    def take_clip(self, clip: ClipCut) -> bool:
        """Seal a clip that was asked for here; false if it was asked for elsewhere."""
        asked = self._asked.pop(clip.request_id, None)
        if asked is None:
            return False
        item = EvidenceItem(
            evidence_id=EvidenceId(clip.request_id),
            kind=EvidenceKind.CLIP,
            subject_id=asked.order.subject_id,
            path=clip.path,
            sha256=clip.sha256,
            size_bytes=clip.size_bytes,
            begins_at=clip.begins_at,
            duration_s=clip.to_media_s - clip.from_media_s,
            media_time_s=clip.from_media_s,
            camera_id=CameraId(asked.order.camera_id),
            captured_at=clip.captured_at,
            clock_offset_s=clip.clock_offset_s,
            clock_source="unknown" if clip.clock_offset_s is None else "stream",
            width=clip.width,
            height=clip.height,
            sound=clip.sound,
            remark=asked.order.reason,
            made_by=asked.order.who,
        )
        try:
            place = self._sealing.seal(item.evidence_id, Path(clip.path), clip.sha256)
        except Unavailable as cause:
            asked.seat.send(RequestFailed(request_id=asked.order.request_id, reason=cause.sentence))
            return True
        self._unsaved.append(replace(item, path=place))
        self.save_waiting()
        return True

    def take_failure(self, failure: RequestFailed) -> bool:
        """Tell who asked that it could not be cut; false if it was asked for elsewhere."""
        asked = self._asked.pop(failure.request_id, None)
        if asked is None:
            return False
        _log.error("a span of camera %s could not be cut: %s", asked.order.camera_id, failure.reason)
        asked.seat.send(RequestFailed(request_id=asked.order.request_id, reason=failure.reason))
        return True

    def save_waiting(self) -> None:
        """Bring what is sealed to the database; what it does not take waits. Called now and then."""
        while self._unsaved:
            item = self._unsaved[0]
            try:
                self._intake.keep_evidence(item)
            except Unavailable as cause:
                _log.error("evidence %s waits for the database: %s", item.evidence_id, cause)
                return
            self._unsaved.pop(0)
            self._tell("evidence", (item.subject_id,))
