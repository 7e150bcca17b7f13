"""Who had which camera on a wall, or heard it, from when to when: a line when it comes and one when it goes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.audit import AuditFacts
from console.domain.ids import CameraId, SeatId
from console.domain.screens import SEAT_PREFIX

NOBODY = "nobody"  # pictures on a wall at which nobody is signed in


@dataclass(frozen=True, slots=True)
class _Shown:
    """A camera on a wall: whose it is, and since when."""

    seat_id: SeatId
    who: str
    since: datetime


class Viewing:
    """The station's verb, for it serves the pictures: a seat that is killed ends its views too.

    Owned by one thread. What cannot be written down because the database is away is kept and written later, with the
    time at which it happened.
    """

    def __init__(self, units: UnitsOfWork, clock: Clock, verb: str = "live_view") -> None:
        """Args:
        verb: what the lines say when a camera comes; when it goes they say the same with ``_ended``.
        """
        self._units = units
        self._clock = clock
        self._verb = verb
        self._wanted: dict[str, tuple[SeatId, frozenset[CameraId], datetime]] = {}
        self._shown: dict[tuple[str, CameraId], _Shown] = {}

    def show(self, line: str, seat_id: SeatId, camera_ids: Collection[CameraId]) -> None:
        """Note what a seat's wall shows from now on; none when it has gone.

        Args:
            line: the seat's connection; two windows of one seat are two.
        """
        cameras = frozenset(camera_ids)
        known = self._wanted.get(line)
        if known is None or known[:2] != (seat_id, cameras):
            self._wanted[line] = (seat_id, cameras, self._clock.now())

    def end(self) -> None:
        """Note that no wall shows anything any more."""
        for line, _ in list(self._shown):
            self.show(line, self._seat_of(line), ())

    def _seat_of(self, line: str) -> SeatId:
        return next(shown.seat_id for key, shown in self._shown.items() if key[0] == line)

    def write_down(self) -> None:
        """Write a line for each camera that came or went, also where another person took the seat.

        Raises:
            Unavailable: the database is away; ask again.
        """
        if not self._wanted and not self._shown:
            return
        with self._units.read() as unit:
            people = {seat_id: _who(unit, seat_id) for seat_id, _, _ in self._wanted.values()}
        after = dict(self._shown)
        lines: list[AuditFacts] = []
        for line, (seat_id, cameras, changed_at) in self._wanted.items():
            for key, shown in self._shown.items():
                if key[0] != line:
                    continue
                has_left = key[1] not in cameras
                if has_left or shown.who != people[seat_id]:
                    lines.append(self._ended(key[1], shown, changed_at if has_left else self._clock.now()))
                    del after[key]
            for camera_id in sorted(cameras):
                if (line, camera_id) not in after:
                    is_new = (line, camera_id) not in self._shown
                    since = changed_at if is_new else self._clock.now()
                    after[line, camera_id] = _Shown(seat_id, people[seat_id], since)
                    lines.append(self._begun(camera_id, after[line, camera_id]))
        if lines:
            with self._units.write() as unit:
                for facts in lines:
                    unit.audit.append(facts)
                unit.commit()
        self._shown = after
        self._wanted = {line: wanted for line, wanted in self._wanted.items() if wanted[1]}

    def _begun(self, camera_id: CameraId, shown: _Shown) -> AuditFacts:
        return AuditFacts(
            at=shown.since,
            who=shown.who,
            seat_id=shown.seat_id,
            verb=self._verb,
            subject=camera_id,
            detail={},
            camera_id=camera_id,
            from_at=shown.since,
        )

    def _ended(self, camera_id: CameraId, shown: _Shown, at: datetime) -> AuditFacts:
        return AuditFacts(
            at=at,
            who=shown.who,
            seat_id=shown.seat_id,
            verb=f"{self._verb}_ended",
            subject=camera_id,
            detail={},
            camera_id=camera_id,
            from_at=shown.since,
            to_at=at,
        )


def _who(unit: UnitOfWork, seat_id: SeatId) -> str:
    shift = unit.shifts.open_at(seat_id)
    if shift is None and seat_id.startswith(SEAT_PREFIX):
        screen = unit.screens.find(seat_id.removeprefix(SEAT_PREFIX))
        if screen is not None and screen.sent is not None:
            return f"{screen.sent.by_name} ({screen.sent.by})"  # who let it be shown answers for it
    return NOBODY if shift is None else f"{shift.display_name} ({shift.account_id})"
