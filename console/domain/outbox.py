"""Orders that must leave the house exactly once: what to deliver, to whom, and how often it was tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from console.domain.ids import CaseId, UnitId

TRIES_BEFORE_PARKING = 8  # DESIGN §8: "8 tries failed, stopped"
FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=5)
SENDING_LEASE = timedelta(seconds=60)  # longer than connect + read time-outs of one delivery with its picture


class OrderKind(StrEnum):
    SUBMIT = "submit"
    REWORK = "rework"
    URGE = "urge"
    RECALL = "recall"


class OrderStage(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"


@dataclass(slots=True, kw_only=True)
class Order:
    """One delivery. Owned by the unit of work that read it.

    Attributes:
        idempotency_key: the same for every try, so that the far end stores it once.
        not_before: when it may leave (after the undo window).
        leased_until: while a relay is at it; another may take over afterwards.
    """

    order_id: str
    kind: OrderKind
    case_id: CaseId
    unit_id: UnitId
    idempotency_key: str
    body: dict[str, Any]
    made_at: datetime
    not_before: datetime
    tries: int = 0
    stage: OrderStage = OrderStage.WAITING
    next_try_at: datetime | None = None
    leased_until: datetime | None = None
    failure: str = ""
    receipt: str = ""
    delivered_at: datetime | None = None
    version: int = 0

    def note_failure(self, sentence: str, at: datetime, *, is_final: bool) -> None:
        """Count a failed try; after the last, or when the far end refused for good, park it."""
        self.tries += 1
        self.failure = sentence
        self.leased_until = None
        if is_final or self.tries >= TRIES_BEFORE_PARKING:
            self.stage = OrderStage.PARKED
            return
        self.next_try_at = at + min(FIRST_BACK_OFF * 2 ** (self.tries - 1), LONGEST_BACK_OFF)

    def note_delivered(self, receipt: str, at: datetime) -> None:
        self.tries += 1
        self.stage = OrderStage.DELIVERED
        self.receipt = receipt
        self.delivered_at = at
        self.leased_until = None
        self.failure = ""
