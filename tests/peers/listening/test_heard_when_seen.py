"""The street is heard when it is seen: GStreamer as the camera, our two workers, and a loudspeaker that is recorded."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from pydantic import SecretStr

from console.bench.loudspeaker import RecordedLoudspeaker
from console.infrastructure.channel.messages import (
    Hear,
    Heard,
    OpenMicrophone,
    OpenStream,
    Painted,
    SpeakerTarget,
    StopTalking,
)
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.sound_slots import create_sound
from tests.infrastructure.video.media_station import MediaStation, Slots
from tests.peers.listening.flash_and_beep import Codec, make_flash_and_beep, sends
from tests.peers.video.gst_camera import GstCamera, GstMissing
from tests.peers.voice.conftest import TalkStation

pytestmark = pytest.mark.peer

CAMERA = "camera-street"
TICK_S = 0.016  # the wall's render clock
TELL_EVERY_S = 0.25
WITHIN_MS = 80.0
WHITE = 128


class Room:
    """What a seat and a station do between the two workers: pictures are painted on a tick, and that is told."""

    def __init__(self, folder: Path, camera: GstCamera, speaker: RecordedLoudspeaker) -> None:
        self.speaker = speaker
        (folder / "media").mkdir()
        (folder / "talk").mkdir()
        self._slots = Slots()
        self._sound = create_sound(Path(f"{self._slots.new()}-sound"))
        self._picture = self._slots.picture(320, 240)
        self.media = MediaStation(folder / "media")
        self.talk = TalkStation(folder / "talk", speaker.environment)
        self.media.order(
            OpenStream(
                stream_id="street",
                camera_id=CAMERA,
                address=SecretStr(camera.address("/street")),
                pictures=(self._picture,),
                sound=str(self._sound.path),
            )
        )
        self.talk.order(Hear(camera_id=CAMERA, sound_path=str(self._sound.path)))
        self.flashes: list[float] = []
        self._was_white = True  # a flash that is already on has no beginning

    def look_for(self, seconds: float) -> None:
        """Paint for so long, as a wall does, and note when each flash was on the screen."""
        pause = threading.Event()
        until_s = time.monotonic() + seconds
        told_s = 0.0
        seen = 0
        with SlotReader(Path(self._picture.slot_path)) as reader:
            into = bytearray(reader.capacity_bytes)
            while time.monotonic() < until_s:
                pause.wait(TICK_S)
                facts = reader.copy_newest(into, seen)
                if facts is None:
                    continue
                seen, now_s = facts.sequence, time.monotonic()
                is_white = into[facts.stride * facts.height // 2 + 40] > WHITE
                if is_white and not self._was_white:
                    self.flashes.append(now_s)
                self._was_white = is_white
                if now_s - told_s >= TELL_EVERY_S:
                    told_s = now_s
                    self.talk.order(Painted(camera_id=CAMERA, media_time_s=facts.media_time_s, at_s=now_s))

    def heard(self) -> Heard:
        """Return what the player says now."""
        self.talk.forget()
        said = self.talk.until(lambda said: isinstance(said, Heard))
        assert isinstance(said, Heard)
        return said

    def offsets_ms(self) -> list[float]:
        """Return by how much each beep came after its flash."""
        found = []
        for flash_s in self.flashes:
            nearest_s = min(self.speaker.beeps, key=lambda beep_s: abs(beep_s - flash_s), default=None)
            if nearest_s is not None and abs(nearest_s - flash_s) < 0.45:
                found.append((nearest_s - flash_s) * 1000)
        return found

    def close(self) -> None:
        self.media.close()
        self.talk.close()
        self._sound.remove()
        self._slots.close()


@pytest.fixture
def speaker(tmp_path: Path) -> Iterator[RecordedLoudspeaker]:
    if shutil.which("pulseaudio") is None or shutil.which("parec") is None:
        pytest.skip("PulseAudio is not installed")
    made = RecordedLoudspeaker(tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path, speaker: RecordedLoudspeaker) -> Iterator[Room]:
    codec: Codec = request.param
    clip = make_flash_and_beep(tmp_path / f"street-{codec}.{'mp4' if codec == 'aac' else 'mov'}", codec, 20)
    try:
        camera = GstCamera({"/street": sends(clip, codec)})
    except GstMissing as missing:
        pytest.skip(f"no gst-rtsp-server for the system's Python: {missing}")
    made = Room(tmp_path, camera, speaker)
    yield made
    made.close()
    camera.close()


def on_an_even_port() -> socket.socket:
    """Return where a speaker could be: its port is even."""
    while True:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(("127.0.0.1", 0))
        if made.getsockname()[1] % 2 == 0:
            return made
        made.close()


_G711 = [pytest.param(codec, marks=pytest.mark.long) for codec in ("pcm_mulaw", "pcm_alaw")]


@pytest.mark.parametrize("room", ["aac", *_G711], indirect=True)
def test_a_beep_is_heard_when_its_flash_is_painted_and_never_while_somebody_speaks(room: Room, tmp_path: Path) -> None:
    room.look_for(6.0)
    settled_s = time.monotonic() - 3.6
    room.flashes = [at_s for at_s in room.flashes if at_s > settled_s]

    offsets_ms = room.offsets_ms()
    said = room.heard()
    print(
        f"offsets {[round(offset) for offset in offsets_ms]} ms, median {median(offsets_ms):.0f}; said {said.late_ms}"
    )
    assert len(offsets_ms) >= 3
    assert max(abs(offset) for offset in offsets_ms) <= WITHIN_MS
    assert said.condition == "sounding"
    assert said.late_ms is not None
    assert abs(said.late_ms - median(offsets_ms)) <= 50, "what the player says is what is measured"

    with on_an_even_port() as nobody:
        port = nobody.getsockname()[1]
        target = SpeakerTarget(speaker_id="pole", host="127.0.0.1", port=port)
        record = str(tmp_path / "said.wav")
        room.talk.order(OpenMicrophone(session_id="talk", speakers=(target,), record_path=record, longest_s=30))
        room.talk.state("talk", "on_air")
        began_s = time.monotonic()
        room.look_for(2.2)
        assert room.speaker.last_loud_s < began_s + 0.3
        assert room.heard().condition == "muted"

    room.talk.order(StopTalking(session_id="talk"))
    room.look_for(2.2)
    assert room.speaker.last_loud_s > time.monotonic() - 1.5
    assert room.heard().condition == "sounding"
