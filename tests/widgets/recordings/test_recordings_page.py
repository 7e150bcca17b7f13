"""Claims about the page for recordings: all of it goes by keys, and every reason and refusal stands on the page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from console.application.storage_desk import StorageDesk
from console.domain.accounts import Actor
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import RecordingClass
from console.domain.retention import Retention
from console.infrastructure.channel.messages import SoundState
from console.words import ENGLISH
from tests.application.city import BEGIN, CAMERA, City
from tests.application.storage import Shelf
from tests.infrastructure.database.test_recordings import segment
from tests.widgets.desks import Seat
from tests.widgets.recordings.past import Past
from widgets.recordings.recordings_page import RecordingDesks, RecordingsPage
from widgets.recordings.replaying import Replaying
from widgets.state.replay import ReplayOrder, ReplayState

DAY_AND_NIGHT, BY_HAND = RecordingClass.CONTINUOUS, RecordingClass.MANUAL
MINUTE = timedelta(minutes=1)
# Recorded two hours before the city's clock: three minutes, a gap of two, one minute by hand.
FIRST = BEGIN - timedelta(hours=2)
Open = Callable[[Actor], RecordingsPage]


@pytest.fixture
def recorded(city: City) -> None:
    with city.units.write() as unit:
        for minute, made_for in ((0, DAY_AND_NIGHT), (1, DAY_AND_NIGHT), (2, DAY_AND_NIGHT), (5, BY_HAND)):
            begins_at = FIRST + minute * MINUTE
            one = segment(f"s{minute}", begins_at, camera_id=CAMERA, follows="", size_bytes=30_000_000)
            unit.recordings.add(replace(one, made_for=made_for))
        unit.commit()


@pytest.fixture
def past() -> Past:
    return Past()


@pytest.fixture
def open_page(seat: Seat, past: Past) -> Open:
    def open_one(actor: Actor) -> RecordingsPage:
        city = seat.city
        page = RecordingsPage(
            actor,
            RecordingDesks(
                recordings=city.recordings,
                storage=StorageDesk(city.units, city.gate, city.clock, Shelf(), Retention()),
                link=city.line,
                cameras=city.wall.cameras,
                cases=city.cases.list,
            ),
            seat.desk,
            seat.teller,
            city.clock,
            past,
        )
        return seat.opened(page, lambda: page.finder.chosen is not None)

    return open_one


def until(qtbot: QtBot, claim: Callable[[], bool]) -> None:
    """Wait until a claim holds, as long as a loaded machine may take to read and write."""
    qtbot.waitUntil(claim, timeout=15_000)


def strike(page: QWidget, *names: str) -> None:
    """Strike keys as an operator does, at whatever has the focus."""
    named = {"Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape, "Space": Qt.Key.Key_Space, "/": Qt.Key.Key_Slash}
    named |= {"[": Qt.Key.Key_BracketLeft, "]": Qt.Key.Key_BracketRight, ".": Qt.Key.Key_Period}
    named |= {"Left": Qt.Key.Key_Left, "Right": Qt.Key.Key_Right, "=": Qt.Key.Key_Equal}
    named |= {"Home": Qt.Key.Key_Home, "End": Qt.Key.Key_End, "PgDn": Qt.Key.Key_PageDown}
    for name in names:
        QTest.keyClick(page.focusWidget() or page, named.get(name) or Qt.Key(ord(name)))


def write(page: RecordingsPage, words: str) -> None:
    """Write into the field that has the focus, as an input method does."""
    field = page.focusWidget()
    assert isinstance(field, QLineEdit)
    field.insert(words)


def opened(seat: Seat, page: RecordingsPage) -> None:
    """Open the first camera's day and wait until it has been read."""
    strike(page, "Enter")
    until(seat.qtbot, lambda: "recorded" in page.line.words or "录" in page.line.words)


def playing(seat: Seat, page: RecordingsPage, past: Past, reason: str = "投诉") -> None:
    """Play the camera's first recording for a reason."""
    opened(seat, page)
    strike(page, "Home", "Space")
    assert page.finder.reason.hasFocus()
    write(page, reason)
    strike(page, "Enter")
    until(seat.qtbot, lambda: bool(past.replays))


