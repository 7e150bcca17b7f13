"""Who answers for a matter in a place at a moment, and why: pure functions over a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from console.domain.deadlines import WorkingCalendar
from console.domain.errors import DomainError
from console.domain.ids import CategoryCode, UnitId
from console.domain.places import Place
from console.domain.rules import EVERY_DAY

NO_UNIT = UnitId("")
_DAY_S = 86_400
_FOREVER_DAYS = date.max.toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Whoever must deal with a case, and where its cases are delivered.

    ``credentials_name`` names the key in the vault; the address holds none.
    """

    unit_id: UnitId
    zh: str
    en: str
    address: str
    credentials_name: str = ""


class DutyDays(StrEnum):
    """On which days a line holds, by the city's calendar: make-up days are worked, holidays are free."""

    EVERY = "every"
    WORKING = "working"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who hears of a case that nobody took in time.

    Attributes:
        after: since it was sent.
    """

    unit_id: UnitId
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """Who is on duty from one moment to a later one; at its last second the next one is.

    Attributes:
        roster: name of the roster.
        begins_at, ends_at: aware.
    """

    roster: str
    unit_id: UnitId
    begins_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.ends_at <= self.begins_at:
            raise DomainError("A duty of roster {roster} ends before it begins.", roster=self.roster)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRow:
    """One line of the routing table; empty fields match everything.

    Attributes:
        row: its number, which no other line has.
        unit_id: who answers; empty where a roster says who.
        roster: whoever is on duty there answers; with nobody on duty the line does not hold.
        category_prefix: leading digits of the category code.
        grid_prefix: leading digits of the grid cell.
        begins, ends: local time of day, to the second; an end that is not later than the begin is on the day after.
        weekdays: on which its hours begin, 0 for Monday to 6 for Sunday.
        days: the same by the calendar.
        valid_from, valid_until: first and last day on which its hours begin.
        helpers: units that are told beside the one that answers.
        escalations: in order of time.

    Raises:
        DomainError: it names neither a unit nor a roster or both, no weekday, or escalations out of order.
    """

    row: int
    unit_id: UnitId = NO_UNIT
    roster: str = ""
    category_prefix: str = ""
    grid_prefix: str = ""
    begins: time | None = None
    ends: time | None = None
    weekdays: frozenset[int] = EVERY_DAY
    days: DutyDays = DutyDays.EVERY
    valid_from: date | None = None
    valid_until: date | None = None
    helpers: tuple[UnitId, ...] = ()
    escalations: tuple[Escalation, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.unit_id) == bool(self.roster):
            raise DomainError("Line {row} of the routing table needs a unit or a roster, not both.", row=self.row)
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise DomainError("Line {row} of the routing table needs a day of the week.", row=self.row)
        waits = [one.after for one in self.escalations]
        if waits != sorted(set(waits)) or any(wait <= timedelta() for wait in waits):
            raise DomainError("The escalations of line {row} do not follow each other.", row=self.row)

    @property
    def narrowness(self) -> tuple[int, ...]:
        """How special the line is: the matter counts first, then the place, the hours, the days, duty and validity.

        A line that differs from another only in that it holds for less is narrower.
        """
        return (
            len(self.category_prefix),
            len(self.grid_prefix),
            _DAY_S - self._span_s,
            len(EVERY_DAY) - len(self.weekdays),
            list(DutyDays).index(self.days),
            int(bool(self.roster)),
            _FOREVER_DAYS - self._valid_days,
        )

    def escalated_to(self, waited: timedelta) -> UnitId | None:
        """Return who hears of a case that has waited so long; ``None`` as long as nobody does."""
        due = [one.unit_id for one in self.escalations if one.after <= waited]
        return due[-1] if due else None

    def duty_day(self, local: datetime) -> date | None:
        """Return on which day the hours began that hold at this moment of the city's time; ``None`` if none do."""
        at, today = local.time(), local.date()
        if self.begins is None or self.ends is None:
            return today
        if self.begins < self.ends:
            return today if self.begins <= at < self.ends else None
        if at >= self.begins:
            return today
        return today - timedelta(days=1) if at < self.ends else None

    @property
    def _span_s(self) -> int:
        if self.begins is None or self.ends is None:
            return _DAY_S
        return (_seconds(self.ends) - _seconds(self.begins)) % _DAY_S or _DAY_S

    @property
    def _valid_days(self) -> int:
        first, last = self.valid_from or date.min, self.valid_until or date.max
        return max(0, last.toordinal() - first.toordinal() + 1)


class Why(StrEnum):
    """Why a line won or lost. What it lost by to the line that won, it is ``WIDER`` in."""

    WON = "won"
    WIDER_MATTER = "wider_matter"
    WIDER_PLACE = "wider_place"
    WIDER_HOURS = "wider_hours"
    WIDER_WEEKDAYS = "wider_weekdays"
    WIDER_DAYS = "wider_days"
    WITHOUT_ROSTER = "without_roster"
    VALID_LONGER = "valid_longer"
    FURTHER_DOWN = "further_down"
    NOBODY_ON_DUTY = "nobody_on_duty"
    OTHER_DAYS = "other_days"
    OTHER_WEEKDAY = "other_weekday"
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    OTHER_HOURS = "other_hours"
    NO_CELL = "no_cell"
    OTHER_PLACE = "other_place"
    OTHER_MATTER = "other_matter"


