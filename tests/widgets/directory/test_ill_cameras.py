"""Ill cameras in the directory: counted by what they suffer from, listed alone, and found among them by words."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.application.directory_ports import Ailment
from console.domain.camera_faults import FaultKind
from console.domain.ids import CameraId
from console.domain.places import Place
from console.words import CHINESE, ENGLISH
from tests.application.city import person
from tests.application.ill_cameras import fall_ill
from tests.application.test_directory_desk import camera
from tests.widgets.desks import Seat
from widgets.directory.panel import DirectoryPanel
from widgets.directory.rows import CameraState
from widgets.state.telling import Told

WITHIN_MS = 10_000
ILL = {"b1": FaultKind.BLACK, "b2": FaultKind.TURNED, "b3": FaultKind.CLOCK_OFF}
SILENT = CameraState("fault", Told("No signal"), is_silent=True)


@pytest.fixture
def panel(seat: Seat) -> DirectoryPanel:
    seat.words.speak(ENGLISH)
    now = seat.city.clock.now()
    with seat.city.units.write() as unit:
        for name, road in (("b1", "滨江路"), ("b2", "滨江路"), ("b3", "学府路"), ("b4", "滨江路"), ("b5", "学府路")):
            unit.directory.put_camera(
                camera(name, name.upper(), name=f"{road}{name[1]}号", place=Place(address=road), code="")
            )
        unit.commit()
    for name, kind in ILL.items():
        fall_ill(seat.city.units, now, name=f"fault-{name}", kind=kind, camera_id=CameraId(name))
    made = DirectoryPanel(person("李文静"), seat.city.directory, seat.desk, seat.teller)
    seat.qtbot.addWidget(made)
    made.resize(320, 700)
    with seat.qtbot.waitExposed(made):
        made.ask()
    made.note_states({"b4": SILENT, "b5": CameraState("live", Told("Live"))})
    return made


def texts(panel: DirectoryPanel) -> list[str]:
    return [panel.filter.itemText(at) for at in range(panel.filter.count())]


def listed(panel: DirectoryPanel) -> list[str]:
    return [row.camera.camera_id for row in panel.model.rows if row.camera is not None]


def choose(panel: DirectoryPanel, choice: str) -> None:
    panel.filter.setCurrentIndex([panel.filter.itemData(at) for at in range(panel.filter.count())].index(choice))


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda is_so: qtbot.waitUntil(is_so, timeout=WITHIN_MS)


def test_each_state_says_how_many_cameras_are_in_it(
    panel: DirectoryPanel, until: Callable[[Callable[[], bool]], None]
) -> None:
    until(lambda: "Ill cameras: 4" in texts(panel))
    assert texts(panel)[1:] == [
        "Ill cameras: 4",
        "No picture: 1",
        "Picture black: 1",
        "Picture of one colour: 0",
        "Blurred: 0",
        "Covered: 0",
        "Turned away: 1",
        "Clock off: 1",
    ]


def test_only_those_that_suffer_from_it_are_listed_with_the_word_beside_them(
    panel: DirectoryPanel, until: Callable[[Callable[[], bool]], None]
) -> None:
    choose(panel, Ailment.TURNED)
    until(lambda: listed(panel) == ["b2"])
    assert panel.model.said(panel.model.rows[0])[1].startswith("Turned away")

    choose(panel, "ill")
    until(lambda: listed(panel) == ["b1", "b2", "b3", "b4"])
    choose(panel, Ailment.COVERED)
    until(lambda: panel._note.text() == "No camera is ill in this way.")


def test_what_is_typed_looks_among_the_ill_only(
    panel: DirectoryPanel, until: Callable[[Callable[[], bool]], None]
) -> None:
    choose(panel, "ill")
    panel.field.setText("滨江")
    until(lambda: listed(panel) == ["b1", "b2", "b4"])
    panel.field.setText("学府 3")
    until(lambda: listed(panel) == ["b3"])
    choose(panel, "all")
    panel.field.setText("学府")
    until(lambda: "b5" in listed(panel))


def test_i_in_the_list_shows_the_ill_and_i_again_all(
    panel: DirectoryPanel, until: Callable[[Callable[[], bool]], None]
) -> None:
    panel.activateWindow()
    panel.list.setFocus()
    until(panel.list.hasFocus)
    QTest.keyClick(panel.list, Qt.Key.Key_I)
    until(lambda: len(listed(panel)) == 4)
    QTest.keyClick(panel.list, Qt.Key.Key_I)
    until(lambda: not panel.state.only_ill and not listed(panel))


def test_a_camera_that_recovers_leaves_the_list_and_the_count(
    panel: DirectoryPanel, until: Callable[[Callable[[], bool]], None]
) -> None:
    choose(panel, Ailment.SILENT)
    until(lambda: listed(panel) == ["b4"])
    panel.note_states({"b4": CameraState("live", Told("Live"))})
    until(lambda: not listed(panel) and "No picture: 0" in texts(panel))


def test_the_filter_has_a_name_in_both_languages_and_keeps_nothing_when_the_seat_is_locked(
    panel: DirectoryPanel, seat: Seat, until: Callable[[Callable[[], bool]], None]
) -> None:
    assert panel.filter.accessibleName() == "Show cameras by their state"
    seat.words.speak(CHINESE)
    panel.retranslate()
    assert panel.filter.accessibleName() == "按状态显示摄像机"
    choose(panel, "ill")
    until(lambda: len(listed(panel)) == 4)
    panel.close_up()
    assert not panel.state.only_ill and panel.state.ill is None and panel.filter.currentIndex() == 0
