"""Packets of a stream as we keep them: their bytes and their times, free of the connection they came by."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import cast

import av
import av.error
from av.codec.hwaccel import HWAccel
from av.video.stream import VideoStream

# Where a NAL unit's kind stands in its first byte, and which kind is a sequence parameter set.
_SPS_KIND = {"h264": (0, 0x1F, 7), "hevc": (1, 0x3F, 33)}
# A damaged or hostile parameter set may claim any size, and each picture of it would take its memory: a street at 8K
# (7680 × 4320) is the largest there is.
MOST_PIXELS = 8192 * 4352
_SETS_WITHIN = 1024  # bytes of a key packet; parameter sets stand at its head and take some dozens


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPacket:
    """One compressed picture.

    Attributes:
        data: Annex B, as received. pts, dts: in ``time_base`` of the stream.
        media_time_s: seconds since the stream began, by the camera's time stamps; never goes back.
        received_at: our clock, UTC. captured_at: the camera's, ``None`` while it is unknown.
    """

    data: bytes
    pts: int
    dts: int
    is_key: bool
    media_time_s: float
    received_at: datetime
    captured_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFormat:
    """What a decoder needs to know beforehand.

    Attributes:
        codec: ``h264``, ``hevc`` or ``mjpeg``. extradata: parameter sets the camera announced, may be empty.
    """

    codec: str
    extradata: bytes
    time_base: Fraction
    width: int
    height: int


def new_decoder(form: StreamFormat, *, skips_loop_filter: bool = False) -> av.VideoCodecContext:
    """Return a decoder of one thread: each further frame thread adds a frame of delay (PERFORMANCE.md).

    Without its loop filter it costs 0.73 to 0.79 of the whole; edges of blocks show until the next key picture.
    """
    options = {"skip_loop_filter": "all"} if skips_loop_filter else {}
    return decoder_by(form.codec, form, options=options)


def decoder_by(
    codec: str, form: StreamFormat, device: HWAccel | None = None, options: Mapping[str, str] | None = None
) -> av.VideoCodecContext:
    """Return FFmpeg's decoder of a name for a stream, on a device if one is given.

    Raises:
        av.error.FFmpegError, OSError, ValueError: there is no such decoder, or no such device.
    """
    decoder = av.CodecContext.create(codec, "r", hwaccel=device)
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    decoder.options = {"max_pixels": str(MOST_PIXELS), **(options or {})}
    if form.extradata:
        decoder.extradata = form.extradata
    return decoder


def as_av_packet(packet: KeptPacket, time_base: Fraction, *, first_dts: int = 0) -> "av.Packet[VideoStream]":
    """Return the packet for PyAV, its times counted from ``first_dts``."""
    made = cast("av.Packet[VideoStream]", av.Packet(packet.data))
    made.time_base = time_base
    made.pts = packet.pts - first_dts
    made.dts = packet.dts - first_dts
    made.is_keyframe = packet.is_key
    return made


def template_of(form: StreamFormat, key: KeptPacket) -> tuple[av.container.InputContainer, VideoStream]:
    """Return a stream that describes these packets to a muxer; close its container afterwards.

    Built from a key packet alone, so that no open connection is needed to write a clip.

    Raises:
        av.error.FFmpegError: the packet cannot be understood.
    """
    names = {"h264": "h264", "hevc": "hevc", "mjpeg": "mjpeg"}
    raw = form.extradata + key.data if form.codec != "mjpeg" else key.data
    container = av.open(io.BytesIO(raw), "r", format=names[form.codec])
    return container, container.streams.video[0]


def parameter_sets(codec: str, data: bytes) -> frozenset[bytes]:
    """Return the sequence parameter sets at the head of a key packet (Annex B), none where there are none.

    A set, because some cameras repeat them before each slice of a key picture.
    """
    if codec not in _SPS_KIND:
        return frozenset()
    shift, mask, kind = _SPS_KIND[codec]
    found = []
    at = data.find(b"\x00\x00\x01", 0, _SETS_WITHIN)
    while at >= 0 and at + 3 < len(data):
        begin = at + 3
        at = data.find(b"\x00\x00\x01", begin, _SETS_WITHIN)
        if (data[begin] >> shift) & mask == kind:
            found.append(data[begin : at if at >= 0 else _SETS_WITHIN].rstrip(b"\x00"))
    return frozenset(found)


def form_of_key(form: StreamFormat, key: KeptPacket) -> StreamFormat:
    """Return the format as a key packet with its own parameter sets tells it.

    Raises:
        av.error.FFmpegError: the packet cannot be understood.
    """
    container, stream = template_of(replace(form, extradata=b""), key)
    with container:
        return replace(form, extradata=b"", width=stream.codec_context.width, height=stream.codec_context.height)
