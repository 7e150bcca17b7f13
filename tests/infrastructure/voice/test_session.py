"""A talk session as the station and the street see it."""

import hashlib
import queue
import threading
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import SpeakerTarget, TalkState
from console.infrastructure.voice.codecs import CODECS
from console.infrastructure.voice.drivers.rtp import RtpSpeaker
from console.infrastructure.voice.session import Prepared, TalkSession
from console.infrastructure.voice.sound import FRAME_SAMPLES, Samples
from console.infrastructure.voice.sources import LiveFrames, Source, SpokenFrames

if TYPE_CHECKING:
    from tests.infrastructure.voice.conftest import Listener

WITHIN_S = 15.0


class Running:
    """A session under test and what it told the station."""

    def __init__(
        self, source: Source, speakers: Sequence[SpeakerTarget], record_path: Path, longest_s: float = 60.0
    ) -> None:
        self._told: queue.SimpleQueue[TalkState] = queue.SimpleQueue()
        self.ended = threading.Event()
        self.session = TalkSession(
            session_id="T-1",
            speakers=speakers,
            record_path=record_path,
            prepare=lambda stopping: Prepared(source, voice="a voice", longest_s=longest_s),
            open_driver=RtpSpeaker,
            report=self._told.put,
            ended=lambda _: self.ended.set(),
        )
        self.session.start()

    def until(self, is_so: Callable[[TalkState], bool]) -> TalkState:
        while True:
            state = self._told.get(timeout=WITHIN_S)
            if is_so(state):
                return state

    def end(self) -> TalkState:
        return self.until(lambda state: state.condition in ("ended", "failed"))


