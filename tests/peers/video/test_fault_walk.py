"""Every fault of a camera at once on one decoder: its word, its recovery, and neighbours that miss nothing."""

import itertools
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import PictureSlot, StreamState
from console.infrastructure.frame_slots import FrameFacts, SlotReader
from console.words import ENGLISH, Words
from tests.infrastructure.video.hostile import HostileCamera, MuteHost, live_packets, pictures_of, rtp_of
from tests.infrastructure.video.media_station import MediaStation, Slots, wait_until
from tests.infrastructure.video.numbered_clips import make_clip
from tests.papers import Papers, papers
from tests.peers.video.gst_camera import GstCamera, plays
from widgets.state.tile import TileFacts, look_of

pytestmark = [pytest.mark.peer, pytest.mark.timeout(600)]
StartCamera = Callable[..., GstCamera]
LOGIN = "viewer:Str33tL1ght"
FRAME_S = 0.1
MISSES_AT_MOST = 2  # frame intervals, of a neighbour
MUCH_ELSE = 1.5  # processes a core: a machine that has more to do than that says nothing of tenths of seconds
MOVING = (
    "( videotestsrc is-live=true pattern=smpte100 horizontal-speed=2 ! "
    "video/x-raw,width=320,height=240,framerate=10/1 ! "
    "x264enc tune=zerolatency key-int-max=10 ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
STILL = MOVING.replace(" horizontal-speed=2", "")


@dataclass
class Neighbour:
    """Reads every picture of a slot in a thread of its own and keeps when it came."""

    slot: PictureSlot
    facts: list[FrameFacts] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._reader = SlotReader(Path(self.slot.slot_path))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._reader.close()

    def widest_gap_s(self, of: Callable[[FrameFacts], float]) -> float:
        """Return the longest step between two pictures, by a clock of theirs."""
        return max((of(after) - of(before) for before, after in itertools.pairwise(self.facts)), default=0.0)

    def _run(self) -> None:
        into, seen = bytearray(self._reader.capacity_bytes), 0
        while not self._ending.wait(0.005):
            facts = self._reader.copy_newest(into, seen)
            if facts is not None:
                seen = facts.sequence
                self.facts.append(facts)


class Walk:
    """What a decoder has said of each stream, and when."""

    def __init__(self, station: MediaStation, slots: Slots) -> None:
        self.station, self._slots = station, slots
        self.newest: dict[str, StreamState] = {}
        self.said: dict[str, list[tuple[float, StreamState]]] = {}

    def open(self, name: str, address: str, transport: str = "tcp") -> PictureSlot:
        slot = self._slots.picture(320, 240)
        self.station.open(name, address, transport=transport, pictures=(slot,))
        return slot

    def listen(self) -> None:
        assert self.station.worker.poll() is None, "the decoder died"
        for state in self.station.arrived(StreamState):
            self.newest[state.stream_id] = state
            self.said.setdefault(state.stream_id, []).append((time.monotonic(), state))

    def until(self, wanted: dict[str, str], within_s: float = 60.0) -> float:
        """Wait until each stream is said to be as wanted, all at the same moment, and return how long that took."""
        begun_s = time.monotonic()

        def is_so() -> bool:
            self.listen()
            return all(name in self.newest and self.newest[name].condition == word for name, word in wanted.items())

        try:
            wait_until(is_so, "all words", within_s)
        except AssertionError:
            found = {name: self.newest[name].condition if name in self.newest else "" for name in wanted}
            differing = {name: (found[name], word) for name, word in wanted.items() if found[name] != word}
            raise AssertionError(f"said and wanted: {differing}") from None
        return time.monotonic() - begun_s

    def words(self, name: str) -> str:
        """Return what the tile of a stream says in place of its picture."""
        plate = look_of(TileFacts(number="1", name=name, stream=self.newest[name]), self.newest[name].since).plate
        return Words(ENGLISH).say(plate.title.sentence) if plate is not None else ""


@pytest.fixture
def trusted(tmp_path: Path) -> Papers:
    return papers(tmp_path, "city")


@pytest.fixture
def walk(tmp_path: Path, trusted: Papers, slots: Slots) -> Iterator[Walk]:
    station = MediaStation(tmp_path, ca_file=trusted.certificate)
    yield Walk(station, slots)
    if station.worker.poll() is None:
        station.close()


@pytest.fixture
def ending() -> Iterator[threading.Event]:
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def bad(tmp_path: Path, ending: threading.Event) -> Iterator[HostileCamera]:
    """Serve what no encoder of GStreamer does, a fault a path."""
    small = pictures_of(rtp_of(make_clip(tmp_path / "small.mp4", seconds=8.0)))
    large = pictures_of(rtp_of(make_clip(tmp_path / "large.mp4", seconds=8.0, size=(640, 360))))
    hopeless = [[small[0][0][:12] + b"\x41\xc0\x1f" + b"\xff" * 60]]
    dice = random.Random(5)

    def packets_of(name: str) -> Iterator[bytes]:
        match name.split("?")[0].rstrip("/"):
            case "jumps":
                jump_s = (0.0, 3600.0, -7200.0, 5.0)
                return live_packets(itertools.cycle(small), ending, jump_s=lambda number: jump_s[number // 20 % 4])
            case "loses":
                street = itertools.cycle(small)
                lossy = ([packet for packet in picture if dice.random() > 0.05] for picture in street)
                return live_packets(lossy, ending)
            case "changes":
                return live_packets(itertools.chain(small[:20], itertools.cycle(large)), ending)
            case "blank":
                return live_packets(itertools.chain(small[:10], itertools.cycle(hopeless)), ending)
        return iter(())

    camera = HostileCamera("H264", packets_of, stays=True)
    yield camera
    ending.set()
    camera.close()


@pytest.fixture
def mute() -> Iterator[MuteHost]:
    host = MuteHost()
    yield host
    host.close()


@pytest.fixture
def babbling() -> Iterator[MuteHost]:
    host = MuteHost(babble=True)
    yield host
    host.close()


def free_port() -> int:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return int(nobody.getsockname()[1])


@pytest.mark.parametrize("transport", ["tcp", pytest.param("udp", marks=pytest.mark.long)])
def test_every_fault_has_its_word_and_harms_no_neighbour(
    transport: str,
    walk: Walk,
    start_camera: StartCamera,
    trusted: Papers,
    bad: HostileCamera,
    mute: MuteHost,
    babbling: MuteHost,
    tmp_path: Path,
) -> None:
    hevc = make_clip(tmp_path / "hevc.mp4", seconds=60.0, codec="libx265")
    street = start_camera({"/one": MOVING, "/two": MOVING, "/still": STILL})
    stopped, killed = start_camera({"/cam": MOVING}), start_camera({"/cam": MOVING})
    digest = start_camera({"/cam": MOVING}, login=LOGIN)
    basic = start_camera({"/cam": MOVING}, login=LOGIN, method="basic")
    stranger = papers(tmp_path, "stranger")
    sealed = start_camera({"/cam": MOVING}, tls=(trusted.certificate, trusted.key))
    masked = start_camera({"/cam": MOVING}, tls=(stranger.certificate, stranger.key))
    neighbours = [Neighbour(walk.open(name, street.address(f"/{name}"), transport)) for name in ("one", "two")]
    try:
        walk.until({"one": "live", "two": "live"})
        for neighbour in neighbours:
            neighbour.facts.clear()
        addresses = {
            "nowhere": street.address("/nowhere"),
            "refused": f"rtsp://127.0.0.1:{free_port()}/cam",
            "wrong digest": digest.address("/cam", "viewer:guess"),
            "wrong basic": basic.address("/cam", "viewer:guess"),
            "digest": digest.address("/cam", LOGIN),
            "basic": basic.address("/cam", LOGIN),
            "sealed": sealed.address("/cam"),
            "masked": masked.address("/cam"),
            "mute": mute.address,
            "babbling": babbling.address,
            "empty": f"{bad.address}/empty",
            "blank": f"{bad.address}/blank",
            "still": street.address("/still"),
            "stopped": stopped.address("/cam"),
            "killed": killed.address("/cam"),
            "jumps": f"{bad.address}/jumps",
            "loses": f"{bad.address}/loses",
            "changes": f"{bad.address}/changes",
        }
        by_tcp_only = ("sealed", "masked", "empty", "blank", "jumps", "loses", "changes")
        for name, address in addresses.items():
            walk.open(name, address, "tcp" if name in by_tcp_only else transport)
        sound = ("digest", "basic", "sealed", "stopped", "killed", "jumps", "loses", "changes")
        walk.until(dict.fromkeys(sound, "live"))

        stopped.process.send_signal(signal.SIGSTOP)
        killed.process.kill()
        words = {
            "nowhere": ("no_signal", "No signal"),
            "refused": ("no_signal", "No signal"),
            "killed": ("no_signal", "No signal"),
            "mute": ("no_signal", "No signal"),
            "babbling": ("no_signal", "No signal"),
            "wrong digest": ("wrong_password", "Wrong password"),
            "wrong basic": ("wrong_password", "Wrong password"),
            "masked": ("not_trusted", "Not trusted"),
            "blank": ("cannot_decode", "Cannot decode"),
            "still": ("frozen", "Frozen"),
            "stopped": ("stale", "Connecting"),  # without a picture of its own: "Picture stopped at …" needs one
        }
        told_s = walk.until({name: condition for name, (condition, _) in words.items()})
        assert {name: walk.words(name) for name in words} == {name: word for name, (_, word) in words.items()}
        assert walk.newest["wrong digest"].next_retry_at is None and walk.newest["wrong digest"].attempts == 0
        assert walk.newest["refused"].next_retry_at is not None and walk.newest["refused"].attempts >= 1

        stopped.process.send_signal(signal.SIGCONT)
        start_camera({"/cam": plays(hevc, "h265")}, port=killed.port)  # another make stands in its place
        back_s = walk.until({"stopped": "live", "killed": "live"})
        assert walk.newest["killed"].codec == "hevc"
        walk.until({"empty": "no_signal", **dict.fromkeys(("jumps", "loses", "changes"), "live")})
        assert (walk.newest["changes"].width, walk.newest["changes"].height) == (640, 360)
        times_s = [state.media_time_s or 0.0 for _, state in walk.said["jumps"]]
        assert times_s == sorted(times_s) and times_s[-1] < 120.0
        print(f"all words after {told_s:.1f} s, all back after {back_s:.1f} s")
    finally:
        for neighbour in neighbours:
            neighbour.close()

    for neighbour in neighbours:
        pictures_s = neighbour.widest_gap_s(lambda facts: facts.media_time_s)
        waits_s = neighbour.widest_gap_s(lambda facts: facts.received_at_us / 1e6)
        print(f"{len(neighbour.facts)} pictures, widest gap {pictures_s:.2f} s of the street, {waits_s:.2f} s of ours")
        assert len(neighbour.facts) > 50
        assert pictures_s < (MISSES_AT_MOST + 1.5) * FRAME_S
        if os.getloadavg()[0] <= (os.cpu_count() or 1) * MUCH_ELSE:
            assert waits_s < (MISSES_AT_MOST + 1.5) * FRAME_S
    assert {state.condition for name in ("one", "two") for _, state in walk.said[name]} <= {"opening", "live"}
