"""Takes in what citizens report at a place, with their photos: all of it at once, or nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.application.alarm_intake import Report, keep_item, take_report
from console.application.errors import Stale
from console.application.intake_desk import AnotherReport
from console.application.intake_ports import Photo, PhotoShelf, ReportStatus, TakenReport
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.alarms import Source
from console.domain.categories import Category
from console.domain.evidence import REPORTED, EvidenceItem, EvidenceKind
from console.domain.ids import CategoryCode, EvidenceId, new_id
from console.domain.intake import PlaceCode, reported_at

MOST_OFFERED = 12  # judgement: what a phone shows without a search; where the settings' matters are none of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenReport:
    """What somebody says happened at a place.

    Attributes:
        key: of the form it was written in; the same key is the same report.
        contact: a telephone number, "" where none was given.
    """

    key: str
    category: CategoryCode
    text: str
    contact: str
    photos: tuple[Photo, ...] = ()

    @property
    def digest(self) -> str:
        said = (self.category, self.text, self.contact, *(photo.sha256 for photo in self.photos))
        return hashlib.sha256(repr(said).encode()).hexdigest()


class CitizenDesk:
    """The desk behind the form of a place. Safe from any thread.

    A report, its alarm, its photos' rows and the lines of audit are one transaction; the photos are on the disk before.

    Args:
        offered: the codes of the matters a form shows, in their order.
    """

    def __init__(self, units: UnitsOfWork, clock: Clock, shelf: PhotoShelf, offered: Sequence[str]) -> None:
        self._units = units
        self._clock = clock
        self._shelf = shelf
        self._offered = tuple(offered)

    def form(self, code: str) -> tuple[PlaceCode, Sequence[Category]]:
        """Return the place a code hangs at and what may be reported there.

        Raises:
            Stale: nobody knows this code, or it was forgotten.
        """
        with self._units.read() as unit:
            place = _place_of(unit, code)
            known = unit.directory.categories()
        by_code = {str(category.code): category for category in known}
        return place, [by_code[name] for name in self._offered if name in by_code] or known[:MOST_OFFERED]

    def take(self, code: str, sent: CitizenReport) -> str:
        """Take in a report and return its id, which nobody can guess and which is the same for the same key.

        Raises:
            AnotherReport: the same form came with other words before.
            Stale: nobody knows this code, or the directory no such matter.
            Unavailable: the database or the disk is away, and nothing was kept; send it again.
        """
        report_id = report_id_of(code, sent.key)
        with self._units.read() as unit:
            place = _place_of(unit, code)
            unit.directory.category(sent.category)
            if _is_known(unit, report_id, sent):
                return report_id
        now = self._clock.now()
        items = [self._sealed(photo, now, place) for photo in sent.photos]
        is_ending = False
        try:
            with self._units.write() as unit:
                if _is_known(unit, report_id, sent):
                    self._drop(items)
                    return report_id
                _keep(unit, report_id, place, sent, items, now)
                is_ending = True
                unit.commit()
        except BaseException as cause:
            # Of a commit that failed nobody knows whether it happened: its photos stay, at worst without a row.
            if not is_ending:
                self._drop(items)
            if isinstance(cause, Stale) and self._came_meanwhile(report_id, sent):
                return report_id
            raise
        return report_id

    def state(self, code: str, report_id: str) -> tuple[PlaceCode, ReportStatus]:
        """Return where a report made at a place stands; the place may have been forgotten since.

        Raises:
            Stale: nothing like it was reported there.
        """
        with self._units.read() as unit:
            place, found = unit.place_codes.find(code), unit.reports.status(report_id)
        if place is None or found is None or found.partner != reported_at(code):
            raise Stale("There is no report of this id.")
        return place, found

    def _came_meanwhile(self, report_id: str, sent: CitizenReport) -> bool:
        """Say whether the same form, sent twice at once, was taken in by another thread."""
        with self._units.read() as unit:
            return _is_known(unit, report_id, sent)

    def _sealed(self, photo: Photo, at: datetime, place: PlaceCode) -> EvidenceItem:
        evidence_id = EvidenceId(new_id())
        return EvidenceItem(
            evidence_id=evidence_id,
            kind=EvidenceKind.STILL,
            subject_id="",
            path=self._shelf.keep(evidence_id, at, photo),
            sha256=photo.sha256,
            size_bytes=len(photo.data),
            begins_at=at,
            width=photo.width,
            height=photo.height,
            remark=REPORTED,
            made_by=Source.CITIZEN.value,
        )

    def _drop(self, items: Sequence[EvidenceItem]) -> None:
        for item in items:
            self._shelf.drop(item.path)


def report_id_of(code: str, key: str) -> str:
    """Return the id of what is sent in a form: made of the form's own key, so twice is once."""
    return hashlib.sha256(f"{reported_at(code)}\n{key}".encode()).hexdigest()[:32]


def _place_of(unit: UnitOfWork, code: str) -> PlaceCode:
    found = unit.place_codes.find(code)
    if found is None or found.forgotten_at is not None:
        raise Stale("Nobody reports by this code.")
    return found


def _is_known(unit: UnitOfWork, report_id: str, sent: CitizenReport) -> bool:
    known = unit.reports.find(report_id)
    if known is not None and known.digest != sent.digest:
        raise AnotherReport("This form came with another report before.")
    return known is not None


def _keep(
    unit: UnitOfWork,
    report_id: str,
    place: PlaceCode,
    sent: CitizenReport,
    items: Sequence[EvidenceItem],
    now: datetime,
) -> None:
    report = Report(
        report_id=report_id,
        source=Source.CITIZEN,
        category=sent.category,
        priority=unit.directory.category(sent.category).urgency,
        place=place.place,
        camera_id=place.camera_id,
        at=now,
        text=sent.text,
        contact=sent.contact,
    )
    alarm_id = take_report(unit, report, now).alarm_id
    unit.reports.add(
        TakenReport(report_id=report_id, partner=reported_at(place.code), alarm_id=alarm_id, at=now, digest=sent.digest)
    )
    for item in items:
        keep_item(unit, replace(item, subject_id=alarm_id), now)
