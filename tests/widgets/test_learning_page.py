"""The learning page: what each camera and kind has learned, in words, and the lessons of the one that is selected."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from console.application.learning_desk import LearningDesk
from console.domain.accounts import Role
from console.words import ENGLISH
from tests.application.city import person
from tests.application.lessons import lesson_note, put_kept_off, put_lesson, put_verdicts
from tests.widgets.desks import Seat, until
from widgets.learning.learning_page import LearningPage

LEAD = person("周强", Role.SUPERVISOR)


@pytest.fixture
def page(seat: Seat) -> Iterator[LearningPage]:
    city = seat.city
    made = LearningPage(LEAD, LearningDesk(city.units, city.gate), seat.desk, seat.teller, seat.stills)
    yield seat.opened(made, lambda: made.is_read)
    made.hide()


def cells(page: LearningPage) -> list[tuple[str, ...]]:
    return [row.cells for row in page.table.model_rows.rows]


def test_with_nothing_learned_the_page_says_where_lessons_come_from(page: LearningPage) -> None:
    assert cells(page) == []
    assert page.nothing.isVisible() and "截图" in page.nothing.text()


def test_what_was_learned_since_is_read_by_key_and_said_in_words(seat: Seat, page: LearningPage) -> None:
    now = seat.city.clock.now()
    put_verdicts(seat.city.units, now, real=12, false=40)
    seat.strike(page, "R")
    until(seat.qtbot, lambda: len(cells(page)) == 1)
    assert cells(page)[0][2:] == ("12", "40", "静默", "–", "–", "–", "–", "–")
    assert "8" in page.meaning.text() and not page.lessons.isVisible()

    put_lesson(seat.city.units, lesson_note(1, now, is_better=False))
    put_lesson(seat.city.units, lesson_note(2, now, is_better=True))
    seat.strike(page, "R")
    until(seat.qtbot, lambda: len(page.lessons.model_rows.rows) == 2)
    assert cells(page)[0][4:7] == ("排序", "80% → 14%", "2")
    assert [row.cells[0] for row in page.lessons.model_rows.rows] == ["2，使用中", "1"]
    assert "90% → 88% (25)" in page.calibration.text()

    seat.words.speak(ENGLISH)
    page.retranslate()
    assert cells(page)[0][4] == "Ranks" and "None is kept off" in page.meaning.text()


def test_a_line_is_written_by_key_and_what_it_keeps_off_is_shown_after_all(seat: Seat, page: LearningPage) -> None:
    city, now = seat.city, seat.city.clock.now()
    put_verdicts(city.units, now, real=25, false=25)
    put_lesson(city.units, lesson_note(1, now, is_better=True))
    put_kept_off(city.units, city.hit("unlikely"), now)
    assert city.review.queue(LEAD) == []
    seat.strike(page, "R")
    until(seat.qtbot, lambda: len(page.lessons.model_rows.rows) == 1)

    seat.strike(page, "L")
    assert page.share.hasFocus()
    page.share.setText("二十")
    QTest.keyClick(page.share, Qt.Key.Key_Return)
    assert "二十" in page.line.words
    page.share.setText("20")
    QTest.keyClick(page.share, Qt.Key.Key_Return)
    until(seat.qtbot, lambda: cells(page)[0][4] == "拦下")
    assert cells(page)[0][7:9] == ("20%", "1") and "10" in page.meaning.text()

    seat.strike(page, "G")
    assert [row.cells[3] for row in page.kept.model_rows.rows] == ["10%"] and page.kept.isVisible()
    seat.strike(page, "Y")
    until(seat.qtbot, lambda: page.none_kept.isVisible())
    assert len(city.review.queue(LEAD)) == 1


def test_a_lesson_is_gone_back_by_one_key(seat: Seat, page: LearningPage) -> None:
    now = seat.city.clock.now()
    put_verdicts(seat.city.units, now, real=25, false=25)
    for number in (1, 2):
        put_lesson(seat.city.units, lesson_note(number, now, is_better=True))
    seat.strike(page, "R")
    until(seat.qtbot, lambda: len(page.lessons.model_rows.rows) == 2)

    seat.strike(page, "B")
    until(seat.qtbot, lambda: cells(page)[0][6] == "1")
    seat.strike(page, "B")
    until(seat.qtbot, lambda: "没有更早" in page.line.words)
    seat.strike(page, "N")
    until(seat.qtbot, lambda: cells(page)[0][6] == "2")


def test_a_refusal_is_said_and_the_page_can_be_left(seat: Seat) -> None:
    city = seat.city
    page = LearningPage(person("李文静"), LearningDesk(city.units, city.gate), seat.desk, seat.teller, seat.stills)
    seat.opened(page, lambda: bool(page.line.words) and "正在" not in page.line.words)
    left = QSignalSpy(page.left)

    seat.strike(page, "Esc")

    assert not page.nothing.isVisible(), "what was not read is not said to be nothing"
    assert left.count() == 1
    page.hide()
