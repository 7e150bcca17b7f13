"""Evidence from a ring: clips by stream copy, stills at full size. Written whole, digest first."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import cv2
from av import VideoFrame

from console.application.errors import Unavailable
from console.infrastructure.evidence_notes import draft_of
from console.infrastructure.video.packets import KeptPacket, StreamFormat, as_av_packet, new_decoder

# Fragments at key frames: a power cut costs the last fragment, never the file.
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
JPEG_QUALITY = 92  # judgement: plates stay legible, a 1080p still is about 600 kB


class DiskRefused(Unavailable):
    """The disk takes nothing now; it may later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that is complete on disk."""

    path: Path
    sha256: str
    size_bytes: int


def picture_at(form: StreamFormat, packets: list[KeptPacket], media_time_s: float) -> tuple[VideoFrame, KeptPacket]:
    """Decode from the first packet on and return the picture nearest to the media time, with its packet.

    Raises:
        Unavailable: nothing in the packets can be decoded.
    """
    decoder = new_decoder(form)
    by_pts = {packet.pts: packet for packet in packets}
    best: tuple[VideoFrame, KeptPacket] | None = None
    for packet in packets:
        try:
            frames = decoder.decode(as_av_packet(packet, form.time_base))
        except av.error.FFmpegError:
            continue
        for frame in frames:
            of = by_pts.get(frame.pts, packet) if frame.pts is not None else packet
            if best is None or abs(of.media_time_s - media_time_s) <= abs(best[1].media_time_s - media_time_s):
                best = (frame, of)
    if best is None:
        raise Unavailable("No picture near that time can be decoded.")
    return best


def write_still(frame: VideoFrame, path: Path) -> Written:
    """Write a picture at its own size as JPEG.

    Raises:
        DiskRefused: the disk failed. Unavailable: it cannot be encoded.
    """
    draft = draft_of(path)
    is_encoded, raw = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not is_encoded:
        raise Unavailable("The still could not be encoded.")
    try:
        draft.write_bytes(raw.tobytes())
        return finish(draft, path)
    except OSError as cause:
        draft.unlink(missing_ok=True)
        raise DiskRefused("The still could not be written: {reason}.", reason=plain(cause)) from cause


def clock_offset_s(packet: KeptPacket) -> float | None:
    """Return camera minus ours at a packet, or ``None`` where the camera's clock is unknown."""
    if packet.captured_at is None:
        return None
    return (packet.captured_at - packet.received_at).total_seconds()


def finish(draft: Path, path: Path) -> Written:
    """Sync, digest and rename; the digest is of what is on disk."""
    with open(draft, "rb+") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size_bytes = draft.stat().st_size
    draft.replace(path)
    return Written(path=path, sha256=sha256, size_bytes=size_bytes)


def plain(cause: Exception) -> str:
    return type(cause).__name__ if not isinstance(cause, OSError) else (cause.strerror or type(cause).__name__)
