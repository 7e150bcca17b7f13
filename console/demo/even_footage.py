"""A long, even H.264 file for measuring: 640×360 at 25 a second, a key picture each second, no B-frames.

Made once from the campus clip (its ten pictures a second are shown as twenty-five) and repeated by copying packets,
so that a server can play it for longer than any bench looks at it.
"""

import hashlib
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
from av import Packet, VideoFrame
from av.video.stream import VideoStream

SIZE = (640, 360)
RATE = 25
LENGTH_S = 600.0
RECIPE = "1"  # counts the ways of preparing; another one prepares anew
# The campus clip has 768 × 576 pictures; this part of it is as wide as it is, in 16:9.
TOP_PX, BOTTOM_PX = 72, 504
ENCODED_PICTURES = 750  # 30 s: longer than a rate control or a cache could learn by heart


def prepare_even(clip: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """Return the file, made from ``clip`` where it is not there yet. Some ten seconds of work, once a machine."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = hashlib.sha256(f"{RECIPE} {clip.name} {clip.stat().st_size}".encode()).hexdigest()[:12]
    made = folder / f"{mark}-even.mp4"
    if not made.exists():
        say(f"preparing {made.name}")
        draft = made.with_suffix(f".{os.getpid()}.draft")
        once = made.with_suffix(f".{os.getpid()}.once")
        _encode(clip, once)
        _repeat(once, draft)
        once.unlink()
        draft.replace(made)
    return made


def _encode(clip: Path, target: Path) -> None:
    with av.open(str(clip)) as source, av.open(str(target), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = RATE
        stream.codec_context.max_b_frames = 0
        stream.options = {
            "preset": "veryfast",
            "crf": "25",
            "profile": "main",
            "x264-params": "scenecut=0:repeat-headers=1:threads=2",
        }
        for number, frame in enumerate(source.decode(video=0)):
            if number == ENCODED_PICTURES:
                break
            picture = frame.to_ndarray(format="rgb24")[TOP_PX:BOTTOM_PX]
            part = VideoFrame.from_ndarray(picture.copy(), format="rgb24")
            small = part.reformat(width=SIZE[0], height=SIZE[1], format="yuv420p")
            small.pts = number
            small.time_base = Fraction(1, RATE)
            container.mux(stream.encode(small))
        container.mux(stream.encode())


def _repeat(once: Path, target: Path) -> None:
    with av.open(str(once)) as source, av.open(str(target), "w", format="mp4") as container:
        stream = source.streams.video[0]
        packets = [packet for packet in source.demux(stream) if packet.size]
        copy: VideoStream = container.add_stream_from_template(stream)
        assert stream.time_base is not None
        step = round(1 / (RATE * stream.time_base))
        for number in range(int(LENGTH_S * RATE)):
            packet = packets[number % len(packets)]
            again = cast("Packet[VideoStream]", Packet(bytes(packet)))
            again.is_keyframe = packet.is_keyframe
            again.time_base = stream.time_base
            again.pts = again.dts = number * step
            again.duration = step
            again.stream = copy
            container.mux(again)
