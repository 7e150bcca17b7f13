"""Claims about the station's door: who has the key comes in, who has not stays out, and a sleeper blocks nobody."""

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
