"""A station for a talk worker, GStreamer in the place of a loudspeaker, and a microphone without a sound card."""

import os
import queue
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import psutil
import pytest

from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, listen
from console.infrastructure.channel.messages import AnyMessage, Hello, SpeakerTarget, TalkState
from console.infrastructure.supervisor import command_for, environment_for_child

WITHIN_S = 60.0


class TalkStation:
    """The station's end of a real talk worker process; keeps all that the worker said."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        key = secrets.token_bytes(32)
        self.folder = folder
        (folder / "logs").mkdir()
        self._arrived: queue.SimpleQueue[AnyMessage] = queue.SimpleQueue()
        self.said: list[AnyMessage] = []
        with listen(key) as door:
            endpoint = Endpoint(port=door.address[1], key=key)
            options = ["--cache", str(folder / "cache"), "--assets", str(folder / "assets")]
            self.worker = subprocess.Popen(
                command_for("talk-worker", [*options, "--logs", str(folder / "logs"), "--worker-id", "talk-7"]),
                env=environment_for_child({**environment, **endpoint.to_environment()}),
            )
            self.channel = Channel(door.accept())
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()
        hello = self.until(lambda said: isinstance(said, Hello))
        assert isinstance(hello, Hello)
        assert (hello.role, hello.worker_id, hello.pid) == ("talk-worker", "talk-7", self.worker.pid)

    def order(self, message: AnyMessage) -> None:
        self.channel.send(message)

    def until(self, is_so: Callable[[AnyMessage], bool]) -> AnyMessage:
        give_up_s = time.monotonic() + WITHIN_S
        while True:
            message = self._arrived.get(timeout=max(0.01, give_up_s - time.monotonic()))
            self.said.append(message)
            if is_so(message):
                return message

    def forget(self) -> None:
        """Leave out what was said until now."""
        while not self._arrived.empty():
            self.said.append(self._arrived.get())

    def state(self, session_id: str, *conditions: str, packets: int = 0) -> TalkState:
        """Wait for a state of a session."""

        def is_it(said: AnyMessage) -> bool:
            return (
                isinstance(said, TalkState)
                and said.session_id == session_id
                and said.condition in conditions
                and said.packets >= packets
            )

        found = self.until(is_it)
        assert isinstance(found, TalkState)
        return found

    def close(self) -> int:
        """Leave the worker alone and return how it ended."""
        self.channel.close()
        self._listening.join()
        return self.worker.wait(WITHIN_S)

    def _listen(self) -> None:
        try:
            while True:
                if self.channel.has_arrived(0.1):
                    self._arrived.put(self.channel.receive())
        except ChannelClosed:
            return


@pytest.fixture
def start_station(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], TalkStation]]:
    stations: list[TalkStation] = []

    def start(environment: dict[str, str]) -> TalkStation:
        stations.append(TalkStation(tmp_path, environment))
        return stations[-1]

    yield start
    for station in stations:
        if station.worker.poll() is None:
            station.close()


@pytest.fixture
def station(start_station: Callable[[dict[str, str]], TalkStation]) -> TalkStation:
    return start_station({})


class GstSpeaker:
    """GStreamer's RTP receiver with a jitter buffer of 60 ms, playing into a WAV file."""

    def __init__(self, folder: Path, codec: Literal["pcmu", "pcma"]) -> None:
        number, name, law = {"pcmu": (0, "PCMU", "mulaw"), "pcma": (8, "PCMA", "alaw")}[codec]
        self.port = _free_even_port()
        self._codec = codec
        self._wav = folder / f"heard-{codec}-{self.port}.wav"
        caps = f"application/x-rtp,media=audio,clock-rate=8000,encoding-name={name},payload={number}"
        words = (
            f"udpsrc address=127.0.0.1 port={self.port} caps={caps} ! rtpjitterbuffer latency=60 ! "
            f"rtp{codec}depay ! {law}dec ! wavenc ! filesink buffer-mode=2 location={self._wav}"
        )
        self._process = subprocess.Popen(
            ["gst-launch-1.0", "-q", "-e", *words.split()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_until(lambda: self.port in _ports_of(self._process.pid), "GStreamer listens")

    def target(self, speaker_id: str = "S-01") -> SpeakerTarget:
        return SpeakerTarget(speaker_id=speaker_id, host="127.0.0.1", port=self.port, codec=self._codec)

    def heard(self, at_least_s: float) -> Path:
        """Wait until so much was played, end GStreamer and return its WAV file."""
        octets = 44 + int(at_least_s * 8000) * 2
        _wait_until(lambda: self._wav.exists() and self._wav.stat().st_size >= octets, f"{at_least_s:.1f} s are heard")
        self.close()
        return self._wav

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(WITHIN_S)


@pytest.fixture
def gst_speaker(tmp_path: Path) -> Iterator[Callable[[Literal["pcmu", "pcma"]], GstSpeaker]]:
    if shutil.which("gst-launch-1.0") is None:
        pytest.skip("GStreamer is not installed")
    speakers: list[GstSpeaker] = []

    def start(codec: Literal["pcmu", "pcma"]) -> GstSpeaker:
        speakers.append(GstSpeaker(tmp_path, codec))
        return speakers[-1]

    yield start
    for speaker in speakers:
        speaker.close()


class VirtualMicrophone:
    """PulseAudio with a null sink whose monitor is the default source: what is played into it, is heard."""

    def __init__(self, folder: Path) -> None:
        home, run = folder / "home", folder / "run"
        for place in (home, run, run / "pulse"):
            place.mkdir(mode=0o700)
        self.environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(run), "PULSE_RUNTIME_PATH": str(run / "pulse")}
        self._all = {**os.environ, **self.environment}
        modules = (
            "module-native-protocol-unix",
            "module-null-sink sink_name=mic rate=48000 channels=1",
            "module-remap-source master=mic.monitor source_name=fakemic",
        )
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
                *(word for module in modules for word in ("-L", module)),
            ],
            env=self._all,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._speech: subprocess.Popen[bytes] | None = None
        choose = ["pactl", "set-default-source", "fakemic"]
        _wait_until(
            lambda: subprocess.run(choose, env=self._all, capture_output=True, check=False).returncode == 0,
            "PulseAudio answers",
        )

    def say(self, wav: Path) -> None:
        """Play a file into the microphone, with little delay; return when it is being played."""
        self._speech = subprocess.Popen(["paplay", "--latency-msec=20", "-d", "mic", str(wav)], env=self._all)
        listing = ["pactl", "list", "short", "sink-inputs"]
        _wait_until(
            lambda: bool(subprocess.run(listing, env=self._all, capture_output=True, check=True).stdout),
            "the microphone is spoken into",
        )

    def close(self) -> None:
        for process in (self._speech, self._server):
            if process is not None:
                process.terminate()
                process.wait(WITHIN_S)


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[VirtualMicrophone]:
    if shutil.which("pulseaudio") is None or shutil.which("paplay") is None:
        pytest.skip("PulseAudio is not installed")
    found = VirtualMicrophone(tmp_path)
    yield found
    found.close()


def _wait_until(is_so: Callable[[], bool], what: str) -> None:
    give_up_s = time.monotonic() + WITHIN_S
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < give_up_s, f"waited in vain until {what}"
        pause.wait(0.05)


def _ports_of(pid: int) -> set[int]:
    return {connection.laddr.port for connection in psutil.Process(pid).net_connections(kind="udp")}


def _free_even_port() -> int:
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port % 2 == 0:
            return port
