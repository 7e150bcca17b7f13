"""An item that was deleted says when and why instead of failing; the rest of its case is judged without it."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from console.domain.evidence import EvidenceItem
from console.words import ENGLISH, Words
from tests.application.city import BEGIN
from tests.widgets.reviewing import still
from widgets.cases.evidence_list import EvidenceLine, summary_of
from widgets.state.telling import Teller


def deleted(why: str) -> EvidenceItem:
    return replace(still("e1", "alarm"), deleted_at=BEGIN + timedelta(hours=15), deleted_why=why)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("age", "Deleted on 2026-11-24: the days it is kept were over. What is known of it stays."),
        ("quota", "Deleted on 2026-11-24: its quota was full. What is known of it stays."),
        ("room", "Deleted on 2026-11-24: the disk was full. What is known of it stays."),
    ],
)
def test_a_deleted_item_says_on_which_local_day_and_why(qtbot: QtBot, why: str, said: str) -> None:
    line = EvidenceLine()
    qtbot.addWidget(line)
    teller = Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai"))
    line.show_item(deleted(why), False, teller)
    assert line.toolTip() == said and line.accessibleName().endswith(said)


def test_a_deleted_item_does_not_count_as_a_broken_one() -> None:
    assert "fails its digest" not in summary_of([deleted("age")], {"e1": False}).sentence
    assert "fails its digest" in summary_of([still("e1", "alarm")], {"e1": False}).sentence
