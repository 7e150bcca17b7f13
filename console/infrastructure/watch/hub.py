"""Everybody who is connected to the station: workers and seats, each with a queue of its own."""

import contextlib
import logging
import queue
import secrets
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from console.application.errors import Unavailable
from console.infrastructure.channel.connection import LOOPBACK, Channel, ChannelClosed, Endpoint, listen, prove
from console.infrastructure.channel.messages import AnyMessage, Hello

_log = logging.getLogger(__name__)

# A peer that reads nothing (stopped, swapped out) is let go when this many messages wait for it: at nine cameras
# and three looks a second that is about a minute. It connects again when it wakes.
MOST_WAITING = 2000


class Peer:
    """One connected process. ``send`` from any thread, never waits.

    ``line`` names this connection alone: two windows may say that they are the same seat.
    """

    def __init__(self, channel: Channel, hello: Hello) -> None:
        self.role = hello.role
        self.worker_id = hello.worker_id
        self.pid = hello.pid
        self.line = f"{hello.worker_id}-{secrets.token_hex(4)}"
        self._channel = channel
        self._waiting: queue.Queue[AnyMessage | None] = queue.Queue(MOST_WAITING)
        self._is_let_go = False
        self._writer = threading.Thread(target=self._write, name=f"to-{hello.role}-{hello.worker_id[:8]}", daemon=True)
        self._writer.start()

    def send(self, message: AnyMessage) -> None:
        """Put the message into the peer's queue; a peer that does not read is let go."""
        if self._is_let_go:
            return
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            self._is_let_go = True
            _log.warning("%s %s reads nothing; letting it go", self.role, self.worker_id)
            self.close()

    def close(self) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._channel.close()

    def _write(self) -> None:
        while (message := self._waiting.get()) is not None:
            try:
                self._channel.send(message)
            except ChannelClosed:
                return


@dataclass(frozen=True, slots=True)
class Joined:
    peer: Peer


@dataclass(frozen=True, slots=True)
class Left:
    peer: Peer


@dataclass(frozen=True, slots=True)
class Said:
    peer: Peer
    message: AnyMessage


Arrival = Joined | Left | Said


class Hub:
    """Listens, and puts whatever arrives into one queue that the station's main thread empties."""

    def __init__(self, key: bytes) -> None:
        self._listener = listen()
        self._arrivals: queue.Queue[Arrival] = queue.Queue()
        self._closing = threading.Event()
        self._accepting = threading.Thread(target=self._accept, name="hub-accept", daemon=True)
        port = self._listener.address[1]
        assert isinstance(port, int)
        self.endpoint = Endpoint(port=port, key=key)

    def open(self) -> None:
        self._accepting.start()

    def next(self, within_s: float) -> Arrival | None:
        """Return what arrived, or ``None`` if nothing did within the time."""
        try:
            return self._arrivals.get(timeout=within_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Let nobody in any more. Those inside stay until their own connection ends."""
        self._closing.set()
        # A listener that waits is not woken by being closed; a caller of our own wakes it.
        with suppress(OSError), socket.create_connection((LOOPBACK, self.endpoint.port), 1.0):
            pass
        self._accepting.join(2.0)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except OSError:
                if self._closing.is_set():
                    return
                continue
            threading.Thread(target=self._read, args=(connection,), name="hub-read", daemon=True).start()

    def _read(self, connection: Connection) -> None:
        # Here and not where callers are accepted: one that says nothing must not keep the next one waiting.
        try:
            prove(connection, self.endpoint.key, is_caller=False)
        except Unavailable:
            if not self._closing.is_set():  # then it was ourselves, waking the listener
                _log.warning("a caller without the station's key was refused")
            return
        channel = Channel(connection)
        try:
            hello = channel.receive()
        except (ChannelClosed, ValueError):
            channel.close()
            return
        if not isinstance(hello, Hello):
            channel.close()
            return
        peer = Peer(channel, hello)
        self._arrivals.put(Joined(peer))
        try:
            while True:
                self._arrivals.put(Said(peer, channel.receive()))
        except ChannelClosed:
            pass
        except ValueError as cause:
            _log.warning("%s %s said something of another version: %s", peer.role, peer.worker_id, type(cause).__name__)
        peer.close()
        self._arrivals.put(Left(peer))
