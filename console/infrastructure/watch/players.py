"""Recorded clips shown at a seat: decoded by a media worker into a slot, like a camera."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from console.application.errors import Stale, Unavailable
from console.application.ports import EvidenceStore, UnitsOfWork
from console.domain.ids import EvidenceId, SegmentId
from console.infrastructure.channel.messages import (
    AnyMessage,
    ControlPlayer,
    OpenPlayer,
    OpenRecording,
    PictureSlot,
    PlayClip,
    PlayerOpened,
    PlayerState,
    RequestFailed,
)
from console.infrastructure.watch.hub import Peer
from console.infrastructure.watch.streams import Streams
from console.words import N_

DELETED = N_("This was deleted by retention; what is known of it stays.")


@dataclass(frozen=True, slots=True)
class _Player:
    seat: Peer
    slot: Path


class PlayerRoom:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        files: EvidenceStore,
        recordings: EvidenceStore,
        streams: Streams,
        send: Callable[[str, AnyMessage], None],
    ) -> None:
        self._units = units
        self._files = files
        self._recordings = recordings
        self._streams = streams
        self._send = send
        self._players: dict[str, _Player] = {}

    def open(self, seat: Peer, wish: OpenPlayer) -> None:
        """Play an item for a seat, or say why not."""
        try:
            with self._units.read() as unit:
                item = unit.evidence.get(EvidenceId(wish.evidence_id))
        except (Unavailable, Stale) as cause:
            seat.send(RequestFailed(request_id=wish.request_id, reason=cause.sentence))
            return
        if item.deleted_at is not None:
            seat.send(RequestFailed(request_id=wish.request_id, reason=DELETED))
            return
        self._play(seat, wish, self._files.absolute(item.path))

    def open_recording(self, seat: Peer, wish: OpenRecording) -> None:
        """Play a segment of a recording for a seat, or say why not."""
        try:
            with self._units.read() as unit:
                segment = unit.recordings.get(SegmentId(wish.segment_id))
        except (Unavailable, Stale) as cause:
            seat.send(RequestFailed(request_id=wish.request_id, reason=cause.sentence))
            return
        self._play(seat, wish, self._recordings.absolute(segment.path))

    def _play(self, seat: Peer, wish: OpenPlayer | OpenRecording, path: Path) -> None:
        slot = self._streams.new_ring(f"-player-{wish.player_id}", wish.max_width, wish.max_height)
        self._players[wish.player_id] = _Player(seat, slot)
        picture = PictureSlot(slot_path=str(slot), max_width=wish.max_width, max_height=wish.max_height)
        self._send(
            self._streams.worker_of(wish.player_id),
            PlayClip(player_id=wish.player_id, path=str(path), picture=picture),
        )
        seat.send(PlayerOpened(request_id=wish.request_id, player_id=wish.player_id, slot_path=str(slot)))

    def control(self, order: ControlPlayer) -> None:
        player = self._players.get(order.player_id)
        if player is None:
            return
        self._send(self._streams.worker_of(order.player_id), order)
        if order.action == "close":
            del self._players[order.player_id]
            self._streams.remove_ring(player.slot)

    def worker_of(self, seat: object, player_id: str) -> str:
        """Return the worker that plays a clip of this seat's; empty where it plays none of that id."""
        player = self._players.get(player_id)
        return self._streams.worker_of(player_id) if player is not None and player.seat is seat else ""

    def take_state(self, state: PlayerState) -> None:
        player = self._players.get(state.player_id)
        if player is not None:
            player.seat.send(state)

    def forget_seat(self, seat: Peer) -> None:
        """Close what a seat that has gone was watching."""
        for name in [name for name, player in self._players.items() if player.seat is seat]:
            self.control(ControlPlayer(player_id=name, action="close"))

    def note_lost_worker(self, worker_id: str) -> None:
        """Tell the seats whose player died with its worker."""
        for name, player in list(self._players.items()):
            if self._streams.worker_of(name) == worker_id:
                player.seat.send(
                    PlayerState(
                        player_id=name,
                        position_s=0.0,
                        duration_s=0.0,
                        playing=False,
                        failed="The decoder stopped and is starting again. Open the clip once more.",
                    )
                )
