"""Alarms: candidate events waiting for an operator's verdict."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from console.domain.errors import IncompleteFiling, TransitionRefused
from console.domain.evidence import RuleFacts
from console.domain.ids import AccountId, AlarmId, CameraId, CaseId, CategoryCode, SeatId
from console.domain.places import Place

CLAIM_LEASE = timedelta(minutes=2)  # judgement: longer than one review, shorter than a coffee
UNDO_WINDOW = timedelta(seconds=10)  # DESIGN §7


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_URGENCY = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)


class AlarmStage(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    MERGED = "merged"
    RECOVERED = "recovered"  # back to normal by itself, before anybody decided


class Source(StrEnum):
    """Who or what says that something happened."""

    VIDEO = "video"  # a rule that watches a camera
    SENSOR = "sensor"
    CITIZEN = "citizen"
    HOTLINE = "hotline"
    PATROL = "patrol"
    SEAT = "seat"  # an operator's own eyes
    CAMERA = "camera"  # a camera that is out of order


class DismissReason(StrEnum):
    """In the order of the keys 1–6 after ``N``."""

    SEEN_WRONGLY = "seen_wrongly"
    NO_OFFENCE = "no_offence"
    ALREADY_GONE = "already_gone"
    REPORTED_BEFORE = "reported_before"
    PICTURE_FAULT = "picture_fault"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An operator's hold on an alarm, until its lease ends."""

    account_id: AccountId
    display_name: str
    seat_id: SeatId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an operator decided, kept for ever, also when undone."""

    stage: AlarmStage
    at: datetime
    account_id: AccountId
    display_name: str
    category: CategoryCode | None = None
    filing_condition: str = ""
    reason: DismissReason | None = None
    remark: str = ""
    merged_into: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a report said, kept with its alarm also when that one was there before.

    Attributes:
        report_id: made once at its source; the same report twice is one.
        at: when it reached us. name, contact: of who reported, "" where they gave none.
    """

    report_id: str
    source: Source
    at: datetime
    text: str = ""
    name: str = ""
    contact: str = ""


