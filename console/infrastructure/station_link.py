"""A seat's line to its machine's station: attaches to one, starts one if there is none, and finds it again."""

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from console.application.errors import Unavailable
from console.application.onboarding_desk import Login
from console.application.ports import Clock
from console.application.recordings_desk import SpanWanted
from console.domain.cameras import Camera
from console.domain.ids import CameraId, TalkId
from console.domain.ptz import STILL, PtzLease, Velocity
from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, connect
from console.infrastructure.channel.messages import (
    AnyMessage,
    AskDevice,
    CutSpan,
    EndTrial,
    FindDevices,
    Hello,
    Listen,
    ListPresets,
    Nudge,
    Painted,
    RecordByHand,
    RenewReference,
    ScreenPace,
    Talk,
    TryCamera,
    TurnCamera,
)
from console.infrastructure.rule_messages import said
from console.infrastructure.starting import end_hung_station, seems_to_run
from console.words import N_

_log = logging.getLogger(__name__)

LOOK_AGAIN_S = 0.1
START_WITHIN_S = 45.0
RETRY_S = 1.0
# A station that ended by a fault is started again after this long, twice as long each time, at most so long.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0
LISTEN_S = 0.5
# The station says how it is every second, and where a detector looks several times more; four missing (judgement).
SILENT_AFTER_S = 4.0
# Judgement: whoever has stood still this long does not watch the street; a new one is there in five seconds.
HUNG_AFTER_S = 20.0
AWAY = N_("The station does not answer; it is being started again.")
SILENT = N_("The station stands still and watches nothing now. If it stays so, it is ended and started again.")
FAILED = N_("The station cannot start: {reason} It is tried again.")
UNSAID = N_("It said no reason; see the log of the station.")


class Started(Protocol):
    """A station on its way."""

    @property
    def has_failed(self) -> bool: ...

    def last_words(self) -> str: ...


