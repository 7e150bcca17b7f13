"""Who tried to send to us with a wrong key, kept in the audit, and no faster than anybody can read it."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from console.application.ports import Clock, UnitsOfWork
from console.domain.audit import AuditFacts
from console.domain.ids import SeatId

LISTENER = SeatId("push")  # where a line of the audit says it happened
# Judgement: a line a minute of one device and address, so that a night of guessing is some hundred lines; and no more
# than ten pairs apart, for who guesses may take any name and many addresses.
WRITTEN_EVERY_S = 60.0
MOST_APART = 10
OTHERS = ("", "")


@dataclass(slots=True)
class _Tries:
    """Tries that no line tells of yet."""

    first_at: datetime
    count: int = 0


class PushTries:
    """Owned by one thread. What cannot be written because the database is away is counted on and written later."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()
        self._written_s: dict[tuple[str, str], float] = {}

    def note(self, device: str, peer: str) -> None:
        """Take in one try: as which device, empty where that was no name, and from which address."""
        now_s = self._clock.monotonic_s()
        self._written_s = {pair: at_s for pair, at_s in self._written_s.items() if now_s - at_s < WRITTEN_EVERY_S}
        pair = (device, peer)
        known = self._tries.keys() | self._written_s.keys()
        if pair not in known and len(known) >= MOST_APART:
            pair = OTHERS
        self._tries.setdefault(pair, _Tries(self._clock.now())).count += 1

    def write_down(self) -> None:
        """Write a line for each device and address of which none was written in the last minute.

        Raises:
            Unavailable: the database is away; ask again.
        """
        now_s = self._clock.monotonic_s()
        due = [pair for pair in self._tries if now_s - self._written_s.get(pair, -WRITTEN_EVERY_S) >= WRITTEN_EVERY_S]
        if not due:
            return
        with self._units.write() as unit:
            for pair in due:
                unit.audit.append(self._facts(*pair, self._tries[pair]))
            unit.commit()
        for pair in due:
            del self._tries[pair]
            self._written_s[pair] = now_s

    def _facts(self, device: str, peer: str, tries: _Tries) -> AuditFacts:
        return AuditFacts(
            at=self._clock.now(),
            who=peer or "many addresses",
            seat_id=LISTENER,
            verb="push_refused",
            subject=device,
            from_at=tries.first_at,
            detail={"peer": peer, "tries": tries.count},
        )
