"""What was recorded of a camera, shown at a seat: played by the worker that has the camera, several of them in step."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from console.application.errors import Unavailable
from console.application.ports import Clock, EvidenceStore, UnitsOfWork
from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId
from console.infrastructure.channel.messages import (
    AnyMessage,
    ControlReplay,
    OpenReplay,
    PictureSlot,
    PlayerOpened,
    PlaySpan,
    ReplayPart,
    ReplayState,
    RequestFailed,
    RunReplay,
)
from console.infrastructure.watch.hub import Peer
from console.infrastructure.watch.streams import Streams, stream_name
from console.words import N_

DECODER_GONE = N_("The decoder stopped and is starting again. Play it once more.")


@dataclass(frozen=True, slots=True)
class _Replay:
    seat: Peer
    worker_id: str
    slot: Path


class ReplayRoom:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        recordings: EvidenceStore,
        streams: Streams,
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
    ) -> None:
        self._units = units
        self._recordings = recordings
        self._streams = streams
        self._clock = clock
        self._send = send
        self._replays: dict[str, _Replay] = {}

    def open(self, seat: Peer, wish: OpenReplay) -> None:
        """Open what was recorded for a seat, or say why not; what no index knows yet the camera's worker adds."""
        try:
            with self._units.read() as unit:
                found = unit.recordings.of_camera(CameraId(wish.camera_id), wish.from_at, wish.to_at)
        except Unavailable as cause:
            seat.send(RequestFailed(request_id=wish.request_id, reason=cause.sentence))
            return
        parts = tuple(
            ReplayPart(
                path=str(self._recordings.absolute(segment.path)),
                begins_at=segment.begins_at,
                ends_at=segment.ends_at,
            )
            for segment in found
            if segment.lost_at is None and segment.profile is StreamProfile.MAIN
        )
        self._close(wish.player_id)
        slot = self._streams.new_ring(f"-player-{wish.player_id}", wish.max_width, wish.max_height)
        name = stream_name(wish.camera_id, StreamProfile.MAIN)
        worker_id = self._streams.worker_of(name)
        self._replays[wish.player_id] = _Replay(seat, worker_id, slot)
        self._send(
            worker_id,
            PlaySpan(
                player_id=wish.player_id,
                camera_id=wish.camera_id,
                stream_id=name,
                parts=parts,
                at=wish.at,
                picture=PictureSlot(slot_path=str(slot), max_width=wish.max_width, max_height=wish.max_height),
            ),
        )
        seat.send(PlayerOpened(request_id=wish.request_id, player_id=wish.player_id, slot_path=str(slot)))

    def control(self, order: ControlReplay) -> None:
        """Pass an order on, to all it is for with the same time on it."""
        when_s = self._clock.monotonic_s()
        for player_id in order.player_ids:
            if order.action == "close":
                self._close(player_id)
                continue
            replay = self._replays.get(player_id)
            if replay is not None:
                self._send(
                    replay.worker_id,
                    RunReplay(player_id=player_id, action=order.action, when_s=when_s, at=order.at, speed=order.speed),
                )

    def worker_of(self, seat: object, player_id: str) -> str:
        """Return the worker of a replay of this seat's; empty where it has none of that id."""
        replay = self._replays.get(player_id)
        return replay.worker_id if replay is not None and replay.seat is seat else ""

    def take_state(self, state: ReplayState) -> None:
        replay = self._replays.get(state.player_id)
        if replay is not None:
            replay.seat.send(state)

    def forget_seat(self, seat: Peer) -> None:
        """Close what a seat that has gone was watching."""
        for name in [name for name, replay in self._replays.items() if replay.seat is seat]:
            self._close(name)

    def note_lost_worker(self, worker_id: str) -> None:
        """Tell the seats whose replays died with their worker."""
        now = self._clock.now()
        for name, replay in self._replays.items():
            if replay.worker_id == worker_id:
                replay.seat.send(ReplayState(player_id=name, at=now, failed=DECODER_GONE))

    def _close(self, player_id: str) -> None:
        replay = self._replays.pop(player_id, None)
        if replay is None:
            return
        now_s = self._clock.monotonic_s()
        self._send(replay.worker_id, RunReplay(player_id=player_id, action="close", when_s=now_s))
        self._streams.remove_ring(replay.slot)
