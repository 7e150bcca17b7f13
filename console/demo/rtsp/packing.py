"""RTP packets of H.264 (RFC 6184) and sender reports (RFC 3550), for interleaved TCP."""

import secrets
import struct

from console.demo.rtsp.reel import CLOCK_HZ

LARGEST_PAYLOAD = 1400
PAYLOAD_TYPE = 96
_FU_A = 28
_NTP_BEHIND_UNIX_S = 2_208_988_800


class Packer:
    """Packs one session's pictures. Time stamps begin anywhere, as the standard asks."""

    def __init__(self) -> None:
        self.ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._first_stamp = secrets.randbits(32)
        self._packets = 0
        self._bytes = 0

    @property
    def next_sequence(self) -> int:
        return self._sequence

    def stamp(self, at_s: float) -> int:
        """Return the RTP time stamp of a moment since the session began."""
        return (self._first_stamp + round(at_s * CLOCK_HZ)) & 0xFFFFFFFF

    def picture(self, nal_units: tuple[bytes, ...], at_s: float) -> list[bytes]:
        """Return the RTP packets of one picture; the last one carries the marker."""
        payloads = [payload for nal in nal_units for payload in _payloads(nal)]
        stamp = self.stamp(at_s)
        packets = []
        for number, payload in enumerate(payloads):
            marker = 0x80 if number == len(payloads) - 1 else 0
            header = struct.pack(">BBHII", 0x80, marker | PAYLOAD_TYPE, self._sequence, stamp, self.ssrc)
            self._sequence = (self._sequence + 1) & 0xFFFF
            self._packets += 1
            self._bytes += len(payload)
            packets.append(header + payload)
        return packets

    def sender_report(self, at_s: float, unix_s: float) -> bytes:
        """Return an RTCP sender report that ties a moment of the session to the camera's wall clock."""
        whole = int(unix_s)
        fraction = int((unix_s - whole) * 2**32) & 0xFFFFFFFF
        return struct.pack(
            ">BBHIIIIII",
            0x80,
            200,
            6,
            self.ssrc,
            (whole + _NTP_BEHIND_UNIX_S) & 0xFFFFFFFF,
            fraction,
            self.stamp(at_s),
            self._packets & 0xFFFFFFFF,
            self._bytes & 0xFFFFFFFF,
        )


def interleaved(channel: int, packet: bytes) -> bytes:
    """Return the packet as it travels inside the RTSP connection (RFC 2326 §10.12)."""
    return struct.pack(">cBH", b"$", channel, len(packet)) + packet


def _payloads(nal: bytes) -> list[bytes]:
    if len(nal) <= LARGEST_PAYLOAD:
        return [nal]
    indicator = (nal[0] & 0xE0) | _FU_A
    kind = nal[0] & 0x1F
    body = nal[1:]
    pieces = [body[at : at + LARGEST_PAYLOAD - 2] for at in range(0, len(body), LARGEST_PAYLOAD - 2)]
    return [
        bytes((indicator, kind | (0x80 if number == 0 else 0) | (0x40 if number == len(pieces) - 1 else 0))) + piece
        for number, piece in enumerate(pieces)
    ]
