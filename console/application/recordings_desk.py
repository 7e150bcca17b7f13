"""What can be done with recordings: begin and end one by hand, find what there is, look at it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from console.application.permissions import Gate
from console.application.ports import Clock, Queries, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.alarms import Alarm
from console.domain.audit import AuditFacts
from console.domain.cameras import StreamProfile
from console.domain.errors import DomainError
from console.domain.ids import CameraId, new_id
from console.domain.recordings import Gap, Segment, gaps
from console.domain.retention import Lock
from console.domain.speaking import TalkSession

# Judgement: what is looked at as one piece of evidence; a cut is held in memory, ten minutes at 8 Mbit/s are 600 MB.
LONGEST_CUT = timedelta(minutes=10)
# Judgement: who watches a camera may look again at what passed before their eyes a moment ago without saying why.
LOOK_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanWanted:
    """A recorded span to be made evidence of an alarm or a case. The desk fills in ``who``."""

    camera_id: CameraId
    from_at: datetime
    to_at: datetime
    subject_id: str
    reason: str
    who: str = ""


class RecordingLink(Protocol):
    """What the desk asks of the machine's station."""

    def record_by_hand(self, camera_id: CameraId, until: datetime | None) -> None:
        """Record until then, or no longer.

        Raises:
            Unavailable: the station is away; nothing changes.
        """
        ...

    def cut_span(self, request_id: str, span: SpanWanted) -> None:
        """Make evidence of a span; the answer comes as news.

        Raises:
            Unavailable: the station is away; nothing is cut.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What there is of a camera in a span, oldest first, what is missing of it, and what happened there.

    Attributes:
        locks: what may not be deleted of these recordings, and why.
    """

    segments: tuple[Segment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    talks: tuple[TalkSession, ...] = ()
    locks: tuple[Lock, ...] = ()


class RecordingsDesk:
    """The verbs on recordings; each leaves a line of audit with camera, span and reason. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, queries: Queries, gate: Gate, clock: Clock, by_hand: timedelta) -> None:
        """Args:
        by_hand: after which a recording by hand ends by itself.
        """
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._by_hand = by_hand

    def record(self, actor: Actor, link: RecordingLink, camera_id: CameraId) -> datetime:
        """Record a camera's main stream from now on, and return when that ends by itself.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the station or the database is away.
        """
        self._require(actor, Verb.RECORD, camera_id)
        now = self._clock.now()
        until = now + self._by_hand
        self._note(self._gate.facts(actor, "record", camera_id, camera_id=camera_id, from_at=now, to_at=until))
        link.record_by_hand(camera_id, until)
        return until

    def stop(self, actor: Actor, link: RecordingLink, camera_id: CameraId) -> None:
        """End a recording by hand; one that runs day and night goes on. Raises as ``record``."""
        self._require(actor, Verb.RECORD, camera_id)
        now = self._clock.now()
        self._note(self._gate.facts(actor, "stop_recording", camera_id, camera_id=camera_id, to_at=now))
        link.record_by_hand(camera_id, None)

    def find(self, actor: Actor, camera_id: CameraId, from_at: datetime, to_at: datetime) -> Recorded:
        """Return what there is of a camera in a span, and what happened there.

        Raises:
            DomainError: the span is empty. NotPermitted: not by this role, or not there.
        """
        self._require(actor, Verb.SEE_RECORDINGS, camera_id)
        _check(from_at, to_at)
        facts = self._gate.facts(
            actor, "search_recordings", camera_id, camera_id=camera_id, from_at=from_at, to_at=to_at
        )
        self._note(facts)
        with self._units.read() as unit:
            locks = unit.locks.holding(unit.holdings.of_camera(camera_id, from_at, to_at))
        segments = self._of(camera_id, from_at, to_at)
        alarms = self._queries.alarms_between(from_at, to_at)
        talks = self._queries.talks_between(from_at, to_at)
        return Recorded(
            segments=segments,
            gaps=gaps(segments, from_at, to_at),
            alarms=tuple(alarm for alarm in alarms if alarm.camera_id == camera_id),
            talks=tuple(talk for talk in talks if talk.camera_id == camera_id),
            locks=tuple(locks),
        )

    def play(
        self, actor: Actor, camera_id: CameraId, from_at: datetime, to_at: datetime, reason: str
    ) -> tuple[Segment, ...]:
        """Return the segments of a span to be looked at, and note who looks at what and why.

        Raises:
            DomainError: no reason, an empty span, or nothing recorded. NotPermitted: not by this role, or not there.
        """
        self._require(actor, Verb.SEE_RECORDINGS, camera_id)
        _check(from_at, to_at)
        if not reason.strip():
            raise DomainError("Give a reason for looking at recordings.")
        segments = tuple(one for one in self._of(camera_id, from_at, to_at) if one.lost_at is None)
        if not segments:
            raise DomainError("Nothing was recorded at that time.")
        facts = self._gate.facts(
            actor,
            "play_recording",
            camera_id,
            camera_id=camera_id,
            from_at=from_at,
            to_at=to_at,
            reason=reason.strip(),
            segments=len(segments),
        )
        self._note(facts)
        return segments

    def look_back(self, actor: Actor, camera_ids: Sequence[CameraId], from_at: datetime) -> None:
        """Note that somebody looks again at the last minutes of cameras; it asks for no reason.

        Raises:
            DomainError: it lies further back than that. NotPermitted: not by this role, or not there.
        """
        now = self._clock.now()
        if now - from_at > LOOK_BACK:
            minutes = int(LOOK_BACK.total_seconds() // 60)
            raise DomainError("Older than {minutes} minutes: open it as a recording, with a reason.", minutes=minutes)
        for camera_id in camera_ids:
            self._require(actor, Verb.SEE_RECORDINGS, camera_id)
        with self._units.write() as unit:
            for camera_id in camera_ids:
                unit.audit.append(
                    self._gate.facts(actor, "look_back", camera_id, camera_id=camera_id, from_at=from_at, to_at=now)
                )
            unit.commit()

    def cut(self, actor: Actor, link: RecordingLink, span: SpanWanted) -> str:
        """Make evidence of a span: its packets as they are, sealed. Return the request's name; the answer is news.

        Raises:
            DomainError: no reason, or a span that is empty or too long. NotPermitted: not by this role, or not there.
            Unavailable: the station or the database is away.
        """
        self._require(actor, Verb.SEE_RECORDINGS, span.camera_id)
        _check(span.from_at, span.to_at)
        if span.to_at - span.from_at > LONGEST_CUT:
            raise DomainError("At most {minutes} minutes at once.", minutes=int(LONGEST_CUT.total_seconds() // 60))
        if not span.reason.strip():
            raise DomainError("Give a reason for looking at recordings.")
        request_id = new_id()
        facts = self._gate.facts(
            actor,
            "cut_recording",
            span.subject_id,
            camera_id=span.camera_id,
            from_at=span.from_at,
            to_at=span.to_at,
            reason=span.reason.strip(),
        )
        self._note(facts)
        link.cut_span(request_id, replace(span, who=actor.display_name))
        return request_id

    def _require(self, actor: Actor, verb: Verb, camera_id: CameraId) -> None:
        with self._units.read() as unit:
            camera = unit.directory.camera(camera_id)
        self._gate.require(actor, verb, camera_id, camera=camera)

    def _of(self, camera_id: CameraId, from_at: datetime, to_at: datetime) -> tuple[Segment, ...]:
        with self._units.read() as unit:
            found: Sequence[Segment] = unit.recordings.of_camera(camera_id, from_at, to_at)
        return tuple(segment for segment in found if segment.profile is StreamProfile.MAIN)

    def _note(self, facts: AuditFacts) -> None:
        with self._units.write() as unit:
            unit.audit.append(facts)
            unit.commit()


def _check(from_at: datetime, to_at: datetime) -> None:
    if to_at <= from_at:
        raise DomainError("The span ends before it begins.")
