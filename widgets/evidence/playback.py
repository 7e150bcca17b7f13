"""One clip, played by the station's media worker into a slot of frames, as a seat sees it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from console.domain.ids import EvidenceId
from widgets.state.hearing import SoundTold
from widgets.state.player import Control, PlayerState, control_for, failed, told
from widgets.state.telling import Told


class Frame(Protocol):
    """What is known of a frame copied out: its number, and how its BGRA pixels lie."""

    @property
    def sequence(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def stride(self) -> int: ...


class FrameSource(Protocol):
    """A slot of frames: ``copy_newest`` copies the newest whole frame out, ``None`` if none came after ``after``."""

    capacity_bytes: int

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> Frame | None: ...


class Playback(QObject):
    """The seat's end of one player. Lives in the GUI thread.

    Whoever wires it gives ``send`` (controls to the station; returns at once) and calls ``note_opened``,
    ``note_position`` and ``note_failed`` when the station says so. The slot belongs to the player: a source given
    by ``note_opened`` is read until ``close``.
    """

    changed = Signal(PlayerState)
    opened = Signal()
    listen_asked = Signal()

    def __init__(self, send: Callable[[Control], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._send = send
        self._state = PlayerState()
        self._source: FrameSource | None = None
        self._is_closed = False

    @property
    def state(self) -> PlayerState:
        return self._state

    @property
    def source(self) -> FrameSource | None:
        """Where its frames are, once the station opened it."""
        return self._source

    def control(self, key: str) -> bool:
        """Do what a transport key says; false if it is none, or the clip is not open."""
        if key == "Q" and self._state.is_open and not self._is_closed:
            self.listen_asked.emit()
            return True
        wanted = control_for(self._state, key)
        if wanted is None or self._is_closed:
            return False
        self._send(wanted)
        return True

    def seek(self, position_s: float) -> None:
        if self._state.is_open and not self._is_closed:
            self._send(Control("seek", max(0.0, min(position_s, self._state.duration_s))))

    def close(self) -> None:
        """Let the station end the player. A second call does nothing."""
        if not self._is_closed:
            self._is_closed = True
            self._source = None
            self._send(Control("close"))

    def note_opened(self, source: FrameSource) -> None:
        if not self._is_closed:
            self._source = source
            self.opened.emit()

    def note_position(self, position_s: float, duration_s: float, is_playing: bool) -> None:
        if not self._is_closed:
            self._state = told(self._state, position_s, duration_s, is_playing=is_playing)
            self.changed.emit(self._state)

    def note_sound(self, sound: SoundTold | None) -> None:
        """Take in what is heard of it; ``None`` when nobody listens any more."""
        if not self._is_closed:
            self._state = replace(self._state, sound=sound)
            self.changed.emit(self._state)

    def note_failed(self, why: Told) -> None:
        if not self._is_closed:
            self._state = failed(self._state, why)
            self.changed.emit(self._state)


class ClipPlayer(Protocol):
    """Plays recorded evidence. ``open`` returns at once; the playback begins, looping, when the station is ready."""

    def open(self, evidence_id: EvidenceId, max_width: int, max_height: int) -> Playback: ...
