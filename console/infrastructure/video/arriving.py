"""Packets of any source made alike: in Annex B, with times that mean something, and not faster than the street.

A camera by RTSP gives all three itself. A file gives all it has at once, a playlist a whole segment; a container keeps
the lengths of its units in place of start codes; and pictures that follow one another over HTTP have no times at all.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import cast

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.video.stream import VideoStream

from console.application.ports import Clock
from console.infrastructure.video.packets import StreamFormat
from console.infrastructure.video.timeline import LARGEST_GAP_S, seconds_of

CODECS = ("h264", "hevc", "mjpeg")
# Demuxers that count pictures instead of telling their times (FFmpeg gives them 25 a second).
_WITHOUT_TIMES = ("mpjpeg", "mjpeg")
_OWN_TIME_BASE = Fraction(1, 90_000)
_IN_BURSTS = ("hls",)
_LIVE = ("rtsp", "sdp")  # whatever length a server claims of what it sends
# What is later than this was held up on its way: it sets the pace anew instead of being run after (judgement).
HELD_UP_S = 0.5
# A file whose stamps are missing or mean nothing has no pace; read in a spin it would take a core (judgement).
LEAST_LAP_S = 1.0
_ANNEX_B = b"\x00\x00\x00\x01"


class CodecNotKnown(Exception):
    """A stream that is none of H.264, H.265 and MJPEG."""


class Arrival:
    """One connection's packets. Owned by its stream's thread."""

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        clock: Clock,
        pause: Callable[[float], object],
        began_anew: Callable[[], None],
    ) -> None:
        """Args:
        pause: waits some seconds, shorter when the stream is to end.
        began_anew: called when the pace was set anew, so that what follows is not taken for late.

        Raises:
            CodecNotKnown: nothing here decodes it, and no recording may hold it.
        """
        context = stream.codec_context
        if context.name not in CODECS:
            raise CodecNotKnown(context.name)
        assert stream.time_base is not None
        names = container.format.name.split(",")
        extradata = context.extradata or b""
        self._container = container
        self._stream = stream
        self._clock = clock
        self._pause = pause
        self._began_anew = began_anew
        is_whole = container.duration is not None and container.duration > 0
        self._is_looped = is_whole and not any(name in _LIVE for name in names)
        self._is_paced = self._is_looped or any(name in _IN_BURSTS for name in names)
        self._counts = any(name in _WITHOUT_TIMES for name in names) and not self._is_looped
        self._has_lengths = context.name != "mjpeg" and extradata[:1] == b"\x01"
        self._last_stamp = -1
        self._zero_s: float | None = None
        self._last_s = 0.0
        self.form = StreamFormat(
            codec=context.name,
            extradata=extradata,
            time_base=stream.time_base,
            width=context.width,
            height=context.height,
        )
        if self._has_lengths:
            self.form = replace(self.form, extradata=annex_b_sets(context.name, extradata))
        if self._counts:
            self.form = replace(self.form, time_base=_OWN_TIME_BASE)

    def packets(self, demux: Callable[[], "Iterable[av.Packet[VideoStream]]"]) -> "Iterator[av.Packet[VideoStream]]":
        """Yield what ``demux`` gives; a file begins again when it is over."""
        while True:
            count, began_s = 0, self._clock.monotonic_s()
            to_annex_b = self._filter()
            for packet in demux():
                if packet.size == 0:
                    continue
                count += 1
                for alike in [packet] if to_annex_b is None else to_annex_b.filter(packet):
                    ready = cast("av.Packet[VideoStream]", alike)
                    self._give_times(ready)
                    self._keep_pace(ready)
                    yield ready
            if not self._is_looped or count == 0:
                return
            self._pause(max(0.0, began_s + LEAST_LAP_S - self._clock.monotonic_s()))
            self._container.seek(0)
            self._zero_s = None

    def _filter(self) -> BitStreamFilterContext | None:
        name = "h264_mp4toannexb" if self.form.codec == "h264" else "hevc_mp4toannexb"
        return BitStreamFilterContext(name, self._stream) if self._has_lengths else None

    def _give_times(self, packet: "av.Packet[VideoStream]") -> None:
        if self._counts:
            stamp = max(self._last_stamp + 1, int(self._clock.monotonic_s() / _OWN_TIME_BASE))
            self._last_stamp = packet.pts = packet.dts = stamp

    def _keep_pace(self, packet: "av.Packet[VideoStream]") -> None:
        stamp = packet.dts if packet.dts is not None else packet.pts
        if not self._is_paced or stamp is None:
            return
        at_s = seconds_of(stamp, self.form.time_base)
        now_s = self._clock.monotonic_s()
        is_jump = not 0.0 <= at_s - self._last_s <= LARGEST_GAP_S
        self._last_s = at_s
        if self._zero_s is None or is_jump or now_s - self._zero_s - at_s > HELD_UP_S:
            self._zero_s = now_s - at_s
            self._began_anew()
            return
        due_in_s = self._zero_s + at_s - now_s
        if due_in_s > 0:
            self._pause(due_in_s)


def annex_b_sets(codec: str, record: bytes) -> bytes:
    """Return the parameter sets of a container's decoder record (ISO/IEC 14496-15), each after a start code.

    A record that ends too early gives those it has whole.
    """
    found: list[bytes] = []
    try:
        if codec == "h264":
            at, many = 6, record[5] & 0x1F
            at = _take_sets(record, at, many, found)
            _take_sets(record, at + 1, record[at], found)
        else:
            at = 23
            for _ in range(record[22]):
                at = _take_sets(record, at + 3, int.from_bytes(record[at + 1 : at + 3]), found)
    except (IndexError, struct.error):
        pass  # a damaged record; its key pictures may carry their sets themselves
    return b"".join(_ANNEX_B + one for one in found)


def _take_sets(record: bytes, at: int, many: int, into: list[bytes]) -> int:
    for _ in range(many):
        (length,) = struct.unpack_from(">H", record, at)
        if at + 2 + length > len(record):
            raise IndexError
        into.append(record[at + 2 : at + 2 + length])
        at += 2 + length
    return at
