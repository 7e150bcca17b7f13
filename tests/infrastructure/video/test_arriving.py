"""Claims about what arrives from a file that stands in for a camera."""

from pathlib import Path

import av

from console.infrastructure.clock import SystemClock
from console.infrastructure.video.arriving import Arrival
from tests.infrastructure.video.numbered_clips import make_clip


class StandingClock(SystemClock):
    def monotonic_s(self) -> float:
        return 100.0


def test_a_file_of_a_moment_is_not_read_in_a_spin(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "moment.mp4", seconds=0.3)
    waits: list[float] = []
    with av.open(str(clip)) as container:
        pictures = container.streams.video[0]
        arrival = Arrival(container, pictures, StandingClock(), waits.append, lambda: None)
        came = arrival.packets(lambda: container.demux(pictures))
        first = bytes(next(came))
        for packet in came:
            if bytes(packet) == first:
                break

    assert waits[-1] == 1.0
