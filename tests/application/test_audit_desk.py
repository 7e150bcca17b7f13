"""The auditor's desk: who looked for what is found, and looking for it is itself written down."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.audit_desk import AuditDesk
from console.application.errors import NotPermitted
from console.application.read_models import AuditQuery
from console.domain.accounts import Actor, Role
from console.domain.alarms import DismissReason
from console.domain.audit_check import Anchor, Break
from console.domain.errors import DomainError
from console.infrastructure.documents.register import RegisterFiles
from console.infrastructure.signing import Signer
from tests.application.city import BEGIN, CAMERA, SHANGHAI, City, Drawer, person


class NoAnchors:
    def key(self) -> str:
        return ""

    def anchors(self) -> Iterator[Anchor | Break]:
        return iter(())


@pytest.fixture
def desk(city: City) -> AuditDesk:
    writer = RegisterFiles(Signer(Drawer()), SHANGHAI)
    return AuditDesk(city.units, city.queries, city.gate, city.clock, NoAnchors(), writer)


@pytest.fixture
def auditor() -> Actor:
    return person("周审计", Role.AUDITOR, seat="09")


@pytest.fixture
def busy(city: City, li: Actor, wang: Actor) -> City:
    filed = city.filed(li)
    city.clock.wait(minutes=5)
    city.review.dismiss(wang, city.hit("hit-2"), DismissReason.OTHER, remark="100% 空车_")
    city.cases.undo_filing(li, filed.case_id)
    return city


def verbs(desk: AuditDesk, auditor: Actor, query: AuditQuery) -> list[str]:
    return [row.line.facts.verb for row in desk.search(auditor, query)]


def test_lines_are_found_by_who_verb_camera_case_time_and_words(busy: City, desk: AuditDesk, auditor: Actor) -> None:
    (row,) = busy.cases.list(person("李文静"))
    assert verbs(desk, auditor, AuditQuery(who="王磊")) == ["dismiss"]
    assert verbs(desk, auditor, AuditQuery(verb="file")) == ["file"]
    assert verbs(desk, auditor, AuditQuery(case_id=row.case_id))[:2] == ["search_audit", "undo_filing"]
    assert verbs(desk, auditor, AuditQuery(text="100% 空车_")) == ["search_audit", "dismiss"]
    assert verbs(desk, auditor, AuditQuery(text="100%_空")) == ["search_audit"], "% and _ are only letters"
    assert verbs(desk, auditor, AuditQuery(camera_id="cam99")) == ["search_audit"]
    assert {"confirm", "file", "dismiss"} <= set(verbs(desk, auditor, AuditQuery(camera_id=CAMERA)))
    before = AuditQuery(from_at=BEGIN, to_at=BEGIN + timedelta(minutes=5))
    assert verbs(desk, auditor, before) == ["file", "confirm", "raise_alarm"]


def test_pages_follow_each_other_without_a_gap_and_only_the_search_leaves_a_line(
    busy: City, desk: AuditDesk, auditor: Actor
) -> None:
    first = desk.search(auditor, AuditQuery(), most=3)
    second = desk.search(auditor, AuditQuery(), after=first[-1].line.position, most=3)
    positions = [row.line.position for row in [*first, *second]]
    assert positions == list(range(positions[0], positions[0] - 6, -1))
    assert busy.audit_verbs().count("search_audit") == 1


def test_an_operator_may_not_read_the_audit_and_the_try_is_in_it(city: City, desk: AuditDesk, li: Actor) -> None:
    for forbidden in (
        lambda: desk.search(li, AuditQuery()),
        lambda: desk.verify(li),
        lambda: desk.export(li, AuditQuery(), Path("none"), "because"),
    ):
        with pytest.raises(NotPermitted):
            forbidden()
    assert city.audit_verbs() == ["refused"] * 3


def test_an_export_names_camera_and_case_as_people_do_and_needs_a_reason(
    busy: City, desk: AuditDesk, auditor: Actor, tmp_path: Path
) -> None:
    with pytest.raises(DomainError, match="reason"):
        desk.export(auditor, AuditQuery(), tmp_path / "out.csv", "  ")
    count = desk.export(auditor, AuditQuery(verb="file"), tmp_path / "out.csv", "季度检查")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert count == 1 and ",01,学府路口·南," in text and "20261123-0001" in text
    assert "2026-11-23 10:00:00+08:00" in text, "times are the city's"
    assert busy.audit_verbs()[-1] == "export_audit"
    assert desk.verify(auditor).is_whole and busy.audit_verbs()[-1] == "verify_audit"


def test_a_reason_that_looks_like_a_formula_stays_words(
    busy: City, desk: AuditDesk, auditor: Actor, tmp_path: Path
) -> None:
    desk.export(auditor, AuditQuery(verb="export_audit"), tmp_path / "out.csv", "=1+1")
    assert ",'=1+1," in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
