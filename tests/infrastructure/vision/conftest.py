"""A station's end of the channel, slots filled by the test, and a real worker process."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Listener
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest

from console.infrastructure.channel.connection import Channel, Endpoint, listen
from console.infrastructure.channel.messages import AnyMessage, Hello, LookSlot, Seen, WatchCamera, ZoneRule
from console.infrastructure.frame_slots import FrameFacts, SlotRing, SlotWriter, create
from console.infrastructure.paths import Paths, offline_folder
from inference.frames import Pixels
from inference.geometry import Box
from inference.preprocessing import letterbox

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = ROOT / "resources" / "models" / "efficientdet_lite0.toml"
QUARTER: Box = (0.5, 0.0, 1.0, 0.5)
SIZE_PX = 320
START_WITHIN_S = 90.0
"""A cold import of the tracker's libraries on a loaded machine took 30 s."""
ANSWER_WITHIN_S = 20.0
_RECEIVED_US = 1_780_000_000_000_000


@pytest.fixture(scope="session")
def default_model() -> Path:
    """The default detector's file, fetched before."""
    for folder in (Paths.for_site("demo").assets, offline_folder()):
        if folder is not None and (folder / "efficientdet_lite0.tflite").is_file():
            return folder / "efficientdet_lite0.tflite"
    pytest.skip("efficientdet_lite0.tflite is not here; run `citydesk assets fetch`")


@pytest.fixture(scope="session")
def campus() -> tuple[Pixels, ...]:
    """The first minute of the campus clip, two pictures a second: ``(576, 768, 3)`` uint8 BGR."""
    path = ROOT.parent / "shared" / "media" / "campus-pedestrians.avi"
    if not path.is_file():
        pytest.skip("../shared/media is not here")
    clip = cv2.VideoCapture(str(path))
    found = []
    try:
        for number in range(600):
            is_read, picture = clip.read()
            if is_read and number % 5 == 0:
                found.append(np.asarray(picture, np.uint8))
    finally:
        clip.release()
    return tuple(found)


