"""A shift: who sat where, from when to when."""

from dataclasses import dataclass
from datetime import datetime

from console.domain.ids import AccountId, SeatId, ShiftId


@dataclass(slots=True, kw_only=True)
class Shift:
    """One person's time at one seat. Owned by the unit of work that read it."""

    shift_id: ShiftId
    account_id: AccountId
    display_name: str
    seat_id: SeatId
    began_at: datetime
    ended_at: datetime | None = None
    version: int = 0
