"""Packets of a stream as we keep them: their bytes and their times, free of the connection they came by."""

import io
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import cast

import av
import av.error
from av.video.stream import VideoStream

START_CODE = b"\x00\x00\x00\x01"


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


def new_decoder(form: StreamFormat) -> av.VideoCodecContext:
    """Return a decoder of one thread: each further frame thread adds a frame of delay (PERFORMANCE.md)."""
    decoder = av.CodecContext.create(form.codec, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
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
