"""Claims about the station's door: who has the key comes in, who has not stays out, and a sleeper blocks nobody."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from console.application.errors import Unavailable
from console.infrastructure.channel.connection import Channel, Endpoint, connect
from console.infrastructure.channel.messages import Hello, Nudge, ShutDown
from console.infrastructure.watch.hub import MOST_WAITING, Hub, Joined, Left, Said

KEY = b"0123456789abcdef"
WITHIN_S = 10.0


@pytest.fixture
def hub() -> Iterator[Hub]:
    found = Hub(KEY)
    found.open()
    yield found
    found.close()


@pytest.fixture
def caller(hub: Hub) -> Iterator[Callable[[str], Channel]]:
    channels: list[Channel] = []

    def call(role: str) -> Channel:
        channel = connect(hub.endpoint)
        channels.append(channel)
        channel.send(Hello(role=role, worker_id=f"{role}-1", pid=1))
        return channel

    yield call
    for channel in channels:
        channel.close()


def test_a_worker_joins_speaks_and_leaves(hub: Hub, caller: Callable[[str], Channel]) -> None:
    channel = caller("media-worker")
    joined = hub.next(WITHIN_S)
    assert isinstance(joined, Joined) and joined.peer.worker_id == "media-worker-1"
    channel.send(ShutDown(reason="said by a test"))
    said = hub.next(WITHIN_S)
    assert isinstance(said, Said) and said.message == ShutDown(reason="said by a test")
    joined.peer.send(Nudge(topic="alarms", ids=("a",)))
    assert channel.receive() == Nudge(topic="alarms", ids=("a",))
    channel.close()
    assert isinstance(hub.next(WITHIN_S), Left)


def test_a_caller_without_the_key_is_refused_and_the_next_one_is_not_kept_waiting(
    hub: Hub, caller: Callable[[str], Channel]
) -> None:
    with pytest.raises(Unavailable):
        connect(Endpoint(port=hub.endpoint.port, key=b"another key, guessed"))
    caller("seat")
    assert isinstance(hub.next(WITHIN_S), Joined)


def test_a_seat_that_reads_nothing_is_let_go(hub: Hub, caller: Callable[[str], Channel]) -> None:
    caller("seat")
    joined = hub.next(WITHIN_S)
    assert isinstance(joined, Joined)
    long = Nudge(topic="alarms", ids=tuple("x" * 32 for _ in range(1000)))
    for _ in range(MOST_WAITING * 2):
        joined.peer.send(long)
    left = hub.next(WITHIN_S)
    assert isinstance(left, Left) and left.peer is joined.peer


def test_a_caller_that_says_nothing_keeps_nobody_waiting(hub: Hub, caller: Callable[[str], Channel]) -> None:
    with socket.create_connection(("127.0.0.1", hub.endpoint.port)):
        caller("seat")
        assert isinstance(hub.next(WITHIN_S), Joined)


def test_two_windows_that_say_they_are_the_same_seat_have_a_line_each(
    hub: Hub, caller: Callable[[str], Channel]
) -> None:
    caller("seat")
    caller("seat")
    first, second = hub.next(WITHIN_S), hub.next(WITHIN_S)
    assert isinstance(first, Joined) and isinstance(second, Joined)
    assert first.peer.worker_id == second.peer.worker_id and first.peer.line != second.peer.line


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\0\4abcd", b""])
def test_whoever_took_over_the_port_of_a_dead_station_is_no_station(says: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        calling = threading.Thread(target=_answer_once, args=(other, says))
        calling.start()
        with pytest.raises(Unavailable):
            connect(Endpoint(port=other.getsockname()[1], key=KEY))
        calling.join(WITHIN_S)


def test_a_port_that_is_none_is_no_station() -> None:
    with pytest.raises(Unavailable):
        connect(Endpoint(port=99999, key=KEY))


def _answer_once(listener: socket.socket, says: bytes) -> None:
    line, _ = listener.accept()
    with line:
        line.sendall(says)
