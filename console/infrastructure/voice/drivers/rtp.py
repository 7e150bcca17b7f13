"""A loudspeaker that plays RTP (RFC 3550): no session, no answer, so "sent" is all that can ever be said."""

import logging
import secrets
import socket
import struct
import time

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import SpeakerTarget
from console.infrastructure.voice.codecs import CODECS, Codec
from console.infrastructure.voice.drivers.reach import Reach

_log = logging.getLogger(__name__)

_VERSION = 0x80
_MARKER = 0x80
_EXPEDITED = 0xB8
"""DSCP EF (RFC 3246) in the octet that IP_TOS sets: speech goes before other traffic."""
_SENDER_REPORT, _SOURCE_DESCRIPTION, _GOODBYE = 200, 202, 203
_NTP_EPOCH_S = 2_208_988_800


class RtpSpeaker:
    """One destination of one talk session, with a random SSRC, sequence and time stamp of its own. One thread.

    A socket error makes it ``failed`` for the rest of the session, because part of the speech is missing there;
    it is still sent to, since the speaker may come back.
    """

    def __init__(self, target: SpeakerTarget) -> None:
        """Find the speaker and open a socket to it.

        Raises:
            Unavailable: its address is unknown or cannot be sent to.
        """
        if target.port % 2:
            raise Unavailable("An RTP speaker's port must be an even number.")
        self.speaker_id = target.speaker_id
        self.codec: Codec = CODECS[target.codec]
        self.reached: Reach = "waiting"
        self._ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._timestamp = secrets.randbits(32)
        self._packets = 0
        self._octets = 0
        self._media, self._control = _sockets(target)

    def send(self, payload: bytes) -> None:
        """Send one 20 ms payload of this speaker's codec; never waits, never raises."""
        marker = 0 if self._packets else _MARKER
        head = struct.pack(
            "!BBHII", _VERSION, marker | self.codec.payload_type, self._sequence, self._timestamp, self._ssrc
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + self.codec.frame_samples) & 0xFFFFFFFF
        try:
            self._media.send(head + payload)
        except OSError as failure:
            if self.reached != "failed":
                _log.warning("speaker %s: sending failed: %s", self.speaker_id, failure.strerror)
            self.reached = "failed"
            return
        self._packets += 1
        self._octets += len(payload)
        if self.reached == "waiting":
            self.reached = "sent"

    def close(self) -> None:
        """Say goodbye (RTCP BYE on the port above), so that a listener need not wait for silence."""
        if self._packets:
            try:
                self._control.send(self._farewell())
            except OSError as failure:
                # Most speakers have no RTCP port; the speech itself was sent.
                _log.debug("speaker %s: no RTCP: %s", self.speaker_id, failure.strerror)
        self._media.close()
        self._control.close()

    def _farewell(self) -> bytes:
        """Return a compound packet: sender report, source description, goodbye (RFC 3550 §6.1)."""
        now_s = time.time() + _NTP_EPOCH_S
        report = struct.pack(
            "!BBHIIIIII",
            _VERSION, _SENDER_REPORT, 6, self._ssrc, int(now_s), int(now_s % 1 * 2**32),
            self._timestamp, self._packets & 0xFFFFFFFF, self._octets & 0xFFFFFFFF,
        )  # fmt: skip
        name = b"citydesk"
        item = struct.pack("!IBB", self._ssrc, 1, len(name)) + name
        item += b"\0" * (4 - len(item) % 4)
        description = struct.pack("!BBH", _VERSION | 1, _SOURCE_DESCRIPTION, len(item) // 4) + item
        return report + description + struct.pack("!BBHI", _VERSION | 1, _GOODBYE, 1, self._ssrc)


def _sockets(target: SpeakerTarget) -> tuple[socket.socket, socket.socket]:
    """Return a socket for speech and one for its control packets."""
    try:
        family, _, _, _, address = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)[0]
        media = _connected(family, (address[0], target.port), target.time_to_live)
    except OSError as cause:
        raise Unavailable("The speaker's address cannot be reached from this machine.") from cause
    try:
        return media, _connected(family, (address[0], target.port + 1), target.time_to_live)
    except OSError as cause:
        media.close()
        raise Unavailable("The speaker's address cannot be reached from this machine.") from cause


def _connected(family: int, address: tuple[str | int, int], hops: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _EXPEDITED)
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
        else:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _EXPEDITED)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, hops)
        opened.connect(address)
    except OSError:
        opened.close()
        raise
    return opened
