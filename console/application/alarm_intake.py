"""Rule hits become alarms: here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.case_locks import lock_late_of_alarm
from console.application.errors import Stale
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.application.read_models import EVIDENCE_MISSING, MissingEvidence
from console.domain.alarms import Alarm, Priority, Said, Source
from console.domain.audit import AuditFacts
from console.domain.evidence import CustodyLine, EvidenceItem, RuleFacts
from console.domain.ids import AlarmId, CameraId, CategoryCode, SeatId, new_id
from console.domain.places import Place

STATION = "station"
# Hits that an open alarm has absorbed, or that raised one: neither happens twice, whenever a station dies.
ABSORBED = "rule hit"
# Judgement: what two people would call the same spot, and wider than a phone's error in a street.
SAME_SPOT_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule satisfied, as the station takes it in. ``hit_id`` is made once at its source."""

    hit_id: str
    camera_id: CameraId
    category: CategoryCode
    priority: Priority
    facts: RuleFacts
    media_time_s: float
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person or a sensor says happened. ``report_id`` is made once at its source.

    Attributes:
        place: where it is, in a camera's sight or not.
        camera_id: whose picture may show it, if any.
        at: when it reached us, our clock.
        text, name, contact: as given, "" where nothing was.
    """

    report_id: str
    source: Source
    category: CategoryCode
    priority: Priority
    place: Place
    camera_id: CameraId | None = None
    at: datetime
    text: str = ""
    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a hit or report: the alarm it belongs to, and whether that one still needs its clip and stills."""

    alarm_id: AlarmId
    wants_evidence: bool


