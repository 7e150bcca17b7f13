"""The station's end of a real media worker, the demo's cameras as a process, and a clock that runs ahead."""

import json
import queue
import secrets
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import SecretStr

from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, listen
from console.infrastructure.channel.messages import (
    AnyMessage,
    Hello,
    LookSlot,
    Message,
    OpenStream,
    PictureSlot,
    PlayerState,
    RecordingWish,
    StreamState,
)
from console.infrastructure.frame_slots import FrameFacts, SlotReader, SlotRing, create
from console.infrastructure.supervisor import command_for, environment_for_child

WITHIN_S = 60.0
CLIP_S = 6.0
SLOT_BYTES = 1280 * 720 * 4
Plane = npt.NDArray[np.uint8]
Said = TypeVar("Said", bound=Message)


def wait_until(is_so: Callable[[], bool], what: str, within_s: float = WITHIN_S) -> None:
    """Wait for a condition and fail with its name at the deadline."""
    give_up_s = time.monotonic() + within_s
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < give_up_s, f"not within {within_s:.0f} s: {what}"
        pause.wait(0.01)


class QuickClock:
    """Our clock, its seconds ``times`` as fast: ten seconds of a frozen picture pass in one."""

    def __init__(self, times: float) -> None:
        self._times = times

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic() * self._times


