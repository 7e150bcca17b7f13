"""Pictures and sound as RTP: H.264 (RFC 6184), H.265 (RFC 7798), AAC (RFC 3640), G.711 (RFC 3551)."""

import base64
import secrets
import struct
from collections.abc import Sequence

VIDEO_CLOCK_HZ = 90_000
VIDEO_TYPE, SOUND_TYPE = 96, 97  # payload types that an SDP gives a meaning to
LARGEST_PAYLOAD = 1400  # bytes; nothing is gained by more inside a connection, and each must fit 16 bits
LARGEST_AAC = 8191  # bytes; 13 bits say how long one is
_FU_H264, _FU_H265 = 28, 49
_SENDER_REPORT, _REPORT_WORDS = 200, 6


def sdp_of_h264(sets: Sequence[bytes]) -> str:
    """Return the media section of an H.264 stream with its parameter sets."""
    told = ",".join(base64.b64encode(one).decode() for one in sets)
    return _section("video", VIDEO_TYPE, f"H264/{VIDEO_CLOCK_HZ}", f"packetization-mode=1; sprop-parameter-sets={told}")


def sdp_of_h265(sets: Sequence[bytes]) -> str:
    """Return the media section of an H.265 stream with its parameter sets of any kind."""
    kinds: dict[str, list[str]] = {}
    for one in sets:
        name = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}.get(one[0] >> 1 & 63)
        if name is not None:
            kinds.setdefault(name, []).append(base64.b64encode(one).decode())
    told = "; ".join(f"{name}={','.join(them)}" for name, them in kinds.items())
    return _section("video", VIDEO_TYPE, f"H265/{VIDEO_CLOCK_HZ}", told)


def sdp_of_aac(config: bytes, hz: int, channels: int) -> str:
    """Return the media section of AAC. ``config``: its AudioSpecificConfig (ISO/IEC 14496-3)."""
    told = "streamtype=5; profile-level-id=1; mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3; config="
    return _section("audio", SOUND_TYPE, f"MPEG4-GENERIC/{hz}/{channels}", told + config.hex())


def sdp_of_g711(law: str, hz: int, channels: int) -> str:
    """Return the media section of G.711. ``law``: ``PCMA`` or ``PCMU``."""
    return _section("audio", SOUND_TYPE, f"{law}/{hz}/{channels}", "")


def _section(medium: str, payload_type: int, name: str, told: str) -> str:
    section = f"m={medium} 0 RTP/AVP {payload_type}\r\na=rtpmap:{payload_type} {name}\r\n"
    return section + (f"a=fmtp:{payload_type} {told}\r\n" if told else "")


class Packer:
    """Numbers and dates the packets of one track. Time stamps and numbers begin anywhere, as RFC 3550 asks."""

    def __init__(self, payload_type: int, clock_hz: int) -> None:
        self.clock_hz = clock_hz
        self._payload_type = payload_type
        self._ssrc = secrets.randbits(32)
        self._number = secrets.randbits(16)
        self._first_stamp = secrets.randbits(32)
        self._packets = self._bytes = 0

    def packets(self, payloads: Sequence[bytes], stamp: int) -> list[bytes]:
        """Return the packets of one moment; the last one carries the marker.

        Args:
            stamp: in ticks of this track's clock since the stream began.
        """
        found = []
        for nth, payload in enumerate(payloads, start=1):
            marker = 0x80 if nth == len(payloads) else 0
            head = (0x80, marker | self._payload_type, self._number, self._at(stamp), self._ssrc)
            found.append(struct.pack(">BBHII", *head) + payload)
            self._number = (self._number + 1) & 0xFFFF
            self._bytes += len(payload)
        self._packets += len(found)
        return found

    def report(self, time_ms: int) -> bytes:
        """Return the sender report of a moment: by those of one moment a reader puts sound beside its picture.

        It tells the time since the stream began, as RFC 3550 §6.4.1 has it for senders without a wall clock.
        """
        seconds, rest_ms = divmod(time_ms, 1000)
        return struct.pack(
            ">BBHIIIIII",
            *(0x80, _SENDER_REPORT, _REPORT_WORDS, self._ssrc),
            *(seconds & 0x7FFFFFFF, rest_ms * 2**32 // 1000, self._at(time_ms * self.clock_hz // 1000)),
            *(self._packets & 0xFFFFFFFF, self._bytes & 0xFFFFFFFF),
        )

    def _at(self, stamp: int) -> int:
        return (self._first_stamp + stamp) & 0xFFFFFFFF


def h264_payloads(unit: bytes) -> list[bytes]:
    """Return a NAL unit of H.264 in pieces that fit."""
    if len(unit) <= LARGEST_PAYLOAD:
        return [unit]
    return _pieces(bytes(((unit[0] & 0xE0) | _FU_H264,)), unit[0] & 0x1F, unit[1:])


def h265_payloads(unit: bytes) -> list[bytes]:
    """Return a NAL unit of H.265 in pieces that fit."""
    if len(unit) <= LARGEST_PAYLOAD:
        return [unit]
    head = bytes(((unit[0] & 0x81) | _FU_H265 << 1, unit[1]))
    return _pieces(head, unit[0] >> 1 & 63, unit[2:])


def aac_payload(frame: bytes) -> bytes:
    """Return one access unit behind its header: how many bits of headers follow, and how long it is."""
    return struct.pack(">HH", 16, len(frame) << 3) + frame


def _pieces(head: bytes, kind: int, body: bytes) -> list[bytes]:
    step = LARGEST_PAYLOAD - len(head) - 1
    found = []
    for at in range(0, len(body), step):
        ends = (0x80 if at == 0 else 0) | (0x40 if at + step >= len(body) else 0)
        found.append(head + bytes((kind | ends,)) + body[at : at + step])
    return found