class AlarmIntake:
    """The station's verb. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def take(self, hit: Hit) -> Taken:
        """Raise an alarm for the hit, or let the open alarm of its camera, zone and category absorb it.

        The same hit taken twice is one alarm.

        Raises:
            Unavailable: the database is away; keep the hit and try again.
        """
        with self._units.write() as unit:
            taken = self._take(unit, hit)
            unit.commit()
        return taken

    def report(self, report: Report) -> Taken:
        """Raise an alarm for what was reported, or let the open alarm of the same matter within 50 m hear it too.

        The same report taken twice is one; what was said is kept either way.

        Raises:
            Unavailable: the database is away; keep the report and try again.
            Stale: the directory does not know the matter.
        """
        with self._units.write() as unit:
            taken = take_report(unit, report, self._clock.now())
            unit.commit()
        return taken

    def _take(self, unit: UnitOfWork, hit: Hit) -> Taken:
        known = unit.alarms.with_hit(hit.hit_id)
        if known is not None:
            # Whoever took it may have died before it asked for them.
            return Taken(known.alarm_id, wants_evidence=not unit.evidence.of_subject(known.alarm_id))
        waiting = unit.alarms.waiting_at(hit.camera_id, hit.facts.zone_name, hit.category)
        if not unit.inbox.take(ABSORBED, hit.hit_id, self._clock.now()):
            return Taken(waiting.alarm_id if waiting is not None else AlarmId(""), wants_evidence=False)
        if waiting is not None:
            waiting.absorb(hit.received_at, hit.priority, hit.facts)
            unit.alarms.save(waiting)
            return Taken(waiting.alarm_id, wants_evidence=False)
        alarm = Alarm(
            alarm_id=AlarmId(new_id()),
            hit_id=hit.hit_id,
            camera_id=hit.camera_id,
            place=_place_of(unit, hit.camera_id),
            category=hit.category,
            priority=hit.priority,
            source=Source.VIDEO,
            raised_at=self._clock.now(),
            began_at=hit.received_at - timedelta(seconds=hit.facts.dwell_s),
            last_hit_at=hit.received_at,
            rule=hit.facts,
            media_time_s=hit.media_time_s,
        )
        unit.alarms.add(alarm)
        _note(unit, alarm, alarm.raised_at, "raise_alarm", rule=hit.facts.rule_id, hit=hit.hit_id)
        return Taken(alarm.alarm_id, wants_evidence=True)

    def keep_evidence(self, item: EvidenceItem) -> None:
        """Write down a sealed file that belongs to an alarm, case or talk session, with its first line of custody.

        The same item twice is one.

        Raises:
            Unavailable: the database is away; the file stays, try again.
        """
        with self._units.write() as unit:
            if any(kept.evidence_id == item.evidence_id for kept in unit.evidence.of_subject(item.subject_id)):
                return
            keep_item(unit, item, self._clock.now())
            unit.commit()

    def free_claims(self, seat_id: SeatId) -> Sequence[AlarmId]:
        """Give back what was claimed at a seat that is gone, and return which alarms that were.

        Raises:
            Unavailable: the database is away; the claims end by their lease.
        """
        with self._units.write() as unit:
            held = unit.alarms.claimed_at(seat_id)
            for alarm in held:
                if alarm.claim is not None:
                    alarm.release(alarm.claim.account_id)
                unit.alarms.save(alarm)
                unit.audit.append(
                    AuditFacts(
                        at=self._clock.now(),
                        who=STATION,
                        seat_id=seat_id,
                        verb="release",
                        subject=alarm.alarm_id,
                        detail={"because": "seat gone"},
                        camera_id=alarm.camera_id or "",
                    )
                )
            unit.commit()
        return [alarm.alarm_id for alarm in held]

    def note_missing(self, alarm_id: AlarmId, missing: MissingEvidence) -> None:
        """Write down for good that an alarm's clip or still could not be had, and why.

        Raises:
            Unavailable: the database is away; try again.
        """
        with self._units.write() as unit:
            unit.audit.append(
                AuditFacts(
                    at=self._clock.now(),
                    who=STATION,
                    seat_id="",
                    verb=EVIDENCE_MISSING,
                    subject=alarm_id,
                    camera_id=unit.alarms.get(alarm_id).camera_id or "",
                    detail={
                        "kind": missing.kind,
                        "remark": missing.remark,
                        "reason": missing.sentence,
                        "values": dict(missing.values),
                    },
                )
            )
            unit.commit()


def _place_of(unit: UnitOfWork, camera_id: CameraId) -> Place:
    """Return where a camera stands; one that left the directory stands nowhere."""
    try:
        return unit.directory.camera(camera_id).place
    except Stale:
        return Place(address="")


def take_report(unit: UnitOfWork, report: Report, now: datetime) -> Taken:
    """As ``AlarmIntake.report``, inside the caller's unit of work, which commits."""
    unit.directory.category(report.category)
    known = unit.alarms.with_hit(report.report_id)
    if known is not None:
        return Taken(known.alarm_id, wants_evidence=not unit.evidence.of_subject(known.alarm_id))
    waiting = unit.alarms.waiting_near(report.place, report.category, SAME_SPOT_M)
    if not unit.inbox.take(ABSORBED, report.report_id, now):
        return Taken(waiting.alarm_id if waiting is not None else AlarmId(""), wants_evidence=False)
    said = Said(
        report_id=report.report_id,
        source=report.source,
        at=report.at,
        text=report.text,
        name=report.name,
        contact=report.contact,
    )
    if waiting is not None:
        waiting.hear(said, report.priority)
        unit.alarms.save(waiting)
        _note(unit, waiting, now, "hear_report", report=report.report_id, source=report.source.value)
        return Taken(waiting.alarm_id, wants_evidence=False)
    alarm = Alarm(
        alarm_id=AlarmId(new_id()),
        hit_id=report.report_id,
        camera_id=report.camera_id,
        place=report.place,
        category=report.category,
        priority=report.priority,
        source=report.source,
        raised_at=now,
        began_at=report.at,
        last_hit_at=report.at,
        rule=None,
        said=[said],
    )
    unit.alarms.add(alarm)
    _note(unit, alarm, now, "raise_alarm", report=report.report_id, source=report.source.value)
    return Taken(alarm.alarm_id, wants_evidence=report.camera_id is not None)


def keep_item(unit: UnitOfWork, item: EvidenceItem, now: datetime) -> None:
    """As ``AlarmIntake.keep_evidence``, of an item nobody has, inside the caller's unit of work, which commits."""
    unit.evidence.add(item)
    unit.evidence.note(
        CustodyLine(
            evidence_id=item.evidence_id,
            at=now,
            who=item.made_by or STATION,
            act="sealed",
            detail={"sha256": item.sha256},
        )
    )
    lock_late_of_alarm(unit, item, STATION, now)
    # The digest in the chain: a file exchanged together with its row is found too.
    unit.audit.append(
        AuditFacts(
            at=now,
            who=item.made_by or STATION,
            seat_id="",
            verb="seal_evidence",
            subject=item.evidence_id,
            detail={"kind": item.kind.value, "sha256": item.sha256, "of": item.subject_id},
            camera_id=item.camera_id or "",
            from_at=item.begins_at,
            to_at=item.begins_at + timedelta(seconds=item.duration_s),
        )
    )


def _note(unit: UnitOfWork, alarm: Alarm, at: datetime, verb: str, **detail: str) -> None:
    unit.audit.append(
        AuditFacts(
            at=at,
            who=STATION,
            seat_id="",
            verb=verb,
            subject=alarm.alarm_id,
            detail=detail,
            camera_id=alarm.camera_id or "",
            from_at=alarm.began_at,
            to_at=alarm.last_hit_at,
        )
    )
