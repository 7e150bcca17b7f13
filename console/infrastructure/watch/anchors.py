"""The station notes the audit's head elsewhere, and its pulse says whether it could and whether the two agree."""

from dataclasses import dataclass
from datetime import timedelta

from console.application.alarm_intake import STATION
from console.application.errors import Unavailable
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.audit import AuditFacts, AuditLine
from console.domain.audit_check import ANCHOR_VERB, Anchor
from console.infrastructure.audit_anchor import AnchorFolder
from console.infrastructure.watch.facts import Fact, Probe

# What is done between two anchors could be cut off unseen. Half a minute: the station stays a minute after the last
# seat has left, so that the end of a shift is always anchored.
ANCHOR_EVERY_S = 30.0
SILENT_AFTER_S = 120.0  # a share of the network that answers no four times in a row hangs
# The audit itself says from time to time how many anchors there are, so that cutting both ends takes more than two.
CLAIM_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """How the audit stood when it was looked at."""

    anchors: int
    agrees: bool


class Anchoring:
    """Notes the head when it has moved. Owned by the probe's thread, and by whoever ends the station after it."""

    def __init__(self, units: UnitsOfWork, folder: AnchorFolder, clock: Clock) -> None:
        self._units = units
        self._folder = folder
        self._clock = clock
        self._claims_at = clock.now()

    def __call__(self) -> Anchored:
        """Note the head if it moved.

        Raises:
            Unavailable: the database, the vault or the place of the anchors is away; nothing is lost, ask again.
        """
        last = self._folder.last()
        with self._units.read() as unit:
            head = unit.audit.head()
            agrees = last is None or _agrees(unit, last)
        if not agrees or head is None:
            return Anchored(anchors=last.number if last is not None else 0, agrees=agrees)
        if last is None or head.position > last.position:
            last = self._folder.write(head, self._clock.now())
        if self._clock.now() >= self._claims_at:
            self._claim(last)
        return Anchored(anchors=last.number, agrees=True)

    def _claim(self, last: Anchor) -> None:
        now = self._clock.now()
        with self._units.write() as unit:
            unit.audit.append(
                AuditFacts(
                    at=now,
                    who=STATION,
                    seat_id="",
                    verb=ANCHOR_VERB,
                    subject=str(self._folder.folder),
                    detail={"anchors": last.number, "key": last.key},
                )
            )
            unit.commit()
        self._claims_at = now + CLAIM_EVERY


def _agrees(unit: UnitOfWork, anchor: Anchor) -> bool:
    found: list[AuditLine] = list(unit.audit.lines(anchor.position - 1, 1))
    return bool(found) and (found[0].position, found[0].digest) == (anchor.position, anchor.digest)


class AuditPulse:
    """Whether the audit is anchored."""

    def __init__(self, anchoring: Probe[Anchored]) -> None:
        self._anchoring = anchoring

    def fact(self) -> Fact:
        found, beat_s = self._anchoring.latest, self._anchoring.beat_s
        if found is None:
            return Fact(name="audit", condition="waiting", sentence="being asked", beat_s=beat_s)
        if isinstance(found, Unavailable):
            return Fact(
                name="audit",
                condition="fault",
                sentence="cannot be anchored, tried again every {count} s",
                values={"count": int(ANCHOR_EVERY_S)},
                beat_s=beat_s,
                silent_after_s=SILENT_AFTER_S,
            )
        if not found.agrees:
            return Fact(
                name="audit",
                condition="fault",
                sentence="does not agree with anchor {count}; run `audit verify`",
                values={"count": found.anchors},
                beat_s=beat_s,
                silent_after_s=SILENT_AFTER_S,
            )
        return Fact(
            name="audit",
            condition="ok",
            sentence="{count} anchors",
            values={"count": found.anchors},
            beat_s=beat_s,
            silent_after_s=SILENT_AFTER_S,
        )