@pytest.fixture
def speak(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def begin(source: Source, speakers: Sequence[SpeakerTarget], longest_s: float = 60.0) -> Running:
        running.append(Running(source, speakers, tmp_path / f"{len(running)}.wav", longest_s))
        return running[-1]

    yield begin
    for one in running:
        one.session.stop()
        one.session.join()


Speak = Callable[..., Running]


def test_a_phrase_goes_through_preparing_and_on_air_to_ended(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    running = speak(SpokenFrames(tone_frames), [listeners[0].target()])

    seen = [running.until(lambda state: True) for _ in range(3)]
    end = running.end()

    assert [state.condition for state in seen] == ["preparing", "on_air", "on_air"]
    assert seen[0].reached == {"S-01": "waiting"}
    assert seen[2].level_dbfs == pytest.approx(-9.2, abs=0.2)
    assert (end.condition, end.reason, end.packets, end.elapsed_s) == ("ended", "", 25, 0.5)
    assert end.reached == {"S-01": "sent"}
    assert end.voice == "a voice"
    assert running.ended.wait(WITHIN_S)


def test_no_packet_is_ahead_of_its_time(speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]) -> None:
    speak(SpokenFrames(tone_frames * 2), [listeners[0].target()])

    packets = listeners[0].hear(50)

    # Each packet may be late on a busy machine, but a burst would run over the speaker's buffer.
    ahead_s = [0.02 * n - (packet.arrived_s - packets[0].arrived_s) for n, packet in enumerate(packets)]
    assert max(ahead_s) < 0.06


def test_the_recording_is_sample_for_sample_what_the_speaker_was_sent(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    running = speak(SpokenFrames(tone_frames), [listeners[0].target("pcma")])
    end = running.end()

    heard = np.concatenate([CODECS["pcma"].decode(packet.payload) for packet in listeners[0].hear(25)])
    with wave.open(end.record_path, "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        kept = file.readframes(file.getnframes())
    assert kept == heard.astype("<i2").tobytes()
    assert end.pcm_sha256 == hashlib.sha256(kept).hexdigest()
    assert end.record_sha256 == hashlib.sha256(Path(end.record_path).read_bytes()).hexdigest()


def test_speakers_of_different_codecs_hear_the_same_and_the_widest_is_recorded(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    targets = [
        listeners[0].target("pcmu", "S-01"),
        listeners[1].target("l16", "S-02"),
        listeners[2].target("pcmu", "S-03"),
    ]
    end = speak(SpokenFrames(tone_frames), targets).end()

    narrow, wide, twin = (listener.hear(25) for listener in listeners)
    assert [packet.payload for packet in narrow] == [packet.payload for packet in twin]
    assert len({packets[0].ssrc for packets in (narrow, wide, twin)}) == 3
    heard = np.concatenate([CODECS["l16"].decode(packet.payload) for packet in wide])
    assert np.array_equal(heard, np.concatenate(tone_frames))
    with wave.open(end.record_path, "rb") as file:
        assert file.getframerate() == 16_000
    assert end.reached == {"S-01": "sent", "S-02": "sent", "S-03": "sent"}


def test_a_dead_speaker_does_not_silence_the_others(
    speak: Speak, listeners: list["Listener"], closed_port: int, tone_frames: list[Samples]
) -> None:
    dead = SpeakerTarget(speaker_id="S-02", host="127.0.0.1", port=closed_port)
    unknown = SpeakerTarget(speaker_id="S-03", host="no-such-speaker.invalid", port=5004)

    end = speak(SpokenFrames(tone_frames), [dead, unknown, listeners[0].target()]).end()

    assert end.condition == "ended"
    assert end.reached == {"S-01": "sent", "S-02": "failed", "S-03": "failed"}
    assert len(listeners[0].hear(25)) == 25


def test_when_no_speaker_can_be_reached_the_session_fails_at_once(
    speak: Speak, closed_port: int, tone_frames: list[Samples]
) -> None:
    dead = SpeakerTarget(speaker_id="S-02", host="127.0.0.1", port=closed_port)

    end = speak(SpokenFrames(tone_frames * 100), [dead]).end()

    assert end.condition == "failed"
    assert "No speaker can be reached" in end.reason
    assert end.packets < 100


def test_stopping_ends_it_and_nothing_is_sent_afterwards(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    running = speak(SpokenFrames(tone_frames * 1000), [listeners[0].target()])
    listeners[0].hear(10)

    running.session.stop()
    end = running.end()

    assert end.condition == "ended"
    sent = 10 + listeners[0].waiting()
    assert sent == end.packets
    assert running.ended.wait(WITHIN_S)
    assert listeners[0].waiting() == 0


class StandsStill(SpokenFrames):
    """A machine that stands still for a second in the middle of a sentence."""

    taken = 0

    def take(self) -> Samples | None:
        self.taken += 1
        if self.taken == 10:
            threading.Event().wait(1.1)
        return super().take()


def test_a_sentence_that_stood_still_in_the_middle_is_not_said_to_have_been_spoken(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    end = speak(StandsStill(tone_frames), [listeners[0].target()]).end()

    assert end.condition == "failed" and "broken off" in end.reason
    assert end.packets == len(listeners[0].hear(9)) == 9


def test_stopping_while_it_is_still_prepared_sends_nothing(speak: Speak, listeners: list["Listener"]) -> None:
    running = speak(LiveFrames(), [listeners[0].target()])
    running.until(lambda state: state.condition == "preparing")

    running.session.stop()
    end = running.end()

    assert (end.condition, end.packets, end.record_path) == ("ended", 0, "")
    assert listeners[0].waiting() == 0


def test_a_held_key_is_let_go_after_the_longest_time(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    end = speak(SpokenFrames(tone_frames * 100), [listeners[0].target()], longest_s=0.2).end()

    assert (end.condition, end.elapsed_s) == ("ended", 0.2)


def test_a_microphone_that_fails_is_told_in_its_own_words(
    speak: Speak, listeners: list["Listener"], tone_frames: list[Samples]
) -> None:
    source = LiveFrames()
    for frame in tone_frames[:3]:
        source.put(frame)
    source.fail(Unavailable("The microphone was lost while speaking; check its plug."))

    end = speak(source, [listeners[0].target()]).end()

    assert (end.condition, end.packets) == ("failed", 3)
    assert end.reason == "The microphone was lost while speaking; check its plug."
    assert end.record_sha256 != ""


def test_live_speech_that_piled_up_is_dropped_not_spoken_late() -> None:
    source = LiveFrames()
    for number in range(50):
        source.put(np.full(FRAME_SAMPLES, number, np.int16))

    first = source.take()

    assert first is not None
    assert int(first[0]) == 44
    assert source.dropped == 44


def test_a_disk_that_takes_nothing_does_not_stop_the_speech(
    listeners: list["Listener"], tone_frames: list[Samples], tmp_path: Path
) -> None:
    (tmp_path / "full").write_text("a file where a folder should be")
    running = Running(SpokenFrames(tone_frames), [listeners[0].target()], tmp_path / "full" / "a.wav")

    end = running.end()
    running.session.join()

    assert (end.condition, end.packets, end.record_path) == ("ended", 25, "")
    assert "recording" in end.reason
    assert len(listeners[0].hear(25)) == 25
