"""Hearing: one camera's sound, live or as it was kept, goes from the worker that decodes it to the one that plays."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.application.ports import Clock
from console.application.viewing import Viewing
from console.domain.ids import CameraId, SeatId
from console.domain.listening import ListeningRule
from console.infrastructure.channel.messages import (
    AnyMessage,
    Hear,
    Heard,
    Listen,
    Painted,
    PlayerState,
    ReplayState,
    SoundOfPlayer,
    SoundState,
)
from console.infrastructure.watch.streams import Streams

_log = logging.getLogger(__name__)

SAY_EVERY_S = 1.0


class ListeningSeat(Protocol):
    """A seat's line, as far as hearing needs it."""

    @property
    def line(self) -> str: ...
    @property
    def worker_id(self) -> str: ...
    def send(self, message: AnyMessage) -> None: ...


@dataclass(slots=True)
class _Hearing:
    """A seat that hears a camera: live, or with a player what was kept of it."""

    seat: ListeningSeat
    camera_id: CameraId
    player_id: str = ""
    ring: Path = Path()
    played: PlayerState | ReplayState | None = None
    said: SoundState | None = None
    said_s: float = 0.0

    @property
    def key(self) -> str:
        """What the program that plays calls it by."""
        return self.player_id or self.camera_id


class HearingRoom:
    """Owned by the station's main thread. A machine has one set of loudspeakers, so one camera is heard at a time."""

    def __init__(
        self,
        *,
        streams: Streams,
        rule: ListeningRule,
        views: Viewing,
        kept_views: Viewing,
        players: Callable[[ListeningSeat, str], str],
        talk_worker: str,
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
    ) -> None:
        """Args:
        views: writes down who heard which camera, from when to when. kept_views: the same of what was kept of it.
        players: gives the worker that plays a clip or a replay of a seat's; empty where there is none of that id.
        talk_worker: which plays; it alone knows at once that somebody speaks.
        send: gives a message to the worker of an id, if it is there.
        """
        self._streams = streams
        self._rule = rule
        self._views = views
        self._kept_views = kept_views
        self._players = players
        self._talk_worker = talk_worker
        self._clock = clock
        self._send = send
        self._hearing: _Hearing | None = None
        self._heard = Heard(camera_id="", condition="waiting")
        self._told = Hear(camera_id="", sound_path="")
        self._is_worker_there = False

    def take_order(self, seat: ListeningSeat, order: Listen) -> None:
        """Let a seat hear a camera, or nothing any more; whoever heard one before hears no longer."""
        if not order.camera_id:
            self.forget_seat(seat)
            return
        if order.player_id:
            self._begin_kept(seat, order)
            return
        camera = self._streams.camera(order.camera_id)
        if camera is None or not self._rule.allows(camera):
            _log.warning("seat %s may not hear camera %s", seat.worker_id, order.camera_id)
            return
        self._leave_for(seat)
        self._hearing = _Hearing(seat, camera.camera_id)
        self._heard = Heard(camera_id=camera.camera_id, condition="waiting")
        self._views.show(seat.line, SeatId(seat.worker_id), (camera.camera_id,))
        self._streams.listen(seat.line, camera.camera_id)
        self.look_around()

    def forget_seat(self, seat: ListeningSeat) -> None:
        """Let nothing be heard any more at a seat that wants it so, or that has gone."""
        hearing = self._hearing
        if hearing is None or hearing.seat is not seat:
            return
        self._hearing = None
        if hearing.player_id:
            self._end_kept(hearing)
        else:
            self._views.show(seat.line, SeatId(seat.worker_id), ())
            self._streams.listen(seat.line, "")
        self.look_around()

    def take_player(self, state: PlayerState | ReplayState) -> None:
        """Take in where a clip or a replay stands: what it does decides what can be heard of it."""
        hearing = self._hearing
        if hearing is not None and hearing.player_id == state.player_id:
            hearing.played = state
            self.look_around()

    def _begin_kept(self, seat: ListeningSeat, order: Listen) -> None:
        worker = self._players(seat, order.player_id)
        if not worker:
            _log.info("seat %s wants to hear a player that it has not", seat.worker_id)
            return
        self._leave_for(seat)
        if self._hearing is not None and not self._hearing.player_id:
            self._views.show(seat.line, SeatId(seat.worker_id), ())
        self._streams.listen(seat.line, "")
        ring = self._streams.new_sound_ring(f"-player-{order.player_id}-sound")
        camera_id = CameraId(order.camera_id)
        self._hearing = _Hearing(seat, camera_id, order.player_id, ring)
        self._heard = Heard(camera_id=order.player_id, condition="waiting")
        self._kept_views.show(seat.line, SeatId(seat.worker_id), (camera_id,))
        self._send(worker, SoundOfPlayer(player_id=order.player_id, sound_path=str(ring)))
        self.look_around()

    def _end_kept(self, hearing: _Hearing) -> None:
        self._kept_views.show(hearing.seat.line, SeatId(hearing.seat.worker_id), ())
        worker = self._players(hearing.seat, hearing.player_id)
        if worker:
            self._send(worker, SoundOfPlayer(player_id=hearing.player_id, sound_path=""))
        self._streams.remove_ring(hearing.ring)

    def _leave_for(self, seat: ListeningSeat) -> None:
        """End what is heard now, because a seat will hear something else."""
        before = self._hearing
        if before is None:
            return
        if before.seat is not seat:
            taken = SoundState(camera_id=before.camera_id, player_id=before.player_id, condition="taken")
            before.seat.send(taken)
            if not before.player_id:
                self._views.show(before.seat.line, SeatId(before.seat.worker_id), ())
        if before.player_id:
            self._end_kept(before)

    def note_worker(self, *, is_there: bool) -> None:
        """The program that plays came, and plays nothing yet, or went."""
        self._is_worker_there = is_there
        self._told = Hear(camera_id="", sound_path="")
        self.look_around()

    def take_painted(self, seat: ListeningSeat, painted: Painted) -> None:
        """Pass on when the seat painted what it hears."""
        if self._hearing is not None and self._hearing.seat is seat and self._hearing.camera_id == painted.camera_id:
            self._send(self._talk_worker, painted)

    def take_heard(self, heard: Heard) -> None:
        """Take in what comes out of the loudspeaker."""
        if self._hearing is not None and heard.camera_id == self._hearing.key:
            self._heard = heard
            self.look_around()

    def look_around(self) -> None:
        """Follow the stream of the seat's tile, which may have changed, and say how it is. Called often."""
        hearing = self._hearing
        stream = self._streams.heard_stream if hearing is not None else ""
        path = self._streams.sound_path(stream) if stream else ""
        if hearing is not None and hearing.player_id:
            path = str(hearing.ring) if self._players(hearing.seat, hearing.player_id) else ""
        wanted = Hear(camera_id=hearing.key if hearing is not None and path else "", sound_path=path)
        if wanted != self._told and self._is_worker_there:
            self._told = wanted
            self._send(self._talk_worker, wanted)
        if hearing is not None:
            self._say(hearing, stream)

    def _say(self, hearing: _Hearing, stream: str) -> None:
        now_s = self._clock.monotonic_s()
        state = self._kept_state(hearing) if hearing.player_id else self._state(hearing.camera_id, stream)
        is_news = hearing.said is None or hearing.said.condition != state.condition
        if is_news or now_s - hearing.said_s >= SAY_EVERY_S:
            hearing.said, hearing.said_s = state, now_s
            hearing.seat.send(state)

    def _state(self, camera_id: CameraId, stream: str) -> SoundState:
        if not stream:
            return SoundState(camera_id=camera_id, condition="not_shown")
        if not self._is_worker_there:
            return SoundState(camera_id=camera_id, condition="no_player")
        told = self._streams.states.get(stream)
        if told is not None and told.condition == "live" and not told.sound:
            return SoundState(camera_id=camera_id, condition="no_sound")
        heard = self._heard
        return SoundState(
            camera_id=camera_id, condition=heard.condition, level_dbfs=heard.level_dbfs, late_ms=heard.late_ms
        )

    def _kept_state(self, hearing: _Hearing) -> SoundState:
        played = hearing.played
        state = SoundState(camera_id=hearing.camera_id, player_id=hearing.player_id, condition="waiting")
        if not self._players(hearing.seat, hearing.player_id):
            return state.model_copy(update={"condition": "not_shown"})
        if played is None:
            return state
        if not played.has_sound:
            return state.model_copy(update={"condition": "not_kept"})
        if not played.playing:
            return state.model_copy(update={"condition": "still"})
        if isinstance(played, ReplayState) and played.speed != 1.0:
            return state.model_copy(update={"condition": "other_speed"})
        if not self._is_worker_there:
            return state.model_copy(update={"condition": "no_player"})
        update = {"condition": self._heard.condition, "level_dbfs": self._heard.level_dbfs}
        return state.model_copy(update=update)
