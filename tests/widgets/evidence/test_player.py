"""The player: what its keys send to the station, and what it says of an item."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage

from console.application.evidence_desk import EvidenceDesk
from console.domain.accounts import Actor
from console.domain.evidence import EvidenceItem
from console.domain.ids import EvidenceId
from console.domain.retention import Deletion, Holding, Why
from console.infrastructure.channel.messages import SoundState
from tests.widgets.desks import Packs, Seat, until
from tests.widgets.reviewing import RULE, clip, still
from widgets.evidence.picture import EvidencePicture, crop_around, overlay_of
from widgets.evidence.playback import Playback
from widgets.evidence.player import PlayerPage
from widgets.state.player import Control, PlayerState, can_be_evidence, control_for
from widgets.state.telling import Told

PLAYING = PlayerState(position_s=5.0, duration_s=12.0, is_playing=True, is_open=True)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("Space", Control("pause")),
        (",", Control("step_back")),
        (".", Control("step_forward")),
        ("Left", Control("seek", 4.0)),
        ("Right", Control("seek", 6.0)),
        ("Shift+Right", Control("seek", 12.0)),
        ("Shift+Left", Control("seek", 0.0)),
        ("Home", Control("seek", 0.0)),
        ("Q", None),
    ],
)
def test_each_transport_key_sends_one_control_and_seeks_stay_inside(key: str, wanted: Control | None) -> None:
    assert control_for(PLAYING, key) == wanted


def test_a_clip_that_is_not_open_takes_no_control() -> None:
    assert control_for(PlayerState(), "Space") is None


@pytest.mark.parametrize(
    ("item", "is_right", "answer"),
    [
        (still("a", "x"), True, "yes"),
        (still("a", "x"), None, "partly"),
        (still("a", "x"), False, "no"),
        (still("a", "x", grade=False), True, "no"),
    ],
)
def test_whether_it_can_be_evidence_is_one_word_with_its_tests(
    item: EvidenceItem, is_right: bool | None, answer: str
) -> None:
    assert can_be_evidence(item, is_digest_right=is_right)[0] == answer


class Slot:
    """A slot with one frame of one colour."""

    def __init__(self, colour: str) -> None:
        image = QImage(64, 36, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        self._pixels = bytes(image.constBits())
        self.capacity_bytes = len(self._pixels)

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> "SlotFrame | None":
        if after >= 1:
            return None
        into[: len(self._pixels)] = self._pixels
        return SlotFrame()


class SlotFrame:
    sequence, width, height, stride = 1, 64, 36, 64 * 4


@pytest.fixture
def page(seat: Seat, li: Actor) -> Iterator[PlayerPage]:
    city = seat.city
    with city.units.write() as unit:
        unit.evidence.add(clip("clip-1", "a1"))
        unit.evidence.add(still("still-1", "a1", grade=False))
        unit.commit()
    desk = EvidenceDesk(city.units, city.queries, city.gate, city.clock, Packs())
    found: PlayerPage = seat.opened(
        PlayerPage(li, desk, city.talk, seat.desk, seat.teller, seat.stills, seat.clips, lambda _: True), lambda: True
    )
    yield found
    found.hide()


def test_a_clip_plays_from_its_slot_and_its_keys_go_to_the_station(seat: Seat, page: PlayerPage) -> None:
    page.open_item("clip-1")
    until(seat.qtbot, lambda: seat.clips.opened == [EvidenceId("clip-1")])
    playback = seat.clips.playbacks[0]
    playback.note_opened(Slot("#2266aa"))
    playback.note_position(3.0, 12.0, True)
    until(seat.qtbot, lambda: not page._picture.image.isNull())
    assert page._picture.image.pixelColor(10, 10) == QColor("#2266aa")
    assert page._transport.position == "3.0 / 12.0 s"
    seat.strike(page, "Space")
    assert seat.clips.sent[-1] == Control("pause")


def test_looking_at_an_item_leaves_a_line_of_custody(seat: Seat, page: PlayerPage, li: Actor) -> None:
    page.open_item("still-1")
    until(seat.qtbot, lambda: page._proof.answer == "不可以")
    with seat.city.units.read() as unit:
        lines = unit.evidence.custody(EvidenceId("still-1"))
    assert [(line.who, line.act) for line in lines] == [(li.display_name, "viewed")]


def test_a_page_that_is_left_closes_its_player(seat: Seat, page: PlayerPage) -> None:
    page.open_item("clip-1")
    until(seat.qtbot, lambda: bool(seat.clips.opened))
    page.hide()
    assert seat.clips.sent[-1] == Control("close")


def test_a_clip_that_cannot_be_played_says_why(seat: Seat, page: PlayerPage) -> None:
    page.open_item("clip-1")
    until(seat.qtbot, lambda: bool(seat.clips.playbacks))
    seat.clips.playbacks[0].note_failed(Told("The picture cannot be read.", {}, True))
    assert page._picture._words == "画面读不出来。"


def test_a_clip_that_retention_took_says_on_which_day_and_opens_no_player(
    seat: Seat, page: PlayerPage, li: Actor
) -> None:
    city = seat.city
    city.clock.wait(days=31)
    with city.units.write() as unit:
        (stored,) = [file for file in unit.holdings.oldest_unlocked(Holding.UNFILED, 9) if file.stored_id == "clip-1"]
        line = Deletion(deletion_id="d", stored=stored, why=Why.AGE, reason="", by="station", at=city.clock.now())
        unit.holdings.delete([line])
        unit.commit()
    page.open_item("clip-1")
    until(seat.qtbot, lambda: "已删除" in page._picture._words)
    assert f"{city.clock.now():%Y-%m-%d}" in page._picture._words
    assert seat.clips.opened == [] and page._proof.answer != "可以"


def test_a_closed_playback_sends_nothing_more() -> None:
    sent: list[Control] = []
    playback = Playback(sent.append)
    playback.note_position(1.0, 5.0, True)
    playback.close()
    playback.close()
    assert playback.control("Space") is False
    assert sent == [Control("close")]


def test_the_overlay_is_drawn_on_the_screen_and_never_on_the_picture(seat: Seat) -> None:
    picture = EvidencePicture()
    seat.qtbot.addWidget(picture)
    picture.resize(640, 360)
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#000000"))
    picture.show_still(image)
    plain = picture.grab().toImage()
    picture.show_overlay(overlay_of(RULE, "Car 0.91", "A"))
    assert picture.grab().toImage() != plain
    assert picture.image == image
    picture.toggle(boxes=False, zones=False)
    assert picture.grab().toImage() == plain


def test_both_pictures_are_cropped_alike_and_the_zone_stays_inside() -> None:
    crop = crop_around(RULE)
    assert crop.width() == crop.height() <= 1.0
    assert all(crop.contains(x, y) for x, y in RULE.polygon)


def test_the_sound_of_a_clip_is_asked_for_by_its_key_once_it_is_open() -> None:
    orders: list[Control] = []
    playback = Playback(orders.append)
    asked: list[int] = []
    playback.listen_asked.connect(lambda: asked.append(1))
    assert not playback.control("Q")
    playback.note_position(0.0, 12.0, True)
    assert playback.control("Q")
    assert asked == [1]
    playback.note_sound(SoundState(camera_id="c", condition="muted"))
    playback.note_position(0.1, 12.0, True)
    assert playback.state.sound is not None
    assert not orders
