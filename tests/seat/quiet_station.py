"""A station's end of a seat's line: it keeps what is asked, and says nothing but its pulse and what it is told to."""

import queue
import secrets
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, listen
from console.infrastructure.channel.messages import AnyMessage, Heartbeat, Hello, Message

WITHIN_S = 10.0
BEAT_S = 0.5
Asked = TypeVar("Asked", bound=Message)


class QuietStation:
    """Listens at an endpoint file for one seat. ``asked`` and ``say`` from the test's thread."""

    def __init__(self, endpoint_file: Path) -> None:
        key = secrets.token_bytes(32)
        self._door = listen(key)
        Endpoint(port=self._door.address[1], key=key).save(endpoint_file)
        self._endpoint_file = endpoint_file
        self._arrived: queue.SimpleQueue[AnyMessage] = queue.SimpleQueue()
        self._seat: Channel | None = None
        self._joined = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="quiet-station")
        self._thread.start()

    def say(self, message: AnyMessage) -> None:
        """Say something to the seat, once it has joined."""
        assert self._joined.wait(WITHIN_S), "no seat has joined"
        assert self._seat is not None
        self._seat.send(message)

    def asked(self, kind: type[Asked]) -> Asked | None:
        """Return the oldest unread thing of a kind that the seat asked, without waiting."""
        while True:
            try:
                message = self._arrived.get_nowait()
            except queue.Empty:
                return None
            if isinstance(message, kind):
                return message

    def close(self) -> None:
        """End the line. The seat must be closed before."""
        self._endpoint_file.unlink(missing_ok=True)
        if self._seat is not None:
            self._seat.close()
        self._thread.join(WITHIN_S)
        self._door.close()

    def _serve(self) -> None:
        self._seat = Channel(self._door.accept())
        try:
            assert isinstance(self._seat.receive(), Hello)
            self._joined.set()
            while True:
                if self._seat.has_arrived(BEAT_S):
                    self._arrived.put(self._seat.receive())
                else:
                    self._seat.send(Heartbeat(role="station", worker_id="quiet", at=datetime.now(UTC)))
        except ChannelClosed:
            return
