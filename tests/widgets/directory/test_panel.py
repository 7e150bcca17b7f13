"""The directory beside the wall: found as one types, opened by one key, dragged, and gone when the seat is locked."""

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from console.application.directory_ports import Standing
from console.domain.ids import CameraId
from console.domain.places import Place
from console.words import CHINESE, ENGLISH
from tests.application.city import person
from tests.application.test_directory_desk import camera
from tests.widgets.desks import Seat
from widgets.common.key_sheet import clashes
from widgets.directory.keys import DIRECTORY_KEYS
from widgets.directory.panel import DirectoryPanel
from widgets.directory.rows import CameraState
from widgets.state.telling import Told
from widgets.wall.dragging import camera_in

LI = person("李文静")


@pytest.fixture
def panel(seat: Seat) -> DirectoryPanel:
    with seat.city.units.write() as unit:
        for number in range(60):
            place = Place(address="滨江路 1 号", district="钱塘区", street="滨江街道", community="一社区")
            unit.directory.put_camera(
                camera(f"b{number:02}", f"B-{number:02}", name=f"滨江路{number}号", code="", place=place)
            )
        unit.commit()
    made = DirectoryPanel(LI, seat.city.directory, seat.desk, seat.teller)
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    seat.qtbot.addWidget(made)
    made.resize(320, 700)
    with seat.qtbot.waitExposed(made):
        made.ask()
    return made


def firsts(panel: DirectoryPanel) -> list[str]:
    return [panel.model.said(row)[0] for row in panel.model.rows]


def is_grown(panel: DirectoryPanel, at: int) -> bool:
    """Say whether something hangs on the branch in this row."""
    rows = panel.model.rows
    return at + 1 < len(rows) and rows[at + 1].depth > rows[at].depth


def type_in(panel: DirectoryPanel, qtbot: QtBot, words: str) -> None:
    panel.field.clear()
    for at in range(len(words)):
        panel.field.setText(words[: at + 1])
    qtbot.waitUntil(lambda: panel.state.answered == words, timeout=10_000)


def test_typing_finds_and_enter_opens_on_the_selected_tile(panel: DirectoryPanel, qtbot: QtBot) -> None:
    type_in(panel, qtbot, "bjl7h")
    assert firsts(panel) == ["B-07  滨江路7号"]
    with qtbot.waitSignal(panel.opened) as opened:
        panel.press("Enter")
    assert opened.args == ["b07"]


def test_what_is_not_there_is_said_with_what_to_try(panel: DirectoryPanel, qtbot: QtBot, seat: Seat) -> None:
    type_in(panel, qtbot, "滨江 88")
    assert panel._note.isVisible() and panel._note.text() == "没找到“滨江 88”。试试路名、编号或拼音首字母。"
    seat.words.speak(ENGLISH)
    panel.retranslate()
    assert panel._note.text() == "No match for “滨江 88”. Try a road, a number or pinyin initials."
    seat.words.speak(CHINESE)


def test_the_tree_opens_a_branch_at_a_time_by_its_keys(panel: DirectoryPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: firsts(panel) == ["钱塘区", "未填写区"], timeout=10_000)
    for name in ("钱塘区", "滨江街道", "一社区"):
        panel.list.setCurrentIndex(panel.model.index(firsts(panel).index(name)))
        panel.press("Right")
        at = panel.list.currentIndex().row()
        qtbot.waitUntil(partial(is_grown, panel, at), timeout=10_000)
    assert firsts(panel)[3] == "B-00  滨江路0号" and firsts(panel)[-2] == "更多…"
    panel.list.setCurrentIndex(panel.model.index(len(panel.model.rows) - 2))
    panel.press("Enter")
    qtbot.waitUntil(lambda: "B-59  滨江路59号" in firsts(panel), timeout=10_000)
    panel.list.setCurrentIndex(panel.model.index(0))
    panel.press("Left")
    assert firsts(panel) == ["钱塘区", "未填写区"]


def test_a_favourite_is_kept_by_one_key_and_stands_on_a_shelf_of_its_own(
    panel: DirectoryPanel, qtbot: QtBot, seat: Seat
) -> None:
    type_in(panel, qtbot, "B-03")
    panel.press("F")
    qtbot.waitUntil(lambda: bool(panel.row and panel.row.camera and panel.row.camera.is_favourite), timeout=10_000)
    panel.field.clear()
    panel.sorting.setCurrentIndex(4)
    qtbot.waitUntil(lambda: firsts(panel) == ["B-03  滨江路3号"], timeout=10_000)
    panel.press("F")
    qtbot.waitUntil(lambda: panel._note.isVisible() and "收藏" in panel._note.text(), timeout=10_000)


def test_a_camera_its_sharing_platform_has_lost_says_so(panel: DirectoryPanel, qtbot: QtBot, seat: Seat) -> None:
    type_in(panel, qtbot, "B-03")
    (row,) = panel.model.rows
    assert row.camera is not None
    lost = replace(row, camera=replace(row.camera, standing=Standing.OFFLINE))
    gone = replace(row, camera=replace(row.camera, standing=Standing.GONE))
    assert panel.model.said(row)[1].startswith("球机 · 滨江路 1 号")
    assert panel.model.said(lost)[1].startswith("平台显示离线 · 球机 · ")
    assert panel.model.said(gone)[1].startswith("平台已撤 · 球机 · ")
    seat.words.speak(ENGLISH)
    assert panel.model.said(gone)[1].startswith("Gone from the platform · Dome · ")


def test_a_camera_is_carried_by_its_id_and_a_branch_is_not(panel: DirectoryPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(panel.model.rows), timeout=10_000)
    assert not panel.model.flags(panel.model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    type_in(panel, qtbot, "B-03")
    at = panel.model.index(0)
    assert panel.model.flags(at) & Qt.ItemFlag.ItemIsDragEnabled
    assert camera_in(panel.model.mimeData([at])) == "b03"


def test_how_a_camera_is_stands_as_a_word_beside_it(panel: DirectoryPanel, qtbot: QtBot) -> None:
    type_in(panel, qtbot, "B-03")
    assert panel.model.said(panel.model.rows[0])[1].startswith("球机")
    panel.note_states({"b03": CameraState("fault", Told("No signal"))})
    assert panel.model.said(panel.model.rows[0])[1].startswith("无信号 · 球机")


def test_a_change_of_the_directory_is_read_again(panel: DirectoryPanel, qtbot: QtBot, seat: Seat) -> None:
    type_in(panel, qtbot, "B-03")
    with seat.city.units.write() as unit:
        unit.directory.put_camera(replace(unit.directory.camera(CameraId("b03")), name="新名"))
        unit.commit()
    panel.note_changed()
    qtbot.waitUntil(lambda: firsts(panel) == ["B-03  新名"], timeout=10_000)


def test_escape_empties_the_search_and_then_closes_the_list(panel: DirectoryPanel, qtbot: QtBot) -> None:
    type_in(panel, qtbot, "B-03")
    panel.press("Esc")
    assert panel.field.text() == "" and panel.isVisible()
    with qtbot.waitSignal(panel.left):
        panel.press("Esc")
    assert panel.isHidden()


def test_a_locked_seat_keeps_no_name_and_no_word_of_it(panel: DirectoryPanel, qtbot: QtBot) -> None:
    type_in(panel, qtbot, "B-03")
    panel.close_up()
    assert panel.isHidden() and panel.field.text() == "" and panel.model.rows == ()


def test_its_keys_clash_with_nothing() -> None:
    assert clashes({"directory": DIRECTORY_KEYS}) == []
