"""Bringing a camera in, step by step, by keys; nothing opens before the step before it is proven.

Long because it is one way from an address to a watched street.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from console.application.directory_import import DirectoryImport
from console.application.onboarding_desk import RULE_KINDS, Login, OfferedRule
from console.domain.accounts import Role
from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.rules import Hours, RuleFamily, Tiling
from console.infrastructure.channel.messages import DeviceAnswered, FoundItem, ProfileItem, Seen, SeenTrack, StreamState
from console.infrastructure.documents.directory_files import DirectoryFilesOnDisk
from console.infrastructure.rule_messages import said
from console.infrastructure.vision.rules import rule_of
from console.seat.window import ROOMS
from console.words import ENGLISH
from tests.application.city import person
from tests.widgets.desks import Seat
from tests.widgets.reviewing import PARKING as PARKING_MATTER
from tests.widgets.street import NOON
from widgets.common.icons import ICONS
from widgets.onboarding.onboarding_page import OnboardingPage
from widgets.state.onboarding import Step

WITHIN_MS = 5000


@dataclass
class Line:
    """A line to the station that keeps the names of the requests."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)
    tried: list[Camera] = field(default_factory=list)
    ends: int = 0

    def find_devices(self, request_id: str) -> None:
        self.asked.append(("find", request_id, ""))

    def ask_device(self, request_id: str, address: str, login: Login) -> None:
        self.asked.append(("ask", request_id, f"{login.secret}@{address}"))

    def try_camera(self, request_id: str, camera: Camera, login: Login, width: int, height: int) -> None:
        assert width >= 640 and height >= 360
        self.asked.append(("try", request_id, login.secret))
        self.tried.append(camera)

    def end_trial(self) -> None:
        self.ends += 1


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def page(seat: Seat, line: Line, qtbot: QtBot) -> Iterator[OnboardingPage]:
    made = made_page(seat, line)
    qtbot.addWidget(made)
    made.resize(1280, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.hide()


def made_page(seat: Seat, line: Line, parent: QWidget | None = None) -> OnboardingPage:
    city = seat.city
    return OnboardingPage(
        person("吴霞", role=Role.ADMINISTRATOR),
        city.onboarding,
        city.directory,
        city.ptz,
        DirectoryImport(city.units, city.gate, city.vault, DirectoryFilesOnDisk()),
        line,
        seat.desk,
        seat.teller,
        city.clock,
        parent,
    )


def test_made_behind_another_page_it_takes_nobodys_keys(seat: Seat, line: Line, qtbot: QtBot) -> None:
    window, wall = QWidget(), QLineEdit()
    qtbot.addWidget(window)
    wall.setParent(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    wall.setFocus()

    page = made_page(seat, line, window)

    assert QApplication.focusWidget() is wall and not page.isVisible()


def is_at(page: OnboardingPage, step: Step) -> bool:
    return page.step is step


def strike(key: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key, with_)


def ask(page: OnboardingPage, line: Line, qtbot: QtBot, *, user: str = "admin", password: str = "s3cret") -> str:
    """Go to the second step, sign in, and return the name of the question."""
    page.address.setText("192.0.2.7")
    strike(Qt.Key.Key_Return)
    assert is_at(page, Step.SIGN_IN)
    page.user.setText(user)
    page.password.setText(password)
    before = len(line.asked)
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(line.asked) > before, timeout=WITHIN_MS)
    return line.asked[-1][1]


def answer(request_id: str, *, can_turn: bool = True) -> DeviceAnswered:
    def profile(name: str, width: int, height: int) -> ProfileItem:
        return ProfileItem(
            token=name,
            name=name,
            codec="H264",
            width=width,
            height=height,
            frames_per_s=25,
            address=f"rtsp://192.0.2.7/{name}",
            can_turn=can_turn,
        )

    return DeviceAnswered(
        request_id=request_id,
        manufacturer="PythonCam",
        model="Dome-1",
        clock_offset_s=3.2,
        profiles=(profile("main", 1920, 1080), profile("sub", 640, 360)),
    )


def stream(page: OnboardingPage, condition: str = "live", offset_s: float | None = None) -> StreamState:
    facts = {"stream_id": f"{page.camera_id}/main", "camera_id": page.camera_id, "condition": condition, "since": NOON}
    size = {"width": 1920, "height": 1080, "frames_per_s": 25.0, "codec": "h264", "clock_offset_s": offset_s}
    return StreamState.model_validate({**facts, **size})


def test_a_camera_is_brought_in_by_keys_with_its_secret_in_the_vault_and_how_it_is_turned(
    page: OnboardingPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    request_id = ask(page, line, qtbot)
    assert line.asked[-1] == ("ask", request_id, "admin:s3cret@192.0.2.7")
    page.take_device(answer(request_id))
    qtbot.waitUntil(lambda: is_at(page, Step.PICTURE), timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: len(line.tried) == 1, timeout=WITHIN_MS)
    strike(Qt.Key.Key_Return)
    assert is_at(page, Step.PICTURE), "no picture was seen yet"

    page.take_stream(stream(page))
    strike(Qt.Key.Key_Return)
    assert is_at(page, Step.PLACE)
    for typed, text in ((page.number, "88"), (page.name, "学府路口·南"), (page.place, "学府路 12 号")):
        typed.setText(text)
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_at(page, Step.RULES), timeout=WITHIN_MS)
    strike(Qt.Key.Key_Return)
    assert is_at(page, Step.TRIAL)
    qtbot.waitUntil(lambda: len(line.tried) == 2, timeout=WITHIN_MS)
    strike(Qt.Key.Key_Return)
    assert is_at(page, Step.TRIAL), "its picture did not come back yet"
    page.take_stream(stream(page))
    with qtbot.waitSignal(page.added, timeout=WITHIN_MS) as added:
        strike(Qt.Key.Key_Return)

    with seat.city.units.read() as unit:
        (kept,) = [one for one in unit.directory.cameras() if one.number == "88"]
        setup = unit.ptz.setup(kept.camera_id)
    assert added.args == [kept.camera_id]
    assert (kept.main_address, kept.sub_address) == ("rtsp://192.0.2.7/main", "rtsp://192.0.2.7/sub")
    assert seat.city.vault.get(kept.credentials_name) == "admin:s3cret"
    assert kept.rules == (), "nobody chose one"
    assert setup is not None and (setup.device_address, setup.profile) == ("192.0.2.7", "main")
    assert is_at(page, Step.ADDRESS) and page.password.text() == ""
    qtbot.waitUntil(lambda: line.ends == 1, timeout=WITHIN_MS)


def to_rules(page: OnboardingPage, line: Line, qtbot: QtBot, *, number: str = "88") -> None:
    """Prove the first four steps."""
    page.take_device(answer(ask(page, line, qtbot)))
    qtbot.waitUntil(lambda: len(line.tried) == 1, timeout=WITHIN_MS)
    page.take_stream(stream(page))
    strike(Qt.Key.Key_Return)
    page.number.setText(number)
    page.name.setText("学府路口·南")
    strike(Qt.Key.Key_Return)


def seen(page: OnboardingPage, count: int) -> Seen:
    box = (0.1, 0.1, 0.3, 0.3)
    tracks = tuple(SeenTrack(track_id=at, label="car", score=0.8, box=box) for at in range(count))
    return Seen(camera_id=page.camera_id, sequence=1, received_at=NOON, media_time_s=1.0, tracks=tracks)


def test_a_chosen_rule_looks_during_the_trial_and_is_kept_with_the_camera(
    page: OnboardingPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    seat.words.speak(ENGLISH)
    to_rules(page, line, qtbot)
    qtbot.waitUntil(lambda: is_at(page, Step.RULES), timeout=WITHIN_MS)
    strike(Qt.Key.Key_1)
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(line.tried) == 2, timeout=WITHIN_MS)
    (rule,) = line.tried[-1].rules
    assert rule.category == "09009" and rule.zone.polygon == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

    seat.city.clock.wait(seconds=7)
    page.take_stream(stream(page))
    for count in (0, 3, 1):
        page.take_seen(seen(page, count))
        seat.city.clock.wait(seconds=0.5)
    page.take_hit("hit-1")
    page.take_hit("hit-1")

    assert page.proof == (
        "First picture 7.0 s after it was asked for.",
        "3 looks, at most 3 things at once; 1 candidates, counted and not queued.",
        "It costs 2.0 looks/s of the detector, and 1920×1080 at 25/s received.",
    )
    with qtbot.waitSignal(page.added, timeout=WITHIN_MS) as added:
        strike(Qt.Key.Key_Return)
    with seat.city.units.read() as unit:
        assert unit.directory.camera(added.args[0]).rules == (rule,)


def test_rules_of_every_family_are_tried_with_the_figures_chosen_for_them(
    page: OnboardingPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    form = page.rules
    form.offer([OfferedRule(replace(PARKING_MATTER, code=kind.category), kind) for kind in RULE_KINDS])
    for at in range(len(RULE_KINDS)):
        form.turn(at)
    rows = {row.rule.kind.family: row for row in form.rows}
    crowd = rows[RuleFamily.CROWD]
    assert (crowd.count.value, crowd.warning.value) == (20, 12)
    crowd.count.setCurrentIndex(crowd.count.findText("8 人"))
    assert crowd.warning.value == 0, "a warning from 12 on cannot come before an alarm from 8 on"
    crowd.warning.setCurrentIndex(crowd.warning.findText("5 人"))
    parted = {family for family, row in rows.items() if row.tiling.value is not Tiling.WHOLE}
    assert parted == {RuleFamily.BIKES_OUT_OF_PLACE}, "two bikes of a whole picture are often seen as one"
    rows[RuleFamily.LINE_CROSSING].toward.setCurrentIndex(1)
    rows[RuleFamily.LOITERING].dwell.setCurrentIndex(0)
    hours = rows[RuleFamily.INTRUSION].hours
    hours.setCurrentIndex(hours.findText("22:00 至次日 06:00"))
    rows[RuleFamily.STATIC_OBJECT].removal.setChecked(True)
    share = rows[RuleFamily.BIN_OVERFLOW].share
    share.setCurrentIndex(share.findText("箱体的 20%"))
    place = rows[RuleFamily.PLACE_CHANGE]
    assert (place.dwell.value, place.share.currentText()) == (3600.0, "区域的 10%")
    place.renewal.click()
    assert place.renewal.text() == "保存后即取基准画面"

    storeys = rows[RuleFamily.THROWN].storeys
    storeys.setCurrentIndex(storeys.findText("18"))

    rules = {rule.family: rule for rule in form.rules_for(CameraId("c88"))}
    assert set(rules) == set(RuleFamily)
    assert (rules[RuleFamily.CROWD].figures.least_count, rules[RuleFamily.CROWD].figures.warning_count) == (8, 5)
    assert rules[RuleFamily.LINE_CROSSING].figures.toward == "up"
    assert rules[RuleFamily.LINE_CROSSING].zone.polygon == ((0.0, 0.5), (1.0, 0.5))
    assert rules[RuleFamily.LOITERING].dwell_s == 10.0
    assert rules[RuleFamily.INTRUSION].hours == Hours(begins=time(22), ends=time(6))
    assert rules[RuleFamily.CROWD].hours is None
    assert rules[RuleFamily.STATIC_OBJECT].figures.is_removal_told
    assert rules[RuleFamily.BIN_OVERFLOW].figures.least_share == 0.2
    assert (rules[RuleFamily.THROWN].figures.storeys, rules[RuleFamily.THROWN].figures.columns) == (18, 4)
    assert rules[RuleFamily.PLACE_CHANGE].figures.reference, "another name has the reference taken anew"
    for rule in rules.values():
        assert rule_of(said(rule)), "the worker can count by it"


def test_a_number_that_is_taken_is_said_before_the_trial(page: OnboardingPage, line: Line, qtbot: QtBot) -> None:
    to_rules(page, line, qtbot, number="01")

    qtbot.waitUntil(lambda: "01" in page.line.words, timeout=WITHIN_MS)
    assert is_at(page, Step.PLACE)


def test_leaving_at_any_step_leaves_no_camera_no_secret_and_no_picture_behind(
    page: OnboardingPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    def kept() -> tuple[int, dict[str, str]]:
        with seat.city.units.read() as unit:
            return len(unit.directory.cameras()), dict(seat.city.vault.secrets)

    before = kept()
    to_rules(page, line, qtbot)
    qtbot.waitUntil(lambda: is_at(page, Step.RULES), timeout=WITHIN_MS)
    strike(Qt.Key.Key_2)
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(line.tried) == 2, timeout=WITHIN_MS)

    strike(Qt.Key.Key_Escape)
    assert is_at(page, Step.RULES)
    qtbot.waitUntil(lambda: len(line.tried) == 3, timeout=WITHIN_MS)
    assert line.tried[-1].rules == (), "the detector looks no longer"
    for step in (Step.PLACE, Step.PICTURE, Step.SIGN_IN):
        strike(Qt.Key.Key_Escape)
        assert is_at(page, step)

    qtbot.waitUntil(lambda: line.ends == 1, timeout=WITHIN_MS)
    assert kept() == before


def test_a_trial_without_rules_says_that_nobody_watches(
    page: OnboardingPage, line: Line, seat: Seat, qtbot: QtBot
) -> None:
    seat.words.speak(ENGLISH)
    to_rules(page, line, qtbot)
    qtbot.waitUntil(lambda: is_at(page, Step.RULES), timeout=WITHIN_MS)
    strike(Qt.Key.Key_Return)
    page.take_stream(stream(page))

    assert page.proof[1].startswith("No rule watches it")


def test_a_wrong_password_is_said_and_nothing_opens(page: OnboardingPage, line: Line, qtbot: QtBot) -> None:
    request_id = ask(page, line, qtbot)
    sentence = (
        "The camera at {host} refuses this user and password. It is not asked again, so that it locks nobody out."
    )
    page.take_device(DeviceAnswered(request_id=request_id, sentence=sentence, values={"host": "192.0.2.7"}))

    qtbot.waitUntil(lambda: "192.0.2.7 的摄像机不接受" in page.line.words, timeout=WITHIN_MS)
    assert is_at(page, Step.SIGN_IN)


def test_a_clock_that_is_off_is_said_to_be_no_evidence(page: OnboardingPage, line: Line, qtbot: QtBot) -> None:
    page.take_device(answer(ask(page, line, qtbot)))
    qtbot.waitUntil(lambda: is_at(page, Step.PICTURE), timeout=WITHIN_MS)
    page.take_stream(stream(page))
    assert page.proof[2] == "校时差 3.2 秒，不能当证据。请先校时。"

    page.take_stream(stream(page, offset_s=0.1))  # the stream's own word is nearer to the picture than the device's

    assert page.proof[2] == "校时差 0.1 秒。"


def test_a_pasted_stream_address_gives_its_password_away_to_the_form_and_asks_no_device(
    page: OnboardingPage, line: Line, qtbot: QtBot
) -> None:
    page.address.setText("rtsp://admin:p%40ss@192.0.2.8:8554/live?ch=1")
    strike(Qt.Key.Key_Return)
    assert page.address.text() == "rtsp://192.0.2.8:8554/live?ch=1"
    assert (page.user.text(), page.password.text()) == ("admin", "p@ss")
    strike(Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: len(line.tried) == 1, timeout=WITHIN_MS)
    assert line.tried[0].main_address == "rtsp://192.0.2.8:8554/live?ch=1" and line.asked[-1][2] == "admin:p@ss"


def test_esc_goes_back_a_step_and_closes_the_picture(page: OnboardingPage, line: Line, qtbot: QtBot) -> None:
    page.take_device(answer(ask(page, line, qtbot)))
    qtbot.waitUntil(lambda: is_at(page, Step.PICTURE), timeout=WITHIN_MS)
    strike(Qt.Key.Key_Escape)

    assert is_at(page, Step.SIGN_IN)
    qtbot.waitUntil(lambda: line.ends == 1, timeout=WITHIN_MS)
    strike(Qt.Key.Key_Escape)
    assert is_at(page, Step.ADDRESS)
    with qtbot.waitSignal(page.left):
        strike(Qt.Key.Key_Escape)


def test_who_answered_in_the_network_is_chosen_by_enter(page: OnboardingPage, line: Line, qtbot: QtBot) -> None:
    page.press("Ctrl+F")
    qtbot.waitUntil(lambda: bool(line.asked), timeout=WITHIN_MS)
    page.take_found(line.asked[-1][1], [FoundItem(address="http://192.0.2.7/onvif", name="球机", hardware="D1")])
    qtbot.waitUntil(lambda: page.found.item(0) is not None, timeout=WITHIN_MS)
    assert page.found.item(0).text().startswith("球机")

    strike(Qt.Key.Key_Return)

    assert page.address.text() == "http://192.0.2.7/onvif" and is_at(page, Step.SIGN_IN)


def test_an_answer_that_is_faster_than_the_name_of_its_question_is_not_lost(
    page: OnboardingPage, line: Line, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(request_id: str, address: str, login: Login) -> None:
        del address, login
        page.take_device(answer(request_id))

    monkeypatch.setattr(line, "ask_device", at_once)
    page.address.setText("192.0.2.7")
    strike(Qt.Key.Key_Return)
    strike(Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: is_at(page, Step.PICTURE), timeout=WITHIN_MS)


def test_the_steps_are_said_in_the_language_of_now(page: OnboardingPage, seat: Seat) -> None:
    seat.words.speak(ENGLISH)
    page.retranslate()

    assert list(page.step_names) == ["1 Address", "2 Sign in", "3 Picture", "4 Place and grid", "5 Rules", "6 Trial"]


def test_every_page_of_a_seat_has_its_icon_in_the_bar() -> None:
    assert {page_id for page_id, *_ in ROOMS} <= ICONS.keys()
