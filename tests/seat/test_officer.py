"""Claims about an officer at a seat: no wall is shown to them, and clips play all the same."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.domain.accounts import Role
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, EvidenceId
from console.infrastructure.channel.messages import OpenPlayer, PlayerOpened, PlayerState
from console.infrastructure.frame_slots import FrameFacts, SlotWriter, create
from console.seat.window import Seat
from console.site import Site
from tests.application.city import BEGIN, CAMERA
from tests.seat.quiet_station import WITHIN_S, QuietStation
from widgets.evidence.picture import EvidencePicture
from widgets.evidence.player import PlayerPage
from widgets.wall.wall_page import WallPage

WIDTH, HEIGHT = 64, 36
GREEN = QColor(20, 200, 60)
CLIP = EvidenceItem(
    evidence_id=EvidenceId("clip-1"),
    kind=EvidenceKind.CLIP,
    subject_id="nothing yet",
    path="clip-1.mp4",
    sha256="77" * 32,
    size_bytes=1000,
    begins_at=BEGIN,
    duration_s=12.0,
    camera_id=CameraId(CAMERA),
    width=WIDTH,
    height=HEIGHT,
)


def painted(path: Path) -> None:
    """Write one green picture into a slot, as a media worker does."""
    pixel = bytes((GREEN.blue(), GREEN.green(), GREEN.red(), 255))
    facts = FrameFacts(
        width=WIDTH, height=HEIGHT, stride=WIDTH * 4, pixel_format="bgra", received_at_us=1, media_time_s=0.0
    )
    with SlotWriter(path) as writer:
        writer.write([pixel * (WIDTH * HEIGHT)], facts)


def colour_in_the_middle(widget: QWidget) -> QColor:
    return widget.grab().toImage().pixelColor(widget.width() // 2, widget.height() // 2)


def test_an_officer_signs_in_sees_no_wall_and_plays_a_clip(
    qtbot: QtBot, tmp_path: Path, site: Site, station: QuietStation, open_seat: Callable[[Role], Seat]
) -> None:
    with site.units.write() as unit:
        unit.evidence.add(CLIP)
        unit.commit()
    seat = open_seat(Role.OFFICER)
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(PlayerPage)), timeout=int(WITHIN_S * 1000))
    assert not seat.window.findChildren(WallPage)
    (page,) = seat.window.findChildren(PlayerPage)
    seat.window.show_page("evidence")
    page.open_item(CLIP.evidence_id)

    orders: list[OpenPlayer] = []

    def has_asked() -> bool:
        order = station.asked(OpenPlayer)
        if order is not None:
            orders.append(order)
        return bool(orders)

    qtbot.waitUntil(has_asked, timeout=int(WITHIN_S * 1000))
    (order,) = orders
    assert order.evidence_id == CLIP.evidence_id
    ring = create(tmp_path / "slot", WIDTH * HEIGHT * 4)
    try:
        painted(ring.path)
        station.say(PlayerOpened(request_id=order.request_id, player_id=order.player_id, slot_path=str(ring.path)))
        station.say(PlayerState(player_id=order.player_id, position_s=1.0, duration_s=12.0, playing=True))

        (picture,) = page.findChildren(EvidencePicture)
        qtbot.waitUntil(lambda: colour_in_the_middle(picture) == GREEN, timeout=int(WITHIN_S * 1000))
    finally:
        seat.close()
        ring.remove()
