"""A seat's line to its machine's station: attaches to one, starts one if there is none, and finds it again."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ids import TalkId
from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, connect
from console.infrastructure.channel.messages import AnyMessage, Hello, Nudge, Talk

_log = logging.getLogger(__name__)

LOOK_AGAIN_S = 0.1
START_WITHIN_S = 45.0
RETRY_S = 1.0


class StationLink:
    """Keeps the line open. One thread reads; ``send`` from any thread.

    ``heard`` is called in the reading thread with every message; ``changed`` with true when the line opens and
    with false when it is lost.
    """

    def __init__(
        self,
        *,
        endpoint_file: Path,
        seat_id: str,
        start: Callable[[], object],
        clock: Clock,
        heard: Callable[[AnyMessage], None],
        changed: Callable[[bool], None],
        is_starting: bool = False,
    ) -> None:
        """Args:
        start: starts a station for the endpoint file; called when none answers.
        is_starting: somebody has started one a moment ago; wait for it before starting another.
        """
        self._endpoint_file = endpoint_file
        self._seat_id = seat_id
        self._start = start
        self._clock = clock
        self._heard = heard
        self._changed = changed
        self._is_starting = is_starting
        self._lock = threading.Lock()
        self._channel: Channel | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station-link", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            channel = self._channel
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
            raise Unavailable("The station does not answer; it is being started again.")
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

    def _run(self) -> None:
        started_s = self._clock.monotonic_s() if self._is_starting else None
        while not self._closing.is_set():
            try:
                channel = connect(Endpoint.load(self._endpoint_file))
                channel.send(Hello(role="seat", worker_id=self._seat_id, pid=os.getpid()))
            except Unavailable:
                now_s = self._clock.monotonic_s()
                if started_s is None or now_s - started_s > START_WITHIN_S:
                    _log.info("no station answers; starting one")
                    self._start()
                    started_s = now_s
                self._closing.wait(LOOK_AGAIN_S)
                continue
            started_s = None
            self._read(channel)
            self._closing.wait(RETRY_S if not self._closing.is_set() else 0)

    def _read(self, channel: Channel) -> None:
        with self._lock:
            self._channel = channel
        self._changed(True)
        try:
            while True:
                self._heard(channel.receive())
        except ChannelClosed:
            pass
        except ValueError:
            _log.exception("the station said something of another version")
        finally:
            with self._lock:
                self._channel = None
            channel.close()
            if not self._closing.is_set():
                self._changed(False)
