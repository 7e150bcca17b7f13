"""What a loudspeaker finds in the packets."""

import socket
import struct
from typing import TYPE_CHECKING, Literal

import pytest

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import SpeakerTarget
from console.infrastructure.voice.drivers.rtp import RtpSpeaker

if TYPE_CHECKING:
    from tests.infrastructure.voice.conftest import Listener


@pytest.mark.parametrize(("codec", "payload_type", "ticks"), [("pcmu", 0, 160), ("pcma", 8, 160), ("l16", 96, 320)])
def test_packets_count_up_by_one_and_by_the_samples_they_hold(
    listeners: list["Listener"], codec: Literal["pcmu", "pcma", "l16"], payload_type: int, ticks: int
) -> None:
    speaker = RtpSpeaker(listeners[0].target(codec))
    for number in range(5):
        speaker.send(bytes([number]) * 160)
    packets = listeners[0].hear(5)
    speaker.close()

    first = packets[0]
    assert [packet.marker for packet in packets] == [True, False, False, False, False]
    assert {packet.payload_type for packet in packets} == {payload_type}
    assert {packet.ssrc for packet in packets} == {first.ssrc}
    assert [(packet.sequence - first.sequence) % 2**16 for packet in packets] == [0, 1, 2, 3, 4]
    assert [(packet.timestamp - first.timestamp) % 2**32 for packet in packets] == [ticks * n for n in range(5)]
    assert [packet.payload[0] for packet in packets] == [0, 1, 2, 3, 4]


def test_sequence_and_time_stamp_run_over_without_a_stumble(listeners: list["Listener"]) -> None:
    speaker = RtpSpeaker(listeners[0].target())
    speaker._sequence, speaker._timestamp = 0xFFFF, 0xFFFFFFFF - 159
    for _ in range(2):
        speaker.send(bytes(160))
    packets = listeners[0].hear(2)
    speaker.close()

    assert [packet.sequence for packet in packets] == [0xFFFF, 0]
    assert [packet.timestamp for packet in packets] == [0xFFFFFFFF - 159, 0]


def test_every_session_has_a_source_of_its_own(listeners: list["Listener"]) -> None:
    for _ in range(2):
        speaker = RtpSpeaker(listeners[0].target())
        speaker.send(bytes(160))
        speaker.close()
    one, other = listeners[0].hear(2)

    assert one.ssrc != other.ssrc
    assert (one.sequence, one.timestamp) != (other.sequence, other.timestamp)


def test_sent_is_all_that_is_ever_claimed(listeners: list["Listener"]) -> None:
    speaker = RtpSpeaker(listeners[0].target())
    before = speaker.reached
    for _ in range(50):
        speaker.send(bytes(160))
    speaker.close()

    assert (before, speaker.reached) == ("waiting", "sent")


def test_the_end_is_said_by_rtcp_on_the_port_above(listeners: list["Listener"]) -> None:
    speaker = RtpSpeaker(listeners[0].target())
    for _ in range(3):
        speaker.send(bytes(160))
    ssrc = listeners[0].hear(3)[0].ssrc
    speaker.close()

    listeners[0].control.settimeout(5)
    raw = listeners[0].control.recv(4096)
    kinds, at, goodbye = [], 0, 0
    while at < len(raw):
        flags, kind, words = struct.unpack_from("!BBH", raw, at)
        kinds.append(kind)
        if kind == 200:
            assert struct.unpack_from("!I", raw, at + 4)[0] == ssrc
            assert struct.unpack_from("!II", raw, at + 20) == (3, 480)
        if kind == 203:
            goodbye = struct.unpack_from("!I", raw, at + 4)[0]
        at += 4 * (words + 1)
        assert flags >> 6 == 2
    assert at == len(raw)
    assert kinds == [200, 202, 203]
    assert goodbye == ssrc


def test_a_speaker_that_is_switched_off_is_failed_and_raises_nothing(closed_port: int) -> None:
    speaker = RtpSpeaker(SpeakerTarget(speaker_id="S-09", host="127.0.0.1", port=closed_port))
    for _ in range(200):
        speaker.send(bytes(160))
    speaker.close()

    assert speaker.reached == "failed"


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 5005), ("no-such-speaker.invalid", 5004)])
def test_a_speaker_that_cannot_be_addressed_says_why(host: str, port: int) -> None:
    with pytest.raises(Unavailable, match=r"[.]$"):
        RtpSpeaker(SpeakerTarget(speaker_id="S-09", host=host, port=port))


@pytest.mark.skipif(not hasattr(socket, "IP_RECVTOS"), reason="only Linux tells a receiver the class of a packet")
def test_speech_travels_in_the_class_for_speech(listeners: list["Listener"]) -> None:
    listeners[0].media.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    speaker = RtpSpeaker(listeners[0].target())
    speaker.send(bytes(160))
    _, ancillary, _, _ = listeners[0].media.recvmsg(4096, 64)
    speaker.close()

    assert [data[0] for level, kind, data in ancillary if level == socket.IPPROTO_IP] == [0xB8]
