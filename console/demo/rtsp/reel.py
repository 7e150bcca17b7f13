"""A prepared file as the pictures a camera sends, over and over, without its time ever going back."""

from dataclasses import dataclass
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

CLOCK_HZ = 90_000  # RTP clock of video (RFC 6184)


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One picture: its NAL units without start codes, and when it is due since the reel's beginning."""

    nal_units: tuple[bytes, ...]
    at_s: float
    is_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """A file's pictures in order.

    Attributes:
        length_s: after which it begins again. parameter_sets: SPS and PPS for the session description.
    """

    units: tuple[AccessUnit, ...]
    length_s: float
    parameter_sets: tuple[bytes, bytes]


def read_reel(path: Path) -> Reel:
    """Read a prepared file whole; a minute of a demo camera is 1–8 MB."""
    units: list[AccessUnit] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        to_annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        packets = [packet for packet in container.demux(stream) if packet.size]
        rate = float(stream.average_rate or 25)
        for number, packet in enumerate(packets):
            is_key = packet.is_keyframe
            for filtered in to_annex_b.filter(packet):
                nals = tuple(nal for nal in split_annex_b(bytes(filtered)) if nal[0] & 31 not in (6, 9))
                units.append(AccessUnit(nals, number / rate, is_key))
    sets = {nal[0] & 31: nal for nal in units[0].nal_units if nal[0] & 31 in (7, 8)}
    return Reel(units=tuple(units), length_s=len(units) / rate, parameter_sets=(sets[7], sets[8]))


def split_annex_b(data: bytes) -> list[bytes]:
    """Return the NAL units between start codes of three or four bytes."""
    found = []
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        begin = at + 3
        at = data.find(b"\x00\x00\x01", begin)
        end = len(data) if at < 0 else at
        while end > begin and at >= 0 and data[end - 1] == 0:
            end -= 1
        if end > begin:
            found.append(data[begin:end])
    return found
