"""The talk worker's process, heard by GStreamer and speaking from PulseAudio's microphone."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from console.infrastructure.channel.messages import (
    Heartbeat,
    OpenMicrophone,
    PhraseRendered,
    RenderPhrase,
    RequestFailed,
    SpeakerTarget,
    SpeakPhrase,
    StopTalking,
    TalkState,
)
from console.infrastructure.voice.resampling import resampled
from console.infrastructure.voice.sound import Samples, read_wav, write_wav
from console.infrastructure.voice.tts.espeak import find_espeak

if TYPE_CHECKING:
    from tests.peers.voice.conftest import GstSpeaker, TalkStation, VirtualMicrophone

pytestmark = pytest.mark.peer

Law = Literal["pcmu", "pcma"]
TEXT = "长江路的商户您好，请勿占道经营，谢谢配合。"


@pytest.fixture(autouse=True)
def espeak_is_here() -> None:
    if find_espeak() is None:
        pytest.skip("espeak-ng is not installed")


def likeness(heard: Samples, sent: Samples) -> float:
    """Return the correlation of ``sent`` with the part of ``heard`` that fits it best."""
    assert len(heard) and len(sent)
    size = 1 << (len(heard) + len(sent)).bit_length()
    one, other = heard.astype(np.float64), sent.astype(np.float64)
    products: npt.NDArray[np.float64] = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
    shift = int(products[: len(heard)].argmax())
    part = one[shift : shift + len(other)]
    other = other[: len(part)]
    return float(part @ other / (np.linalg.norm(part) * np.linalg.norm(other)))


@pytest.mark.parametrize("codec", ["pcmu", "pcma"])
def test_another_program_hears_the_phrase_that_was_recorded(
    station: "TalkStation", gst_speaker: Callable[[Law], "GstSpeaker"], codec: Law
) -> None:
    speaker = gst_speaker(codec)
    record_path = station.folder / "said.wav"
    station.order(SpeakPhrase(session_id="T-1", text=TEXT, speakers=(speaker.target(),), record_path=str(record_path)))

    end = station.state("T-1", "ended", "failed")

    assert (end.condition, end.reason, end.voice) == ("ended", "", "espeak-ng zh")
    assert end.reached == {"S-01": "sent"}
    heard, rate_hz = read_wav(speaker.heard(end.elapsed_s - 0.1))
    said, said_hz = read_wav(record_path)
    assert rate_hz == said_hz == 8000
    assert likeness(heard, said[: len(heard)]) > 0.95


def test_a_prepared_phrase_is_on_air_without_being_rendered_again(
    station: "TalkStation", gst_speaker: Callable[[Law], "GstSpeaker"]
) -> None:
    station.order(RenderPhrase(request_id="R-1", text=TEXT))
    rendered = station.until(lambda said: isinstance(said, PhraseRendered | RequestFailed))
    assert isinstance(rendered, PhraseRendered)
    # The renderer may end; what is prepared stays.
    for child in psutil.Process(station.worker.pid).children():
        child.kill()

    station.order(
        SpeakPhrase(
            session_id="T-1",
            text=TEXT,
            speakers=(gst_speaker("pcmu").target(),),
            record_path=str(station.folder / "said.wav"),
        )
    )
    on_air = station.state("T-1", "on_air", "failed")
    station.order(StopTalking(session_id="T-1"))
    end = station.state("T-1", "ended", "failed")

    assert (on_air.condition, end.condition) == ("on_air", "ended")
    assert end.elapsed_s < rendered.duration_s
    children = psutil.Process(station.worker.pid).children()
    assert [child for child in children if child.status() != psutil.STATUS_ZOMBIE] == []


def test_a_text_that_cannot_be_spoken_is_refused_by_its_request(station: "TalkStation") -> None:
    station.order(RenderPhrase(request_id="R-1", text="……"))

    refused = station.until(lambda said: isinstance(said, RequestFailed))

    assert isinstance(refused, RequestFailed)
    assert (refused.request_id, refused.reason) == ("R-1", "There is nothing in this text that can be spoken.")


def test_what_is_said_into_the_microphone_is_heard_at_the_speaker(
    microphone: "VirtualMicrophone",
    start_station: Callable[[dict[str, str]], "TalkStation"],
    gst_speaker: Callable[[Law], "GstSpeaker"],
    tmp_path: Path,
) -> None:
    time_s = np.arange(48_000 * 20) / 48_000
    # A tone that swells, climbs and falls back: it fits itself at one place only.
    sweep = np.sin(2 * np.pi * (400 * time_s + 60 * np.sin(2 * np.pi * 0.11 * time_s) * time_s))
    said = (12_000 * (1 + 0.5 * np.sin(2 * np.pi * 0.7 * time_s)) * sweep).astype(np.int16)
    write_wav(tmp_path / "speech.wav", said, 48_000)
    station = start_station(microphone.environment)
    speaker = gst_speaker("pcmu")
    microphone.say(tmp_path / "speech.wav")

    station.order(
        OpenMicrophone(session_id="T-1", speakers=(speaker.target(),), record_path=str(tmp_path / "live.wav"))
    )
    station.state("T-1", "on_air", packets=100)
    station.order(StopTalking(session_id="T-1"))
    end = station.state("T-1", "ended", "failed")

    assert (end.condition, end.reason) == ("ended", "")
    heard, _ = read_wav(speaker.heard(end.elapsed_s - 0.1))
    recorded, _ = read_wav(Path(end.record_path))
    assert likeness(heard, recorded[: len(heard)]) > 0.95
    second = heard[4000:12000]
    assert likeness(resampled(said, 48_000, 8_000), second) > 0.95
    levels = [one.level_dbfs for one in station.said if isinstance(one, TalkState) and one.condition == "on_air"]
    assert max(levels) > -15


def test_a_held_microphone_is_let_go_after_its_longest_time(
    microphone: "VirtualMicrophone",
    start_station: Callable[[dict[str, str]], "TalkStation"],
    gst_speaker: Callable[[Law], "GstSpeaker"],
    tmp_path: Path,
) -> None:
    station = start_station(microphone.environment)
    order = OpenMicrophone(
        session_id="T-1",
        speakers=(gst_speaker("pcmu").target(),),
        record_path=str(tmp_path / "live.wav"),
        longest_s=0.5,
    )
    station.order(order)
    first = station.state("T-1", "ended", "failed")
    station.order(order.model_copy(update={"session_id": "T-2", "record_path": str(tmp_path / "again.wav")}))
    second = station.state("T-2", "ended", "failed")

    assert (first.condition, first.elapsed_s) == ("ended", 0.5)
    assert (second.condition, second.elapsed_s) == ("ended", 0.5)


def test_a_machine_without_a_microphone_says_so_and_still_speaks_phrases(
    start_station: Callable[[dict[str, str]], "TalkStation"],
    gst_speaker: Callable[[Law], "GstSpeaker"],
    tmp_path: Path,
) -> None:
    (tmp_path / "nothing").mkdir()
    station = start_station({"PULSE_SERVER": f"unix:{tmp_path}/nothing/here", "XDG_RUNTIME_DIR": str(tmp_path)})
    target = gst_speaker("pcmu").target()
    station.order(OpenMicrophone(session_id="T-1", speakers=(target,), record_path=str(tmp_path / "live.wav")))
    failed = station.state("T-1", "ended", "failed")
    station.order(SpeakPhrase(session_id="T-2", text=TEXT, speakers=(target,), record_path=str(tmp_path / "p.wav")))
    on_air = station.state("T-2", "on_air", "failed")

    assert failed.condition == "failed"
    assert "microphone" in failed.reason
    assert failed.packets == 0
    assert on_air.condition == "on_air"


def test_the_worker_ends_with_its_station_and_stops_speaking(
    station: "TalkStation", gst_speaker: Callable[[Law], "GstSpeaker"]
) -> None:
    station.order(
        SpeakPhrase(
            session_id="T-1",
            text=TEXT,
            speakers=(gst_speaker("pcmu").target(),),
            record_path=str(station.folder / "said.wav"),
        )
    )
    station.state("T-1", "on_air")

    assert station.close() == 0
    assert (station.folder / "said.wav").exists()


def test_the_worker_beats_while_it_speaks_and_logs_no_credentials(station: "TalkStation") -> None:
    stranger = SpeakerTarget(speaker_id="S-02", host="user:pa55word@no-such-speaker.invalid", port=5004)
    station.order(
        SpeakPhrase(session_id="T-1", text=TEXT, speakers=(stranger,), record_path=str(station.folder / "x.wav"))
    )
    end = station.state("T-1", "ended", "failed")
    pulse = station.until(lambda said: isinstance(said, Heartbeat))
    station.close()

    assert end.condition == "failed"
    assert isinstance(pulse, Heartbeat)
    assert pulse.figures["talk_sessions"] >= 0
    written = "".join(path.read_text(encoding="utf-8") for path in (station.folder / "logs").iterdir())
    assert "S-02" in written
    assert "pa55word" not in written + end.model_dump_json()
