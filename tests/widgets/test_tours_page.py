"""Tours of a dome set up at the desk, by keys and by the mouse; the station goes by what was kept, nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.accounts import Role
from console.domain.ids import CameraId
from console.domain.ptz import DayKind, PtzSetup, PtzTour, TourStop
from console.infrastructure.channel.messages import PresetItem, PresetsListed, PtzState
from console.seat.window import ROOMS
from console.words import ENGLISH
from tests.application.city import CAMERA, person
from tests.widgets.desks import Seat
from widgets.common.icons import ICONS
from widgets.ptz.tours_page import ToursPage

WITHIN_MS = 5000
LEAD = person("陈建国", Role.SUPERVISOR)
SETUP = PtzSetup(camera_id=CAMERA, device_address="192.0.2.7", profile="main")
NAMES = (("t1", "南口"), ("t2", "北口"), ("t3", "公交站"))


@dataclass
class Line:
    """A line to the station that keeps the names of the requests."""

    asked: list[str] = field(default_factory=list)

    def list_presets(self, request_id: str, camera_id: CameraId) -> None:
        assert camera_id == CAMERA
        self.asked.append(request_id)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def page(seat: Seat, line: Line, qtbot: QtBot) -> Iterator[ToursPage]:
    seat.words.speak(ENGLISH)
    with seat.city.units.write() as unit:
        unit.ptz.put_setup(SETUP)
        unit.commit()
    city = seat.city
    made = ToursPage(LEAD, city.ptz_tours, city.directory, line, seat.desk, seat.teller, city.clock)
    qtbot.addWidget(made)
    made.resize(1280, 680)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.hide()


def strike(*keys: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClick(target, key, with_)


def drop_on_first() -> QDropEvent:
    where, action, button = QPointF(5, 5), Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    return QDropEvent(where, action, QMimeData(), button, Qt.KeyboardModifier.NoModifier)


def open_dome(page: ToursPage, line: Line, qtbot: QtBot) -> None:
    """Find the camera by its number, open it, and let it say its presets."""
    page.field.setText("01 学府")
    qtbot.waitUntil(lambda: bool(page.cameras.key), timeout=WITHIN_MS)
    page.field.setFocus()
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.camera_id == CAMERA and bool(line.asked), timeout=WITHIN_MS)
    presets = tuple(PresetItem(token=token, name=name) for token, name in NAMES)
    page.take_presets(PresetsListed(request_id=line.asked[-1], camera_id=CAMERA, presets=presets))
    qtbot.waitUntil(lambda: page.presets.count() == len(NAMES), timeout=WITHIN_MS)


def lines(page: ToursPage) -> list[str]:
    return [page.steps.item(at).text() for at in range(page.steps.count())]


def kept(seat: Seat) -> tuple[PtzTour, ...]:
    with seat.city.units.read() as unit:
        setup = unit.ptz.setup(CAMERA)
    assert setup is not None
    return setup.tours


def keep(page: ToursPage, seat: Seat, qtbot: QtBot) -> tuple[PtzTour, ...]:
    before = kept(seat)
    strike(Qt.Key.Key_Return, with_=Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: kept(seat) != before and not page.draft.is_changed, timeout=WITHIN_MS)
    return kept(seat)


def test_a_tour_is_made_by_numbers_ordered_by_keys_and_kept_in_one_go(
    page: ToursPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
    strike(Qt.Key.Key_Up, with_=Qt.KeyboardModifier.ShiftModifier)
    strike(Qt.Key.Key_Plus, Qt.Key.Key_R)
    assert [one.split("   ")[1] for one in lines(page)] == ["南口", "公交站", "北口"]
    assert "45 s" in lines(page)[1] and "rules off" in lines(page)[1] and kept(seat) == ()

    (tour,) = keep(page, seat, qtbot)

    half = timedelta(seconds=30)
    assert tour.stops == (
        TourStop(preset="t1", dwell=half),
        TourStop(preset="t3", dwell=timedelta(seconds=45), watches=False),
        TourStop(preset="t2", dwell=half),
    )
    assert not tour.is_on, "a tour runs when somebody starts it"


def test_a_step_dragged_to_the_top_stands_there_and_u_puts_it_back(page: ToursPage, line: Line, qtbot: QtBot) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
    assert page.steps.currentRow() == 2

    page.steps._dragged = 2  # what the beginning of a drag notes; Qt's own needs a pointer that is held
    page.steps.dropEvent(drop_on_first())
    assert [one.split("   ")[1] for one in lines(page)] == ["公交站", "南口", "北口"]
    strike(Qt.Key.Key_U)

    assert [one.split("   ")[1] for one in lines(page)] == ["南口", "北口", "公交站"]


def test_a_drop_from_elsewhere_moves_no_step(page: ToursPage, line: Line, qtbot: QtBot) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1, Qt.Key.Key_2)
    before = lines(page)

    page.steps.dropEvent(drop_on_first())

    assert lines(page) == before


def test_days_hours_and_holidays_are_kept_with_the_tour(page: ToursPage, line: Line, seat: Seat, qtbot: QtBot) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1, Qt.Key.Key_2)
    fields = page.fields
    fields.name.setText("早高峰")
    fields.name.editingFinished.emit()
    fields.days[5].click()
    fields.days[6].click()
    fields.kept_to.setCurrentIndex(list(DayKind).index(DayKind.WORKED))
    fields.begins.setText("7:30")
    fields.ends.setText("9")
    fields.ends.editingFinished.emit()

    page.steps.setFocus()
    (tour,) = keep(page, seat, qtbot)

    assert (tour.name, tour.days, tour.kept_to) == ("早高峰", frozenset(range(5)), DayKind.WORKED)
    assert (f"{tour.begins:%H:%M}", f"{tour.ends:%H:%M}") == ("07:30", "09:00")
    assert "Mon Tue Wed Thu Fri · 07:30–09:00 · only working days" in page.table.model_rows.rows[0].cells[2]


def test_what_is_no_time_of_day_is_said_and_changes_nothing(page: ToursPage, line: Line, qtbot: QtBot) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N)
    before = page.draft
    page.fields.begins.setText("half past")
    page.fields.begins.editingFinished.emit()

    assert page.draft == before and "no time of day" in page.line.words


def test_a_tour_of_one_preset_is_refused_and_stays_on_the_page(
    page: ToursPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1)
    strike(Qt.Key.Key_Return, with_=Qt.KeyboardModifier.ControlModifier)

    assert page.line.words == "A tour needs at least two presets." and kept(seat) == () and page.draft.is_changed


def test_start_and_stop_are_orders_and_their_state_is_a_word(
    page: ToursPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1, Qt.Key.Key_2)
    keep(page, seat, qtbot)
    assert page.table.model_rows.rows[0].cells[3] == "stopped"

    strike(Qt.Key.Key_S)
    qtbot.waitUntil(lambda: kept(seat)[0].is_on and not page.draft.is_changed, timeout=WITHIN_MS)
    assert page.table.model_rows.rows[0].cells[3] == "about to run"
    page.note_ptz(PtzState(camera_id=CAMERA, condition="tour"))
    assert page.table.model_rows.rows[0].cells[3] == "running"
    page.note_ptz(PtzState(camera_id=CAMERA, condition="turning"))
    assert page.table.model_rows.rows[0].cells[3] == "waits: somebody turns the camera"

    strike(Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not kept(seat)[0].is_on, timeout=WITHIN_MS)


def test_changes_that_were_not_kept_are_dropped_only_when_it_is_asked_for_twice(
    page: ToursPage, line: Line, qtbot: QtBot
) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1)
    left: list[None] = []
    page.left.connect(lambda: left.append(None))
    strike(Qt.Key.Key_Escape)
    assert page.draft.is_changed and "not kept" in page.line.words
    strike(Qt.Key.Key_Escape)
    assert not page.draft.is_changed and not left
    strike(Qt.Key.Key_Escape)
    assert left


def test_somebody_elses_change_meanwhile_is_told_and_not_overwritten(
    page: ToursPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    open_dome(page, line, qtbot)
    strike(Qt.Key.Key_N, Qt.Key.Key_1, Qt.Key.Key_2)
    stops = tuple(TourStop(preset=token, dwell=timedelta(minutes=2)) for token in ("t3", "t1"))
    theirs = (PtzTour(stops=stops, name="theirs"),)
    seat.city.ptz_tours.keep(replace(LEAD, display_name="周敏"), CAMERA, theirs, ())

    strike(Qt.Key.Key_Return, with_=Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: page.line.words.startswith("Somebody changed these tours first"), timeout=WITHIN_MS)
    assert kept(seat) == theirs and page.draft.is_changed


def test_a_camera_that_does_not_answer_says_why_where_its_presets_would_stand(
    page: ToursPage, line: Line, qtbot: QtBot
) -> None:
    open_dome(page, line, qtbot)
    said = "The camera does not answer."
    page.take_presets(PresetsListed(request_id=line.asked[-1], camera_id=CAMERA, sentence=said))

    assert page._said_of_presets.text() == said and page._said_of_presets.isVisible()


def test_a_camera_that_cannot_be_turned_gets_no_tour(page: ToursPage, seat: Seat, qtbot: QtBot) -> None:
    with seat.city.units.write() as unit:
        unit.directory.put_camera(replace(unit.directory.camera(CAMERA), camera_id=CameraId("fixed"), number="02"))
        unit.commit()
    page.open_camera("fixed")

    qtbot.waitUntil(lambda: page.line.words == "This camera cannot be turned.", timeout=WITHIN_MS)
    assert not page.camera_id and not page.new_button.isEnabled()


def test_every_part_has_a_name_in_both_languages(page: ToursPage, line: Line, seat: Seat, qtbot: QtBot) -> None:
    open_dome(page, line, qtbot)
    parts = (page.field, page.cameras, page.table, page.steps, page.presets, page.fields.name, page.fields.kept_to)
    english = [part.accessibleName() for part in parts]
    seat.words.speak("zh_CN")
    page.retranslate()

    chinese = [part.accessibleName() for part in parts]
    assert all(english) and all(chinese) and not set(english) & set(chinese)
    assert "tours" in ICONS and any(room[0] == "tours" for room in ROOMS)
