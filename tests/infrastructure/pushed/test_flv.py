"""Claims about what comes by RTMP: every way to say H.265 is the same street, and damage is said to be damage."""

import random
import struct

import pytest

from console.infrastructure.pushed.amf import Nonsense, read_values, written
from console.infrastructure.pushed.flv import SOUND_WITHIN_MS, FlvTracks, NotTaken
from console.infrastructure.pushed.publications import Publication
from console.infrastructure.pushed.rtp import LARGEST_PAYLOAD

SETS = [bytes((kind << 1, 1)) + bytes(8) for kind in (32, 33, 34)]
RECORD = bytes(21) + b"\x03\x03" + b"".join(bytes((one[0] >> 1, 0, 1, 0, 10)) + one for one in SETS)
PICTURE = b"\x26\x01" + bytes(range(256)) * 12  # type 19: a key picture, larger than a packet
COMPOSED_MS = 40
AAC_SETTINGS = b"\xaf\x00\x12\x10"
SEED = 20_261_123


class Ear:
    """Keeps what a reader is given."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, bytes]] = []
        self.packets: list[tuple[int, bytes]] = []

    def take(self, track: int, is_report: bool, packet: bytes) -> None:
        (self.reports if is_report else self.packets).append((track, packet))

    def end(self) -> None:
        return

    def stamps(self, track: int) -> list[int]:
        return [struct.unpack(">I", packet[4:8])[0] for one, packet in self.packets if one == track]


def sent_with(*, sound: bytes = AAC_SETTINGS, settings: bytes = b"\x1c\x00\x00\x00\x00") -> tuple[FlvTracks, Ear]:
    publication, ear = Publication("drone"), Ear()
    tracks = FlvTracks(publication)
    publication.welcome(ear)
    tracks.take_sound(0, sound)
    tracks.take_video(0, settings + RECORD)
    return tracks, ear


def units_of(packets: list[tuple[int, bytes]]) -> list[bytes]:
    """Put H.265's NAL units together again (RFC 7798 §4.4.3)."""
    found: list[bytes] = []
    for track, packet in packets:
        payload = packet[12:]
        if track == 0 and payload[0] >> 1 & 63 == 49:
            if payload[2] & 0x80:
                found.append(bytes((payload[0] & 0x81 | (payload[2] & 63) << 1, payload[1])))
            found[-1] += payload[3:]
        elif track == 0:
            found.append(payload)
    return found


@pytest.mark.parametrize(
    ("settings", "picture"),
    [
        (b"\x1c\x00\x00\x00\x00", b"\x1c\x01" + COMPOSED_MS.to_bytes(3)),
        (b"\x90hvc1", b"\x91hvc1" + COMPOSED_MS.to_bytes(3)),
        (b"\x90hvc1", b"\x93hvc1"),
    ],
    ids=["the old number 12", "enhanced", "enhanced, shown at once"],
)
def test_every_way_to_say_h265_is_the_same_picture(settings: bytes, picture: bytes) -> None:
    tracks, ear = sent_with(settings=settings)
    tracks.take_video(1000, picture + struct.pack(">I", len(PICTURE)) + PICTURE)
    assert units_of(ear.packets) == [*SETS, PICTURE]
    assert all(len(packet) <= LARGEST_PAYLOAD + 12 for _, packet in ear.packets)
    (track, report), _ = ear.reports
    shown_ms = COMPOSED_MS if picture[0] != 0x93 else 0
    assert track == 0
    assert ear.stamps(0)[0] - struct.unpack(">I", report[16:20])[0] == shown_ms * 90


def test_a_drone_that_changes_its_size_says_so_with_its_next_key_picture() -> None:
    tracks, ear = sent_with()
    other = RECORD[:-1] + b"\x07"
    tracks.take_video(500, b"\x1c\x00\x00\x00\x00" + other)
    tracks.take_video(540, b"\x1c\x01\x00\x00\x00" + struct.pack(">I", 3) + b"\x26\x01\x05")
    assert units_of(ear.packets)[2] == SETS[2][:-1] + b"\x07"


@pytest.mark.parametrize(
    ("first", "frame", "said"),
    [
        (AAC_SETTINGS, b"\xaf\x01" + bytes(9), "MPEG4-GENERIC/44100/2"),
        (b"\x90mp4a\x12\x10", b"\x91mp4a" + bytes(9), "MPEG4-GENERIC/44100/2"),
        (b"\x72" + bytes(160), b"\x72" + bytes(160), "PCMA/8000/1"),
        (b"\x82" + bytes(160), b"\x82" + bytes(160), "PCMU/8000/1"),
    ],
)
def test_sound_is_told_of_and_handed_on(first: bytes, frame: bytes, said: str) -> None:
    tracks, ear = sent_with(sound=first)
    assert said in tracks._sent.tracks[1]
    tracks.take_sound(1000, frame)
    ((track, packet),) = ear.packets
    assert track == 1 and packet.endswith(frame[-9:])


def test_a_stream_without_sound_is_seen_a_second_later() -> None:
    publication = Publication("drone")
    tracks = FlvTracks(publication)
    tracks.take_video(0, b"\x1c\x00\x00\x00\x00" + RECORD)
    assert publication.tracks == ()
    tracks.take_video(SOUND_WITHIN_MS, b"\x1c\x01\x00\x00\x00" + struct.pack(">I", 3) + b"\x26\x01\x05")
    assert len(publication.tracks) == 1


def test_sound_of_another_kind_is_left_out_and_its_pictures_are_not() -> None:
    tracks, _ = sent_with(sound=b"\x2f\xff\xfb")
    assert len(tracks._sent.tracks) == 1


def test_pictures_of_another_kind_are_refused_by_name() -> None:
    for body in (b"\x12\x00\x00\x00\x00", b"\x90av01\x00"):
        with pytest.raises(NotTaken):
            FlvTracks(Publication("drone")).take_video(0, body)


def test_a_spoilt_message_is_damage_and_nothing_worse() -> None:
    chance = random.Random(SEED)
    bodies = [b"\x1c\x00\x00\x00\x00" + RECORD, b"\x90hvc1" + RECORD, b"\x17\x00\x00\x00\x00\x01\x42\x00\x1e\xff\xe1"]
    bodies += [AAC_SETTINGS, b"\x72" + bytes(60), b"\x91hvc1\x00\x00\x00\x00\x00\x00\x03\x26\x01\x05", b"\x90mp4a\x12"]
    refused = 0
    for _ in range(3000):
        tracks, _ = sent_with()
        body = bytearray(chance.choice(bodies))
        for _ in range(chance.randint(0, 3)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        said = bytes(body[: chance.randint(0, len(body))])
        try:
            chance.choice((tracks.take_video, tracks.take_sound))(chance.randrange(5000), said)
        except (Nonsense, NotTaken, IndexError):
            refused += 1
    assert refused > 100


def test_rows_and_dates_in_a_senders_words_are_read() -> None:
    told = written("connect", 1.0, {"fourCcList": ["hvc1", "avc1"], "app": "live"}) + b"\x0b" + bytes(10)
    assert read_values(told)[2:4] == [{"fourCcList": ["hvc1", "avc1"], "app": "live"}, 0.0]
    for row in (b"\x0a\xff\xff\xff\xff", b"\x0a\x00\x00\x00\x01" * 9 + b"\x05"):
        with pytest.raises(Nonsense):
            read_values(written("connect", 1.0) + row)
