"""Replays at a seat: the station's media workers play them, in step where there are several, the seat reads slots."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.application.errors import Unavailable
from console.domain.ids import CameraId, new_id
from console.infrastructure.channel.messages import (
    ControlReplay,
    OpenReplay,
    PlayerOpened,
    RequestFailed,
)
from console.infrastructure.channel.messages import ReplayState as ReplayMessage
from console.infrastructure.frame_slots import SlotReader, SlotUnavailable
from console.infrastructure.station_link import StationLink
from console.words import N_
from widgets.recordings.replaying import Replaying, ReplayWish
from widgets.state.hearing import SoundTold
from widgets.state.replay import ReplayOrder, ReplayState
from widgets.state.telling import Told

_log = logging.getLogger(__name__)

NOT_NOW = Told(N_("The station does not answer. Play it again in a moment."))
LEAST_PX = 16


@dataclass(frozen=True, slots=True)
class _Player:
    replaying: Replaying
    camera_id: CameraId


class StationReplays(QObject):
    """Keeps the promise of ``ReplayPlayer``. Lives in the GUI thread; ``take`` is given the station's answers there.

    Signals: listen_asked: a camera's and a player's id: what it plays is to be heard, or no longer.
    """

    listen_asked = Signal(str, str)

    def __init__(self, link: StationLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._players: dict[str, _Player] = {}
        self._readers: dict[str, SlotReader] = {}

    def open(self, wishes: Sequence[ReplayWish], at: datetime) -> Replaying:
        """Ask the station for the past of cameras; the replays say when they have opened, or why not."""
        names = {new_id(): wish for wish in wishes}
        replaying = Replaying([wish.camera_id for wish in wishes], at, _Sender(self, tuple(names)), self)
        by_camera = {wish.camera_id: name for name, wish in names.items()}
        replaying.listen_asked.connect(lambda camera_id: self.listen_asked.emit(camera_id, by_camera[camera_id]))
        for name, wish in names.items():
            self._players[name] = _Player(replaying, wish.camera_id)
            try:
                self._link.send(
                    OpenReplay(
                        request_id=name,
                        player_id=name,
                        camera_id=wish.camera_id,
                        from_at=wish.from_at,
                        to_at=wish.to_at,
                        at=at,
                        max_width=max(LEAST_PX, wish.max_width),
                        max_height=max(LEAST_PX, wish.max_height),
                    )
                )
            except Unavailable as cause:
                _log.info("replay not opened: %s", cause)
                replaying.note_failed(wish.camera_id, NOT_NOW)
        return replaying

    def take(self, message: PlayerOpened | ReplayMessage | RequestFailed) -> None:
        """Take in what the station says of a replay; what is not one of ours is left to others."""
        match message:
            case PlayerOpened(player_id=name) if name in self._players:
                self._opened(message)
            case ReplayMessage(player_id=name) if name in self._players:
                player = self._players[name]
                player.replaying.note_state(player.camera_id, _state_of(message))
            case RequestFailed(request_id=name) if name in self._players:
                player = self._players[name]
                player.replaying.note_failed(player.camera_id, Told(message.reason))
            case _:
                pass

    def note_sound(self, player_id: str, sound: SoundTold | None) -> None:
        """Take in what is heard of a replay, if it is one of these."""
        player = self._players.get(player_id)
        if player is not None:
            player.replaying.note_sound(player.camera_id, sound)

    def has(self, player_id: str) -> bool:
        """Say whether a player is one of these."""
        return player_id in self._players

    def close_all(self) -> None:
        """Close whatever is open: nobody looks any more."""
        for player in list(self._players.values()):
            player.replaying.close()

    def note_lost_station(self) -> None:
        """The station has gone, and its replays with it."""
        for player in list(self._players.values()):
            player.replaying.note_failed(player.camera_id, NOT_NOW)

    def control(self, names: tuple[str, ...], order: ReplayOrder) -> None:
        """Pass on what a transport asks, one order for all. Slots of what is closed are let go."""
        try:
            self._link.send(ControlReplay(player_ids=names, action=order.action, at=order.at, speed=order.speed))
        except Unavailable as cause:
            _log.info("replay not controlled: %s", cause)
        if order.action == "close":
            for name in names:
                reader, player = self._readers.pop(name, None), self._players.pop(name, None)
                if reader is not None:
                    reader.close()
                if player is not None:
                    player.replaying.deleteLater()

    def _opened(self, message: PlayerOpened) -> None:
        player = self._players[message.player_id]
        try:
            reader = SlotReader(Path(message.slot_path))
        except SlotUnavailable:
            player.replaying.note_failed(player.camera_id, NOT_NOW)
            return
        self._readers[message.player_id] = reader
        player.replaying.note_opened(player.camera_id, reader)


def _state_of(message: ReplayMessage) -> ReplayState:
    return ReplayState(
        at=message.at,
        shown_at=message.shown_at,
        source=message.source,
        from_at=message.from_at,
        to_at=message.to_at,
        is_playing=message.playing,
        speed=message.speed,
        is_open=not message.failed,
        failed=Told(message.failed) if message.failed else None,
    )


class _Sender:
    """Sends orders to the players of one replay."""

    def __init__(self, replays: StationReplays, names: tuple[str, ...]) -> None:
        self._replays = replays
        self._names = names

    def __call__(self, order: ReplayOrder) -> None:
        self._replays.control(self._names, order)