class DemoCameras:
    """The demo's cameras in a process of their own, serving a folder of clips."""

    def __init__(self, clips: Path, folder: Path, port: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        state = folder / "state.json"
        options = ["--assets", str(clips), "--footage", str(clips), "--work", str(folder.parent / "work")]
        self.process = subprocess.Popen(
            command_for("demo-cameras", [*options, "--state", str(state), "--port", str(port)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment_for_child({}),
        )
        assert self.process.stdout is not None
        assert any(line == "READY\n" for line in self.process.stdout), "the cameras ended before they were ready"
        self.mode = state.stat().st_mode & 0o777
        self.state: dict[str, Any] = json.loads(state.read_text())

    @property
    def port(self) -> int:
        return int(self.state["rtsp_port"])

    def address(self, number: str, profile: str = "sub") -> str:
        return str(self.state["cameras"][number][profile])

    def file_of(self, number: str) -> Path:
        return Path(self.state["cameras"][number]["main_file"])

    def unlocked(self, number: str, profile: str = "sub") -> str:
        """Return the address with the right password in it."""
        camera = self.state["cameras"][number]
        return self.address(number, profile).replace("://", f"://{camera['user']}:{camera['password']}@")

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def close(self) -> int:
        """Close its input, as a demo that ends does, and return how it ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(10)
        self.process.stdout.close()
        return code


class Slots:
    """Slot rings as a station makes them."""

    def __init__(self) -> None:
        self._folder = Path("/dev/shm")
        self._name = f"citydesk-test-{secrets.token_hex(6)}"
        self._rings: list[SlotRing] = []

    def new(self) -> Path:
        ring = create(self._folder / f"{self._name}-{len(self._rings)}", SLOT_BYTES)
        self._rings.append(ring)
        return ring.path

    def picture(self, most_width: int = 1280, most_height: int = 720) -> PictureSlot:
        return PictureSlot(slot_path=str(self.new()), max_width=most_width, max_height=most_height)

    def close(self) -> None:
        for ring in self._rings:
            ring.remove()


class Viewer:
    """Looks into a slot."""

    def __init__(self, slot: PictureSlot | LookSlot) -> None:
        self._reader = SlotReader(Path(slot.slot_path))
        self._into = bytearray(self._reader.capacity_bytes)
        self._seen = 0
        self.facts: FrameFacts | None = None

    def next(self, is_so: Callable[[FrameFacts, Plane], bool] = lambda facts, luma: True) -> tuple[FrameFacts, Plane]:
        """Wait for a frame of which the claim is true; luma (I420) or green (BGRA) ``(height, width)`` with it."""
        found: list[tuple[FrameFacts, Plane]] = []

        def has_come() -> bool:
            facts = self._reader.copy_newest(self._into, self._seen)
            if facts is None:
                return False
            self._seen = facts.sequence
            rows = np.frombuffer(bytes(self._into[: facts.stride * facts.height]), np.uint8)
            rows = rows.reshape(facts.height, facts.stride)
            luma = rows[:, 1::4] if facts.pixel_format == "bgra" else rows
            if is_so(facts, luma):
                found.append((facts, luma))
            return bool(found)

        wait_until(has_come, "a frame as claimed")
        return found[0]

    def newest(self) -> int:
        """Return the sequence number of the newest frame there has been so far, its facts are in ``facts``."""
        facts = self._reader.copy_newest(self._into, self._seen)
        self.facts = facts or self.facts
        self._seen = facts.sequence if facts is not None else self._seen
        return self._seen

    def close(self) -> None:
        self._reader.close()


class MediaStation:
    """The station's end of a real media worker process; keeps all that the worker said."""

    def __init__(self, folder: Path, recordings: Path | None = None, ca_file: Path | None = None) -> None:
        key = secrets.token_bytes(32)
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.recordings = recordings or folder / "recordings"
        self._arrived: queue.SimpleQueue[AnyMessage] = queue.SimpleQueue()
        self.said: list[AnyMessage] = []
        with listen(key) as door:
            endpoint = Endpoint(port=door.address[1], key=key)
            self.worker = subprocess.Popen(
                command_for(
                    "media-worker",
                    [
                        *("--logs", str(self.logs), "--worker-id", "media-7", "--recordings", str(self.recordings)),
                        *("--ca-file", str(ca_file or "")),
                    ],
                ),
                env=environment_for_child(endpoint.to_environment()),
            )
            self.channel = Channel(door.accept())
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()
        hello = self.until(lambda said: isinstance(said, Hello))
        assert isinstance(hello, Hello)
        assert (hello.role, hello.worker_id, hello.pid) == ("media-worker", "media-7", self.worker.pid)

    def order(self, message: AnyMessage) -> None:
        self.channel.send(message)

    def open(
        self,
        stream_id: str,
        address: str,
        *,
        ring_s: float = 0.0,
        transport: str = "tcp",
        pictures: tuple[PictureSlot, ...] = (),
        looks: tuple[LookSlot, ...] = (),
        recording: RecordingWish | None = None,
        keeps_sound: bool = False,
    ) -> None:
        self.order(
            OpenStream(
                stream_id=stream_id,
                camera_id=f"camera-{stream_id}",
                address=SecretStr(address),
                transport="udp" if transport == "udp" else "tcp",
                ring_s=ring_s,
                pictures=pictures,
                looks=looks,
                recording=recording,
                keeps_sound=keeps_sound,
            )
        )

    def until(self, is_so: Callable[[AnyMessage], bool]) -> AnyMessage:
        give_up_s = time.monotonic() + WITHIN_S
        while True:
            try:
                message = self._arrived.get(timeout=max(0.01, give_up_s - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"never said; last: {self.said[-3:]}") from None
            self.said.append(message)
            if is_so(message):
                return message

    def arrived(self, kind: type[Said]) -> list[Said]:
        """Return what arrived of a kind since the last question, without waiting; the rest is kept as said."""
        found: list[Said] = []
        while True:
            try:
                message = self._arrived.get_nowait()
            except queue.Empty:
                return found
            self.said.append(message)
            if isinstance(message, kind):
                found.append(message)

    def state(
        self, stream_id: str, condition: str, is_so: Callable[[StreamState], bool] = lambda state: True
    ) -> StreamState:
        """Wait for a state of a stream."""
        found = self.until(
            lambda said: (
                isinstance(said, StreamState)
                and (said.stream_id, said.condition) == (stream_id, condition)
                and is_so(said)
            )
        )
        assert isinstance(found, StreamState)
        return found

    def player(self, is_so: Callable[[PlayerState], bool]) -> PlayerState:
        found = self.until(lambda said: isinstance(said, PlayerState) and is_so(said))
        assert isinstance(found, PlayerState)
        return found

    def logged(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.logs.rglob("*") if path.is_file())

    def close(self) -> int:
        """Leave the worker alone and return how it ended."""
        self.channel.close()
        self._listening.join()
        return self.worker.wait(WITHIN_S)

    def _listen(self) -> None:
        while True:
            try:
                if self.channel.has_arrived(0.2):
                    self._arrived.put(self.channel.receive())
            except ChannelClosed:
                return
