"""Claims about the sound of a replay: the street's own samples, due with their pictures, silent at any other pace."""

import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from console.infrastructure.channel.messages import (
    ControlPlayer,
    PictureSlot,
    PlayClip,
    PlayerState,
    PlaySpan,
    ReplayState,
    RunReplay,
    SoundOfPlayer,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.sound_slots import SOUND_HZ, SoundReader, create_sound
from console.infrastructure.video.player import Player
from console.infrastructure.video.recorded_sound import DUE_EARLIER_S
from console.infrastructure.video.reel import Reel, part_of_packets
from console.infrastructure.video.replay import Replay
from tests.infrastructure.video.media_station import Slots, wait_until
from tests.infrastructure.video.recorded import NOON
from tests.infrastructure.video.test_kept_sound import cut, ring_of
from tests.peers.listening.flash_and_beep import LASTS_S, make_flash_and_beep

SECONDS = 6
LOUD = 8_000


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_flash_and_beep(tmp_path_factory.mktemp("street") / "street.mov", "pcm_alaw", SECONDS)


@pytest.fixture
def picture() -> Iterator[PictureSlot]:
    slots = Slots()
    yield slots.picture(320, 240)
    slots.close()


class Ear:
    """Listens at a ring: when each beep begins on the replay's scale, and when it is due by the monotonic clock."""

    def __init__(self) -> None:
        self.ring = create_sound(Path("/dev/shm") / f"citydesk-test-{secrets.token_hex(6)}-sound")
        self._reader = SoundReader(self.ring.path)
        self.beeps: list[tuple[float, float]] = []
        self.cuts = 0
        self.to_s = 0.0

    def listen(self) -> int:
        """Take in what came, and return how many pieces that were."""
        pieces = self._reader.take()
        for piece in pieces:
            if not piece.samples:
                self.cuts += 1
                continue
            loud = np.flatnonzero(np.abs(np.frombuffer(piece.samples, np.int16).astype(np.int32)) > LOUD)
            self.to_s = piece.media_time_s + len(piece.samples) / 2 / SOUND_HZ
            if len(loud) and (not self.beeps or abs(piece.media_time_s - self.beeps[-1][0]) > 2 * LASTS_S):
                self.beeps.append((piece.media_time_s + loud[0] / SOUND_HZ, piece.arrived_s))
        return len(pieces)

    def close(self) -> None:
        self._reader.close()
        self.ring.remove()


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.close()


class Playing:
    """A replay of a street in memory, with its sound, and what it says of itself."""

    def __init__(self, street: Path, picture: PictureSlot, ear: Ear) -> None:
        ring, form, packets = ring_of(street)
        self.told: list[ReplayState] = []
        wish = PlaySpan(player_id="r", camera_id="c", stream_id="s", parts=(), at=NOON, picture=picture)
        part = part_of_packets(form, packets, ring.sound_of(form))
        self.replay = Replay(wish, [part], SystemClock(), self.told.append)
        self.replay.order(SoundOfPlayer(player_id="r", sound_path=str(ear.ring.path)))

    def run(self, action: str, *, at_s: float, speed: float = 1.0) -> float:
        """Give an order and return when it was given, by the monotonic clock."""
        now_s = time.monotonic()
        at = NOON + timedelta(seconds=at_s)
        order = {"player_id": "r", "action": action, "when_s": now_s, "at": at, "speed": speed}
        self.replay.order(RunReplay.model_validate(order))
        return now_s

    def close(self) -> None:
        self.run("close", at_s=0.0)
        self.replay.join(10)


@pytest.fixture
def playing(street: Path, picture: PictureSlot, ear: Ear) -> Iterator[Playing]:
    made = Playing(street, picture, ear)
    yield made
    made.close()


def test_a_beep_is_due_with_its_flash(playing: Playing, ear: Ear) -> None:
    began_s = playing.run("play", at_s=0.5)
    wait_until(lambda: ear.listen() >= 0 and len(ear.beeps) >= 2, "two beeps")
    for moment_s, arrived_s in ear.beeps:
        second = round(moment_s - NOON.timestamp())
        assert moment_s - NOON.timestamp() == pytest.approx(second, abs=0.03)
        # It counts as come just before its picture is due: the player then is not early, and not late.
        assert arrived_s + DUE_EARLIER_S == pytest.approx(began_s + second - 0.5, abs=0.08)
    assert playing.told[-1].has_sound


@pytest.mark.parametrize(("action", "speed"), [("pause", 1.0), ("play", 2.0), ("play", 0.5)])
def test_what_stands_still_or_runs_at_another_pace_is_silent_at_once(
    action: str, speed: float, playing: Playing, ear: Ear
) -> None:
    playing.run("play", at_s=0.0)
    wait_until(lambda: ear.listen() >= 0 and bool(ear.beeps), "a beep")
    cuts = ear.cuts
    playing.run(action, at_s=1.0, speed=speed)
    wait_until(lambda: ear.listen() >= 0 and ear.cuts > cuts, "what was written ahead to be dropped")
    said = len(playing.told)
    for _ in range(3):
        playing.run(action, at_s=1.0, speed=speed)
    wait_until(lambda: len(playing.told) >= said + 3, "three more words of it")
    assert ear.listen() == 0


def test_a_seek_is_heard_from_where_it_went(playing: Playing, ear: Ear) -> None:
    playing.run("play", at_s=0.0)
    wait_until(lambda: ear.listen() >= 0 and bool(ear.beeps), "a beep")
    ear.beeps.clear()
    playing.run("play", at_s=3.8)
    wait_until(lambda: ear.listen() >= 0 and bool(ear.beeps), "the next beep")
    assert ear.beeps[0][0] - NOON.timestamp() == pytest.approx(4.0, abs=0.03)
    assert ear.cuts


def test_sound_goes_on_over_the_end_of_a_file_without_a_gap_or_a_repetition(street: Path) -> None:
    ring, form, packets = ring_of(street)
    sound = ring.sound_of(form)
    halves = (packets[:75], packets[75:])
    reel = Reel([part_of_packets(form, half, sound) for half in halves])
    found = []
    at_s = NOON.timestamp()
    for step in range(50):
        found += reel.sound_between(at_s + step / 10, at_s + (step + 1) / 10)
    reel.close()
    ends_s = [begins_s + len(samples) / 2 / SOUND_HZ for begins_s, samples in found]
    joins = [after[0] - before for before, after in zip(ends_s, found[1:], strict=False)]
    assert max(abs(join) for join in joins) < 0.08, "one frame at the seam at most"
    assert len(joins) > 60


def test_a_clip_is_heard_in_step_and_again_when_it_begins_anew(
    street: Path, tmp_path: Path, picture: PictureSlot, ear: Ear
) -> None:
    clip = cut(ring_of(street)[0], tmp_path / "clip.mp4", 0.0, 1.6)
    told: list[PlayerState] = []
    player = Player(PlayClip(player_id="p", path=str(clip), picture=picture), SystemClock(), told.append)
    player.control(SoundOfPlayer(player_id="p", sound_path=str(ear.ring.path)))
    wait_until(lambda: ear.listen() >= 0 and any(at_s > 0.5 for at_s, _ in ear.beeps), "the second beep")
    wait_until(lambda: ear.listen() >= 0 and ear.beeps[-1][0] < 0.5, "the first one of the next round")
    player.control(ControlPlayer(player_id="p", action="close"))
    player.join(10)
    assert ear.cuts
    assert told[-1].has_sound
