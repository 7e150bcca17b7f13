"""A clip that flashes and beeps at the same moments, and a camera that sends it."""

import subprocess
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


def make_flash_and_beep(path: Path, codec: Codec, seconds: int, pictures: str = "libx264") -> Path:
    """Write a clip that turns white, and beeps, for the first fifth of every second; a key picture a second.

    Args:
        pictures: who encodes them, ``libx264`` or ``libx265``.
    """
    with av.open(str(path), "w", format="mp4" if codec == "aac" else "mov") as container:
        video = container.add_stream(pictures, rate=Fraction(FPS))
        assert isinstance(video, av.VideoStream)
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        video.codec_context.gop_size = FPS
        video.codec_context.max_b_frames = 0
        told = f"scenecut=0:keyint={FPS}:log-level=none" if pictures == "libx265" else f"scenecut=0:keyint={FPS}"
        video.options = {"preset": "ultrafast", "crf": "20", f"{pictures[3:]}-params": told}
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


def flashes_in(path: Path) -> list[float]:
    """Return when the pictures of a file turn white (s), by the file's own clock."""
    found: list[float] = []
    was_white = True  # a flash that is already on has no beginning
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            is_white = bool(frame.to_ndarray(format="gray")[SIZE[1] // 2, 40] > 128)
            if is_white and not was_white:
                assert frame.time is not None
                found.append(frame.time)
            was_white = is_white
    return found


def beeps_in(path: Path) -> list[float]:
    """Return when the sound of a file begins to beep (s), by the file's own clock."""
    found: list[float] = []
    quiet_since_s = -EVERY_S
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono")
        for frame in container.decode(audio=0):
            begins_s = frame.time
            assert begins_s is not None
            for made in resampler.resample(frame):
                samples = np.abs(made.to_ndarray()[0].astype(np.int32))
                for at in np.flatnonzero(samples > 8_000):
                    at_s = begins_s + float(at) / frame.sample_rate
                    if at_s - quiet_since_s > EVERY_S / 2:
                        found.append(at_s)
                    quiet_since_s = at_s
    return found


def most_apart_ms(path: Path) -> float:
    """Return by how much a beep lies apart from its flash at most; every flash has one."""
    beeps = beeps_in(path)
    return max(min((abs(beep_s - flash_s) for beep_s in beeps), default=9.0) for flash_s in flashes_in(path)) * 1000


def has_sound(path: Path) -> bool:
    """Say whether a file has any sound, by what a program of other people's reads in it."""
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return "audio" in told.stdout.split()
