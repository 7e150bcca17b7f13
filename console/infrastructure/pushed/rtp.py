"""H.264 as RTP (RFC 6184)."""

import secrets
import struct

VIDEO_CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
LARGEST_PAYLOAD = 1400  # bytes; nothing is gained by more inside a connection, and each must fit 16 bits
_FU_A = 28


def sdp_of(parameter_sets: str) -> str:
    """Return the media section of an H.264 stream. ``parameter_sets``: base64, a comma between two."""
    return (
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}\r\na=rtpmap:{PAYLOAD_TYPE} H264/{VIDEO_CLOCK_HZ}\r\n"
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1; sprop-parameter-sets={parameter_sets}\r\n"
    )


class Packer:
    """Packs one stream's pictures. Time stamps and numbers begin anywhere, as RFC 3550 asks."""

    def __init__(self) -> None:
        self._ssrc = secrets.randbits(32)
        self._number = secrets.randbits(16)
        self._first_stamp = secrets.randbits(32)

    def picture(self, units: list[bytes], stamp: int) -> list[bytes]:
        """Return the packets of one picture; the last one carries the marker.

        Args:
            units: NAL units without start codes. stamp: in 1/90,000 s since the stream began.
        """
        payloads = [payload for unit in units for payload in _payloads(unit)]
        packets = []
        for nth, payload in enumerate(payloads, start=1):
            marker = 0x80 if nth == len(payloads) else 0
            at = (self._first_stamp + stamp) & 0xFFFFFFFF
            packets.append(struct.pack(">BBHII", 0x80, marker | PAYLOAD_TYPE, self._number, at, self._ssrc) + payload)
            self._number = (self._number + 1) & 0xFFFF
        return packets


def _payloads(unit: bytes) -> list[bytes]:
    if len(unit) <= LARGEST_PAYLOAD:
        return [unit]
    indicator, kind, body = (unit[0] & 0xE0) | _FU_A, unit[0] & 0x1F, unit[1:]
    step = LARGEST_PAYLOAD - 2
    found = []
    for at in range(0, len(body), step):
        ends = (0x80 if at == 0 else 0) | (0x40 if at + step >= len(body) else 0)
        found.append(bytes((indicator, kind | ends)) + body[at : at + step])
    return found
