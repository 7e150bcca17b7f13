"""A clip that flashes and beeps at the same moments, and a loudspeaker that is recorded."""

import os
import subprocess
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av import AudioFrame, VideoFrame

EVERY_S, LASTS_S = 1.0, 0.2
FPS = 25
SIZE = (320, 240)
HZ = {"aac": 16_000, "pcm_mulaw": 8_000, "pcm_alaw": 8_000}
Codec = Literal["aac", "pcm_mulaw", "pcm_alaw"]
LOUD = 3000  # of 32767: the beep is at 20,000


def make_flash_and_beep(path: Path, codec: Codec, seconds: int) -> Path:
    """Write a clip that turns white, and beeps, for the first fifth of every second; a key picture a second."""
    with av.open(str(path), "w", format="mp4" if codec == "aac" else "mov") as container:
        video = container.add_stream("libx264", rate=Fraction(FPS))
        assert isinstance(video, av.VideoStream)
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        video.codec_context.gop_size = FPS
        video.codec_context.max_b_frames = 0
        video.options = {"preset": "ultrafast", "crf": "20", "x264-params": f"scenecut=0:keyint={FPS}"}
        audio = container.add_stream(codec, rate=HZ[codec])
        assert isinstance(audio, av.AudioStream)
        audio.layout = "mono"
        moved = 0
        for second in range(seconds):
            for number in range(FPS):
                grey = np.full((SIZE[1], SIZE[0], 3), 235 if number < LASTS_S * FPS else 30, np.uint8)
                moved += 1
                grey[:8, (moved * 4) % SIZE[0] :] = 128  # something moves: the picture is not frozen
                frame = VideoFrame.from_ndarray(grey, format="rgb24")
                frame.pts = second * FPS + number
                container.mux(video.encode(frame.reformat(format="yuv420p")))
            container.mux(audio.encode(_beep(second, HZ[codec], str(audio.codec_context.format.name))))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path


def _beep(second: int, rate: int, form: str) -> AudioFrame:
    at_s = np.arange(rate) / rate
    wave = np.where(at_s < LASTS_S, 20_000 * np.sin(2 * np.pi * 1000 * at_s), 0)
    made = AudioFrame.from_ndarray(wave.astype(np.int16)[np.newaxis, :], format="s16", layout="mono")
    made.sample_rate = rate
    made.pts = second * rate
    if form == "s16":
        return made
    (converted,) = av.AudioResampler(format=form, layout="mono", rate=rate).resample(made)
    converted.pts = second * rate
    return converted


def sends(file: Path, codec: Codec) -> str:
    """Return the description of a camera that plays the clip with its sound."""
    audio = {
        "aac": "aacparse ! rtpmp4gpay pt=97",
        "pcm_mulaw": "rtppcmupay max-ptime=20000000 pt=0",
        "pcm_alaw": "rtppcmapay max-ptime=20000000 pt=8",
    }[codec]
    return (
        f"( filesrc location={file} ! qtdemux name=d "
        "d. ! queue max-size-time=0 max-size-buffers=0 ! h264parse config-interval=-1 ! "
        "video/x-h264,alignment=au ! rtph264pay name=pay0 pt=96 "
        f"d. ! queue max-size-time=0 max-size-buffers=0 ! {audio} name=pay1 )"
    )


class RecordedLoudspeaker:
    """A PulseAudio server of its own whose only loudspeaker goes nowhere, and is listened to."""

    def __init__(self, folder: Path) -> None:
        home, run = folder / "sound-home", folder / "sound-run"
        for place in (home, run, run / "pulse"):
            place.mkdir(mode=0o700)
        self.environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(run), "PULSE_RUNTIME_PATH": str(run / "pulse")}
        self._all = {**os.environ, **self.environment}
        modules = (
            "module-native-protocol-unix",
            "module-null-sink sink_name=street rate=48000 channels=1",
            "module-null-source source_name=silence rate=48000 channels=1",
        )
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
                *(word for module in modules for word in ("-L", module)),
            ],
            env=self._all,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        give_up_s = time.monotonic() + 20
        choose = ["pactl", "set-default-source", "silence"]
        pause = threading.Event()
        while subprocess.run(choose, env=self._all, capture_output=True, check=False).returncode != 0:
            assert time.monotonic() < give_up_s, "PulseAudio does not answer"
            pause.wait(0.05)
        self._recorder = subprocess.Popen(
            [
                "parec", "--raw", "-d", "street.monitor", "--format=s16le", "--rate=48000", "--channels=1",
                "--latency-msec=5", "--process-time-msec=5",
            ],
            env=self._all,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self.beeps: list[float] = []
        self.last_loud_s = 0.0
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        """Note when each beep began, by the monotonic clock."""
        assert self._recorder.stdout is not None
        while octets := os.read(self._recorder.stdout.fileno(), 65536):
            now_s = time.monotonic()
            heard = np.frombuffer(octets[: len(octets) // 2 * 2], np.int16)
            loud = np.flatnonzero(np.abs(heard.astype(np.int32)) > LOUD)
            if not len(loud):
                continue
            first_s = now_s - (len(heard) - loud[0]) / 48_000
            if first_s - self.last_loud_s > LASTS_S:
                self.beeps.append(first_s)
            self.last_loud_s = now_s - (len(heard) - loud[-1]) / 48_000

    def close(self) -> None:
        for process in (self._recorder, self._server):
            process.terminate()
            process.wait(10)
        self._listening.join()
        assert self._recorder.stdout is not None
        self._recorder.stdout.close()
