"""Corrupt streams through a real decoder process: it lives, its other stream goes on, and its memory stays."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from console.demo.rtsp.reel import read_reel
from console.demo.rtsp.server import LiveStream
from console.infrastructure.channel.messages import CloseStream, PictureSlot, StreamState
from console.infrastructure.frame_slots import SlotReader
from tests.infrastructure.video.hostile import HostileCamera, containers_of, rtp_of, spoilt, spoilt_packets
from tests.infrastructure.video.media_station import MediaStation, Slots, wait_until
from tests.infrastructure.video.numbered_clips import make_clip

SAMPLE, WHOLE = 200, 2400
AT_ONCE = 12
# A file is played again and again at its own pace: after so long it has been read to its end (1.5 s) at least once.
PLAYED_S = 2.0
# A neighbour of 10 pictures a second that misses more than this has stood still (judgement: a machine that does
# something else besides holds it back for a moment, a decoder that is started anew for seconds).
NEIGHBOUR_PAUSE_S = 2.0
GROWS_AT_MOST_MIB = 60
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Corpus:
    """What is spoilt: whole files and whole RTP sessions."""

    files: tuple[Path, ...]
    sessions: dict[str, list[bytes]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("whole")
    clips = [
        make_clip(folder / "street-h264.mp4", seconds=1.5, size=(160, 120), b_frames=2),
        make_clip(folder / "street-hevc.mp4", seconds=1.5, size=(160, 120), codec="libx265"),
    ]
    copies = tmp_path_factory.mktemp("containers")
    files = [path for clip in clips for path in containers_of(clip, copies)]
    return Corpus(tuple(files), {"H264": rtp_of(clips[0]), "H265": rtp_of(clips[1])})


@pytest.fixture
def cameras(corpus: Corpus) -> Iterator[dict[str, list[HostileCamera]]]:
    """Serve spoilt sessions from several addresses: streams of one device are opened one after another."""
    made = {
        codec: [_camera_of(codec, packets, f"127.0.{net}.{host}") for host in range(1, AT_ONCE + 1)]
        for net, (codec, packets) in enumerate(corpus.sessions.items(), 1)
    }
    yield made
    for of_codec in made.values():
        for camera in of_codec:
            camera.close()


def _camera_of(codec: str, packets: list[bytes], host: str) -> HostileCamera:
    return HostileCamera(codec, lambda name: spoilt_packets(packets, int(name)), host)


class Feeding:
    """Opens corrupt streams in a decoder, so many at once, and watches what becomes of them and of a neighbour."""

    def __init__(self, station: MediaStation, neighbour: PictureSlot, slots: Slots) -> None:
        self._station = station
        self._process = psutil.Process(station.worker.pid)
        self._slots = [slots.picture(160, 120) for _ in range(AT_ONCE)]
        self._reader = SlotReader(Path(neighbour.slot_path))
        self._into = bytearray(self._reader.capacity_bytes)
        self._seen, self._seen_us = 0, 0
        self._came_s: dict[str, float] = {}
        self.longest_pause_s = 0.0
        self.ended = 0
        self.opened = 0
        self.sizes_mib: list[float] = []

    def feed(self, addresses: list[str]) -> None:
        waiting = list(enumerate(addresses))[::-1]
        running: dict[str, int] = {}
        free = list(range(AT_ONCE))
        while waiting or running:
            while waiting and free:
                number, address = waiting.pop()
                place = free.pop()
                running[f"s{number}"] = place
                self._station.open(f"s{number}", address, ring_s=2.0, pictures=(self._slots[place],))
            free += self._end_some(running)
        self._reader.close()

    def _end_some(self, running: dict[str, int]) -> list[int]:
        freed: list[int] = []

        def some_ended() -> bool:
            self._look_at_neighbour()
            assert self._station.worker.poll() is None, f"the decoder died over one of {sorted(running)}"
            for state in self._station.arrived(StreamState):
                if state.stream_id in running and self._is_met(state):
                    self._station.order(CloseStream(stream_id=state.stream_id))
                    freed.append(running.pop(state.stream_id))
                    self.ended += 1
                    self.opened += bool(state.codec)
                    if self.ended % 25 == 0:
                        self.sizes_mib.append(self._process.memory_info().rss / MEBIBYTE)
            return bool(freed)

        wait_until(some_ended, f"one of {sorted(running)} ends")
        return freed

    def _is_met(self, state: StreamState) -> bool:
        """Say whether the decoder has had all of it: it ended or was given up, or has played long enough."""
        if state.condition in ("no_signal", "cannot_decode", "cannot_open"):
            return True
        if state.condition == "opening":
            return False
        now_s = time.monotonic()
        return now_s - self._came_s.setdefault(state.stream_id, now_s) >= PLAYED_S

    def _look_at_neighbour(self) -> None:
        facts = self._reader.copy_newest(self._into, self._seen)
        if facts is not None:
            if self._seen:
                self.longest_pause_s = max(self.longest_pause_s, (facts.received_at_us - self._seen_us) / 1e6)
            self._seen, self._seen_us = facts.sequence, facts.received_at_us


def addresses_of(
    corpus: Corpus, cameras: dict[str, list[HostileCamera]], folder: Path, count: int, seed: int
) -> list[str]:
    """Return so many corrupt streams, three of four as files; what each seed gives never changes."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        if number % 4 == 3:
            of_codec = cameras[dice.choice(("H264", "H265"))]
            found.append(f"{of_codec[number // 4 % len(of_codec)].address}/{seed + number}")
        else:
            whole = corpus.files[number % len(corpus.files)]
            path = folder / f"{number:05d}{whole.suffix}"
            path.write_bytes(spoilt(whole.read_bytes(), seed + number))
            found.append(str(path))
    return found


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [SAMPLE, pytest.param(WHOLE, marks=pytest.mark.long)])
def test_a_decoder_lives_through_corrupt_streams_and_its_neighbour_does_not_stand_still(
    count: int,
    corpus: Corpus,
    cameras: dict[str, list[HostileCamera]],
    serve: Callable[[LiveStream], str],
    station: MediaStation,
    slots: Slots,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    clip = make_clip(tmp_path_factory.mktemp("neighbour") / "clip.mp4", seconds=6.0)
    neighbour = slots.picture()
    station.open("neighbour", serve(LiveStream(path="/cam", reels={"before": read_reel(clip)})), pictures=(neighbour,))
    station.state("neighbour", "live")
    feeding = Feeding(station, neighbour, slots)
    feeding.feed(addresses_of(corpus, cameras, tmp_path, count, seed=20261122))

    sizes = feeding.sizes_mib
    settled = sizes[len(sizes) // 4]
    print(
        f"{feeding.ended} corrupt streams, {feeding.opened} opened as video; neighbour's longest pause "
        f"{feeding.longest_pause_s:.2f} s; memory {settled:.0f} then {sizes[-1]:.0f} MiB, at most {max(sizes):.0f}"
    )
    assert feeding.ended == count
    assert feeding.opened > count / 2  # or nothing of them came as far as a decoder
    assert feeding.longest_pause_s < NEIGHBOUR_PAUSE_S
    assert sizes[-1] - settled < GROWS_AT_MOST_MIB
    station.state("neighbour", "live")
