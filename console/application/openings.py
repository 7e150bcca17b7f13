"""Who opened which alarm or case: one line when it is opened, none when its page reads itself again."""

import threading
from datetime import datetime

from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.domain.accounts import Actor


class Openings:
    """Remembers what each person has open at each seat, by verb. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str, str], str] = {}

    def note(
        self,
        actor: Actor,
        verb: str,
        subject: str,
        *,
        camera_id: str | None,
        case_id: str | None,
        from_at: datetime | None = None,
        to_at: datetime | None = None,
    ) -> None:
        """Write down that the actor opened the subject, unless it is what they have open.

        Raises:
            Unavailable: the database is away.
        """
        place = (actor.seat_id, actor.account_id, verb)
        with self._lock:
            if self._open.get(place) == subject:
                return
        with self._units.write() as unit:
            unit.audit.append(
                self._gate.facts(
                    actor, verb, subject, camera_id=camera_id, case_id=case_id, from_at=from_at, to_at=to_at
                )
            )
            unit.commit()
        with self._lock:
            self._open[place] = subject
