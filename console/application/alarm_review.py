"""What an operator can do with an alarm."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.openings import Openings
from console.application.permissions import Gate
from console.application.ports import Clock, Queries, UnitOfWork, UnitsOfWork
from console.application.read_models import AlarmCard, AlarmRow, EndedByItself
from console.domain.accounts import Actor, Verb
from console.domain.alarms import CLAIM_LEASE, Alarm, AlarmStage, Claim, DismissReason, Verdict
from console.domain.categories import Category
from console.domain.ids import AlarmId, CategoryCode

QUEUE_SHOWN = 500  # rows a screen asks for at once; the rest is counted


@dataclass(frozen=True, slots=True)
class Filing:
    """What a confirmation says: which matter, by which of its conditions."""

    category: CategoryCode
    condition: str


class AlarmReview:
    """The review desk. One unit of work a verb; state and audit change together. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, queries: Queries, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._openings = Openings(units, gate)

    def queue(self, actor: Actor) -> Sequence[AlarmRow]:
        """Return what waits for a verdict where the actor may give one, in queue order."""
        actor = self._gate.require(actor, Verb.REVIEW, "queue")
        return self._queries.alarm_queue(self._clock.now(), QUEUE_SHOWN, actor.scope)

    def raised(self, actor: Actor, span: timedelta) -> int:
        """Return how many alarms were raised in the last ``span`` where the actor may review them."""
        actor = self._gate.require(actor, Verb.REVIEW, "queue")
        now = self._clock.now()
        return len(self._queries.alarms_between(now - span, now, actor.scope))

    def ended_by_themselves(self, actor: Actor, alarm_ids: Sequence[AlarmId]) -> Sequence[EndedByItself]:
        """Return those of the alarms whose sensor went back to normal before anybody had them in hand."""
        found: list[EndedByItself] = []
        for alarm_id in alarm_ids:
            with self._units.read() as unit:
                alarm = unit.alarms.get(alarm_id)
            self._gate.require(actor, Verb.REVIEW, alarm_id, place=alarm.place, camera_id=alarm.camera_id)
            if alarm.stage is AlarmStage.RECOVERED:
                end = alarm.verdicts[-1]
                found.append(EndedByItself(alarm_id, end.at, end.display_name, end.remark))
        return found

    def card(self, actor: Actor, alarm_id: AlarmId) -> AlarmCard:
        """Return what the review page shows of an alarm; that it was opened is written down once."""
        self._require(actor, alarm_id)
        card = self._queries.alarm_card(alarm_id)
        self._openings.note(
            actor,
            "open_alarm",
            alarm_id,
            camera_id=card.row.camera_id,
            case_id=card.case_id,
            from_at=card.began_at,
            to_at=card.last_hit_at,
        )
        return card

    def categories(self) -> Sequence[Category]:
        with self._units.read() as unit:
            return unit.directory.categories()

    def acknowledge(self, actor: Actor, alarm_id: AlarmId) -> None:
        """Note that it was heard; claims nothing."""
        with self._change(actor, alarm_id, "acknowledge") as alarm:
            alarm.acknowledge(actor.display_name, self._clock.now())

    def claim(self, actor: Actor, alarm_id: AlarmId) -> None:
        """Take the alarm, or renew one's own claim (call at least every minute while it is open).

        Raises:
            TransitionRefused: another operator holds it, or it is decided.
            Stale: somebody was faster this very moment; look again.
        """
        now = self._clock.now()
        with self._change(actor, alarm_id, "claim") as alarm:
            alarm.claim_for(
                Claim(
                    account_id=actor.account_id,
                    display_name=actor.display_name,
                    seat_id=actor.seat_id,
                    until=now + CLAIM_LEASE,
                ),
                now,
            )

    def release(self, actor: Actor, alarm_id: AlarmId) -> None:
        with self._change(actor, alarm_id, "release") as alarm:
            alarm.release(actor.account_id)

    def postpone(self, actor: Actor, alarm_id: AlarmId, wait: timedelta) -> None:
        now = self._clock.now()
        with self._change(actor, alarm_id, "postpone", seconds=int(wait.total_seconds())) as alarm:
            alarm.postpone(now + wait, actor.account_id, now)

    def reclass(self, actor: Actor, alarm_id: AlarmId, category: CategoryCode) -> None:
        with self._change(actor, alarm_id, "reclass", category=category) as alarm:
            alarm.reclass(category, actor.account_id, self._clock.now())

    def confirm(self, actor: Actor, alarm_id: AlarmId, filing: Filing) -> None:
        """Confirm by a matter and one of its filing conditions.

        Raises:
            IncompleteFiling: no condition. TransitionRefused: decided or held by another. Stale: somebody was faster.
        """
        self._require(actor, alarm_id)
        with self._units.write() as unit:
            confirm_within(unit, self._gate, actor, alarm_id, filing, self._clock.now())
            unit.commit()

    def dismiss(self, actor: Actor, alarm_id: AlarmId, reason: DismissReason, remark: str = "") -> None:
        verdict = self._verdict(actor, AlarmStage.DISMISSED, reason=reason, remark=remark)
        with self._change(actor, alarm_id, "dismiss", reason=reason.value, remark=remark) as alarm:
            alarm.dismiss(verdict)

    def merge(self, actor: Actor, alarm_id: AlarmId, into: str) -> None:
        verdict = self._verdict(actor, AlarmStage.MERGED, merged_into=into)
        with self._change(actor, alarm_id, "merge", into=into) as alarm:
            alarm.merge(verdict)

    def undo(self, actor: Actor, alarm_id: AlarmId) -> None:
        """Take one's own verdict back within ten seconds."""
        with self._change(actor, alarm_id, "undo_verdict") as alarm:
            alarm.undo(actor.account_id, self._clock.now())

    @contextmanager
    def _change(
        self, actor: Actor, alarm_id: AlarmId, verb: str, *, reason: str = "", **detail: str | int
    ) -> Iterator[Alarm]:
        """Give the alarm to be changed; the change and its line of audit are written together or not at all."""
        self._require(actor, alarm_id)
        with self._units.write() as unit:
            alarm = unit.alarms.get(alarm_id)
            yield alarm
            unit.alarms.save(alarm)
            unit.audit.append(
                self._gate.facts(
                    actor,
                    verb,
                    alarm_id,
                    camera_id=alarm.camera_id,
                    from_at=alarm.began_at,
                    to_at=alarm.last_hit_at,
                    reason=reason,
                    case_id=alarm.case_id,
                    **detail,
                )
            )
            unit.commit()

    def _require(self, actor: Actor, alarm_id: AlarmId) -> None:
        with self._units.read() as unit:
            alarm = unit.alarms.get(alarm_id)
        self._gate.require(actor, Verb.REVIEW, alarm_id, place=alarm.place, camera_id=alarm.camera_id)

    def _verdict(
        self,
        actor: Actor,
        stage: AlarmStage,
        *,
        reason: DismissReason | None = None,
        remark: str = "",
        merged_into: str = "",
    ) -> Verdict:
        return Verdict(
            stage=stage,
            at=self._clock.now(),
            account_id=actor.account_id,
            display_name=actor.display_name,
            reason=reason,
            remark=remark,
            merged_into=merged_into,
        )


def confirm_within(
    unit: UnitOfWork, gate: Gate, actor: Actor, alarm_id: AlarmId, filing: Filing, now: datetime
) -> None:
    """Confirm an alarm inside the caller's unit of work, whose actor has passed the gate; the caller commits."""
    unit.directory.category(filing.category).filing_condition(filing.condition)
    alarm = unit.alarms.get(alarm_id)
    alarm.confirm(
        Verdict(
            stage=AlarmStage.CONFIRMED,
            at=now,
            account_id=actor.account_id,
            display_name=actor.display_name,
            category=filing.category,
            filing_condition=filing.condition,
        )
    )
    unit.alarms.save(alarm)
    unit.audit.append(
        gate.facts(
            actor,
            "confirm",
            alarm_id,
            camera_id=alarm.camera_id,
            from_at=alarm.began_at,
            to_at=alarm.last_hit_at,
            case_id=alarm.case_id,
            category=filing.category,
            condition=filing.condition,
        )
    )
