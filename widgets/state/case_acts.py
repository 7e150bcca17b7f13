"""Acts on a case's time at the case page: which key begins which, what is asked, what is ordered. Frozen, no Qt."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from console.domain.accounts import Actor
from console.domain.cases import EXTENSIONS, Act, Appeal, Case
from console.domain.ids import CaseId
from console.domain.steps import permitted
from console.words import N_
from widgets.state.telling import Told

EXTEND_REASONS = (
    N_("The weather forbids the work"),
    N_("A part must be procured"),
    N_("The road is closed"),
    N_("Another unit must go first"),
)
SUSPEND_REASONS = (
    N_("Building work goes on here"),
    N_("It waits for a decision of the city"),
    N_("Who owns it is not clear"),
)
URGE_REASONS = (
    N_("Reported again by citizens"),
    N_("Its time is nearly over"),
    N_("It is in the way of traffic"),
)
VOID_REASONS = (
    N_("Filed twice"),
    N_("Not a case at all"),
    N_("Outside the city's area"),
)
APPEAL_REASONS = (
    N_("The weather forbade the work"),
    N_("The road was closed"),
    N_("The order came late"),
)
JUDGEMENTS = (
    (Act.APPEAL_UPHELD, N_("Upheld: the unit could not have been in time")),
    (Act.APPEAL_UPHELD, N_("Upheld: the order came late")),
    (Act.APPEAL_REJECTED, N_("Rejected: nothing kept the unit from coming")),
    (Act.APPEAL_REJECTED, N_("Rejected: no proof came with it")),
)
SPANS = (1, 3, 7, 30, 90)  # days a suspension is offered for; judgement

_BEGINS = MappingProxyType(
    {"E": Act.EXTENDED, "P": Act.SUSPENDED, "H": Act.URGED, "Del": Act.VOIDED, "L": Act.APPEALED}
)
_REASONS = MappingProxyType(
    {
        Act.EXTENDED: EXTEND_REASONS,
        Act.SUSPENDED: SUSPEND_REASONS,
        Act.URGED: URGE_REASONS,
        Act.VOIDED: VOID_REASONS,
        Act.APPEALED: APPEAL_REASONS,
        Act.APPEAL_UPHELD: tuple(words for _, words in JUDGEMENTS),
    }
)
_OFFERS = MappingProxyType(
    {
        Act.EXTENDED: N_("extend"),
        Act.SUSPENDED: N_("suspend"),
        Act.RESUMED: N_("let it run on"),
        Act.URGED: N_("urge the unit"),
        Act.VOIDED: N_("void"),
        Act.APPEALED: N_("appeal"),
        Act.APPEAL_UPHELD: N_("judge the appeal"),
    }
)
_TITLES = MappingProxyType(
    {
        Act.EXTENDED: N_("Why is its time extended? 1–{last} or / to type; Esc back"),
        Act.SUSPENDED: N_("Why is it suspended? 1–{last} or / to type; Esc back"),
        Act.URGED: N_("Why is the unit urged? 1–{last} or / to type; Esc back"),
        Act.VOIDED: N_("Why is it voided? 1–{last} or / to type; Esc back"),
        Act.APPEALED: N_("What does the unit appeal with? 1–{last} or / to type; Esc back"),
        Act.APPEAL_UPHELD: N_("How do you judge the appeal? 1–{last}; Esc back"),
    }
)
_DONE = MappingProxyType(
    {
        Act.EXTENDED: N_("Extended; the new deadline stands at the right."),
        Act.SUSPENDED: N_("Suspended; its clock stands still until then."),
        Act.RESUMED: N_("Its clock runs on."),
        Act.URGED: N_("The unit is urged; its deadline stays."),
        Act.VOIDED: N_("Voided."),
        Act.APPEALED: N_("The appeal waits for two reviewers."),
        Act.APPEAL_UPHELD: N_("Your judgement is kept."),
        Act.APPEAL_REJECTED: N_("Your judgement is kept."),
    }
)


@dataclass(frozen=True, slots=True)
class Timing:
    """A key of a case's time was pressed: a suspension asks for how long first, then each asks why."""

    act: Act
    days: int | None = None
    is_typing: bool = False

    @property
    def asks_how_long(self) -> bool:
        return self.act is Act.SUSPENDED and self.days is None

    @property
    def may_type(self) -> bool:
        """Whether a reason in one's own words is taken now; a judgement is one of those offered."""
        return not self.asks_how_long and self.act is not Act.APPEAL_UPHELD


