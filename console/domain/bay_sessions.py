"""One vehicle's stay in one parking bay, from its coming to its going."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from console.domain.errors import DomainError
from console.domain.ids import CameraId, RuleId

ENTERED, LEFT = "entered", "left"
"""Remarks of its two pictures."""


class Settled(StrEnum):
    """What a person says of a stay that the rule was not sure of."""

    OCCUPIED = "occupied"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaySession:
    """A stay.

    Attributes:
        row: the zone's name when it began. bay: its number in the row, from 1.
        entered_at: when the vehicle stood there first, by our clock. is_begin_known: it was seen to come; otherwise it
            stood there when watching began.
        left_at: when it was last seen there; ``None`` while it stands. is_sure: one vehicle in one bay, never out of
            sight for long.
        plate: empty where no plate model is installed.
        settled: what a person said of one that was not sure; ``None`` where nobody did. settled_by: who.
    """

    session_id: str
    camera_id: CameraId
    rule_id: RuleId
    row: str
    bay: int
    entered_at: datetime
    is_begin_known: bool
    is_sure: bool
    left_at: datetime | None = None
    plate: str = ""
    settled: Settled | None = None
    settled_by: str = ""
    settled_at: datetime | None = None

    @property
    def waits_for_person(self) -> bool:
        return not self.is_sure and self.settled is None

    def ended(self, left_at: datetime, *, is_sure: bool) -> "BaySession":
        """Return it with its end, which is never before its begin."""
        return replace(self, left_at=max(left_at, self.entered_at), is_sure=self.is_sure and is_sure)

    def settled_as(self, settled: Settled, by: str, at: datetime) -> "BaySession":
        """Return it with what a person said; a second word replaces the first.

        Raises:
            DomainError: the rule was sure; there is nothing to settle.
        """
        if self.is_sure:
            raise DomainError("This stay is sure; there is nothing to settle.")
        return replace(self, settled=settled, settled_by=by, settled_at=at)
