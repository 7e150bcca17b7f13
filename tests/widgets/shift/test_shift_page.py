"""The shift page: every figure with its formula, and the report where it says it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from console.application.reports import ShiftDesk
from console.domain.accounts import Actor, Role
from console.domain.evaluation import Ratio, ShiftFigures
from console.domain.ids import ShiftId
from console.domain.shifts import Shift
from console.words import ENGLISH
from tests.application.city import CAMERA, person
from tests.widgets.desks import Seat, until
from tests.widgets.reviewing import LI, NOON
from widgets.shift.shift_page import ShiftDesks, ShiftPage
from widgets.state import shift as s
from widgets.state.telling import Named


class Printer:
    """Writes the number of alarms, so that a test can see the file."""

    def print_shift(self, shift: Shift, figures: ShiftFigures, until: datetime, language: str, path: Path) -> None:
        path.write_text(f"{figures.alarms} {language}", encoding="utf-8")


@pytest.fixture
def page(seat: Seat, li: Actor) -> Iterator[ShiftPage]:
    city = seat.city
    with city.units.write() as unit:
        unit.shifts.add(
            Shift(
                shift_id=ShiftId("s1"),
                account_id=li.account_id,
                display_name=li.display_name,
                seat_id=li.seat_id,
                began_at=city.clock.now() - timedelta(hours=2),
            )
        )
        unit.watching.note_unwatched(CAMERA, city.clock.now() - timedelta(minutes=30), city.clock.now())
        unit.commit()
    city.filed(li)
    city.clock.wait(minutes=1)
    desks = ShiftDesks(
        shifts=ShiftDesk(city.units, city.queries, city.gate, city.clock, Printer()),
        wall=city.wall,
        categories=city.review.categories,
        documents=seat.folder,
    )
    found: ShiftPage = seat.opened(ShiftPage(li, desks, seat.desk, seat.teller, city.clock), lambda: True)
    until(seat.qtbot, lambda: found.state.figures is not None)
    yield found
    found.hide()


def test_a_role_that_may_see_no_figures_is_not_asked_for_them_every_half_minute(seat: Seat) -> None:
    auditor, city = person("吴芳", Role.AUDITOR), seat.city
    with city.units.write() as unit:
        unit.shifts.add(
            Shift(
                shift_id=ShiftId("s2"),
                account_id=auditor.account_id,
                display_name=auditor.display_name,
                seat_id=auditor.seat_id,
                began_at=city.clock.now() - timedelta(hours=2),
            )
        )
        unit.commit()
    desks = ShiftDesks(
        shifts=ShiftDesk(city.units, city.queries, city.gate, city.clock, Printer()),
        wall=city.wall,
        categories=city.review.categories,
        documents=seat.folder,
    )
    page: ShiftPage = seat.opened(ShiftPage(auditor, desks, seat.desk, seat.teller, city.clock), lambda: True)
    until(seat.qtbot, lambda: page.state.shift is not None)
    assert page.state.figures is None and "refused" not in city.audit_verbs()
    page.hide()


def test_each_share_names_its_parts(page: ShiftPage) -> None:
    words = {card.words[0]: card.words[1:] for card in page.cards if card.isVisible()}
    assert words["审核确认"] == ("100.0", "确认 1 ÷ 已判 1")
    assert words["没看的时间"][1] == "30 ÷ 121 路 • 分，1 路"


def test_a_share_of_nothing_is_a_dash_and_not_zero() -> None:
    figures = ShiftFigures(
        alarms=0,
        confirmed=Ratio(part=0, whole=0),
        in_time=Ratio(part=0, whole=0),
        filed=0,
        closed=0,
        spoken=0,
        median_first_response_s=None,
        unwatched_minutes={},
        per_ten_minutes=(0,),
        matters=(),
    )
    shift = Shift(shift_id=ShiftId("s"), account_id=LI.account_id, display_name="x", seat_id=LI.seat_id, began_at=NOON)
    state = s.ShiftState(actor=LI, now=NOON + timedelta(minutes=5), shift=shift, figures=figures)
    shown = {figure.title.sentence: figure.value for figure in s.large_figures(state)}
    assert shown["Confirmed"] == "—"
    assert "First response (median)" not in shown


def test_the_bars_are_the_alarms_of_every_ten_minutes(page: ShiftPage) -> None:
    heights = page.chart.heights
    assert len(heights) == 13 and sum(heights) == 1 and heights[-1] == 1


def test_the_table_obeys_qt_and_names_the_matter_in_the_language_of_now(seat: Seat, page: ShiftPage) -> None:
    tester = QAbstractItemModelTester(page.table, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    assert page.table.index(0, 0).data() == "机动车乱停放"
    seat.words.speak(ENGLISH)
    page.retranslate()
    assert page.table.index(0, 0).data() == "Vehicle parked badly"
    assert s.matter_name(page.state, "none") == Named("none", "none") and tester is not None


def test_s_prints_the_report_and_says_where(seat: Seat, page: ShiftPage) -> None:
    seat.strike(page, "S")
    until(seat.qtbot, lambda: ".pdf" in page.line.words)
    (file,) = seat.folder.glob("*.pdf")
    assert str(file) in page.line.words and file.read_text() == "1 zh"
    assert seat.city.audit_verbs()[-1] == "print_report"
