"""Recorded clips at a seat: the station's media worker plays them, the seat reads their slot."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.application.errors import Unavailable
from console.domain.ids import EvidenceId, new_id
from console.infrastructure.channel.messages import (
    ControlPlayer,
    OpenPlayer,
    PlayerOpened,
    PlayerState,
    RequestFailed,
)
from console.infrastructure.frame_slots import SlotReader, SlotUnavailable
from console.infrastructure.station_link import StationLink
from console.words import N_
from widgets.evidence.playback import Playback
from widgets.state.hearing import SoundTold
from widgets.state.player import Control
from widgets.state.telling import Told

_log = logging.getLogger(__name__)

NOT_NOW = Told(N_("The station does not answer. Open the clip again in a moment."))


class StationClips(QObject):
    """Keeps the promise of ``ClipPlayer``. Lives in the GUI thread; ``take`` is given the station's answers there.

    Signals: listen_asked: an item's and a player's id: the clip is to be heard, or no longer.
    """

    listen_asked = Signal(str, str)

    def __init__(self, link: StationLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._playing: dict[str, Playback] = {}
        self._readers: dict[str, SlotReader] = {}

    def open(self, evidence_id: EvidenceId, max_width: int, max_height: int) -> Playback:
        """Ask the station to play an item; the playback says when it has begun, or why not."""
        name = new_id()
        playback = Playback(_Sender(self, name), self)
        playback.listen_asked.connect(lambda: self.listen_asked.emit(evidence_id, name))
        self._playing[name] = playback
        try:
            self._link.send(
                OpenPlayer(
                    request_id=name,
                    player_id=name,
                    evidence_id=evidence_id,
                    max_width=max(16, max_width),
                    max_height=max(16, max_height),
                )
            )
        except Unavailable as cause:
            _log.info("clip not opened: %s", cause)
            playback.note_failed(NOT_NOW)
        return playback

    def take(self, message: PlayerOpened | PlayerState | RequestFailed) -> None:
        """Take in what the station says of a player."""
        match message:
            case PlayerOpened():
                self._opened(message)
            case PlayerState():
                playback = self._playing.get(message.player_id)
                if playback is None:
                    return
                if message.failed:
                    playback.note_failed(Told(message.failed))
                else:
                    playback.note_position(message.position_s, message.duration_s, message.playing)
            case RequestFailed():
                playback = self._playing.get(message.request_id)
                if playback is not None:
                    playback.note_failed(Told(message.reason))

    def note_sound(self, player_id: str, sound: SoundTold | None) -> None:
        """Take in what is heard of a clip, if it is one of these."""
        playback = self._playing.get(player_id)
        if playback is not None:
            playback.note_sound(sound)

    def note_lost_station(self) -> None:
        """The station has gone, and its players with it."""
        for playback in self._playing.values():
            playback.note_failed(NOT_NOW)

    def control(self, name: str, control: Control) -> None:
        """Pass on what a transport asks. A closed player's slot is let go."""
        try:
            self._link.send(ControlPlayer(player_id=name, action=control.action, position_s=control.position_s))
        except Unavailable as cause:
            _log.info("player not controlled: %s", cause)
        if control.action == "close":
            reader = self._readers.pop(name, None)
            if reader is not None:
                reader.close()
            playback = self._playing.pop(name, None)
            if playback is not None:
                playback.deleteLater()

    def _opened(self, message: PlayerOpened) -> None:
        playback = self._playing.get(message.player_id)
        if playback is None:
            self.control(message.player_id, Control("close"))
            return
        try:
            reader = SlotReader(Path(message.slot_path))
        except SlotUnavailable:
            playback.note_failed(NOT_NOW)
            return
        self._readers[message.player_id] = reader
        playback.note_opened(reader)


class _Sender:
    """Sends one player's controls."""

    def __init__(self, clips: StationClips, name: str) -> None:
        self._clips = clips
        self._name = name

    def __call__(self, control: Control) -> None:
        self._clips.control(self._name, control)
