"""A table of cameras at the seat: every fault by its line, nothing half taken in, and a way back until it is."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from console.words import ENGLISH
from tests.application.city import City
from tests.widgets.desks import Seat
from tests.widgets.test_onboarding_page import Line, made_page, strike
from widgets.onboarding.onboarding_page import OnboardingPage

WITHIN_MS = 5000
HEAD = ("number", "name", "main stream", "login")
GOOD = ("B-1", "滨江路口", "rtsp://10.0.0.1/main", "admin:Guang#mei")


@pytest.fixture
def page(seat: Seat, qtbot: QtBot) -> Iterator[OnboardingPage]:
    seat.words.speak(ENGLISH)
    made = made_page(seat, Line())
    seat.opened(made, lambda: True)
    made.press("Ctrl+I")
    assert made.table_panel.path.hasFocus()
    yield made
    made.hide()


def table(folder: Path, *rows: Sequence[str]) -> Path:
    path = folder / "cameras.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((HEAD, *rows))
    return path


def look_at(page: OnboardingPage, path: Path, qtbot: QtBot) -> None:
    page.table_panel.path.setText(str(path))
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table_panel.rows.model_rows.rowCount() > 0, timeout=WITHIN_MS)


def cells(page: OnboardingPage) -> list[list[str]]:
    rows = page.table_panel.rows.model_rows
    return [[str(rows.index(row, column).data()) for column in range(2)] for row in range(rows.rowCount())]


def numbers(city: City) -> list[str]:
    with city.units.read() as unit:
        return sorted(camera.number for camera in unit.directory.cameras())


def test_a_table_is_shown_first_and_taken_in_by_a_second_enter(
    page: OnboardingPage, seat: Seat, tmp_path: Path, qtbot: QtBot
) -> None:
    before = numbers(seat.city)
    look_at(page, table(tmp_path, GOOD), qtbot)
    assert cells(page) == [["added", "B-1 滨江路口"]]
    assert page.table_panel.line.words.startswith("1 added, 0 changed, 0 removed")
    assert numbers(seat.city) == before, "looking changes nothing"
    with qtbot.waitSignal(page.table_panel.taken, timeout=WITHIN_MS):
        strike(Qt.Key.Key_Return)
    assert numbers(seat.city) == sorted([*before, "B-1"])


def test_every_fault_stands_with_its_line_and_enter_takes_nothing_in(
    page: OnboardingPage, seat: Seat, tmp_path: Path, qtbot: QtBot
) -> None:
    before = numbers(seat.city)
    look_at(page, table(tmp_path, GOOD, ("B-2", "", "rtsp://10.0.0.2/main", ""), ("B-1", "x", "no address", "")), qtbot)
    assert {line for line, _ in cells(page)} == {"3", "4"}
    assert "faults" in page.table_panel.line.words and not page.table_panel.has_plan
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "faults" in page.table_panel.line.words, timeout=WITHIN_MS)
    assert numbers(seat.city) == before


def test_esc_forgets_the_table_and_then_leaves_and_nothing_is_changed(
    page: OnboardingPage, seat: Seat, tmp_path: Path, qtbot: QtBot
) -> None:
    before = numbers(seat.city)
    look_at(page, table(tmp_path, GOOD), qtbot)
    strike(Qt.Key.Key_Escape)
    assert page.table_panel.line.words == "Nothing was changed." and not page.table_panel.has_plan
    strike(Qt.Key.Key_Escape)
    assert page.table_panel.isHidden() and page.address.hasFocus()
    assert numbers(seat.city) == before


def test_what_was_typed_otherwise_since_is_looked_at_anew(
    page: OnboardingPage, seat: Seat, tmp_path: Path, qtbot: QtBot
) -> None:
    look_at(page, table(tmp_path, GOOD), qtbot)
    page.table_panel.is_whole.setChecked(True)
    assert not page.table_panel.has_plan
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table_panel.has_plan, timeout=WITHIN_MS)
    assert ["removed", "01 学府路口·南"] in cells(page)


def test_the_directory_is_written_to_a_file_and_an_old_one_replaced_only_when_asked_twice(
    page: OnboardingPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    page.table_panel.path.setText(path.as_uri())
    page.press("Ctrl+E")
    qtbot.waitUntil(lambda: "out.csv already" in page.table_panel.line.words, timeout=WITHIN_MS)
    assert path.read_text(encoding="utf-8") == "old"
    page.press("Ctrl+E")
    qtbot.waitUntil(lambda: page.table_panel.line.words.startswith("1 cameras are in"), timeout=WITHIN_MS)
    assert "学府路口·南" in path.read_text(encoding="utf-8-sig")


def test_a_file_is_chosen_in_a_window_that_opens_by_its_key_alone_and_stops_nothing(
    page: OnboardingPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path, panel = table(tmp_path, GOOD), page.table_panel
    assert panel.chooser is None, "nothing opens by itself"
    panel.path.setText(str(path.parent / "other.csv"))
    strike(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    chooser = panel.chooser
    assert chooser is not None and chooser.isVisible() and not chooser.isModal()
    assert Path(chooser.directory().absolutePath()) == tmp_path

    page.press("Ctrl+E")  # the page goes on while it is open
    qtbot.waitUntil(lambda: "other.csv" in panel.line.words, timeout=WITHIN_MS)
    typed = chooser.findChild(QLineEdit)
    assert isinstance(typed, QLineEdit)
    typed.setText(path.name)
    chooser.accept()
    assert panel.path.text() == str(path) and not chooser.isVisible()

    panel.choose()
    page.hide()
    assert not chooser.isVisible(), "who leaves the page chooses no longer"


def test_the_list_of_files_speaks_the_language_of_the_seat(page: OnboardingPage, seat: Seat) -> None:
    page.table_panel.choose()
    chooser = page.table_panel.chooser
    assert chooser is not None and chooser.windowTitle() == "Choose a table"
    seat.words.speak("zh_CN")
    page.retranslate()

    assert chooser.windowTitle() == "选择表格" and chooser.nameFilters() == ["表格 (*.csv *.xlsx)"]
