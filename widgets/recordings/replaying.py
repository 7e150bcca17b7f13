"""Replays at a seat: one camera's past, or that of several in step, as the station plays it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from console.domain.ids import CameraId
from widgets.state.hearing import SoundTold
from widgets.state.replay import ReplayOrder, ReplayState, order_for, with_speed
from widgets.state.telling import Told
from widgets.wall.frame_source import FrameSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWish:
    """A camera's recordings of a span, and how large its pictures can be shown."""

    camera_id: CameraId
    from_at: datetime
    to_at: datetime
    max_width: int
    max_height: int


class Replaying(QObject):
    """The seat's end of one replay or of several that share a transport. Lives in the GUI thread.

    Whoever wires it gives ``send`` (orders for all of them; returns at once) and calls ``note_opened``, ``note_state``
    and ``note_failed`` when the station says so. Sources are read until ``close``.

    Signals:
        changed: a camera's state is another. opened: a camera's pictures can be read.
        listen_asked: the camera whose sound is to be heard, or no longer where it is heard already.
    """

    changed = Signal(str)
    opened = Signal(str)
    listen_asked = Signal(str)

    def __init__(
        self,
        camera_ids: Sequence[CameraId],
        at: datetime,
        send: Callable[[ReplayOrder], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._send = send
        self.states = {camera_id: ReplayState(at=at) for camera_id in camera_ids}
        self.sources: dict[CameraId, FrameSource] = {}
        self._heard: tuple[CameraId, SoundTold] | None = None
        self._begins: ReplayOrder | None = None
        self._is_closed = False

    @property
    def state(self) -> ReplayState:
        """Where all of them stand: as the first one says that is open."""
        found = next((state for state in self.states.values() if state.is_open), None)
        return found or next(iter(self.states.values()))

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def press(self, key: str) -> bool:
        """Do what a transport key says; false if it is none, or nothing is open."""
        if self._is_closed:
            return False
        if key in ("-", "=") and self.state.is_open and not self.state.is_playing:
            for camera_id, state in self.states.items():
                self.states[camera_id] = with_speed(state, key)
                self.changed.emit(camera_id)
            return True
        if key == "Q":
            self._ask_for_sound()
            return True
        order = order_for(self.state, key, is_group=len(self.states) > 1)
        if order is None:
            return False
        self._send(order)
        return True

    def sound_of(self, camera_id: CameraId) -> SoundTold | None:
        """What is heard of a camera's past; ``None`` where nobody listens to it."""
        return self._heard[1] if self._heard is not None and self._heard[0] == camera_id else None

    def note_sound(self, camera_id: CameraId, sound: SoundTold | None) -> None:
        """Take in what is heard of a camera; ``None`` when nobody listens to it any more."""
        if not self._is_closed and (sound is not None or self.sound_of(camera_id) is not None):
            self._heard = (camera_id, sound) if sound is not None else None
            self.changed.emit(camera_id)

    def _ask_for_sound(self) -> None:
        """Ask for the sound of the first one, then of the next, and of none behind the last: one is heard at a time."""
        there = [camera_id for camera_id, state in self.states.items() if state.is_open]
        heard = self._heard[0] if self._heard is not None else None
        after = there.index(heard) + 1 if heard in there else 0
        wanted = there[after] if after < len(there) else heard
        if wanted is not None:
            self.listen_asked.emit(wanted)

    def play(self, at: datetime | None = None) -> None:
        """Play from a moment; as soon as all have opened or failed, if they have not yet."""
        order = ReplayOrder("play", at or self.state.at, self.state.speed)
        if self._is_settled:
            self._send(order)
        else:
            self._begins = order

    def seek(self, at: datetime) -> None:
        if self.state.is_open and not self._is_closed:
            self._send(ReplayOrder("seek", at, self.state.speed))

    def close(self) -> None:
        """Let the station end them. A second call does nothing."""
        if not self._is_closed:
            self._is_closed = True
            self.sources.clear()
            self._send(ReplayOrder("close"))

    def note_opened(self, camera_id: CameraId, source: FrameSource) -> None:
        if not self._is_closed:
            self.sources[camera_id] = source
            self.opened.emit(camera_id)

    def note_state(self, camera_id: CameraId, state: ReplayState) -> None:
        if not self._is_closed:
            self.states[camera_id] = state
            self._begin_when_settled()
            self.changed.emit(camera_id)

    def note_failed(self, camera_id: CameraId, why: Told) -> None:
        self.note_state(camera_id, ReplayState(at=self.states[camera_id].at, failed=why))

    @property
    def _is_settled(self) -> bool:
        return all(state.is_open or state.failed is not None for state in self.states.values())

    def _begin_when_settled(self) -> None:
        if self._begins is not None and self._is_settled:
            order, self._begins = self._begins, None
            if any(state.is_open for state in self.states.values()):
                self._send(order)


class ReplayPlayer(Protocol):
    """Plays recordings. ``open`` returns at once; the replays stand at ``at`` when the station is ready."""

    def open(self, wishes: Sequence[ReplayWish], at: datetime) -> Replaying: ...
