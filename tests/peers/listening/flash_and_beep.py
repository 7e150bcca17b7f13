"""A clip that flashes and beeps at the same moments, and a camera that sends it."""

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
