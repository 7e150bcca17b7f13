"""Clips whose pictures carry their own number, so that a test can say which one it sees at any size."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av import VideoFrame

BITS = 10
Picture = npt.NDArray[np.uint8]


def numbered_picture(number: int, width: int, height: int) -> Picture:
    """Return RGB ``(height, width, 3)`` uint8: a row of black and white blocks above a slope that moves."""
    across = (np.arange(width) * 2 + number * 7) % 256
    picture = np.repeat(np.tile(across, (height, 1))[:, :, None], 3, axis=2).astype(np.uint8)
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        picture[: height // 6, left:right] = 235 if number >> bit & 1 else 16
    return picture


def number_in(luma: Picture) -> int:
    """Return the number a picture carries; ``luma`` is any grey ``(height, width)`` of it."""
    height, width = luma.shape
    row = luma[height // 12]
    return sum(1 << bit for bit in range(BITS) if row[int((bit + 0.5) * width / BITS)] > 128)


def make_clip(
    path: Path,
    *,
    seconds: float,
    fps: int = 10,
    size: tuple[int, int] = (320, 240),
    codec: str = "libx264",
    is_still: bool = False,
    b_frames: int = 0,
    fragmented: bool = False,
) -> Path:
    """Write a clip with a key picture a second."""
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if fragmented else {}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream(codec, rate=Fraction(fps))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = fps
        stream.codec_context.max_b_frames = b_frames
        name = "x265-params" if codec == "libx265" else "x264-params"
        silence = ":log-level=none" if codec == "libx265" else ""
        stream.options = {
            "preset": "ultrafast" if not b_frames else "veryfast",
            "crf": "20",
            name: f"scenecut=0:keyint={fps}{silence}",
        }
        for number in range(round(seconds * fps)):
            frame = VideoFrame.from_ndarray(numbered_picture(0 if is_still else number, *size), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def nal_units(data: bytes) -> list[bytes]:
    """Return the NAL units of Annex B data."""
    return [part.rstrip(b"\x00") for part in data.split(b"\x00\x00\x01")[1:]]


def pictures_in(path: Path, codec: str = "h264") -> list[bytes]:
    """Return the coded slices of a file, in order: what "not re-encoded" is about, whatever stands between."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        to_annex_b = av.BitStreamFilterContext(f"{codec}_mp4toannexb", stream)
        found = []
        for packet in container.demux(stream):
            if packet.size:
                for filtered in to_annex_b.filter(packet):
                    found += [nal for nal in nal_units(bytes(filtered)) if nal and _is_slice(nal, codec)]
    return found


def _is_slice(nal: bytes, codec: str) -> bool:
    return nal[0] & 31 in (1, 5) if codec == "h264" else nal[0] >> 1 & 63 < 32
