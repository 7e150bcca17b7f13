"""The auditor's page: lines are found, checked and handed out by key; what it did not see it does not say."""

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import text

from console.application.audit_desk import AuditDesk
from console.domain.accounts import Role
from console.domain.alarms import DismissReason
from console.domain.audit_check import Anchor, Break
from console.infrastructure.documents.register import RegisterFiles
from console.infrastructure.signing import Signer
from console.words import ENGLISH
from tests.application.city import SHANGHAI, Drawer, person
from tests.widgets.desks import Seat, until
from widgets.audit.audit_page import AuditPage
from widgets.audit.audit_words import ACT_WORDS

ROOT = Path(__file__).resolve().parents[2]
AUDITOR = person("吴芳", Role.AUDITOR)
WRITERS = frozenset({"facts", "note", "_line", "_facts", "_change", "AuditFacts"})


class NoAnchors:
    def key(self) -> str:
        return ""

    def anchors(self) -> Iterator[Anchor | Break]:
        return iter(())


@pytest.fixture
def page(seat: Seat) -> Iterator[AuditPage]:
    city = seat.city
    li = person("李文静")
    city.filed(li)
    city.clock.wait(days=1)
    city.review.dismiss(person("王磊"), city.hit("hit-2"), DismissReason.OTHER, remark="空车")
    desk = AuditDesk(
        city.units, city.queries, city.gate, city.clock, NoAnchors(), RegisterFiles(Signer(Drawer()), SHANGHAI)
    )
    made = AuditPage(AUDITOR, desk, seat.desk, seat.teller, city.clock, SHANGHAI, seat.folder / "documents")
    yield seat.opened(made, lambda: bool(made.table.model_rows.rows))
    made.hide()


def column(page: AuditPage, at: int) -> list[str]:
    return [row.cells[at] for row in page.table.model_rows.rows]


def test_the_newest_lines_stand_there_when_the_page_opens(page: AuditPage) -> None:
    assert column(page, 4)[:2] == ["查询审计记录", "驳回告警"]
    assert "建立案件" in column(page, 4) and "李文静" in column(page, 2)
    assert [int(line) for line in column(page, 0)] == sorted((int(line) for line in column(page, 0)), reverse=True)


def test_lines_are_found_by_who_act_and_day(seat: Seat, page: AuditPage) -> None:
    seat.strike(page, "/")
    assert page.who.hasFocus()
    page.who.setText("王磊")
    QTest.keyClick(page.who, Qt.Key.Key_Return)
    until(seat.qtbot, lambda: set(column(page, 2)) == {"王磊"})

    page.who.clear()
    page.act.setCurrentIndex(page.act.findData("file"))
    page.search()
    until(seat.qtbot, lambda: column(page, 4) == ["建立案件"])

    page.act.setCurrentIndex(0)
    page.begins.setText("2026-11-24")
    page.search()
    until(seat.qtbot, lambda: bool(column(page, 1)) and all(time.startswith("2026-11-24") for time in column(page, 1)))

    page.who.setText("没有这个人")
    page.search()
    until(seat.qtbot, lambda: column(page, 1) == [])
    assert page._empty.isVisible()


def test_a_day_that_is_none_is_said_before_anything_is_read(seat: Seat, page: AuditPage) -> None:
    before = seat.city.audit_verbs()
    page.ends.setText("昨天")
    page.search()

    assert "昨天" in page.line.words
    assert seat.city.audit_verbs() == before


def test_a_changed_line_is_named_by_the_check(seat: Seat, page: AuditPage) -> None:
    seat.strike(page, "V")
    until(seat.qtbot, lambda: "完整" in page.line.words)

    with seat.city.units._database.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_lines_refuse_update"))
        connection.execute(text("UPDATE audit_lines SET who = '别人' WHERE position = 2"))
        connection.commit()
    seat.strike(page, "V")

    until(seat.qtbot, lambda: page.line.words.startswith("第 2 条") or "2" in page.line.words.split("，")[0])
    assert "完整" not in page.line.words


def test_an_export_needs_a_reason_and_is_itself_a_line(seat: Seat, page: AuditPage) -> None:
    seat.strike(page, "S")
    assert page.reason.hasFocus() and not list(seat.folder.glob("documents/*.csv"))

    page.reason.setText("季度检查")
    QTest.keyClick(page.reason, Qt.Key.Key_Return)
    until(seat.qtbot, lambda: bool(list(seat.folder.glob("documents/*.csv"))))
    until(seat.qtbot, lambda: ".csv" in page.line.words)

    (file,) = seat.folder.glob("documents/*.csv")
    with open(file, encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    assert any("李文静" in cell for row in rows for cell in row)
    with seat.city.units.read() as unit:
        last = unit.audit.lines(0, 1000)[-1].facts
    assert (last.verb, last.reason) == ("export_audit", "季度检查")


def test_the_page_follows_the_language(seat: Seat, page: AuditPage) -> None:
    seat.words.speak(ENGLISH)
    page.retranslate()

    assert column(page, 4)[:2] == ["searched the trail", "dismissed an alarm"]


def test_every_act_the_desks_write_has_its_words() -> None:
    written: set[str] = set()
    for file in (ROOT / "console").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name_of(node.func) in WRITERS:
                named = [word.value for word in node.keywords if word.arg == "verb"]
                words = node.args[1:2] if name_of(node.func) in ("facts", "note") else (*node.args, *named)
                strings = [part.value for part in words if isinstance(part, ast.Constant)]
                written.update(word for word in strings[:1] if isinstance(word, str) and word.isidentifier())
    assert len(written) > 20
    assert written - ACT_WORDS.keys() == set()


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
