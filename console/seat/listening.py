"""Hearing from a seat: one tile at a time, by a key, never while the seat is locked."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.application.errors import Unavailable
from console.application.listening_desk import ListeningLink
from console.application.ports import Clock
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from console.domain.ids import CameraId, EvidenceId
from console.infrastructure.channel.messages import SoundState
from console.words import N_
from widgets.desk import Desk
from widgets.state.telling import Told, told_of
from widgets.wall.frame_source import Frame
from widgets.wall.wall_page import WallPage

_log = logging.getLogger(__name__)

TELL_EVERY_MS = 250  # the player compares over two seconds; eight pictures tell how late they are painted
_ENDED = {
    "not_shown": N_("The sound ended: the camera is no longer on the wall."),
    "taken": N_("The sound ended: another seat of this machine listens now."),
}


@dataclass(frozen=True, slots=True)
class _Source:
    """What is heard: a camera, or what a player plays, by its id."""

    name: str
    is_player: bool = False


class Listening(Protocol):
    """The desk that lets somebody hear a camera."""

    def listen(self, actor: Actor, link: ListeningLink, camera_id: CameraId) -> None: ...
    def hear_recording(self, actor: Actor, link: ListeningLink, camera_id: CameraId, player_id: str) -> None: ...
    def hear_clip(self, actor: Actor, link: ListeningLink, evidence_id: EvidenceId, player_id: str) -> None: ...


class SoundLink(ListeningLink, Protocol):
    """What is asked of the machine's station."""

    def tell_painted(self, camera_id: CameraId, media_time_s: float, at_s: float) -> None: ...


class SeatListening(QObject):
    """Lives in the GUI thread, for one person's walls, replays and clips: one of them is heard at a time.

    Signals: player_told: what the station says of a replay or a clip that is heard. player_ended: the id of one that is
        heard no longer. refused: why one is not heard.
    """

    player_told = Signal(SoundState)
    player_ended = Signal(str)
    refused = Signal(Told)

    def __init__(
        self, actor: Actor, listening: Listening, link: SoundLink, desk: Desk, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actor, self._listening, self._link, self._desk, self._clock = actor, listening, link, desk, clock
        self._walls: dict[int, WallPage] = {}
        self._heard: _Source | None = None
        self._asked: _Source | None = None
        self._painted: tuple[float, float] | None = None
        self._telling = QTimer(self)
        self._telling.setObjectName("painted-250-ms")
        self._telling.setInterval(TELL_EVERY_MS)
        self._telling.timeout.connect(self._tell_painted)

    @property
    def heard(self) -> CameraId | None:
        """The camera that is heard live at this seat."""
        return CameraId(self._heard.name) if self._heard is not None and not self._heard.is_player else None

    def serve(self, number: int, wall: WallPage) -> None:
        """Let the key work on this wall too."""
        self._walls[number] = wall
        wall.listen_asked.connect(self._switch)
        wall.watch_drawn(self._note_drawn)

    def leave(self, number: int) -> None:
        """Forget a wall that is being taken away."""
        self._walls.pop(number, None)

    def end(self) -> None:
        """Hear nothing any more."""
        self._asked = None
        if self._heard is not None:
            self._forget()
            try:
                self._link.listen(None)
            except Unavailable as cause:
                _log.info("nothing is heard without a station: %s", cause)

    def take(self, state: SoundState) -> None:
        """Take in what the station says of the camera that is heard."""
        heard = self._heard
        if heard is None or heard != _source_of(state):
            return
        if state.condition in _ENDED:
            if state.condition == "taken":
                self._forget()  # what another seat hears is not ours to end
            else:
                self.end()
            if not heard.is_player or state.condition == "taken":  # a replay that was closed needs no words
                self._say(Told(_ENDED[state.condition]), heard)
            return
        if heard.is_player:
            self.player_told.emit(state)
            return
        for wall in self._walls.values():
            wall.note_sound(state.camera_id, state)

    def note_lost_station(self) -> None:
        """The line was lost: nothing is heard, and nothing begins again by itself."""
        self._forget()

    @Slot(str, str)
    def switch_recording(self, camera_id: str, player_id: str) -> None:
        """Hear what a replay plays, or no longer where it is heard."""
        actor, listening, link = self._actor, self._listening, self._link
        self._switch_to(
            _Source(player_id, is_player=True),
            lambda: listening.hear_recording(actor, link, CameraId(camera_id), player_id),
        )

    @Slot(str, str)
    def switch_clip(self, evidence_id: str, player_id: str) -> None:
        """Hear a clip, or no longer where it is heard."""
        actor, listening, link = self._actor, self._listening, self._link
        self._switch_to(
            _Source(player_id, is_player=True),
            lambda: listening.hear_clip(actor, link, EvidenceId(evidence_id), player_id),
        )

    @Slot(str)
    def _switch(self, camera_id: str) -> None:
        actor, listening, link = self._actor, self._listening, self._link
        self._switch_to(_Source(camera_id), lambda: listening.listen(actor, link, CameraId(camera_id)))

    def _switch_to(self, wanted: "_Source", ask: Callable[[], None]) -> None:
        if wanted in (self._heard, self._asked):
            self.end()
            return
        self._asked = wanted

        def granted(_: None) -> None:
            if self._asked == wanted:
                self._begin(wanted)
            elif self._heard is None:  # switched off, or locked, before the answer came
                self._heard = wanted
                self.end()

        self._desk.ask(ask, granted, self._refused)

    def _begin(self, wanted: "_Source") -> None:
        self._forget()
        self._asked, self._heard = None, wanted
        self._painted = None
        if wanted.is_player:
            self.player_told.emit(SoundState(camera_id="", player_id=wanted.name, condition="waiting"))
            return
        self._telling.start()
        for wall in self._walls.values():
            wall.note_sound(wanted.name, SoundState(camera_id=wanted.name, condition="waiting"))

    def _forget(self) -> None:
        heard, self._heard = self._heard, None
        self._telling.stop()
        if heard is not None and heard.is_player:
            self.player_ended.emit(heard.name)
        elif heard is not None:
            for wall in self._walls.values():
                wall.note_sound(heard.name, None)

    def _refused(self, refusal: Refusal) -> None:
        asked, self._asked = self._asked, None
        self._say(told_of(refusal), asked)

    def _say(self, told: Told, source: "_Source | None") -> None:
        if source is not None and source.is_player:
            self.refused.emit(told)
            return
        for wall in self._walls.values():
            wall.tell(told)

    def _note_drawn(self, camera_id: str, frame: Frame) -> None:
        if camera_id == self.heard:
            self._painted = (frame.media_time_s, self._clock.monotonic_s())

    @Slot()
    def _tell_painted(self) -> None:
        painted, self._painted = self._painted, None
        heard = self.heard
        if painted is None or heard is None:
            return
        try:
            self._link.tell_painted(heard, *painted)
        except Unavailable as cause:
            _log.info("the player is not told: %s", cause)


def _source_of(state: SoundState) -> _Source:
    return _Source(state.player_id, is_player=True) if state.player_id else _Source(state.camera_id)
