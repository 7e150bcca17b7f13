"""The talk bar over a real talk desk: when the microphone opens, and everything that closes it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.domain.accounts import Actor, Role
from console.domain.cameras import Camera
from console.domain.ids import TalkId
from console.domain.speaking import TalkKind, TalkStage
from console.words import ENGLISH
from tests.application.city import CAMERA, person
from tests.widgets.desks import Seat, until
from widgets.state import talk as t
from widgets.talk.talk_bar import ARMED_PX, ON_AIR_PX, TalkBar


def camera_of(seat: Seat) -> Camera:
    with seat.city.units.read() as unit:
        return unit.directory.camera(CAMERA)


class Street(QWidget):
    """A window with something else that can take the focus, and the bar below it."""

    def __init__(self, seat: Seat, actor: Actor) -> None:
        super().__init__()
        self.other = QLineEdit()
        self.bar = TalkBar(actor, seat.city.talk, seat.city.line, seat.desk, seat.teller)
        column = QVBoxLayout(self)
        column.addWidget(self.other)
        column.addWidget(self.bar)


def armed(seat: Seat, actor: Actor) -> Street:
    street = Street(seat, actor)
    seat.qtbot.addWidget(street)
    street.resize(1920, 400)
    street.show()
    street.activateWindow()
    seat.qtbot.waitActive(street)
    street.bar.arm(camera_of(seat))
    until(seat.qtbot, lambda: street.bar.state.armed is not None)
    until(seat.qtbot, street.bar.hasFocus)
    return street


@pytest.fixture
def street(seat: Seat, li: Actor) -> Iterator[Street]:
    found = armed(seat, li)
    yield found
    found.hide()


def orders(seat: Seat) -> list[str]:
    return [verb for verb, _ in seat.city.line.orders]


def hold(seat: Seat, street: Street) -> None:
    QTest.keyPress(street.bar, Qt.Key.Key_Space)
    until(seat.qtbot, lambda: street.bar.state.talk_id is not None)
    talk_id = street.bar.state.talk_id
    assert talk_id is not None
    street.bar.note_talk(talk_id, "on_air", 0.1, -20.0, {"S-14": "sent"})


def test_holding_space_opens_the_microphone_and_letting_go_stops_it(seat: Seat, street: Street) -> None:
    hold(seat, street)
    assert street.bar.state.is_on_air and street.bar.height() == ON_AIR_PX
    QTest.keyRelease(street.bar, Qt.Key.Key_Space)
    until(seat.qtbot, lambda: orders(seat) == ["open_microphone", "stop"])


def test_letting_go_before_the_session_exists_still_stops_it(seat: Seat, street: Street) -> None:
    QTest.keyPress(street.bar, Qt.Key.Key_Space)
    QTest.keyRelease(street.bar, Qt.Key.Key_Space)
    until(seat.qtbot, lambda: orders(seat) == ["open_microphone", "stop"])


def test_losing_the_focus_closes_the_microphone(seat: Seat, street: Street) -> None:
    hold(seat, street)
    street.other.setFocus()
    until(seat.qtbot, lambda: orders(seat) == ["open_microphone", "stop"])
    assert not street.bar.state.is_held


def test_locking_closes_the_microphone(seat: Seat, street: Street) -> None:
    hold(seat, street)
    street.bar.lock()
    until(seat.qtbot, lambda: orders(seat) == ["open_microphone", "stop"])


def test_a_key_that_repeats_never_opens_the_microphone_again(seat: Seat, street: Street) -> None:
    hold(seat, street)
    QTest.keyRelease(street.bar, Qt.Key.Key_Space)
    talk_id = street.bar.state.talk_id
    assert talk_id is not None
    street.bar.note_talk(talk_id, "ended", 1.0, -120.0, {"S-14": "sent"})
    street.bar.hold(is_repeat=True)
    assert street.bar.state.air is t.Air.ENDED and not street.bar.state.is_held


def test_sixty_seconds_are_the_longest() -> None:
    state = t.TalkState(armed=t.Armed(camera_id=CAMERA, camera_number="1", camera_name="x", speakers=(), sentences=()))
    state = t.reduce(state, t.KeyDown(100.0))
    state = t.reduce(state, t.Ordered(TalkId("one")))
    assert t.reduce(state, t.Ticked(159.9)).asked is None
    over = t.reduce(state, t.Ticked(160.0))
    assert over.asked == t.Stop(TalkId("one")) and not over.is_held


def test_a_digit_speaks_the_sentence_with_its_place(seat: Seat, street: Street) -> None:
    assert street.bar.height() == ARMED_PX
    QTest.keyClick(street.bar, Qt.Key.Key_1)
    until(seat.qtbot, lambda: orders(seat) == ["speak"])
    (talk,) = seat.city.talk.log(person("李文静"))
    assert (talk.kind, talk.text) == (TalkKind.PHRASE, "学府路 12 号的商户您好，请勿占道经营。")


def test_typed_words_are_spoken_and_their_letters_press_nothing(seat: Seat, street: Street) -> None:
    QTest.keyClick(street.bar, Qt.Key.Key_Slash)
    QTest.keyClicks(street.bar._typed, "1 please move /")
    assert street.bar._typed.text() == "1 please move /"
    assert orders(seat) == []
    QTest.keyClick(street.bar._typed, Qt.Key.Key_Return)
    until(seat.qtbot, lambda: orders(seat) == ["speak"])
    assert seat.city.talk.log(person("李文静"))[0].text == "1 please move /"


def test_esc_stops_what_is_spoken_and_closes(seat: Seat, street: Street) -> None:
    QTest.keyClick(street.bar, Qt.Key.Key_1)
    until(seat.qtbot, lambda: street.bar.state.talk_id is not None)
    talk_id = street.bar.state.talk_id
    assert talk_id is not None
    street.bar.note_talk(talk_id, "on_air", 1.0, -12.0, {"S-14": "sent"})
    with seat.qtbot.waitSignal(street.bar.closed):
        QTest.keyClick(street.bar, Qt.Key.Key_Escape)
        until(seat.qtbot, lambda: orders(seat) == ["speak", "stop"])
        street.bar.note_talk(talk_id, "ended", 1.2, -120.0, {"S-14": "sent"})
    assert not street.bar.isVisible()


def test_only_what_is_known_of_a_speaker_is_said(seat: Seat, street: Street) -> None:
    hold(seat, street)
    assert street.bar._rows[0].known == "已发送，设备不回执"
    talk_id = street.bar.state.talk_id
    assert talk_id is not None
    street.bar.note_talk(talk_id, "on_air", 0.2, -20.0, {"S-14": "failed"})
    assert street.bar._rows[0].known == "失败"


def test_nothing_is_magenta_before_sound_goes_out(seat: Seat, street: Street) -> None:
    QTest.keyPress(street.bar, Qt.Key.Key_Space)
    until(seat.qtbot, lambda: street.bar.state.talk_id is not None)
    assert street.bar._shape.state != "air"
    talk_id = street.bar.state.talk_id
    assert talk_id is not None
    with seat.qtbot.waitSignal(street.bar.on_air_changed) as changed:
        street.bar.note_talk(talk_id, "on_air", 0.1, -20.0, {"S-14": "sent"})
    assert changed.args == [CAMERA] and street.bar._shape.state == "air"


def test_quiet_hours_are_said_and_nothing_is_ordered(seat: Seat, street: Street) -> None:
    seat.city.clock.wait(hours=2, minutes=30)  # 12:30 in Shanghai
    QTest.keyClick(street.bar, Qt.Key.Key_1)
    until(seat.qtbot, lambda: "12:00–14:00" in street.bar._note.text())
    assert orders(seat) == []


def test_a_station_that_is_away_means_not_spoken(seat: Seat, street: Street) -> None:
    seat.city.line.is_cut = True
    QTest.keyClick(street.bar, Qt.Key.Key_1)
    until(seat.qtbot, lambda: street.bar.state.air is t.Air.FAILED)
    assert street.bar._head.text() == "没有播出"
    assert seat.city.talk.log(person("李文静"))[0].stage is TalkStage.FAILED


def test_a_role_that_may_not_speak_is_told_so(seat: Seat) -> None:
    street = armed(seat, person("孙浩", Role.ADMINISTRATOR))
    QTest.keyClick(street.bar, Qt.Key.Key_1)
    until(seat.qtbot, lambda: "值班长" in street.bar._note.text())
    assert orders(seat) == []
    street.hide()


def test_a_change_of_language_keeps_what_was_typed(seat: Seat, street: Street) -> None:
    QTest.keyClick(street.bar, Qt.Key.Key_Slash)
    QTest.keyClicks(street.bar._typed, "hello")
    seat.words.speak(ENGLISH)
    street.bar.retranslate()
    assert street.bar._typed.text() == "hello" and street.bar._typed.hasFocus()
    assert street.bar._head.text() == "Ready to speak"
