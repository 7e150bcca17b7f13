"""Hearing from a seat: one tile at a time, by a key, never while the seat is locked."""

import logging
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from console.application.errors import Unavailable
from console.application.listening_desk import ListeningLink
from console.application.ports import Clock
from console.domain.accounts import Actor
from console.domain.errors import Refusal
from console.domain.ids import CameraId
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


class Listening(Protocol):
    """The desk that lets somebody hear a camera."""

    def listen(self, actor: Actor, link: ListeningLink, camera_id: CameraId) -> None: ...


class SoundLink(ListeningLink, Protocol):
    """What is asked of the machine's station."""

    def tell_painted(self, camera_id: CameraId, media_time_s: float, at_s: float) -> None: ...


class SeatListening(QObject):
    """Lives in the GUI thread, for one person's walls."""

    def __init__(
        self, actor: Actor, listening: Listening, link: SoundLink, desk: Desk, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actor, self._listening, self._link, self._desk, self._clock = actor, listening, link, desk, clock
        self._walls: dict[int, WallPage] = {}
        self._heard: CameraId | None = None
        self._asked: CameraId | None = None
        self._painted: tuple[float, float] | None = None
        self._telling = QTimer(self)
        self._telling.setObjectName("painted-250-ms")
        self._telling.setInterval(TELL_EVERY_MS)
        self._telling.timeout.connect(self._tell_painted)

    @property
    def heard(self) -> CameraId | None:
        """The camera that is heard at this seat."""
        return self._heard

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
        if state.camera_id != self._heard:
            return
        if state.condition in _ENDED:
            if state.condition == "taken":
                self._forget()  # what another seat hears is not ours to end
            else:
                self.end()
            self._say(Told(_ENDED[state.condition]))
            return
        for wall in self._walls.values():
            wall.note_sound(state.camera_id, state)

    def note_lost_station(self) -> None:
        """The line was lost: nothing is heard, and nothing begins again by itself."""
        self._forget()

    @Slot(str)
    def _switch(self, camera_id: str) -> None:
        wanted = CameraId(camera_id)
        if wanted in (self._heard, self._asked):
            self.end()
            return
        self._asked = wanted
        actor, listening, link = self._actor, self._listening, self._link

        def granted(_: None) -> None:
            if self._asked == wanted:
                self._begin(wanted)
            elif self._heard is None:  # switched off, or locked, before the answer came
                self._heard = wanted
                self.end()

        self._desk.ask(lambda: listening.listen(actor, link, wanted), granted, self._refused)

    def _begin(self, camera_id: CameraId) -> None:
        self._asked, self._heard = None, camera_id
        self._painted = None
        self._telling.start()
        for wall in self._walls.values():
            wall.note_sound(camera_id, SoundState(camera_id=camera_id, condition="waiting"))

    def _forget(self) -> None:
        heard, self._heard = self._heard, None
        self._telling.stop()
        for wall in self._walls.values() if heard is not None else ():
            wall.note_sound(str(heard), None)

    def _refused(self, refusal: Refusal) -> None:
        self._asked = None
        self._say(told_of(refusal))

    def _say(self, told: Told) -> None:
        for wall in self._walls.values():
            wall.tell(told)

    def _note_drawn(self, camera_id: str, frame: Frame) -> None:
        if camera_id == self._heard:
            self._painted = (frame.media_time_s, self._clock.monotonic_s())

    @Slot()
    def _tell_painted(self) -> None:
        painted, self._painted = self._painted, None
        if painted is None or self._heard is None:
            return
        try:
            self._link.tell_painted(self._heard, *painted)
        except Unavailable as cause:
            _log.info("the player is not told: %s", cause)
