"""A replay is heard when it is seen: our two workers, a recording with its sound, a loudspeaker that is recorded."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from console.bench.loudspeaker import RecordedLoudspeaker
from console.infrastructure.channel.messages import (
    Hear,
    PlaySpan,
    ReplayPart,
    ReplayState,
    RunReplay,
    SoundOfPlayer,
)
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.sound_slots import create_sound
from tests.infrastructure.video.media_station import MediaStation, Slots
from tests.infrastructure.video.recorded import NOON
from tests.infrastructure.video.test_kept_sound import SECONDS, cut, ring_of
from tests.peers.listening.flash_and_beep import make_flash_and_beep
from tests.peers.voice.conftest import TalkStation

pytestmark = pytest.mark.peer

TICK_S = 0.016  # the seat's render clock
WITHIN_MS = 80.0
WHITE = 128


@pytest.fixture
def speaker(tmp_path: Path) -> Iterator[RecordedLoudspeaker]:
    if shutil.which("pulseaudio") is None or shutil.which("parec") is None:
        pytest.skip("PulseAudio is not installed")
    made = RecordedLoudspeaker(tmp_path)
    yield made
    made.close()


def flashes_on_a_screen(slot: str, seconds: float) -> list[float]:
    """Paint for so long, as a seat does, and return when each flash was on the screen, by the monotonic clock."""
    found: list[float] = []
    was_white, seen, pause = True, 0, threading.Event()
    until_s = time.monotonic() + seconds
    with SlotReader(Path(slot)) as reader:
        into = bytearray(reader.capacity_bytes)
        while time.monotonic() < until_s:
            pause.wait(TICK_S)
            facts = reader.copy_newest(into, seen)
            if facts is None:
                continue
            seen = facts.sequence
            is_white = into[facts.stride * facts.height // 2 + 160] > WHITE
            if is_white and not was_white:
                found.append(time.monotonic())
            was_white = is_white
    return found


def test_a_replay_beeps_when_it_flashes(
    tmp_path: Path, speaker: RecordedLoudspeaker, record_property: Callable[[str, object], None]
) -> None:
    street = make_flash_and_beep(tmp_path / "street.mov", "pcm_alaw", SECONDS)
    recording = cut(ring_of(street)[0], tmp_path / "recording.mp4", 0.0, SECONDS)
    for name in ("media", "talk"):
        (tmp_path / name).mkdir()
    slots = Slots()
    ring = create_sound(Path(f"{slots.new()}-sound"))
    picture = slots.picture(320, 240)
    media = MediaStation(tmp_path / "media")
    talk = TalkStation(tmp_path / "talk", speaker.environment)
    try:
        part = ReplayPart(path=str(recording), begins_at=NOON, ends_at=NOON.replace(second=SECONDS))
        media.order(PlaySpan(player_id="r", camera_id="c", stream_id="s", parts=(part,), at=NOON, picture=picture))
        media.until(lambda said: isinstance(said, ReplayState) and said.has_sound)
        talk.order(Hear(camera_id="r", sound_path=str(ring.path)))
        media.order(SoundOfPlayer(player_id="r", sound_path=str(ring.path)))
        media.order(RunReplay(player_id="r", action="play", when_s=time.monotonic(), at=NOON))
        flashes = flashes_on_a_screen(picture.slot_path, SECONDS)
        media.order(RunReplay(player_id="r", action="close", when_s=time.monotonic()))
        beeps = list(speaker.beeps)
    finally:
        media.close()
        talk.close()
        ring.remove()
        slots.close()
    apart_ms = [min((beep_s - flash_s for beep_s in beeps), key=abs) * 1000 for flash_s in flashes[1:]]
    assert len(apart_ms) >= 3
    record_property("heard_after_its_picture_ms", sorted(round(one) for one in apart_ms))
    assert abs(median(apart_ms)) <= WITHIN_MS