def verbs(city: City) -> list[str]:
    return city.audit_verbs()


@pytest.mark.usefixtures("recorded")
def test_a_day_is_opened_by_keys_and_says_how_much_of_it_is_recorded(seat: Seat, open_page: Open, li: Actor) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(li)
    opened(seat, page)
    assert page.line.words == "4 min recorded on this day; 3 gaps."
    assert "search_recordings" in verbs(seat.city)


def test_a_day_without_recordings_says_so(seat: Seat, open_page: Open, li: Actor) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(li)
    strike(page, "Enter")
    until(seat.qtbot, lambda: "Nothing was recorded of 01 学府路口·南 on 2026-11-23." in page.view.accessibleName())


@pytest.mark.usefixtures("recorded")
def test_nothing_old_is_played_without_a_reason_and_the_reason_is_written_down(
    seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    page = open_page(li)
    playing(seat, page, past)
    (wish,) = past.wishes
    assert (wish.camera_id, past.opened_at) == (CAMERA, [FIRST])
    assert wish.from_at <= FIRST < wish.to_at
    past.say(CAMERA, FIRST, is_playing=False)
    assert past.orders == [ReplayOrder("play", FIRST)]
    with seat.city.units.read() as unit:
        facts = unit.audit.lines(0, 1000)[-1].facts
    assert (facts.verb, facts.camera_id, facts.reason) == ("play_recording", CAMERA, "投诉")


@pytest.mark.usefixtures("recorded")
def test_the_picture_says_that_it_is_a_replay_of_when_and_how_long_ago(
    seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(li)
    playing(seat, page, past)
    past.say(CAMERA, FIRST)
    past.show(CAMERA, "#2468ac", FIRST)
    until(seat.qtbot, lambda: page.view.moment == FIRST)
    picture = page.view.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2) == QColor("#2468ac")
    until(seat.qtbot, lambda: page.view.accessibleName() == "01 学府路口·南, Replay, 08:00:00.0, 2:00:00 ago")

    past.say(CAMERA, FIRST + 4 * MINUTE, is_gap=True)
    assert page.view.moment is None
    assert page.view.accessibleName() == "Nothing was recorded at 08:04:00."
    picture = page.view.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, picture.height() // 3) != QColor("#2468ac")


@pytest.mark.usefixtures("recorded")
def test_the_sound_of_a_recording_is_asked_for_by_its_key_and_the_picture_says_what_is_heard(
    seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(li)
    playing(seat, page, past)
    past.say(CAMERA, FIRST)
    past.show(CAMERA, "#2468ac", FIRST)
    asked: list[str] = []
    past.replays[-1].listen_asked.connect(asked.append)
    strike(page, "Q")
    assert asked == [CAMERA]
    silent = page.view.grab().toImage()
    past.replays[-1].note_sound(CAMERA, SoundState(camera_id=CAMERA, condition="sounding", level_dbfs=-20.0))
    until(seat.qtbot, lambda: page.view.accessibleName().endswith(", Sound"))
    assert page.view.grab().toImage() != silent
    past.replays[-1].note_sound(CAMERA, SoundState(camera_id=CAMERA, condition="other_speed"))
    until(seat.qtbot, lambda: page.view.accessibleName().endswith(", Muted: not at 1 ×"))
    strike(page, "Q")
    assert asked == [CAMERA, CAMERA]
    past.replays[-1].note_sound(CAMERA, None)
    until(seat.qtbot, lambda: page.view.accessibleName().endswith("ago"))


def test_of_several_replays_in_step_the_key_lets_one_after_the_other_be_heard(past: Past) -> None:
    cameras = [CameraId("1"), CameraId("2"), CameraId("3")]
    replaying = Replaying(cameras, FIRST, past.orders.append)
    asked: list[str] = []
    replaying.listen_asked.connect(asked.append)
    for camera_id in cameras[1:]:
        replaying.note_state(camera_id, ReplayState(at=FIRST, is_open=True))
    for heard in ("2", "3"):
        replaying.press("Q")
        assert asked[-1] == heard
        replaying.note_sound(CameraId(heard), SoundState(camera_id=heard, condition="waiting"))
    replaying.press("Q")
    assert asked == ["2", "3", "3"], "the last one is asked for again, which ends it"


@pytest.mark.usefixtures("recorded")
def test_keys_of_the_transport_reach_the_station_and_a_gap_is_played_over(
    seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    page = open_page(li)
    playing(seat, page, past)
    past.say(CAMERA, FIRST)
    past.orders.clear()
    strike(page, ".", "Space")
    past.say(CAMERA, FIRST + MINUTE, is_playing=False)
    strike(page, "Right", "Space")
    assert past.orders == [
        ReplayOrder("step_forward"),
        ReplayOrder("pause"),
        ReplayOrder("seek", FIRST + MINUTE + timedelta(seconds=1)),
        ReplayOrder("play", FIRST + MINUTE, 1.0),
    ]
    past.orders.clear()
    past.say(CAMERA, FIRST + 3 * MINUTE + timedelta(seconds=2), is_gap=True)
    assert past.orders == [ReplayOrder("seek", FIRST + 5 * MINUTE)]


@pytest.mark.usefixtures("recorded")
def test_events_are_jumped_to_and_time_is_clicked(seat: Seat, open_page: Open, past: Past, li: Actor) -> None:
    now = seat.city.clock.at
    seat.city.clock.at = FIRST + MINUTE
    seat.city.hit()
    seat.city.clock.at = now
    page = open_page(li)
    playing(seat, page, past)
    past.say(CAMERA, FIRST)
    past.orders.clear()
    strike(page, "]")
    assert past.orders.pop() == ReplayOrder("seek", FIRST + MINUTE)
    past.say(CAMERA, FIRST + MINUTE)
    strike(page, "]")
    assert past.orders.pop() == ReplayOrder("seek", FIRST + 5 * MINUTE)

    QTest.mouseClick(page.time_line, Qt.MouseButton.LeftButton, pos=page.time_line.rect().center())
    sought = past.orders.pop().at
    assert sought is not None
    assert abs(page.time_line.place_of(sought) - page.time_line.rect().center().x()) <= 1


@pytest.mark.usefixtures("recorded")
def test_a_span_is_cut_for_a_case_and_the_page_says_when_it_lies_there(
    seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    seat.words.speak(ENGLISH)
    seat.city.filed(li)
    case_id = seat.city.filed_case_id()
    page = open_page(li)
    playing(seat, page, past)
    strike(page, "C")
    assert page.line.words == "Choose a span first: I sets the in point, O the out point behind it."
    past.say(CAMERA, FIRST)
    strike(page, "I")
    past.say(CAMERA, FIRST + MINUTE)
    strike(page, "O", "C")
    until(seat.qtbot, lambda: page.ask.isVisible())
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    strike(page, "Enter")
    assert page.line.words == "Write the reason, then Enter."
    write(page, "看车牌")
    strike(page, "Enter")
    until(seat.qtbot, lambda: bool([order for order in seat.city.line.orders if order[0] == "cut"]))
    assert seat.city.line.orders[-1] == ("cut", f"{CAMERA} for {case_id}")
    until(seat.qtbot, lambda: not page.ask.isVisible())
    page.note_evidence([str(case_id)])
    assert page.line.words.startswith("The clip lies with case 20261123-0001")


@pytest.mark.usefixtures("recorded")
def test_a_span_is_locked_and_released_with_reasons_and_a_locked_one_is_not_deleted(
    seat: Seat, open_page: Open, past: Past, chief: Actor
) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(chief)
    playing(seat, page, past)
    past.say(CAMERA, FIRST)
    strike(page, "I")
    past.say(CAMERA, FIRST + MINUTE)
    strike(page, "O", "L")
    write(page, "交警要看")
    strike(page, "Enter")
    until(seat.qtbot, lambda: page.line.words.startswith("Locked"))
    until(seat.qtbot, lambda: page.orders.marked_lock is not None)

    strike(page, "X")
    write(page, "私人窗户")
    strike(page, "Enter")
    assert "delete_recordings" not in verbs(seat.city), "nothing is deleted the first time"
    strike(page, "Y")
    until(seat.qtbot, lambda: "交警要看" in page.line.words)
    strike(page, "Esc")

    strike(page, "U")
    write(page, "已取走")
    strike(page, "Enter")
    until(seat.qtbot, lambda: page.orders.marked_lock is None)
    assert verbs(seat.city).count("unlock") == 1


@pytest.mark.usefixtures("recorded")
def test_a_deletion_is_asked_twice_and_stands_in_the_log(seat: Seat, open_page: Open, past: Past, chief: Actor) -> None:
    seat.words.speak(ENGLISH)
    seat.city.clock.wait(days=40)
    page = open_page(chief)
    page.open_at(CAMERA, FIRST)
    until(seat.qtbot, lambda: page.finder.reason.hasFocus())
    write(page, "投诉")
    strike(page, "Enter")
    until(seat.qtbot, lambda: bool(past.replays))
    past.say(CAMERA, FIRST)
    strike(page, "I")
    past.say(CAMERA, FIRST + timedelta(seconds=30))
    strike(page, "O", "X")
    write(page, "私人窗户")
    strike(page, "Enter", "Y")
    until(seat.qtbot, lambda: page.line.words == "1 files deleted, 30 MB.")
    with seat.city.units.read() as unit:
        left = unit.recordings.of_camera(CAMERA, FIRST, FIRST + 10 * MINUTE)
    assert SegmentId("s0") not in [one.segment_id for one in left]
    strike(page, "G")
    until(seat.qtbot, lambda: page.orders.shows_log)


@pytest.mark.usefixtures("recorded")
def test_who_may_only_look_has_no_button_for_more(seat: Seat, open_page: Open, past: Past, li: Actor) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(li)
    playing(seat, page, past)
    assert set(page.orders.buttons) == {"C"}
    strike(page, "X")
    assert page.line.words == "Your role may not do this. Ask the shift leader."
    assert not page.ask.isVisible()


def test_the_wall_opens_the_last_minute_without_a_reason(seat: Seat, open_page: Open, past: Past, li: Actor) -> None:
    page = open_page(li)
    page.open_at(CAMERA, seat.city.clock.at - MINUTE)
    until(seat.qtbot, lambda: bool(past.replays))
    assert past.opened_at == [seat.city.clock.at - MINUTE]
    assert verbs(seat.city)[-1] == "look_back"
    page.hide()
    assert past.orders[-1] == ReplayOrder("close")


def test_a_minute_asked_for_before_anything_was_kept_plays_from_where_there_is_something(
    seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    seat.words.speak(ENGLISH)
    page = open_page(li)
    now = seat.city.clock.at
    page.open_at(CAMERA, now - MINUTE)
    until(seat.qtbot, lambda: bool(past.replays))
    past.say(CAMERA, now - MINUTE, is_gap=True, kept_from=now - MINUTE / 2)
    assert page.view.accessibleName() == "Nothing is kept of 09:59:00. What is kept begins at 09:59:30."
    assert past.orders[-1] == ReplayOrder("seek", now - MINUTE / 2)
    assert page.line.words == "Nothing is recorded from 09:59:00 to 09:59:30; played on behind it."


@pytest.mark.parametrize("size", [(1366, 688), (960, 460)])
@pytest.mark.usefixtures("recorded")
def test_nothing_is_cut_off_on_a_small_screen(
    size: tuple[int, int], seat: Seat, open_page: Open, past: Past, li: Actor
) -> None:
    page = open_page(li)
    page.resize(*size)
    opened(seat, page)
    assert (page.width(), page.height()) == size, "the page asks for more room than there is"
    assert page.view.height() >= 120
    strike(page, "/")
    assert page.finder.camera.isVisible()
    strike(page, "Esc")
    assert page.view.isVisible()
