"""A case's history in words: one title and one second line a step. No Qt, no language yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from console.application.read_models import CasePage
from console.domain.case_warnings import WarningKind
from console.domain.cases import Act, CaseStep, RecheckAnswer, Stage
from console.domain.categories import Category
from console.domain.routing import Unit
from console.words import N_
from widgets.state.telling import Named, Told

Shape = Literal["done", "now", "waits", "fault", "overdue"]

ACT_WORDS = {
    Act.FOUND: N_("Seen on video"),
    Act.CONFIRMED: N_("Confirmed"),
    Act.FILED: N_("Filed"),
    Act.ROUTED: N_("Routed"),
    Act.DELIVERED: N_("Delivered"),
    Act.DELIVERY_WAITS: N_("Delivery waits"),
    Act.DELIVERY_PARKED: N_("Delivery stopped"),
    Act.SPOKEN: N_("Spoken to the street"),
    Act.BACK_TO_NORMAL: N_("Back to normal, says its sensor"),
    Act.ANSWERED: N_("The unit answered"),
    Act.RETURNED: N_("Returned by the unit"),
    Act.RETURN_REFUSED: N_("Returned without naming whose it is; it stays"),
    Act.RECHECKED: N_("Checked by the camera"),
    Act.REWORKED: N_("Sent back"),
    Act.EXTENDED: N_("Time extended"),
    Act.SUSPENDED: N_("Suspended"),
    Act.RESUMED: N_("Runs on"),
    Act.URGED: N_("Unit urged"),
    Act.WARNED: N_("Warning of the deadline"),
    Act.CLOSED: N_("Closed"),
    Act.APPEALED: N_("Appeal against the late mark"),
    Act.APPEAL_UPHELD: N_("A reviewer upheld the appeal"),
    Act.APPEAL_REJECTED: N_("A reviewer rejected the appeal"),
    Act.VOIDED: N_("Voided"),
    Act.WITHDRAWN: N_("Taken back"),
    Act.RECALLED: N_("Recalled"),
}
ANSWER_WORDS = {
    RecheckAnswer.CLEARED: N_("Cleared"),
    RecheckAnswer.STILL_THERE: N_("Still there"),
    RecheckAnswer.CANNOT_TELL: N_("Cannot tell"),
}
STAGE_WORDS = {
    Stage.FILED: N_("To be routed"),
    Stage.ROUTED: N_("Being delivered"),
    Stage.DELIVERED: N_("With its unit"),
    Stage.HANDLED: N_("Answered"),
    Stage.CHECKED: N_("To be closed"),
    Stage.CLOSED: N_("Closed"),
    Stage.VOID: N_("Void"),
}


@dataclass(frozen=True, slots=True)
class StepWords:
    """One line of the steps column. ``at`` is ``None`` for what has not happened yet."""

    shape: Shape
    title: Told
    detail: Told
    at: datetime | None


def steps_of(page: CasePage, category: Category, units: Sequence[Unit]) -> tuple[StepWords, ...]:
    """Return every step that was taken, and the one the case waits for now."""
    taken = [
        StepWords(_shape(step), Told(ACT_WORDS[step.act]), _detail(step, page, category, units), step.at)
        for step in page.case.steps
    ]
    if taken and page.case.stage not in (Stage.CLOSED, Stage.VOID):
        last = taken[-1]
        taken[-1] = StepWords("now" if last.shape == "done" else last.shape, last.title, last.detail, last.at)
        title, detail = _NEXT[page.case.stage]
        taken.append(StepWords("waits", Told(title), Told(detail), None))
    return tuple(taken)


_NEXT: Mapping[Stage, tuple[str, str]] = {
    Stage.FILED: (N_("Routed"), N_("waits for you to choose a unit")),
    Stage.ROUTED: (N_("Delivered"), N_("waits for the unit's system")),
    Stage.DELIVERED: (N_("The unit answered"), N_("waits for the unit")),
    Stage.HANDLED: (N_("Checked by the camera"), N_("the camera looks again")),
    Stage.CHECKED: (N_("Closed"), N_("waits for you to choose a closing condition")),
}


def _shape(step: CaseStep) -> Shape:
    if step.act in (Act.DELIVERY_WAITS, Act.DELIVERY_PARKED, Act.RETURNED, Act.RETURN_REFUSED, Act.WARNED):
        return "overdue"
    if step.act is Act.RECHECKED and step.facts.get("answer") == RecheckAnswer.CANNOT_TELL:
        return "fault"
    if step.act is Act.RECHECKED and step.facts.get("answer") == RecheckAnswer.STILL_THERE:
        return "overdue"
    return "done"


def _detail(step: CaseStep, page: CasePage, category: Category, units: Sequence[Unit]) -> Told:
    facts = step.facts
    match step.act:
        case Act.FOUND:
            where = {"number": page.camera_number, "camera": page.camera_name, "zone": facts.get("zone", "")}
            return Told(N_("{number} {camera} • zone {zone}"), where)
        case Act.CONFIRMED:
            taken = timedelta(seconds=float(facts.get("seconds", 0.0)))
            return Told(N_("{who} • {taken} after it was raised"), {"who": step.who, "taken": taken})
        case Act.FILED:
            return Told(
                N_("{number} • {condition}"),
                {"number": facts.get("number", ""), "condition": _filing(category, str(facts.get("condition", "")))},
            )
        case Act.ROUTED:
            unit = _unit(units, str(facts.get("unit", "")))
            if facts.get("reason"):
                return Told(N_("{unit} • changed: {reason}"), {"unit": unit, "reason": Told(str(facts["reason"]))})
            return Told(N_("{unit} • as proposed"), {"unit": unit})
        case Act.DELIVERED:
            tries = int(facts.get("tries", 1))
            return Told(N_("receipt {receipt} • try {tries}"), {"receipt": facts.get("receipt", ""), "tries": tries})
        case Act.DELIVERY_WAITS:
            return Told(
                N_("try {tries}: {failure}"), {"tries": facts.get("tries", 0), "failure": _said(facts.get("failure"))}
            )
        case Act.DELIVERY_PARKED:
            return Told(
                N_("{tries} tries failed: {failure}"),
                {"tries": facts.get("tries", 0), "failure": _said(facts.get("failure"))},
            )
        case Act.SPOKEN:
            text = str(facts.get("text", ""))
            if text:
                return Told(N_("{who}: “{text}”"), {"who": step.who, "text": text})
            return Told(N_("{who}, live"), {"who": step.who})
        case Act.BACK_TO_NORMAL:
            return Told("{sensor} • {value}", {name: str(facts.get(name, "")) for name in ("sensor", "value")})
        case Act.ANSWERED | Act.RETURNED | Act.RETURN_REFUSED:
            photos = len(facts.get("photos", ()))
            return Told(N_("“{text}” • photos: {photos}"), {"text": str(facts.get("text", "")), "photos": photos})
        case Act.RECHECKED:
            answer = Told(ANSWER_WORDS[RecheckAnswer(str(facts.get("answer", "cannot_tell")))])
            return Told(
                N_("{answer} • {looks} looks, seen in {with_it}"),
                {"answer": answer, "looks": facts.get("looks", 0), "with_it": facts.get("looks_with", 0)},
            )
        case (
            Act.REWORKED
            | Act.EXTENDED
            | Act.SUSPENDED
            | Act.URGED
            | Act.APPEALED
            | Act.APPEAL_UPHELD
            | Act.APPEAL_REJECTED
            | Act.VOIDED
        ):
            return Told(N_("{who}: {reason}"), {"who": step.who, "reason": Told(str(facts.get("reason", "")))})
        case Act.CLOSED:
            condition = _closing(category, str(facts.get("condition", "")))
            return Told(N_("{who} • {condition}"), {"who": step.who, "condition": condition})
        case Act.WARNED:
            is_over = facts.get("kind") == WarningKind.OVER
            return Told(N_("its time is over")) if is_over else Told(N_("80 % of its time has run"))
        case Act.WITHDRAWN | Act.RECALLED | Act.RESUMED:
            return Told("{who}", {"who": _unit(units, step.who)})


def _unit(units: Sequence[Unit], unit_id: str) -> Named:
    found = next((unit for unit in units if unit.unit_id == unit_id), None)
    return Named(found.zh, found.en) if found is not None else Named(unit_id, unit_id)


def _filing(category: Category, code: str) -> Named:
    found = next((item for item in category.filing if item.code == code), None)
    return Named(found.zh, found.en) if found is not None else Named(code, code)


def _closing(category: Category, code: str) -> Named:
    found = next((item for item in category.closing if item.code == code), None)
    return Named(found.zh, found.en) if found is not None else Named(code, code)


def _said(failure: object) -> Told:
    return Told(str(failure or "—"))