class Camera:
    """A look slot that the test fills as the media worker would."""

    def __init__(
        self,
        path: Path,
        camera_id: str,
        region: Box = QUARTER,
        looks_per_s: float = 20.0,
        tiles: tuple[Box, ...] = (),
    ) -> None:
        self._ring: SlotRing = create(path, SIZE_PX * SIZE_PX * 3 // 2 * (1 + len(tiles)))
        self._writer = SlotWriter(path)
        self.camera_id = camera_id
        self.look = LookSlot(
            slot_path=str(path), region=region, width=SIZE_PX, height=SIZE_PX, looks_per_s=looks_per_s, tiles=tiles
        )

    def show(self, picture: Pixels, media_time_s: float) -> int:
        """Put a picture into the slot and return its sequence number."""
        frames = [
            letterbox(picture, (SIZE_PX, SIZE_PX), sequence=1, media_time_s=media_time_s, region=region)
            for region in self.look.regions
        ]
        facts = FrameFacts(
            width=SIZE_PX,
            height=SIZE_PX * len(frames),
            stride=SIZE_PX,
            pixel_format="i420",
            received_at_us=_RECEIVED_US + round(media_time_s * 1e6),
            media_time_s=media_time_s,
        )
        return self._writer.write([np.ascontiguousarray(frame.i420).data for frame in frames], facts)

    def watch(self, *rules: ZoneRule) -> WatchCamera:
        return WatchCamera(camera_id=self.camera_id, look=self.look, rules=rules)

    def close(self) -> None:
        self._writer.close()
        self._ring.remove()


@dataclass
class Station:
    """What the worker is told and what it says. One thread, the test's."""

    listener: Listener
    endpoint: Endpoint
    folder: Path
    heard: list[AnyMessage] = field(default_factory=list)
    channel: Channel | None = None
    worker: "subprocess.Popen[str] | None" = None
    cameras: list[Camera] = field(default_factory=list)

    def camera(
        self, camera_id: str, region: Box = QUARTER, looks_per_s: float = 20.0, tiles: tuple[Box, ...] = ()
    ) -> Camera:
        made = Camera(self.folder / f"look-{camera_id}", camera_id, region, looks_per_s, tiles)
        self.cameras.append(made)
        return made

    def start(self, model: Path, *words: str) -> None:
        """Start a worker and wait for its hello."""
        self.launch(model, *words)
        connected: list[Channel] = []
        waiting = Thread(target=lambda: connected.append(Channel(self.listener.accept())), daemon=True)
        waiting.start()
        waiting.join(START_WITHIN_S)
        assert connected, f"no worker connected; it ended with {self.worker and self.worker.poll()}"
        self.channel = connected[0]
        self.wait_for(lambda message: isinstance(message, Hello), START_WITHIN_S)

    def launch(self, model: Path, *words: str) -> "subprocess.Popen[str]":
        """Start a worker without waiting for it."""
        command = [sys.executable, "-m", "console", "--role", "vision-worker"]
        options = ["--model", str(model), "--manifest", str(MANIFEST), "--device", "CPU", "--precision", "f32"]
        self.worker = subprocess.Popen(
            [*command, *options, "--cache", str(self.folder / "cache"), *words],
            cwd=ROOT,
            env=os.environ | self.endpoint.to_environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.worker

    def say(self, message: AnyMessage) -> None:
        assert self.channel is not None
        self.channel.send(message)

    def wait_for(self, is_it: Callable[[AnyMessage], bool], within_s: float = ANSWER_WITHIN_S) -> AnyMessage:
        """Return the first message from now on that is it."""
        assert self.channel is not None
        until_s = time.monotonic() + within_s
        while (left_s := until_s - time.monotonic()) > 0:
            if self.channel.has_arrived(left_s):
                message = self.channel.receive()
                self.heard.append(message)
                if is_it(message):
                    return message
        raise AssertionError(f"not heard within {within_s} s; last: {[it.kind for it in self.heard[-10:]]}")

    def seen(self, camera: Camera, sequence: int) -> Seen:
        """Wait until the worker has looked at this frame."""
        message = self.wait_for(
            lambda it: isinstance(it, Seen) and it.camera_id == camera.camera_id and it.sequence == sequence
        )
        assert isinstance(message, Seen)
        return message

    def begin(self, camera: Camera, picture: Pixels, *rules: ZoneRule) -> None:
        """Let the worker watch the camera; frames are shown until it has opened the slot."""
        self.say(camera.watch(*rules))
        until_s = time.monotonic() + ANSWER_WITHIN_S
        while time.monotonic() < until_s:
            camera.show(picture, 0.0)
            try:
                self.wait_for(lambda it: isinstance(it, Seen) and it.camera_id == camera.camera_id, 0.3)
            except AssertionError:
                continue
            return
        raise AssertionError("the camera was never looked at")

    def of_kind(self, kind: str) -> list[AnyMessage]:
        return [message for message in self.heard if message.kind == kind]

    def end(self) -> int:
        """Close the channel and return the worker's exit code."""
        assert self.worker is not None
        if self.channel is not None:
            self.channel.close()
            self.channel = None
        return self.worker.wait(ANSWER_WITHIN_S)

    def clear(self) -> None:
        if self.channel is not None:
            self.channel.close()
        if self.worker is not None:
            if self.worker.poll() is None:
                self.worker.kill()
            self.worker.communicate()
        for camera in self.cameras:
            camera.close()
        self.listener.close()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A station's end of the channel; ends the worker it started."""
    key = b"a key of this test only"
    listener = listen(key)
    port = listener.address[1]
    assert isinstance(port, int)
    made = Station(listener, Endpoint(port=port, key=key), tmp_path)
    try:
        yield made
    finally:
        made.clear()


@pytest.fixture
def bay() -> ZoneRule:
    """The rule of the van's bay."""
    return ZoneRule(
        rule_id="van-bay",
        zone_name="Bay 1",
        polygon=((0.84, 0.05), (0.945, 0.05), (0.945, 0.19), (0.84, 0.19)),
        labels=("car", "truck", "bus"),
        dwell_s=10.0,
        minimum_score=0.35,
    )
