"""Claims about the window something was thrown from: masked for everybody until one who may opens it, and says why."""

from dataclasses import replace
from pathlib import Path

import pytest

from console.application.alarm_review import Filing
from console.application.errors import NotPermitted
from console.application.evidence_desk import EvidenceDesk, PackContents
from console.domain.accounts import Actor, Role
from console.domain.errors import DomainError
from console.domain.evidence import Window
from console.domain.ids import CaseId
from console.domain.rules import RuleFamily
from tests.application.city import FACTS, PARKING, City, person

SEVENTH = Window(storey=7, storey_from=7, storey_to=8, column=4, column_from=4, column_to=4)
NAMED = tuple((name, float(getattr(SEVENTH, name))) for name in Window.__slots__)
THROWN = replace(FACTS, family=RuleFamily.THROWN, reasons=(("storeys_fallen", 6.2), *NAMED))
LEAD = person("陈建国", Role.SUPERVISOR)


class NoPack:
    def write(self, contents: PackContents, path: Path) -> None: ...


def thrown(city: City, actor: Actor) -> CaseId:
    alarm_id = city.hit(facts=THROWN)
    city.review.confirm(actor, alarm_id, Filing(PARKING, "1"))
    return city.cases.file(actor, alarm_id).case_id


def desk(city: City) -> EvidenceDesk:
    return EvidenceDesk(city.units, city.queries, city.gate, city.clock, NoPack())


def test_neither_the_alarm_nor_the_case_names_the_window_to_anybody(city: City, li: Actor) -> None:
    alarm_id = city.hit(facts=THROWN)
    card = city.review.card(li, alarm_id)
    page = city.cases.page(LEAD, thrown(city, li))
    for rule in (card.rule, page.rule):
        assert rule is not None and rule.window is None
        assert rule.reasons == (("storeys_fallen", 6.2),)


def test_one_who_may_opens_it_for_a_reason_and_the_audit_names_reason_and_not_window(city: City, li: Actor) -> None:
    case_id = thrown(city, li)
    assert desk(city).open_window(LEAD, case_id, "查明抛物者") == SEVENTH
    with city.units.read() as unit:
        (line,) = [line.facts for line in unit.audit.lines(0, 1000) if line.facts.verb == "open_window"]
    assert (line.reason, line.case_id) == ("查明抛物者", case_id) and "陈建国" in line.who
    assert not {"storey", "column"} & line.detail.keys()


def test_without_a_reason_or_the_right_it_stays_masked(city: City, li: Actor) -> None:
    case_id = thrown(city, li)
    with pytest.raises(DomainError, match="reason"):
        desk(city).open_window(LEAD, case_id, " ")
    with pytest.raises(NotPermitted):
        desk(city).open_window(li, case_id, "查明抛物者")
    assert "open_window" not in city.audit_verbs()


def test_a_case_of_something_else_names_no_window(city: City, li: Actor) -> None:
    assert desk(city).open_window(LEAD, city.filed(li).case_id, "查明抛物者") is None
