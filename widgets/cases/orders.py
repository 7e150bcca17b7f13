"""Carries out what the case page asks, off the GUI thread: one call of the desks an order. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.application.case_clock_desk import CaseClockDesk
from console.application.case_desk import CASES_A_PAGE, CaseDesk
from console.application.evidence_desk import EvidenceDesk
from console.application.recheck import RecheckDesk
from console.domain.accounts import Actor
from console.domain.categories import Category
from console.domain.evidence import EvidenceItem, Window
from console.domain.ids import CaseId
from console.domain.routing import Unit
from console.domain.steps import Act
from widgets.state import case as c
from widgets.state.case_acts import ActOnTime

PACK_SUFFIX = ".citydesk-evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesks:
    """The desks the case page asks, with the lists of matters and units and the folder for what is handed out.

    Attributes:
        is_as_sealed: re-reads an item's file and says whether its digest still agrees; slow, any thread.
    """

    cases: CaseDesk
    times: CaseClockDesk
    rechecks: RecheckDesk
    evidence: EvidenceDesk
    categories: Callable[[], Sequence[Category]]
    units: Callable[[], Sequence[Unit]]
    documents: Path
    is_as_sealed: Callable[[EvidenceItem], bool]


def read_list(desks: CaseDesks, actor: Actor, now: datetime, before: tuple[datetime, str] | None = None) -> c.ListRead:
    """Return the newest cases, or those behind the key of the last one shown."""
    rows = tuple(desks.cases.list(actor, before))
    return c.ListRead(rows, now, is_older=before is not None, is_full=len(rows) >= CASES_A_PAGE)


def read_page(desks: CaseDesks, actor: Actor, case_id: CaseId) -> c.PageRead:
    """Read everything the page shows of a case.

    Raises:
        NotPermitted: the role may not see cases. Unavailable: the database is away. Stale: it is not there any more.
    """
    page = desks.cases.page(actor, case_id)
    category = next(item for item in desks.categories() if item.code == page.case.category)
    digests = tuple((str(item.evidence_id), desks.is_as_sealed(item)) for item in page.evidence)
    return c.PageRead(page, category, tuple(desks.units()), digests)


def carry_out(desks: CaseDesks, actor: Actor, order: c.Order) -> str | Window | None:
    """Ask the desks for one order; an export returns the path written, an opened window itself, others nothing to say.

    Raises:
        Refusal: a rule said no, somebody was first, or the world failed.
    """
    match order:
        case c.CloseCase(case_id=case_id, condition=condition):
            desks.cases.close(actor, case_id, condition)
        case c.SendBack(case_id=case_id, reason=reason):
            desks.cases.rework(actor, case_id, reason)
        case c.LookAgain(case_id=case_id):
            desks.rechecks.ask(actor, case_id)
        case c.Resend(case_id=case_id):
            desks.cases.resend(actor, case_id)
        case c.Reroute(case_id=case_id, unit_id=unit_id, reason=reason):
            desks.cases.reroute(actor, case_id, unit_id, reason)
        case c.Export(case_id=case_id, number=number, reason=reason):
            path = free_path(desks.documents, number, PACK_SUFFIX)
            desks.evidence.export(actor, case_id, path, reason)
            return str(path)
        case c.OpenWindow(case_id=case_id, reason=reason):
            return desks.evidence.open_window(actor, case_id, reason)
        case ActOnTime():
            _act_on_time(desks.times, actor, order)
        case c.UndoFiling(case_id=case_id):
            desks.cases.undo_filing(actor, case_id)
    return ""


def _act_on_time(times: CaseClockDesk, actor: Actor, order: ActOnTime) -> None:
    case_id, reason = order.case_id, order.reason
    match order.act:
        case Act.EXTENDED:
            times.extend(actor, case_id, reason)
        case Act.SUSPENDED:
            assert order.until is not None, "a suspension is asked for with its end"
            times.suspend(actor, case_id, order.until, reason)
        case Act.RESUMED:
            times.resume(actor, case_id)
        case Act.URGED:
            times.urge(actor, case_id, reason)
        case Act.VOIDED:
            times.void(actor, case_id, reason)
        case Act.APPEALED:
            times.appeal(actor, case_id, reason)
        case Act.APPEAL_UPHELD | Act.APPEAL_REJECTED:
            times.judge_appeal(actor, case_id, reason, is_upheld=order.act is Act.APPEAL_UPHELD)


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """Return a path in the folder that nothing stands at: what was handed out once is not overwritten."""
    path = folder / f"{name}{suffix}"
    count = 2
    while path.exists():
        path = folder / f"{name}-{count}{suffix}"
        count += 1
    return path
