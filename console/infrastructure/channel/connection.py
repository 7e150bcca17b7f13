"""A connection between two processes of one station: authenticated, typed, safe to send on from any thread."""

import json
import os
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Self

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import AnyMessage, from_bytes, to_bytes

LOOPBACK = "127.0.0.1"
ENDPOINT_VARIABLE = "CITYDESK_STATION"
KEY_VARIABLE = "CITYDESK_STATION_KEY"
HANDSHAKE_WITHIN_S = 10  # between two processes of one machine; a loaded one has taken 2 s. Judgement


class ChannelClosed(Unavailable):
    """The other side has gone."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a station listens, and the key that proves a caller belongs to it."""

    port: int
    key: bytes

    def to_environment(self) -> dict[str, str]:
        """Return the variables a child is started with."""
        return {
            ENDPOINT_VARIABLE: json.dumps({"host": LOOPBACK, "port": self.port}),
            KEY_VARIABLE: self.key.hex(),
        }

    @classmethod
    def from_environment(cls) -> Self:
        """Read and remove the variables a worker was started with, so that no child of ours inherits the key.

        Raises:
            Unavailable: this process was not started by a station.
        """
        place, key = os.environ.pop(ENDPOINT_VARIABLE, None), os.environ.pop(KEY_VARIABLE, None)
        if place is None or key is None:
            raise Unavailable("This program is a part of a station and is started by it; start `citydesk station`.")
        return cls(port=int(json.loads(place)["port"]), key=bytes.fromhex(key))

    def save(self, path: Path) -> None:
        """Write the endpoint where seats of the same user find it; nobody else may read it."""
        draft = path.with_suffix(".draft")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"port": self.port, "key": self.key.hex(), "pid": os.getpid()}, file)
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the endpoint of a running station.

        Raises:
            Unavailable: there is none, or its file cannot be understood.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(port=int(found["port"]), key=bytes.fromhex(found["key"]))
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise Unavailable("No station runs for this data folder.") from cause


class Channel:
    """One end of a connection. ``send`` from any thread; ``receive`` from one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: AnyMessage) -> None:
        """Send one message.

        Raises:
            ChannelClosed: the other side has gone.
        """
        raw = to_bytes(message)
        with self._sending:
            try:
                self._connection.send_bytes(raw)
            except (OSError, ValueError) as cause:
                raise ChannelClosed("The connection has ended.") from cause

    def receive(self) -> AnyMessage:
        """Wait for one message.

        Raises:
            ChannelClosed: the other side has gone.
            ValueError: what arrived is not a message of this version.
        """
        try:
            raw = self._connection.recv_bytes()
        except (EOFError, OSError, ValueError, TypeError) as cause:  # the last two when it is closed meanwhile
            raise ChannelClosed("The connection has ended.") from cause
        return from_bytes(raw)

    def has_arrived(self, within_s: float) -> bool:
        """Tell whether a message can be received within the time.

        Raises:
            ChannelClosed: the other side has gone.
        """
        try:
            return self._connection.poll(within_s)
        except (EOFError, OSError) as cause:
            raise ChannelClosed("The connection has ended.") from cause

    def close(self) -> None:
        """End the connection; whoever waits on it in another thread is told. A second call does nothing."""
        if self._connection.closed:
            return
        # Closing the file alone would leave a thread that waits in ``receive`` or ``send`` waiting for ever.
        with suppress(OSError), socket.fromfd(self._connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as twin:
            twin.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._connection.close()


def connect(endpoint: Endpoint) -> Channel:
    """Connect to the station at ``endpoint``.

    Raises:
        Unavailable: nobody listens there, or it is not our station.
    """
    try:
        connection = Client((LOOPBACK, endpoint.port))
    except (OSError, OverflowError) as cause:  # the latter by a port that is none
        raise Unavailable("The station does not answer.") from cause
    prove(connection, endpoint.key, is_caller=True)
    return Channel(connection)


def listen(key: bytes | None = None) -> Listener:
    """Listen on a free loopback port for callers that hold ``key``; without a key they have yet to ``prove``."""
    return Listener((LOOPBACK, 0), backlog=16, authkey=key)


def prove(connection: Connection, key: bytes, *, is_caller: bool) -> None:
    """Let both ends prove that they hold the key; a silent one is not waited for longer than ten seconds.

    Raises:
        Unavailable: the other end did not; the connection is closed.
    """
    steps = (deliver_challenge, answer_challenge)
    try:
        _wait_at_most(connection, HANDSHAKE_WITHIN_S)
        for step in reversed(steps) if is_caller else steps:
            step(connection, key)
        _wait_at_most(connection, 0)
    except (OSError, EOFError, AuthenticationError, AssertionError) as cause:  # the last by whoever is no station
        connection.close()
        raise Unavailable("The station does not answer.") from cause


def _wait_at_most(connection: Connection, seconds: int) -> None:
    """Limit how long a read of the connection waits; 0: for ever. Windows has no such limit for its handles."""
    if sys.platform != "win32":
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", seconds, 0))
