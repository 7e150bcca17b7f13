"""The shift's report: read from history, so that making it again gives the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Protocol

from console.application.permissions import Gate
from console.application.ports import Clock, Queries, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.alarms import Alarm, AlarmStage
from console.domain.cases import Case, Stage
from console.domain.evaluation import MatterLine, Ratio, ShiftFigures
from console.domain.ids import CameraId
from console.domain.shifts import Shift

TEN_MINUTES = timedelta(minutes=10)
LONGEST_SHIFT = timedelta(hours=24)


class ReportPrinter(Protocol):
    """Prints a shift's figures to a file. Takes a second or so: call it off the GUI thread."""

    def print_shift(self, shift: Shift, figures: ShiftFigures, until: datetime, language: str, path: Path) -> None: ...


class ShiftDesk:
    """Figures of a shift. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, queries: Queries, gate: Gate, clock: Clock, printer: ReportPrinter) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._printer = printer

    def current(self, actor: Actor) -> Shift | None:
        with self._units.read() as unit:
            return unit.shifts.open_at(actor.seat_id)

    def figures(self, actor: Actor, begins_at: datetime, ends_at: datetime | None = None) -> ShiftFigures:
        """Return the figures of a span, of the places that are the actor's; open-ended means until now."""
        actor = self._gate.require(actor, Verb.REPORT, "figures")
        end = ends_at or self._clock.now()
        with self._units.read() as unit:
            unwatched_s = unit.watching.unwatched_s(begins_at, end)
            if not actor.scope.is_everywhere:
                cameras = unit.directory.cameras_of([CameraId(name) for name in unwatched_s])
                own = {camera.camera_id for camera in cameras if actor.may(Verb.REPORT, camera.place, camera.camera_id)}
                unwatched_s = {name: seconds for name, seconds in unwatched_s.items() if name in own}
        return figures_of(
            self._queries.alarms_between(begins_at, end, actor.scope),
            self._queries.cases_between(begins_at, end, actor.scope),
            len(self._queries.talks_between(begins_at, end, actor.scope)),
            unwatched_s,
            begins_at,
            end,
        )

    def print(self, actor: Actor, shift: Shift, language: str, path: Path) -> ShiftFigures:
        """Print the shift's report as PDF and return what was printed.

        Raises:
            Unavailable: the file could not be written.
        """
        end = shift.ended_at or self._clock.now()
        figures = self.figures(actor, shift.began_at, end)
        self._printer.print_shift(shift, figures, end, language, path)
        with self._units.write() as unit:
            unit.audit.append(
                self._gate.facts(actor, "print_report", shift.shift_id, from_at=shift.began_at, to_at=end)
            )
            unit.commit()
        return figures


def figures_of(
    alarms: Sequence[Alarm],
    cases: Sequence[Case],
    spoken: int,
    unwatched_s: dict[str, float],
    begins_at: datetime,
    ends_at: datetime,
) -> ShiftFigures:
    """Return the figures of a span from what happened in it. Pure."""
    filed = [case for case in cases if begins_at <= case.filed_at < ends_at and case.stage is not Stage.VOID]
    undecided = (AlarmStage.WAITING, AlarmStage.RECOVERED)  # what ended by itself was nobody's verdict
    decided = [alarm for alarm in alarms if alarm.stage not in undecided]
    confirmed = [alarm for alarm in decided if alarm.stage is AlarmStage.CONFIRMED]
    responses = [_response_s(alarm) for alarm in alarms if alarm.acknowledged_at is not None]
    slots = max(1, -(-int((ends_at - begins_at).total_seconds()) // int(TEN_MINUTES.total_seconds())))
    per_ten = [0] * min(slots, int(LONGEST_SHIFT / TEN_MINUTES))
    for alarm in alarms:
        slot = int((alarm.raised_at - begins_at) / TEN_MINUTES)
        if 0 <= slot < len(per_ten):
            per_ten[slot] += 1
    codes = sorted({alarm.category for alarm in alarms} | {case.category for case in filed})
    return ShiftFigures(
        alarms=len(alarms),
        confirmed=Ratio(part=len(confirmed), whole=len(decided)),
        in_time=_in_time(cases, begins_at, ends_at),
        filed=len(filed),
        closed=sum(1 for case in cases if case.closed_at is not None and begins_at <= case.closed_at < ends_at),
        spoken=spoken,
        median_first_response_s=median(responses) if responses else None,
        unwatched_minutes={name: seconds / 60 for name, seconds in unwatched_s.items()},
        per_ten_minutes=tuple(per_ten),
        matters=tuple(_matter(code, alarms, filed, cases, begins_at, ends_at) for code in codes),
    )


def _matter(
    code: str,
    alarms: Sequence[Alarm],
    filed: Sequence[Case],
    cases: Sequence[Case],
    begins_at: datetime,
    ends_at: datetime,
) -> MatterLine:
    own = [alarm for alarm in alarms if alarm.category == code]
    own_cases = [case for case in cases if case.category == code]
    responses = [_response_s(alarm) for alarm in own if alarm.acknowledged_at is not None]
    handling = [
        (case.handled_at - case.routed_at).total_seconds()
        for case in own_cases
        if case.handled_at is not None and case.routed_at is not None
    ]
    return MatterLine(
        category=code,
        alarms=len(own),
        confirmed=sum(alarm.stage is AlarmStage.CONFIRMED for alarm in own),
        dismissed=sum(alarm.stage is AlarmStage.DISMISSED for alarm in own),
        filed=sum(case.category == code for case in filed),
        in_time=_in_time(own_cases, begins_at, ends_at),
        mean_first_response_s=mean(responses) if responses else None,
        mean_handling_s=mean(handling) if handling else None,
    )


def _in_time(cases: Sequence[Case], begins_at: datetime, ends_at: datetime) -> Ratio:
    """按期处置率: handled before the deadline ÷ those handled or due in the span and not exempt."""
    counted = [
        case
        for case in cases
        if case.stage is not Stage.VOID
        and not case.is_exempt
        and case.due_at is not None
        and (
            (case.handled_at is not None and begins_at <= case.handled_at < ends_at)
            or (case.handled_at is None and begins_at <= case.due_at < ends_at)
        )
    ]
    good = [
        case
        for case in counted
        if case.handled_at is not None and case.due_at is not None and case.handled_at <= case.due_at
    ]
    return Ratio(part=len(good), whole=len(counted))


def _response_s(alarm: Alarm) -> float:
    assert alarm.acknowledged_at is not None
    return (alarm.acknowledged_at - alarm.raised_at).total_seconds()
