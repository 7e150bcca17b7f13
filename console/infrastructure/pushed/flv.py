"""What RTMP carries (FLV 10.1, annex E.4; Enhanced RTMP 2), made into the tracks and packets of a publication.

H.265 comes in two ways: as ``hvc1`` of Enhanced RTMP, and under the number 12, which no specification has and which
drones and encoders of China have long used.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.infrastructure.pushed.amf import Nonsense
from console.infrastructure.pushed.publications import Publication
from console.infrastructure.pushed.rtp import (
    LARGEST_AAC,
    LARGEST_PAYLOAD,
    SOUND_TYPE,
    VIDEO_CLOCK_HZ,
    VIDEO_TYPE,
    Packer,
    aac_payload,
    h264_payloads,
    h265_payloads,
    sdp_of_aac,
    sdp_of_g711,
    sdp_of_h264,
    sdp_of_h265,
)

_log = logging.getLogger(__name__)

# A reader is told of all tracks at once, so a picture waits this long (ms of the sender's time) for its sound.
# Judgement: encoders say both in their first messages, and a stream without sound is seen a second later.
SOUND_WITHIN_MS = 1000
MOST_SETS = 16  # parameter sets of one stream; it has three or four
_AVC, _HEVC = 7, 12
_FOURCC = {b"avc1": _AVC, b"hvc1": _HEVC}
_SETTINGS, _PICTURE, _PICTURE_AT_ONCE = 0, 1, 3
_A_LAW, _MU_LAW, _ENHANCED, _AAC = 7, 8, 9, 10
_LAWS = {_A_LAW: "PCMA", _MU_LAW: "PCMU"}
G711_HZ = 8000  # FLV has no word for another rate of it
# ISO/IEC 14496-3, table 1.18.
_AAC_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_SAID_OUTRIGHT = 15


class NotTaken(Exception):
    """A kind of picture that is not passed on."""


@dataclass(frozen=True, slots=True)
class _Sound:
    section: str
    packer: Packer
    law: str = ""  # of G.711, empty for AAC


class FlvTracks:
    """One sender's pictures and sound. Owned by its session."""

    def __init__(self, sent: Publication) -> None:
        self._sent = sent
        self._video = Packer(VIDEO_TYPE, VIDEO_CLOCK_HZ)
        self._codec = 0
        self._length_bytes = 4
        self._sets: list[bytes] = []
        self._since_ms = 0
        self._sound: _Sound | None = None
        self._is_sound_left_out = False

    def take_video(self, time_ms: int, body: bytes) -> None:
        """Pass on one video message.

        Raises:
            NotTaken: neither H.264 nor H.265.
            Nonsense, IndexError: a damaged one.
        """
        if len(body) < 5:
            return
        is_key = body[0] >> 4 & 7 == 1
        if body[0] & 0x80:
            codec, step = _FOURCC.get(body[1:5], 0), body[0] & 0x0F
            at = 8 if step == _PICTURE else 5
        else:
            codec, step, at = body[0] & 0x0F, body[1], 5
        if codec not in (_AVC, _HEVC):
            raise NotTaken
        if step == _SETTINGS:
            self._take_settings(codec, time_ms, body[at:])
        elif step in (_PICTURE, _PICTURE_AT_ONCE) and codec == self._codec:
            later_ms = int.from_bytes(body[at - 3 : at], signed=True) if step == _PICTURE else 0
            self._describe(time_ms)
            self._picture(time_ms, later_ms, _units(body[at:], self._length_bytes), is_key=is_key)

    def take_sound(self, time_ms: int, body: bytes) -> None:
        """Pass on one audio message; sound of another kind than AAC and G.711 is left out.

        Raises:
            Nonsense, IndexError: a damaged one.
        """
        if len(body) < 2:
            return
        kind, step, at = body[0] >> 4, body[1], 2
        if kind == _ENHANCED and body[1:5] == b"mp4a":
            kind, step, at = _AAC, body[0] & 0x0F, 5
        if kind in _LAWS:
            self._speak_g711(_LAWS[kind], time_ms, 1 + (body[0] & 1), body[1:])
        elif kind != _AAC:
            self._leave_out(kind)
        elif step == _SETTINGS:
            self._take_aac(body[at:])
        elif step == _PICTURE and self._is_aac and 0 < len(body) - at <= LARGEST_AAC:
            self._say([aac_payload(body[at:])], time_ms)
        self._describe(time_ms)

    # ---- pictures -------------------------------------------------------------------------------------------

    def _take_settings(self, codec: int, time_ms: int, record: bytes) -> None:
        if self._codec not in (0, codec):
            raise Nonsense("a stream that became another one")
        self._length_bytes, self._sets = (_avc_sets if codec == _AVC else _hevc_sets)(record)
        if not self._codec:
            self._codec, self._since_ms = codec, time_ms
        self._describe(time_ms)

    def _picture(self, time_ms: int, later_ms: int, units: list[bytes], *, is_key: bool) -> None:
        if not self._sent.tracks:
            return
        if is_key:
            self._report(time_ms)
            units = [*self._sets, *units]  # a drone that changes its size says so in its settings only
        split: Callable[[bytes], list[bytes]] = h264_payloads if self._codec == _AVC else h265_payloads
        payloads = [payload for unit in units for payload in split(unit)]
        for packet in self._video.packets(payloads, (time_ms + later_ms) * (VIDEO_CLOCK_HZ // 1000)):
            self._sent.forward(0, False, packet)

    def _report(self, time_ms: int) -> None:
        self._sent.forward(0, True, self._video.report(time_ms))
        if self._sound is not None and len(self._sent.tracks) > 1:
            self._sent.forward(1, True, self._sound.packer.report(time_ms))

    # ---- sound ----------------------------------------------------------------------------------------------

    def _take_aac(self, config: bytes) -> None:
        if self._sound is None:
            hz, channels = _aac_says(config)
            self._sound = _Sound(sdp_of_aac(config[:64], hz, channels), Packer(SOUND_TYPE, hz))

    def _speak_g711(self, law: str, time_ms: int, channels: int, samples: bytes) -> None:
        if self._sound is None:
            self._sound = _Sound(sdp_of_g711(law, G711_HZ, channels), Packer(SOUND_TYPE, G711_HZ), law)
        if self._sound.law == law:
            for at in range(0, len(samples), LARGEST_PAYLOAD):
                self._say([samples[at : at + LARGEST_PAYLOAD]], time_ms, at // channels)

    @property
    def _is_aac(self) -> bool:
        return self._sound is not None and not self._sound.law

    def _say(self, payloads: Sequence[bytes], time_ms: int, ticks: int = 0) -> None:
        if self._sound is not None and len(self._sent.tracks) > 1:
            stamp = time_ms * self._sound.packer.clock_hz // 1000 + ticks
            for packet in self._sound.packer.packets(payloads, stamp):
                self._sent.forward(1, False, packet)

    def _leave_out(self, kind: int) -> None:
        if not self._is_sound_left_out:
            self._is_sound_left_out = True
            _log.warning("%s sends sound of a kind (%d of FLV) that is left out", self._sent.device, kind)

    # ---- both -----------------------------------------------------------------------------------------------

    def _describe(self, time_ms: int) -> None:
        """Say what is sent, once that is known; afterwards it stays so."""
        if self._sent.tracks or not self._codec:
            return
        if self._sound is None and not self._is_sound_left_out and 0 <= time_ms - self._since_ms < SOUND_WITHIN_MS:
            return
        section = (sdp_of_h264 if self._codec == _AVC else sdp_of_h265)(self._sets)
        self._sent.tracks = (section,) if self._sound is None else (section, self._sound.section)


def _avc_sets(record: bytes) -> tuple[int, list[bytes]]:
    """Return how many bytes say a unit's length, and the parameter sets (ISO/IEC 14496-15 §5.3.3)."""
    at, sets = 6, []
    for many in (record[5] & 0x1F, 1):
        for _ in range(many):
            unit, at = _set_at(record, at)
            sets.append(unit)
        at += 1
    return (record[4] & 3) + 1, sets


def _hevc_sets(record: bytes) -> tuple[int, list[bytes]]:
    """Return the same of H.265 (ISO/IEC 14496-15 §8.3.3)."""
    at, sets = 23, []
    for _ in range(record[22]):
        many = int.from_bytes(record[at + 1 : at + 3])
        at += 3
        for _ in range(many):
            unit, at = _set_at(record, at)
            sets.append(unit)
            if len(sets) > MOST_SETS:
                raise Nonsense("too many parameter sets")
    return (record[21] & 3) + 1, sets


def _set_at(record: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(record[at : at + 2])
    unit = record[at + 2 : at + 2 + length]
    if length < 2 or len(unit) < length:
        raise Nonsense("a damaged decoder record")
    return unit, at + 2 + length


def _aac_says(config: bytes) -> tuple[int, int]:
    """Return the rate (Hz) and the channels of an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1)."""
    if len(config) < 2:
        raise Nonsense("a damaged description of sound")
    bits = int.from_bytes(config[:5].ljust(5, b"\0"))
    rate, channels = bits >> 31 & 15, bits >> 27 & 15
    if rate == _SAID_OUTRIGHT:
        hz, channels = bits >> 7 & 0xFFFFFF, bits >> 3 & 15
    else:
        hz = _AAC_HZ[rate]
    if not 7_000 <= hz <= 96_000:
        raise Nonsense("sound of no rate there is")
    return hz, channels or 1


def _units(data: bytes, length_bytes: int) -> list[bytes]:
    found, at = [], 0
    while at + length_bytes <= len(data):
        length = int.from_bytes(data[at : at + length_bytes])
        at += length_bytes
        unit = data[at : at + length]
        if len(unit) > 1:
            found.append(unit)
        at += length
    return found
