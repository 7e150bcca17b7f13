"""What retention took is not played: the seat is told so, and no worker is sent to a file that is not there."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from console.application.upkeep import Upkeep
from console.domain.retention import Retention
from console.infrastructure.channel.messages import AnyMessage, OpenPlayer, RequestFailed
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.watch.hub import Peer
from console.infrastructure.watch.players import DELETED, PlayerRoom
from console.infrastructure.watch.streams import LookSize, Streams
from tests.application.city import open_city
from tests.application.storage import PLENTY, Shelf, clip
from tests.infrastructure.watch.builders import OneSecret, Wires, shared_memory


class Seat:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[AnyMessage] = []

    def send(self, message: AnyMessage) -> None:
        self.told.append(message)


def test_a_clip_that_retention_took_is_said_to_be_gone_and_nothing_is_opened(tmp_path: Path) -> None:
    wires, seat, slots = Wires(), Seat(), tmp_path / "slots"
    slots.mkdir()
    streams = Streams(
        slots=slots,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
    )
    with open_city(tmp_path) as city:
        item = clip(city, city.hit())
        city.clock.wait(days=31)
        Upkeep(city.units, city.clock, Shelf(), Retention(), timedelta(days=730)).free(PLENTY)
        players = PlayerRoom(
            units=city.units,
            files=EvidenceStore(tmp_path / "e"),
            recordings=EvidenceStore(tmp_path / "e"),
            streams=streams,
            send=wires.send,
        )
        wish = OpenPlayer(request_id="r", player_id="p", evidence_id=item, max_width=320, max_height=180)
        players.open(cast(Peer, seat), wish)
    assert seat.told == [RequestFailed(request_id="r", reason=DELETED)]
    assert wires.sent == [] and shared_memory(slots) == set()