class StationLink:
    """Keeps the line open. One thread reads; ``send`` from any thread.

    ``heard`` is called in the reading thread with every message; ``changed`` with true when the line opens and
    with false when it is lost, or when the station stands still; ``told`` with why it is away, and with ``None`` when
    it is back.
    """

    def __init__(
        self,
        *,
        endpoint_file: Path,
        seat_id: str,
        start: Callable[[], Started | None],
        clock: Clock,
        heard: Callable[[AnyMessage], None],
        changed: Callable[[bool], None],
        told: Callable[[Unavailable | None], None] | None = None,
        starting: Started | None = None,
    ) -> None:
        """Args:
        start: starts a station for the endpoint file; called when none answers.
        starting: one that somebody has started a moment ago; it is waited for before another is started.
        """
        self._endpoint_file = endpoint_file
        self._seat_id = seat_id
        self._start = start
        self._clock = clock
        self._heard = heard
        self._changed = changed
        self._told = told
        self._starting = starting
        self._wait_s = FIRST_WAIT_S
        self._lock = threading.Lock()
        self._channel: Channel | None = None
        self._open: Channel | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station-link", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            channel = self._open
        if channel is not None:
            channel.close()
        self._thread.join(5.0)

    def send(self, message: AnyMessage) -> None:
        """Send to the station.

        Raises:
            Unavailable: it is away.
        """
        with self._lock:
            channel = self._channel
        if channel is None:
            raise Unavailable(AWAY)
        channel.send(message)

    def nudge(self, topic: str, ids: tuple[str, ...]) -> None:
        """Tell the station that rows changed. If it is away it will find them by itself."""
        try:
            self.send(Nudge.model_validate({"topic": topic, "ids": ids}))
        except Unavailable as cause:
            _log.info("nudge about %s left out: %s", topic, cause)

    def talk(self, talk_id: TalkId, action: str) -> None:
        """Order speech.

        Raises:
            Unavailable: the station is away; nothing is played.
        """
        self.send(Talk.model_validate({"session_id": talk_id, "action": action}))

    def record_by_hand(self, camera_id: CameraId, until: datetime | None) -> None:
        """Order a recording until then, or no longer.

        Raises:
            Unavailable: the station is away; nothing changes.
        """
        self.send(RecordByHand(camera_id=camera_id, until=until))

    def listen(self, camera_id: CameraId | None, player_id: str = "") -> None:
        """Let this camera be heard here and no other, or none; with a player what was kept of it.

        Raises:
            Unavailable: the station is away; nothing is heard.
        """
        self.send(Listen(camera_id=camera_id or "", player_id=player_id))

    def tell_painted(self, camera_id: CameraId, media_time_s: float, at_s: float) -> None:
        """Say when which moment of the heard camera was painted.

        Raises:
            Unavailable: the station is away.
        """
        self.send(Painted(camera_id=camera_id, media_time_s=media_time_s, at_s=at_s))

    def tell_pace(self, late_s: float) -> None:
        """Say how late the seat's pictures tick.

        Raises:
            Unavailable: the station is away.
        """
        self.send(ScreenPace(late_s=late_s))

    def take_reference(self, camera_id: CameraId, taken_by: str) -> None:
        """Order that a camera looks now as it should.

        Raises:
            Unavailable: the station is away; nothing is taken.
        """
        self.send(RenewReference(camera_id=camera_id, taken_by=taken_by))

    def cut_span(self, request_id: str, span: SpanWanted) -> None:
        """Order evidence of a recorded span; the answer comes as news.

        Raises:
            Unavailable: the station is away; nothing is cut.
        """
        self.send(
            CutSpan(
                request_id=request_id,
                camera_id=span.camera_id,
                from_at=span.from_at,
                to_at=span.to_at,
                subject_id=span.subject_id,
                who=span.who,
                reason=span.reason,
            )
        )

    def turn_camera(self, lease: PtzLease, action: str, velocity: Velocity = STILL, preset: int = 0) -> None:
        """Order a camera to be turned.

        Raises:
            Unavailable: the station is away; nothing turns.
        """
        order = {"camera_id": lease.camera_id, "lease_id": lease.lease_id, "action": action, "preset": preset}
        self.send(
            TurnCamera.model_validate({**order, "pan": velocity.pan, "tilt": velocity.tilt, "zoom": velocity.zoom})
        )

    def list_presets(self, request_id: str, camera_id: CameraId) -> None:
        """Ask a camera for its presets. Raises ``Unavailable``: the station is away."""
        self.send(ListPresets(request_id=request_id, camera_id=camera_id))

    def find_devices(self, request_id: str) -> None:
        """Ask for the cameras in the network. Raises ``Unavailable``: the station is away."""
        self.send(FindDevices(request_id=request_id))

    def ask_device(self, request_id: str, address: str, login: Login) -> None:
        """Ask a device who it is. Raises ``Unavailable``: the station is away."""
        password = SecretStr(login.password)
        self.send(AskDevice(request_id=request_id, address=address, user=login.user, password=password))

    def try_camera(self, request_id: str, camera: Camera, login: Login, width: int, height: int) -> None:
        """Open a picture before its camera is added. Raises ``Unavailable``: the station is away."""
        self.send(
            TryCamera(
                request_id=request_id,
                camera_id=camera.camera_id,
                main_address=camera.main_address,
                transport="udp" if camera.transport == "udp" else "tcp",
                login=SecretStr(login.secret),
                max_width=width,
                max_height=height,
                rules=tuple(said(rule) for rule in camera.rules),
            )
        )

    def end_trial(self) -> None:
        """Close what ``try_camera`` opened. Raises ``Unavailable``: the station is away, and so is the picture."""
        self.send(EndTrial())

    def _run(self) -> None:
        away_since_s = started_s = self._clock.monotonic_s()
        is_first = self._starting is None
        while not self._closing.is_set():
            try:
                channel = connect(Endpoint.load(self._endpoint_file))
                channel.send(Hello(role="seat", worker_id=self._seat_id, pid=os.getpid()))
            except Unavailable:
                now_s = self._clock.monotonic_s()
                if now_s - away_since_s > HUNG_AFTER_S and seems_to_run(self._endpoint_file):
                    self._end_hung()
                    away_since_s = now_s
                if is_first or now_s - started_s > START_WITHIN_S or self._has_failed():
                    is_first = False
                    _log.info("no station answers; starting one")
                    self._starting = self._start()
                    started_s = self._clock.monotonic_s()
                self._closing.wait(LOOK_AGAIN_S)
                continue
            self._starting = None
            self._wait_s = FIRST_WAIT_S
            self._read(channel)
            is_first = True
            away_since_s = self._clock.monotonic_s()
            self._closing.wait(RETRY_S if not self._closing.is_set() else 0)

    def _has_failed(self) -> bool:
        """If the station on its way has died: tell why, and wait before the next."""
        if self._starting is None or not self._starting.has_failed:
            return False
        reason = self._starting.last_words()
        _log.error("the station ended as soon as it was started: %s", reason)
        self._tell(Unavailable(FAILED, reason=reason or UNSAID))
        self._closing.wait(self._wait_s)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        return True

    def _read(self, channel: Channel) -> None:
        with self._lock:
            self._open = channel
        self._note(channel)
        try:
            self._listen(channel)
        except ChannelClosed:
            pass
        except ValueError:
            _log.exception("the station said something of another version")
        finally:
            with self._lock:
                was_there = self._channel is not None
                self._channel = self._open = None
            channel.close()
            if not self._closing.is_set() and was_there:
                self._changed(False)
                self._tell(Unavailable(AWAY))

    def _listen(self, channel: Channel) -> None:
        """Hear the station until it goes; one that stands still is said to be away, and in the end ended."""
        silent_s = longest_s = 0.0
        try:
            while True:
                # Counted in steps and not by the clock: when we ourselves stood still, nobody was silent.
                if not channel.has_arrived(LISTEN_S):
                    silent_s += LISTEN_S
                    longest_s = max(longest_s, silent_s)
                    if silent_s >= SILENT_AFTER_S and self._is_there():
                        _log.error("the station has said nothing for %.1f s", silent_s)
                        self._note(None)
                    if silent_s >= HUNG_AFTER_S:
                        self._end_hung()
                        return
                    continue
                message = channel.receive()
                silent_s = 0.0
                if not self._is_there():
                    self._note(channel)
                self._heard(message)
        finally:
            _log.info("longest silence of the station: %.1f s", longest_s)

    def _is_there(self) -> bool:
        return self._channel is not None

    def _note(self, channel: Channel | None) -> None:
        with self._lock:
            self._channel = channel
        self._changed(channel is not None)
        self._tell(Unavailable(SILENT) if channel is None else None)

    def _tell(self, why: Unavailable | None) -> None:
        if self._told is not None:
            self._told(why)

    def _end_hung(self) -> None:
        if end_hung_station(self._endpoint_file):
            _log.error("the station stood still for %.0f s and was ended", HUNG_AFTER_S)
