"""The last seconds of a stream: whole groups of pictures, no more than asked for, none lost."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.ring import PacketRing

FORM = StreamFormat(codec="h264", extradata=b"", time_base=Fraction(1, 1000), width=320, height=240)


def packet(number: int, *, is_key: bool, data: bytes = b"x") -> KeptPacket:
    """Return one of ten packets a second."""
    return KeptPacket(
        data=data,
        pts=number * 100,
        dts=number * 100,
        is_key=is_key,
        media_time_s=number / 10,
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        captured_at=None,
    )


def filled(length_s: float, packets: int) -> PacketRing:
    ring = PacketRing(length_s)
    ring.begin(FORM)
    for number in range(packets):
        ring.add(packet(number, is_key=number % 10 == 0))
    return ring


def times_of(ring: PacketRing, from_s: float, to_s: float) -> list[float]:
    found = ring.span(from_s, to_s)
    return [packet.media_time_s for packet in found[1]] if found else []


def test_a_span_begins_at_the_key_picture_before_and_ends_at_the_moment_asked_for() -> None:
    times = times_of(filled(10.0, 60), 2.35, 4.05)
    assert (times[0], times[-1], len(times)) == (2.0, 4.0, 21)


def test_the_ring_keeps_its_seconds_in_whole_groups_and_lets_the_rest_go() -> None:
    times = times_of(filled(3.0, 100), 0.0, 99.0)
    assert times[0] == 6.0  # 9.9 − 3.0 = 6.9, and the group it lies in begins at 6.0
    assert times[-1] == 9.9


def test_a_ring_begins_with_a_key_picture() -> None:
    ring = PacketRing(10.0)
    ring.begin(FORM)
    ring.add(packet(1, is_key=False))
    assert ring.newest_s() is None
    assert ring.span(0.0, 1.0) is None
    ring.add(packet(2, is_key=True))
    assert times_of(ring, 0.0, 1.0) == [0.2]


def test_a_picture_that_came_in_two_packets_is_one_picture() -> None:
    ring = PacketRing(10.0)
    ring.begin(FORM)
    ring.add(packet(0, is_key=True, data=b"first"))
    ring.add(packet(0, is_key=True, data=b"rest"))
    ring.add(packet(1, is_key=False))
    found = ring.span(0.0, 1.0)
    assert found is not None
    assert [packet.data for packet in found[1]] == [b"firstrest", b"x"]


def test_what_came_before_the_camera_was_away_is_kept_apart_and_grows_old_as_everything() -> None:
    ring = filled(10.0, 30)
    after = replace(FORM)
    ring.begin(after)
    assert times_of(ring, 0.0, 9.0)[-1] == 2.9 == ring.newest_s()
    for number in range(30, 110):
        ring.add(packet(number, is_key=number % 10 == 0))
    assert times_of(ring, 1.0, 1.0) == [1.0]  # the still of ten seconds before a hit
    found = ring.span(1.0, 10.9)
    assert found is not None and found[0] is after
    assert found[1][0].media_time_s == 3.0  # a clip is of one connection
    everything = ring.all()
    assert everything is not None and everything[1] == found[1]
    assert times_of_hit(ring, 2.5) == (0.0, 2.9)  # and of the one in which it happened
    for number in range(110, 200):
        ring.add(packet(number, is_key=number % 10 == 0))
    assert ring.span(2.9, 2.9) is None
    assert times_of(ring, 0.0, 99.0)[0] == 9.0


def times_of_hit(ring: PacketRing, at_s: float) -> tuple[float, float]:
    found = ring.span(at_s - 10.0, at_s + 5.0, at_s)
    assert found is not None
    return found[1][0].media_time_s, found[1][-1].media_time_s


def test_a_camera_that_comes_and_goes_without_a_key_picture_leaves_nothing_behind() -> None:
    ring = PacketRing(10.0)
    for _ in range(3):
        ring.begin(FORM)
        ring.add(packet(1, is_key=False))
    assert ring.newest_s() is None
    ring.add(packet(2, is_key=True))
    assert times_of(ring, 0.0, 1.0) == [0.2]
