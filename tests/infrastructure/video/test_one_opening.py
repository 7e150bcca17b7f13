"""An address that is good for one opening is knocked at once; the next opening brings the next address."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import OpenStream
from tests.infrastructure.video.media_station import MediaStation, wait_until


class Door:
    """Opens to whoever knocks and closes at once; counts."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.knocks = 0
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self._listening.getsockname()[1]}/cam"

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                self.knocks += 1
                line.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


@pytest.fixture
def doors() -> Iterator[tuple[Door, Door]]:
    both = Door(), Door()
    yield both
    for door in both:
        door.close()


def wish(door: Door, name: str, opening: int) -> OpenStream:
    return OpenStream(stream_id=name, camera_id=name, address=SecretStr(door.address), opening=opening)


def test_a_worn_out_address_is_not_tried_again_and_the_next_one_at_once(
    doors: tuple[Door, Door], station: MediaStation
) -> None:
    once, ever = doors
    station.order(wish(once, "once", 1))
    station.order(wish(ever, "ever", 0))
    state = station.state("once", "no_signal")
    assert state.opening == 1 and state.is_over and state.next_retry_at is None
    assert not station.state("ever", "no_signal").is_over
    wait_until(lambda: ever.knocks >= 3, "an address for any opening is tried again")
    assert once.knocks == 1
    station.order(wish(once, "once", 2))
    station.state("once", "no_signal", lambda state: state.opening == 2)
    assert once.knocks == 2
