"""From a bay that was taken or left to its line in the records, with a picture of that moment."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from console.application.bays_desk import BayNotes
from console.application.errors import Stale, Unavailable
from console.domain.bay_sessions import ENTERED, LEFT, BaySession
from console.domain.cameras import StreamProfile
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, EvidenceId, RuleId
from console.infrastructure.channel.messages import (
    AnyMessage,
    BayChanged,
    KnownMoment,
    RequestFailed,
    StillTaken,
    TakeStill,
)
from console.infrastructure.evidence_notes import forget_note
from console.infrastructure.evidence_store import Changed, Sealed
from console.infrastructure.watch.streams import Streams, stream_name

_log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""Changes that wait for a database that is away: hours of a large car park (judgement)."""


class Sealing(Protocol):
    """Where evidence is written once."""

    def reserve(self, suffix: str) -> tuple[EvidenceId, Path]: ...

    def seal_new(self, evidence_id: EvidenceId, written: Path, sha256: str = "") -> Sealed: ...


class Witnessing(Protocol):
    """Who writes down what was sealed: the alarms' intake."""

    def keep_evidence(self, item: EvidenceItem) -> None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    session: BaySession
    remark: str
    path: Path


class BayRoom:
    """Owned by the station's main thread.

    A picture that cannot be had is none: a stay is counted without it. It is asked for once, of packets still there.
    """

    def __init__(
        self,
        *,
        notes: BayNotes,
        sealing: Sealing,
        intake: Witnessing,
        streams: Streams,
        send: Callable[[str, AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
        may_keep: Callable[[EvidenceKind], bool] = lambda _kind: True,
    ) -> None:
        """Args:
        send: gives a message to the worker of an id. tell: tells the seats that rows of a topic changed.
        may_keep: says whether the disk has room for evidence of a kind.
        """
        self._notes = notes
        self._sealing = sealing
        self._intake = intake
        self._streams = streams
        self._send = send
        self._tell = tell
        self._may_keep = may_keep
        self._waiting: deque[BayChanged] = deque(maxlen=MOST_WAITING)
        self._asked: dict[str, _Asked] = {}

    def take_change(self, change: BayChanged) -> None:
        """Write a change down; while the database is away it waits in memory."""
        self._waiting.append(change)
        self.write_waiting()

    def write_waiting(self) -> None:
        """Bring what waited for the database to it, in its order. Called now and then."""
        while self._waiting:
            try:
                self._note(self._waiting[0])
            except (Unavailable, Stale) as cause:
                _log.warning("%d changes of bays wait: %s", len(self._waiting), cause)
                return
            self._waiting.popleft()

    def take_still(self, still: StillTaken) -> bool:
        """Seal a picture that was asked for here; false if it was asked for elsewhere."""
        asked = self._asked.pop(still.request_id, None)
        if asked is None:
            return False
        item = EvidenceItem(
            evidence_id=EvidenceId(still.request_id),
            kind=EvidenceKind.STILL,
            subject_id=asked.session.session_id,
            path=still.path,
            sha256=still.sha256,
            size_bytes=still.size_bytes,
            begins_at=still.received_at,
            media_time_s=still.media_time_s,
            camera_id=asked.session.camera_id,
            captured_at=still.captured_at,
            clock_offset_s=still.clock_offset_s,
            clock_source="unknown" if still.clock_offset_s is None else "stream",
            width=still.width,
            height=still.height,
            remark=asked.remark,
            made_by="station",
        )
        try:
            sealed = self._sealing.seal_new(item.evidence_id, asked.path, still.sha256)
            self._intake.keep_evidence(
                replace(item, path=sealed.path, sha256=sealed.sha256, size_bytes=sealed.size_bytes)
            )
        except (Changed, Unavailable, Stale) as cause:
            _log.error("picture %s of bay stay %s is lost: %s", asked.remark, asked.session.session_id, cause)
        forget_note(str(asked.path))
        self._tell("bays", (asked.session.camera_id,))
        return True

    def take_failure(self, failure: RequestFailed) -> bool:
        """A picture is not to be had; false if it was asked for elsewhere."""
        asked = self._asked.pop(failure.request_id, None)
        if asked is None:
            return False
        _log.warning("no picture %s of bay stay %s: %s", asked.remark, asked.session.session_id, failure.reason)
        return True

    def _note(self, change: BayChanged) -> None:
        camera_id, rule_id = CameraId(change.camera_id), RuleId(change.rule_id)
        if change.change == "entered":
            session = self._notes.begin(
                camera_id,
                rule_id,
                change.row,
                change.bay,
                change.received_at,
                is_begin_known=change.is_begin_known,
                is_sure=change.is_sure,
            )
            remark = ENTERED
        else:
            # Found free: it left while nobody looked, and nobody knows when.
            is_sure = change.is_sure and change.change == "left"
            session = self._notes.end(camera_id, rule_id, change.bay, change.received_at, is_sure=is_sure)
            remark = LEFT
        if session is None:
            return
        if change.change != "found_free":
            self._ask(session, remark, change)
        self._tell("bays", (change.camera_id,))

    def _ask(self, session: BaySession, remark: str, change: BayChanged) -> None:
        stream = stream_name(change.camera_id, StreamProfile.MAIN)
        if change.media_time_s < 0 or stream not in self._streams.open_names or not self._may_keep(EvidenceKind.STILL):
            return
        evidence_id, path = self._sealing.reserve(".jpg")
        self._asked[evidence_id] = _Asked(session, remark, path)
        order = TakeStill(
            request_id=evidence_id,
            stream_id=stream,
            media_time_s=change.media_time_s,
            path=str(path),
            known=KnownMoment(media_time_s=change.media_time_s, received_at=change.received_at),
        )
        self._send(self._streams.worker_of(stream), order)
