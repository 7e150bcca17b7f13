"""H.265 and sound by RTMP, real senders and a real media worker: the flash is seen, and its beep is heard with it."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import LookSlot, OpenStream, PictureSlot
from console.infrastructure.pushed.reading import reading_address
from console.infrastructure.sound_slots import SoundReader, create_sound
from tests.infrastructure.video.media_station import MediaStation, Slots, Viewer, wait_until
from tests.peers.listening.flash_and_beep import SIZE, make_flash_and_beep
from tests.peers.video.publisher import Publisher
from tests.peers.video.streamers import Ffmpeg
from tests.peers.video.test_pushed_streams import COPY, READING, Doors

pytestmark = pytest.mark.peer
Look = Callable[[PictureSlot | LookSlot], Viewer]
CLIP_S = 12
LOUD = 8_000
ONE_PICTURE_S = 0.045  # at 25 a second, and what rounding to ms takes


@pytest.fixture
def doors() -> Iterator[Doors]:
    opened = Doors()
    yield opened
    opened.close()


@pytest.fixture
def ring() -> Iterator[Path]:
    made = create_sound(Path("/dev/shm") / f"citydesk-test-{secrets.token_hex(6)}-sound")
    yield made.path
    made.remove()


def test_a_drone_with_h265_and_aac_is_seen_and_heard(
    doors: Doors, station: MediaStation, slots: Slots, look_at: Look, ring: Path, tmp_path: Path
) -> None:
    clip = make_flash_and_beep(tmp_path / "street.mp4", "aac", CLIP_S, "libx265")
    drone = Publisher(clip, doors.address("rtmp", "drone"))
    try:
        wait_until(lambda: doors.is_sending("drone"), "a drone that sends")
        slot, place = slots.picture(), reading_address("drone", doors.rtsp, READING)
        station.order(
            OpenStream(
                stream_id="s",
                camera_id="drone",
                address=SecretStr(place),
                pictures=(slot,),
                sound=str(ring),
                ring_s=5.0,
            )
        )
        viewer = look_at(slot)
        facts, _ = viewer.next(lambda facts, luma: bool(luma[SIZE[1] // 2, 40] > 128))
        assert (facts.width, facts.height) == SIZE
        with SoundReader(ring) as reader:
            wait_until(lambda: is_loud(reader), "a beep")
        told = station.state("s", "live", lambda state: bool(state.codec))
        assert (told.codec, told.sound) == ("hevc", "aac")
        assert told.clock_source == "unknown", "RTMP tells no time of day, so nobody may say how wrong it is"
    finally:
        drone.close()


def is_loud(reader: SoundReader) -> bool:
    """Say whether a beep is among what came since the last question."""
    pieces = [np.frombuffer(piece.samples, np.int16).astype(np.int32) for piece in reader.take()]
    return any(np.abs(piece).max(initial=0) > LOUD for piece in pieces)


def test_sound_of_g711_lies_beside_its_picture(doors: Doors, tmp_path: Path) -> None:
    clip = make_flash_and_beep(tmp_path / "street.mov", "pcm_alaw", CLIP_S)
    vest = Ffmpeg(clip, *COPY, "-f", "flv", doors.address("rtmp", "vest"))
    try:
        wait_until(lambda: doors.is_sending("vest"), "a vest that sends")
        flashes, beeps = seen_and_heard(reading_address("vest", doors.rtsp, READING))
    finally:
        vest.close()
    assert min(abs(flashes[0] - beep) for beep in beeps) < ONE_PICTURE_S


def seen_and_heard(address: str) -> tuple[list[float], list[float]]:
    """Return when a flash began and when it was loud (s), until the sound is past the first flash."""
    flashes: list[float] = []
    beeps: list[float] = []
    is_white = True
    with av.open(address, options={"rtsp_transport": "tcp"}, timeout=10) as container:
        for frame in container.decode():
            assert frame.time is not None
            if isinstance(frame, av.AudioFrame):
                loud = np.flatnonzero(np.abs(frame.to_ndarray()[0].astype(np.int32)) > LOUD)
                beeps.extend([frame.time + float(loud[0]) / frame.sample_rate] if loud.size else [])
                if flashes and frame.time > flashes[0] + 0.5:
                    break
            elif isinstance(frame, av.VideoFrame):
                was_white, is_white = is_white, bool(frame.to_ndarray(format="gray")[SIZE[1] // 2, 40] > 128)
                flashes.extend([frame.time] if is_white and not was_white else [])
    return flashes, beeps