@dataclass(frozen=True, slots=True)
class ActOnTime:
    """An order to the desk of a case's time."""

    case_id: CaseId
    act: Act
    reason: str = ""
    until: datetime | None = None


def offered(key: str, case: Case, actor: Actor, now: datetime) -> Act | None:
    """Return the act a key begins with the case as it stands, by the table of steps; ``None`` if it begins none."""
    act = _BEGINS.get(key)
    if act is Act.SUSPENDED and case.is_suspended(now):
        act = Act.RESUMED
    if act is Act.APPEALED and case.appeal is Appeal.WAITS:
        act = Act.APPEAL_UPHELD
    if act is Act.APPEALED and (case.appeal is not None or not case.was_late):
        return None
    return act if act is not None and act in permitted(case.stage, actor.role) else None


def offers(case: Case, actor: Actor, now: datetime) -> tuple[tuple[tuple[str, ...], Told], ...]:
    """Return the keys that lead to something now, each with its word. The desk says why another one does not."""
    is_over = case.countdown is None or now > case.countdown.due_at
    pointless = {
        Act.EXTENDED: is_over or case.is_suspended(now) or case.extensions >= EXTENSIONS,
        Act.SUSPENDED: is_over or case.suspended_at is not None,
        Act.URGED: case.is_suspended(now),
    }
    found = ((key, offered(key, case, actor, now)) for key in _BEGINS)
    return tuple(((key,), Told(_OFFERS[act])) for key, act in found if act is not None and not pointless.get(act))


def begin(key: str, case: Case, actor: Actor, now: datetime) -> Timing | ActOnTime | Told | None:
    """Return what a key begins: a question, an order at once, or why it cannot; ``None`` for another's key."""
    if key not in _BEGINS:
        return None
    act = offered(key, case, actor, now)
    if act is None:
        return Told(N_("You cannot do this with the case as it stands."), {}, True)
    return ActOnTime(case.case_id, act) if act is Act.RESUMED else Timing(act)


def choices(mode: Timing) -> tuple[Told, ...]:
    """Return what the digits choose."""
    if mode.asks_how_long:
        return tuple(Told(N_("days: {days}"), {"days": days}) for days in SPANS)
    return tuple(Told(words) for words in _REASONS[mode.act])


def chosen(mode: Timing, at: int, case_id: CaseId, now: datetime) -> Timing | ActOnTime:
    """Return what a numbered choice leads to."""
    if mode.asks_how_long:
        return replace(mode, days=SPANS[at])
    if mode.act is Act.APPEAL_UPHELD:
        act, words = JUDGEMENTS[at]
        return ActOnTime(case_id, act, words)
    return with_reason(mode, _REASONS[mode.act][at], case_id, now)


def with_reason(mode: Timing, reason: str, case_id: CaseId, now: datetime) -> ActOnTime:
    """Return the order, once the reason is known."""
    until = now + timedelta(days=mode.days) if mode.days is not None else None
    return ActOnTime(case_id, mode.act, reason, until)


def title(mode: Timing) -> Told:
    """Return the question over the choices."""
    if mode.asks_how_long:
        return Told(N_("For how long is it suspended? 1–{last}; Esc back"), {"last": len(SPANS)})
    return Told(_TITLES[mode.act], {"last": len(_REASONS[mode.act])})


def done(act: Act) -> Told:
    """Return what is said when the desk has done it."""
    return Told(_DONE[act])
