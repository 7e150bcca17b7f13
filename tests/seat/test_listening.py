"""Claims about hearing from a seat: one tile by its key, refused in words, silent when it is locked."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.application.listening_desk import ListeningLink
from console.domain.accounts import Actor, Role
from console.domain.errors import DomainError
from console.domain.ids import CameraId, EvidenceId
from console.domain.walls import LAYOUTS, Wall
from console.infrastructure.channel.messages import SoundState
from console.seat.listening import SeatListening
from console.words import ENGLISH, Words
from tests.application.city import person
from tests.widgets.street import Slot, StillClock, cameras
from widgets.desk import Desk
from widgets.state.telling import Teller
from widgets.wall.render_clock import RenderClock
from widgets.wall.strip import WallStrip
from widgets.wall.wall_page import WallPage

STREETS = cameras(4)
FIRST, SECOND = STREETS[0].camera_id, STREETS[1].camera_id


class Gatekeeper:
    """Lets everybody hear everything, until it is told not to."""

    def __init__(self) -> None:
        self.refuses = ""

    def listen(self, actor: Actor, link: ListeningLink, camera_id: CameraId) -> None:
        assert actor.role is Role.OPERATOR
        if self.refuses:
            raise DomainError(self.refuses)
        link.listen(camera_id)

    def hear_recording(self, actor: Actor, link: ListeningLink, camera_id: CameraId, player_id: str) -> None:
        if self.refuses:
            raise DomainError(self.refuses)
        link.listen(camera_id, player_id)

    def hear_clip(self, actor: Actor, link: ListeningLink, evidence_id: EvidenceId, player_id: str) -> None:
        link.listen(CameraId(f"of {evidence_id}"), player_id)


class Line:
    def __init__(self) -> None:
        self.orders: list[str | None] = []
        self.painted: list[tuple[CameraId, float, float]] = []

    def listen(self, camera_id: CameraId | None, player_id: str = "") -> None:
        self.orders.append(player_id or camera_id)

    def tell_painted(self, camera_id: CameraId, media_time_s: float, at_s: float) -> None:
        self.painted.append((camera_id, media_time_s, at_s))


class Room:
    """A wall of four with its keys, and everything it asks."""

    def __init__(self, desk: Desk) -> None:
        self.clock = StillClock()
        self.wall = WallPage(
            Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")), self.clock, RenderClock(), offered=("Q",)
        )
        self.wall.resize(1200, 800)
        self.wall.show_cameras(STREETS, Wall(layout=LAYOUTS[1], cameras=tuple(one.camera_id for one in STREETS)))
        self.gate, self.line = Gatekeeper(), Line()
        self.listening = SeatListening(person("li", Role.OPERATOR), self.gate, self.line, desk, self.clock, self.wall)
        self.listening.serve(1, self.wall)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.wall, key)

    def chips(self) -> list[list[str]]:
        return [[chip.icon for chip in tile.look.chips] for tile in self.wall.tiles]


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Room]:
    holder = QWidget()
    qtbot.addWidget(holder)
    desk = Desk(holder)
    made = Room(desk)
    qtbot.addWidget(made.wall)
    with qtbot.waitExposed(made.wall):
        made.wall.show()
    yield made
    made.listening.end()
    desk.close()


def sounding(camera_id: str, condition: str = "sounding") -> SoundState:
    return SoundState.model_validate({"camera_id": camera_id, "condition": condition, "level_dbfs": -30.0})


def test_the_key_switches_the_sound_of_the_focused_tile_on_and_off(room: Room, qtbot: QtBot) -> None:
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: room.chips()[0] == ["sound_muted"])
    room.listening.take(sounding(FIRST))
    assert room.chips() == [["sound_medium"], [], [], []]
    room.press(Qt.Key.Key_Q)
    assert room.chips() == [[], [], [], []]
    assert room.line.orders == [FIRST, None]


def test_another_tile_takes_the_sound_with_it(room: Room, qtbot: QtBot) -> None:
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: room.listening.heard == FIRST)
    room.press(Qt.Key.Key_2)
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: room.listening.heard == SECOND)
    assert room.chips() == [[], ["sound_muted"], [], []]
    room.listening.take(sounding(FIRST))
    assert room.chips() == [[], ["sound_muted"], [], []], "a late word of the one before changes nothing"


def test_a_refusal_is_said_and_nothing_is_heard(room: Room, qtbot: QtBot) -> None:
    room.gate.refuses = "Sound is switched off at this site. An administrator may allow it in the settings."
    strip = room.wall.findChild(WallStrip)
    assert isinstance(strip, WallStrip)
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: strip.told == room.gate.refuses)
    assert room.listening.heard is None
    assert not room.line.orders


@pytest.mark.parametrize("why", ["not_shown", "taken"])
def test_sound_that_ended_elsewhere_leaves_no_sign_on_the_tile(room: Room, qtbot: QtBot, why: str) -> None:
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: room.listening.heard == FIRST)
    room.listening.take(sounding(FIRST, why))
    assert room.listening.heard is None
    assert room.chips() == [[], [], [], []]


def test_what_was_asked_is_not_heard_when_the_seat_was_locked_meanwhile(room: Room, qtbot: QtBot) -> None:
    room.press(Qt.Key.Key_Q)
    room.listening.end()
    qtbot.waitUntil(lambda: room.line.orders == [FIRST, None])
    assert room.listening.heard is None


def test_the_player_is_told_when_a_picture_of_the_heard_camera_is_painted(room: Room, qtbot: QtBot) -> None:
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: room.listening.heard == FIRST)
    slots = [Slot(), Slot()]
    for tile, slot in zip(room.wall.tiles, slots, strict=False):
        slot.put(room.clock.now())
        tile.attach(slot)
    qtbot.waitUntil(lambda: bool(room.line.painted))
    assert {camera_id for camera_id, _, _ in room.line.painted} == {FIRST}


def test_a_replay_takes_the_sound_from_the_live_tile_and_gives_it_up_by_the_same_key(room: Room, qtbot: QtBot) -> None:
    told: list[str] = []
    room.listening.player_told.connect(lambda state: told.append(f"{state.player_id} {state.condition}"))
    room.listening.player_ended.connect(lambda player_id: told.append(f"{player_id} ended"))
    room.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: room.listening.heard == FIRST)
    room.listening.switch_recording(FIRST, "replay")
    qtbot.waitUntil(lambda: told == ["replay waiting"])
    assert room.chips() == [[], [], [], []]
    room.listening.take(sounding(FIRST))
    assert room.chips() == [[], [], [], []], "a late word of the live sound changes nothing"
    room.listening.take(sounding(FIRST).model_copy(update={"player_id": "replay"}))
    room.listening.switch_recording(FIRST, "replay")
    assert told == ["replay waiting", "replay sounding", "replay ended"]
    assert room.line.orders == [FIRST, "replay", None]


def test_a_clip_that_was_closed_is_heard_no_longer_and_nobody_is_bothered(room: Room, qtbot: QtBot) -> None:
    told: list[str] = []
    room.listening.player_ended.connect(told.append)
    room.listening.refused.connect(told.append)
    room.listening.switch_clip("item", "clip")
    qtbot.waitUntil(lambda: room.line.orders == ["clip"])
    room.listening.take(SoundState(camera_id=FIRST, player_id="clip", condition="not_shown"))
    assert told == ["clip"]


def test_a_refusal_to_hear_a_recording_is_said(room: Room, qtbot: QtBot) -> None:
    room.gate.refuses = "Your role does not hold this."
    with qtbot.waitSignal(room.listening.refused) as said:
        room.listening.switch_recording(FIRST, "replay")
    assert said.args is not None
    assert said.args[0].sentence == room.gate.refuses
    assert not room.line.orders