# In the order in which ``narrowness`` counts.
_WIDER = (
    Why.WIDER_MATTER,
    Why.WIDER_PLACE,
    Why.WIDER_HOURS,
    Why.WIDER_WEEKDAYS,
    Why.WIDER_DAYS,
    Why.WITHOUT_ROSTER,
    Why.VALID_LONGER,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table and what became of it.

    Attributes:
        unit_id: who would answer by it; ``None`` where it does not hold.
    """

    row: RoutingRow
    why: Why
    unit_id: UnitId | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The unit proposed, the line of the table that says so, and all lines with why they won or lost."""

    unit_id: UnitId
    because: RoutingRow
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Nobody:
    """No line holds; each says why not."""

    lines: tuple[Line, ...]


def who_gets(
    rows: Iterable[RoutingRow],
    category: CategoryCode,
    place: Place,
    local: datetime,
    *,
    rosters: Iterable[RosterEntry] = (),
    calendar: WorkingCalendar | None = None,
) -> Proposal | Nobody:
    """Return who would get the case, by the narrowest line that holds, the earlier of equals; or that nobody would.

    The order in which lines and duties are given does not matter.

    Args:
        local: the moment in the city's own time (aware).
        rosters: who is on duty when.
        calendar: says which days are worked; without one Monday to Friday are.
    """
    lines = explain(rows, category, place, local, rosters=rosters, calendar=calendar)
    if not lines or lines[0].why is not Why.WON or lines[0].unit_id is None:
        return Nobody(lines)
    return Proposal(lines[0].unit_id, lines[0].row, lines)


def propose(
    rows: Iterable[RoutingRow],
    category: CategoryCode,
    place: Place,
    local: datetime,
    *,
    rosters: Iterable[RosterEntry] = (),
    calendar: WorkingCalendar | None = None,
) -> Proposal | None:
    """Return who would get the case, as of ``who_gets``; ``None`` if nobody would."""
    found = who_gets(rows, category, place, local, rosters=rosters, calendar=calendar)
    return found if isinstance(found, Proposal) else None


def explain(
    rows: Iterable[RoutingRow],
    category: CategoryCode,
    place: Place,
    local: datetime,
    *,
    rosters: Iterable[RosterEntry] = (),
    calendar: WorkingCalendar | None = None,
) -> tuple[Line, ...]:
    """Return every line of the table with why it won or lost: the winner, those it beat, and those that do not hold.

    The beaten ones come narrowest first; of those that do not hold the ones that came closest do.
    """
    entries = tuple(rosters)
    held, lost = [], []
    for row in rows:
        unit_id = row.unit_id or on_duty(entries, row.roster, local)
        why = _why_not(row, category, place, local, calendar) or (None if unit_id else Why.NOBODY_ON_DUTY)
        if why is None:
            held.append((row, unit_id))
        else:
            lost.append(Line(row, why, None))
    held.sort(key=lambda one: (tuple(-part for part in one[0].narrowness), _settled(one[0])))
    lost.sort(key=lambda line: (list(Why).index(line.why), _settled(line.row)))
    winner = held[0][0] if held else None
    return (*(Line(row, _why_beaten(row, winner), unit_id) for row, unit_id in held), *lost)


def on_duty(entries: Iterable[RosterEntry], roster: str, at: datetime) -> UnitId | None:
    """Return who is on duty in a roster: of several the one that began last, as a stand-in is put over the plan.

    Of those that began at once the one that ends first, then the one whose name comes first.
    """
    now = [one for one in entries if one.roster == roster and one.begins_at <= at < one.ends_at]
    if not now:
        return None
    return min(now, key=lambda one: (-one.begins_at.timestamp(), one.ends_at.timestamp(), one.unit_id)).unit_id


def _why_not(
    row: RoutingRow, category: CategoryCode, place: Place, local: datetime, calendar: WorkingCalendar | None
) -> Why | None:
    """Return why a line does not hold; ``None`` if it does, but for its roster."""
    if not category.startswith(row.category_prefix):
        return Why.OTHER_MATTER
    if not place.grid_cell.startswith(row.grid_prefix):
        return Why.OTHER_PLACE if place.grid_cell else Why.NO_CELL
    day = row.duty_day(local)
    if day is None:
        return Why.OTHER_HOURS
    if row.valid_from is not None and day < row.valid_from:
        return Why.NOT_YET_VALID
    if row.valid_until is not None and day > row.valid_until:
        return Why.NO_LONGER_VALID
    if day.weekday() not in row.weekdays:
        return Why.OTHER_WEEKDAY
    is_worked = day.weekday() < 5 if calendar is None else calendar.is_working_day(day)
    if row.days is not DutyDays.EVERY and (row.days is DutyDays.WORKING) != is_worked:
        return Why.OTHER_DAYS
    return None


def _why_beaten(row: RoutingRow, winner: RoutingRow | None) -> Why:
    if winner is None or row is winner:
        return Why.WON
    parts = zip(_WIDER, row.narrowness, winner.narrowness, strict=True)
    return next((why for why, own, its in parts if own != its), Why.FURTHER_DOWN)


def _settled(row: RoutingRow) -> tuple[int, str, str]:
    """What decides between equals."""
    return row.row, row.unit_id, row.roster


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
