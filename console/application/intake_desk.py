"""Takes in what partners report: one report is one alarm at most, however often it is sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.application.alarm_intake import Report, take_report
from console.application.errors import Stale
from console.application.intake_ports import ReportStatus, TakenReport
from console.application.ports import Clock, UnitsOfWork
from console.domain.alarms import Priority, Source
from console.domain.categories import Category
from console.domain.errors import DomainError
from console.domain.ids import CategoryCode, new_id
from console.domain.places import Place

MOST_LISTED = 1000  # as GeoReport v2 asks of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a partner says happened.

    Attributes:
        key: the partner's own name of the report, "" where it has none. The same key is the same report.
        camera_number: of the camera that may show it, "" if none is known.
    """

    key: str
    category: CategoryCode
    place: Place
    text: str
    name: str
    contact: str
    priority: Priority = Priority.MEDIUM
    camera_number: str = ""

    @property
    def digest(self) -> str:
        said = (self.category, repr(self.place), self.text, self.name, self.contact, self.priority, self.camera_number)
        return hashlib.sha256(repr(said).encode()).hexdigest()


class AnotherReport(DomainError):
    """A key came with another report before."""


class IntakeDesk:
    """The intake's desk. A report, its alarm and the line of audit are one transaction. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def matters(self) -> Sequence[Category]:
        """Return what may be reported."""
        with self._units.read() as unit:
            return unit.directory.categories()

    def take(self, partner: str, source: Source, reported: Reported) -> str:
        """Take in a report and return its id, the same for the same key.

        Raises:
            AnotherReport: the key came with other words before.
            Stale: the directory knows no such matter or camera.
            Unavailable: the database is away, and nothing was kept; send it again.
        """
        report_id = _id_of(partner, reported.key) if reported.key else new_id()
        now = self._clock.now()
        with self._units.write() as unit:
            known = unit.reports.find(report_id)
            if known is not None:
                if known.digest != reported.digest:
                    raise AnotherReport("This key came with another report before.")
                return report_id
            place, camera_id = reported.place, None
            if reported.camera_number:
                camera = unit.directory.camera_numbered(reported.camera_number)
                if camera is None:
                    raise Stale("The directory knows no camera {number}.", number=reported.camera_number)
                camera_id = camera.camera_id
                if not place.address and place.latitude is None:
                    place = camera.place
            report = Report(
                report_id=report_id,
                source=source,
                category=reported.category,
                priority=reported.priority,
                place=place,
                camera_id=camera_id,
                at=now,
                text=reported.text,
                name=reported.name,
                contact=reported.contact,
            )
            taken = take_report(unit, report, now)
            unit.reports.add(
                TakenReport(
                    report_id=report_id, partner=partner, alarm_id=taken.alarm_id, at=now, digest=reported.digest
                )
            )
            unit.commit()
        return report_id

    def status(self, report_id: str) -> ReportStatus:
        """Return where a report stands.

        Raises:
            Stale: there is no such report.
        """
        with self._units.read() as unit:
            found = unit.reports.status(report_id)
        if found is None:
            raise Stale("There is no report of this id.")
        return found

    def of_partner(self, partner: str, since: datetime, until: datetime) -> Sequence[ReportStatus]:
        """Return the partner's own reports of a span, newest first, at most 1,000."""
        with self._units.read() as unit:
            return unit.reports.of_partner(partner, since, until, MOST_LISTED)


def _id_of(partner: str, key: str) -> str:
    return hashlib.sha256(f"{partner}\n{key}".encode()).hexdigest()[:32]
