"""Claims about cameras taken over from a sharing platform: each once, none lost, and what a hand has set stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.directory_ports import Branch, Sorting, Standing
from console.application.shared_directory import Reading, SharedDirectory
from console.application.sharing import PlatformUnclear
from console.domain.cameras import Camera, CameraKind
from console.domain.ids import AccountId, CameraId
from console.domain.places import Place
from console.domain.sharing import SharedChannel, SharedPage, SharedRecord, SharedSource
from tests.application.city import City, open_city, person

DEVICE = "31010400002000000001"
DECADE = timedelta(minutes=10)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


def channel(number: int) -> SharedChannel:
    return SharedChannel(
        source=SharedSource("city", DEVICE, f"3101040000132{number:07d}"),
        name=f"路口 {number}",
        address="学府路 12 号",
        area="310104",
        kind=CameraKind.DOME,
        is_online=True,
        longitude=121.43,
        latitude=31.19,
    )


def read(city: City, *channels: SharedChannel, areas: tuple[tuple[str, str], ...] = ()) -> Reading:
    """Read a platform that lists these, ten minutes after the last time."""
    city.clock.at += DECADE
    directory = SharedDirectory(city.units, city.clock)
    reading = directory.begin("city")
    directory.take(reading, SharedPage(channels=channels, areas=areas, listed=len(channels)))
    directory.finish(reading)
    return reading


def record(city: City, one: SharedChannel) -> SharedRecord:
    with city.units.read() as unit:
        return unit.shared.of_addresses([one.source.address])[one.source.address]


def entry(city: City, one: SharedChannel) -> Camera:
    with city.units.read() as unit:
        return unit.directory.camera(record(city, one).camera_id)


def put(city: City, camera: Camera) -> None:
    with city.units.write() as unit:
        unit.directory.put_camera(camera)
        unit.commit()


def mark(city: City) -> int:
    with city.units.read() as unit:
        return unit.directory.mark()


def test_a_camera_of_a_platform_is_an_entry_like_any_other(city: City) -> None:
    one = channel(1)
    assert read(city, one, areas=(("310104", "徐汇区"),)).added == 1
    found = entry(city, one)
    assert (found.number, found.name, found.code, found.kind) == (
        "0000001",
        "路口 1",
        one.source.channel,
        CameraKind.DOME,
    )
    assert (found.place.district, found.place.address, found.place.longitude) == ("徐汇区", "学府路 12 号", 121.43)
    assert found.main_address == one.source.address and found.sub_address == ""


def test_a_camera_that_is_built_to_turn_is_turned_through_its_platform(city: City) -> None:
    still = replace(channel(2), kind=CameraKind.BULLET)
    read(city, channel(1), still)
    with city.units.read() as unit:
        setup = unit.ptz.setup(record(city, channel(1)).camera_id)
        none = unit.ptz.setup(record(city, still).camera_id)
    assert setup is not None and setup.device_address == channel(1).source.address and none is None


def test_what_has_not_changed_is_not_written_and_nobody_reads_the_directory_again(city: City) -> None:
    read(city, channel(1), channel(2))
    before = mark(city)
    again = read(city, channel(1), replace(channel(2), is_online=False))
    assert (again.added, again.changed, again.online) == (0, 0, 1)
    assert mark(city) == before
    assert not record(city, channel(2)).is_online


def test_what_the_platform_changes_changes_here_and_what_a_hand_changed_stays(city: City) -> None:
    one = channel(1)
    read(city, one)
    kept = entry(city, one)
    put(
        city,
        replace(
            kept,
            name="学府路北门",
            owner="城管一队",
            tags=("重点",),
            number="A-17",
            place=replace(kept.place, longitude=121.5, latitude=31.2),
        ),
    )
    with city.units.write() as unit:
        unit.directory.set_favourite(AccountId("lead"), kept.camera_id, city.clock.now())
        unit.commit()
    said = replace(one, name="XFL-01", address="学府路 14 号", kind=CameraKind.BULLET, longitude=121.6, latitude=31.3)
    assert read(city, said).changed == 1
    found = entry(city, one)
    assert (found.name, found.owner, found.tags, found.number) == ("学府路北门", "城管一队", ("重点",), "A-17")
    assert (found.place.longitude, found.place.latitude) == (121.5, 31.2)
    assert (found.place.address, found.kind) == ("学府路 14 号", CameraKind.BULLET)
    assert read(city, said).changed == 0


def test_a_camera_that_is_not_listed_any_more_is_marked_after_two_whole_readings_and_stays(city: City) -> None:
    one, two = channel(1), channel(2)
    read(city, one, two)
    assert read(city, one).gone == 0, "what slipped between two pages is not gone"
    assert read(city, one).gone == 1
    marked = record(city, two)
    assert marked.gone_at == city.clock.now() and not marked.is_online
    assert entry(city, two).name == "路口 2", "it stays in the directory"
    assert read(city, one).gone == 0, "it is told once"
    back = read(city, one, two)
    assert back.back == 1 and record(city, two).gone_at is None and record(city, two).since == city.clock.now()


def test_each_reading_that_changed_something_is_a_line_of_the_audit_and_no_other(city: City) -> None:
    def head() -> tuple[str, dict[str, object]] | None:
        with city.units.read() as unit:
            line = unit.audit.head()
        return (line.facts.verb, dict(line.facts.detail)) if line is not None else None

    read(city, channel(1), channel(2))
    assert head() == ("read_platform", {"platform": "city", "added": 2, "changed": 0})
    read(city, replace(channel(1), name="学府路"), channel(2))
    assert head() == ("read_platform", {"platform": "city", "added": 0, "changed": 1})
    read(city, replace(channel(1), name="学府路"))
    assert head() == ("read_platform", {"platform": "city", "added": 0, "changed": 1}), "nothing has changed"
    read(city, replace(channel(1), name="学府路"))
    assert head() == ("read_platform", {"platform": "city", "gone": 1})


def test_a_reading_that_broke_off_marks_nothing(city: City) -> None:
    read(city, channel(1), channel(2))
    directory = SharedDirectory(city.units, city.clock)
    for _ in range(5):
        city.clock.at += DECADE
        directory.take(directory.begin("city"), SharedPage(channels=(channel(1),), listed=1))
    assert record(city, channel(2)).missed == 0


def test_a_platform_that_suddenly_lists_nothing_is_not_believed(city: City) -> None:
    read(city, channel(1), channel(2))
    for _ in range(3):
        with pytest.raises(PlatformUnclear, match="no camera at all; it had 2"):
            read(city)
    assert record(city, channel(1)).gone_at is None


def test_one_platforms_silence_is_none_of_anothers_cameras(city: City) -> None:
    other = replace(channel(9), source=SharedSource("west", "d", "c9"))
    directory = SharedDirectory(city.units, city.clock)
    reading = directory.begin("west")
    directory.take(reading, SharedPage(channels=(other,)))
    directory.finish(reading)
    for _ in range(3):
        read(city, channel(1))
    assert record(city, other).gone_at is None


def test_the_directory_says_what_its_platform_has_lost_and_what_is_gone(city: City) -> None:
    read(city, channel(1), replace(channel(2), is_online=False), channel(3))

    def said() -> dict[str, Standing]:
        lines = city.directory.leaves(person("王磊"), Branch(Sorting.AREA, ("310104", "", ""))).lines
        return {line.name: line.standing for line in lines}

    assert said() == {"路口 1": Standing.FINE, "路口 2": Standing.OFFLINE, "路口 3": Standing.FINE}
    for _ in range(2):
        read(city, channel(1), channel(2))
    assert said() == {"路口 1": Standing.FINE, "路口 2": Standing.FINE, "路口 3": Standing.GONE}


def test_a_camera_entered_by_hand_is_left_to_its_hand(city: City) -> None:
    one = channel(1)
    own = Camera(
        camera_id=CameraId("own"),
        number="7",
        name="自建",
        place=Place(address="学府路 12 号"),
        main_address="rtsp://10.0.0.8/main",
        sub_address="",
        code=one.source.channel,
    )
    put(city, own)
    assert read(city, one).kept_by_hand == 1
    with city.units.read() as unit:
        assert unit.directory.camera_coded(one.source.channel) == own


def test_a_camera_taken_out_by_hand_does_not_come_back_by_itself(city: City) -> None:
    one = channel(1)
    read(city, one)
    camera_id = record(city, one).camera_id
    with city.units.write() as unit:
        unit.directory.remove_cameras([camera_id])
        unit.commit()
    assert read(city, one).added == 0
    with city.units.read() as unit:
        assert unit.directory.camera_coded(one.source.channel) is None


def test_two_cameras_of_one_short_number_have_numbers_of_their_own(city: City) -> None:
    one = channel(1)
    same = replace(channel(1), source=SharedSource("city", DEVICE, "31011500001320000001"))
    odd = replace(channel(2), source=SharedSource("city", DEVICE, "x" * 64))
    read(city, one, same, odd)
    assert (entry(city, one).number, entry(city, same).number) == ("0000001", same.source.channel)
    third = replace(channel(3), source=SharedSource("city", DEVICE, "31011600001320000001"))
    read(city, one, same, odd, third)
    assert entry(city, third).number == "31011600001320000001"
    assert entry(city, odd).code == ""


def test_a_division_named_after_its_cameras_is_named_the_next_time(city: City) -> None:
    one = channel(1)
    directory = SharedDirectory(city.units, city.clock)
    names: dict[str, str] = {}
    for areas in ((("310104", "徐汇区"),), ()):
        city.clock.at += DECADE
        reading = directory.begin("city", names)
        directory.take(reading, SharedPage(channels=(one,)))
        directory.take(reading, SharedPage(areas=areas))
        directory.finish(reading)
    assert entry(city, one).place.district == "徐汇区"
