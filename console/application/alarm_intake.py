"""Rule hits become alarms: here and nowhere else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.case_locks import lock_late_of_alarm
from console.application.ports import Clock, UnitsOfWork
from console.domain.alarms import Alarm, Priority
from console.domain.audit import AuditFacts
from console.domain.evidence import CustodyLine, EvidenceItem, RuleFacts
from console.domain.ids import AlarmId, CameraId, CategoryCode, new_id

STATION = "station"


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


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a hit: the alarm it belongs to, and whether it is a new one."""

    alarm_id: AlarmId
    is_new: bool


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
            known = unit.alarms.with_hit(hit.hit_id)
            if known is not None:
                return Taken(known.alarm_id, is_new=False)
            waiting = unit.alarms.waiting_at(hit.camera_id, hit.facts.zone_name, hit.category)
            if waiting is not None:
                waiting.absorb(hit.received_at)
                unit.alarms.save(waiting)
                unit.commit()
                return Taken(waiting.alarm_id, is_new=False)
            alarm = Alarm(
                alarm_id=AlarmId(new_id()),
                hit_id=hit.hit_id,
                camera_id=hit.camera_id,
                category=hit.category,
                priority=hit.priority,
                source="video",
                raised_at=self._clock.now(),
                began_at=hit.received_at - timedelta(seconds=hit.facts.dwell_s),
                last_hit_at=hit.received_at,
                rule=hit.facts,
                media_time_s=hit.media_time_s,
            )
            unit.alarms.add(alarm)
            unit.audit.append(
                AuditFacts(
                    at=alarm.raised_at,
                    who=STATION,
                    seat_id="",
                    verb="raise_alarm",
                    subject=alarm.alarm_id,
                    detail={"rule": hit.facts.rule_id, "hit": hit.hit_id},
                    camera_id=hit.camera_id,
                    from_at=alarm.began_at,
                    to_at=alarm.last_hit_at,
                )
            )
            unit.commit()
        return Taken(alarm.alarm_id, is_new=True)

    def keep_evidence(self, item: EvidenceItem) -> None:
        """Write down a sealed file that belongs to an alarm, case or talk session, with its first line of custody.

        Raises:
            Unavailable: the database is away; the file stays, try again.
        """
        with self._units.write() as unit:
            unit.evidence.add(item)
            unit.evidence.note(
                CustodyLine(
                    evidence_id=item.evidence_id,
                    at=self._clock.now(),
                    who=item.made_by or STATION,
                    act="sealed",
                    detail={"sha256": item.sha256},
                )
            )
            lock_late_of_alarm(unit, item, STATION, self._clock.now())
            unit.commit()
