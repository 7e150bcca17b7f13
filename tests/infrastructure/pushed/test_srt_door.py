"""Claims about whom a stream id names, and what is MPEG-TS."""

import pytest

from console.infrastructure.clock import SystemClock
from console.infrastructure.pushed.publications import Publication, Publications
from console.infrastructure.pushed.rtp import VIDEO_CLOCK_HZ, Packer
from console.infrastructure.pushed.srt_door import TS_TYPE, Sender, SrtDoor, is_transport_stream, who_sends


@pytest.mark.parametrize(
    ("stream_id", "who"),
    [
        ("drone-1?key=Str33tL1ght", ("drone-1", "Str33tL1ght")),
        ("/live/drone-1?key=a", ("drone-1", "a")),
        ("#!::r=drone-1,m=publish,key=Str33tL1ght", ("drone-1", "Str33tL1ght")),
        ("drone-1%3Fkey%3DStr33tL1ght", ("drone-1", "Str33tL1ght")),
        ("#!::u=drone-1,key=Str33tL1ght", ("drone-1", "Str33tL1ght")),
        ("#!::,,=,==,key", ("", "")),
        ("drone-1", ("drone-1", "")),
        ("", ("", "")),
        ("drone-1?" + "&".join("a=b" for _ in range(100)), ("", "")),
    ],
)
def test_a_stream_id_names_a_device_and_its_key(stream_id: str, who: tuple[str, str]) -> None:
    assert who_sends(stream_id) == who


def test_whoever_sends_no_transport_stream_is_turned_away_and_told_of() -> None:
    told: list[tuple[str, str, str]] = []
    publications = Publications({"push-vest": ""}.get, lambda *what: told.append(what))
    door = SrtDoor(publications, SystemClock(), str)
    sender = Sender(1, "10.0.0.9", 0.0, Packer(TS_TYPE, VIDEO_CLOCK_HZ), publication=Publication("drone"))
    door._hand_on(sender, [b"\x47" + bytes(187)], 0)
    assert not sender.is_refused and not told
    door._hand_on(sender, [b"GET / HTTP/1.1\r\n"], 0)
    assert sender.is_refused and told == [("drone", "10.0.0.9", "not_taken")]
    publications.close()


def test_only_whole_packets_are_a_transport_stream() -> None:
    packet = b"\x47" + bytes(187)
    assert is_transport_stream(packet * 7)
    for other in (packet[:-1], packet + b"\x00" * 188, b"\x80" + bytes(187)):
        assert not is_transport_stream(other)