@dataclass(slots=True, kw_only=True)
class Alarm:
    """A candidate event. Owned by the unit of work that read it.

    Attributes:
        hit_id: the rule hit or the report that raised it.
        camera_id: whose picture shows it; ``None`` where no camera looks.
        place: where it is. It stays when a camera is moved afterwards.
        said: what people and sensors reported, oldest first; none of a rule's alarm.
        raised_at: our clock. media_time_s: of the frame that raised it.
        hits: how many rule hits it has absorbed, its own included.
        verdicts: every verdict ever given, newest last.
        version: of the row, for compare-and-swap.
    """

    alarm_id: AlarmId
    hit_id: str
    camera_id: CameraId | None
    place: Place
    category: CategoryCode
    priority: Priority
    source: Source
    raised_at: datetime
    began_at: datetime
    last_hit_at: datetime
    rule: RuleFacts | None
    said: list[Said] = field(default_factory=list)
    media_time_s: float = 0.0
    hits: int = 1
    stage: AlarmStage = AlarmStage.WAITING
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    claim: Claim | None = None
    postponed_until: datetime | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    case_id: CaseId | None = None
    version: int = 0

    def absorb(self, at: datetime, priority: Priority, rule: RuleFacts) -> None:
        """Take a further hit of the same camera, zone and category instead of a second alarm.

        A more urgent one, as a crowd's alarm after its warning, makes the alarm as urgent, and unheard again unless
        somebody has it in hand.
        """
        if self._counts_as_more_urgent(at, priority):
            self.rule = rule

    def hear(self, said: Said, priority: Priority) -> None:
        """Take a further report of the same matter and place instead of a second alarm, and keep what it said."""
        self.said.append(said)
        self._counts_as_more_urgent(said.at, priority)

    def _counts_as_more_urgent(self, at: datetime, priority: Priority) -> bool:
        self.hits += 1
        self.last_hit_at = max(self.last_hit_at, at)
        if _URGENCY.index(priority) >= _URGENCY.index(self.priority):
            return False
        self.priority = priority
        if self.claim is None:
            self.acknowledged_at, self.acknowledged_by = None, ""
        return True

    def acknowledge(self, by: str, at: datetime) -> None:
        """Note that somebody heard it; stops sound and red, claims nothing. A second one changes nothing."""
        if self.acknowledged_at is None:
            self.acknowledged_at = at
            self.acknowledged_by = by

    def claim_for(self, claim: Claim, at: datetime) -> None:
        """Give the alarm to an operator; implies acknowledging. One's own claim is renewed.

        Raises:
            TransitionRefused: it is decided, or another operator holds it.
        """
        self._must_wait()
        held = self.claim
        if held is not None and held.until > at and held.account_id != claim.account_id:
            raise TransitionRefused("{who} claimed it first.", who=held.display_name)
        self.acknowledge(claim.display_name, at)
        self.claim = claim

    def release(self, by: AccountId) -> None:
        if self.claim is not None and self.claim.account_id == by:
            self.claim = None

    def postpone(self, until: datetime, by: AccountId, at: datetime) -> None:
        self._must_be_free_for(by, at)
        self.postponed_until = until
        self.claim = None

    def reclass(self, category: CategoryCode, by: AccountId, at: datetime) -> None:
        """Say it is another kind; clock and history stay."""
        self._must_be_free_for(by, at)
        self.category = category

    def confirm(self, verdict: Verdict) -> None:
        """Confirm by a filing condition.

        Raises:
            IncompleteFiling: no condition was chosen.
            TransitionRefused: decided already, or held by somebody else.
        """
        if not verdict.filing_condition or verdict.category is None:
            raise IncompleteFiling("Choose a filing condition first.")
        self._decide(verdict)
        self.category = verdict.category

    def dismiss(self, verdict: Verdict) -> None:
        """Dismiss for a reason.

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: decided already, or held by somebody else.
        """
        if verdict.reason is None:
            raise IncompleteFiling("Give a reason for dismissing.")
        self._decide(verdict)

    def merge(self, verdict: Verdict) -> None:
        """Merge into another alarm or case.

        Raises:
            IncompleteFiling: nothing was named to merge into.
            TransitionRefused: decided already, or held by somebody else.
        """
        if not verdict.merged_into or verdict.merged_into == self.alarm_id:
            raise IncompleteFiling("Choose what to merge it into.")
        self._decide(verdict)

    def recover(self, verdict: Verdict) -> bool:
        """End what is back to normal by itself. False, and nothing changed, where somebody decided or holds it."""
        is_held = self.claim is not None and self.claim.until > verdict.at
        if self.stage is not AlarmStage.WAITING or is_held:
            return False
        self.verdicts.append(verdict)
        self.stage = AlarmStage.RECOVERED
        self.claim = None
        return True

    def undo(self, by: AccountId, at: datetime) -> None:
        """Take one's own verdict back within ten seconds. The verdict stays in the history.

        Raises:
            TransitionRefused: nothing to undo, another's verdict, too late, or a case was filed.
        """
        if self.stage is AlarmStage.WAITING or not self.verdicts:
            raise TransitionRefused("There is nothing to undo.")
        last = self.verdicts[-1]
        if last.account_id != by:
            raise TransitionRefused("{who} decided it; only they can undo it.", who=last.display_name)
        if at - last.at > UNDO_WINDOW:
            raise TransitionRefused("Undo is possible for 10 s only.")
        if self.case_id is not None:
            raise TransitionRefused("A case was filed; undo the filing first.")
        self.stage = AlarmStage.WAITING

    def _decide(self, verdict: Verdict) -> None:
        self._must_be_free_for(verdict.account_id, verdict.at)
        self.acknowledge(verdict.display_name, verdict.at)
        self.verdicts.append(verdict)
        self.stage = verdict.stage
        self.claim = None

    def _must_wait(self) -> None:
        if self.stage is not AlarmStage.WAITING:
            raise TransitionRefused(
                "Already decided by {who}. Nothing was done twice.",
                who=self.verdicts[-1].display_name if self.verdicts else "—",
            )

    def _must_be_free_for(self, by: AccountId, at: datetime) -> None:
        self._must_wait()
        if self.claim is not None and self.claim.account_id != by and self.claim.until > at:
            raise TransitionRefused("{who} holds it.", who=self.claim.display_name)
