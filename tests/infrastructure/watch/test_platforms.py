"""Claims about the readings of a platform's directory: by a lease, page by page, and told on the health page."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.shared_directory import SharedDirectory
from console.domain.sharing import SharedSource
from console.infrastructure.gateways.sharing_platform import PlatformSpec, WvpPlatform
from console.infrastructure.jobs import JobRunner
from console.infrastructure.watch.facts import Fact
from console.infrastructure.watch.platforms import PlatformReadings, SharingPulse
from tests.application.city import City, open_city
from tests.infrastructure.gateways.wvp_stand_in import DEVICE, PASSWORD, USER, StandInPlatform, channel_code

EVERY = timedelta(minutes=10)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


@pytest.fixture
def platform() -> Iterator[StandInPlatform]:
    running = StandInPlatform()
    yield running
    running.close()


class Watch:
    """One station's readings of one platform."""

    def __init__(self, city: City, platform: StandInPlatform, owner: str = "first") -> None:
        gateway = WvpPlatform(PlatformSpec(name="city", url=platform.url), lambda: f"{USER}:{PASSWORD}")
        self._readings = PlatformReadings("city", gateway, SharedDirectory(city.units, city.clock))
        self._runner = JobRunner([self._readings.job(EVERY)], owner, city.units, city.clock)
        self._pulse = SharingPulse([self._readings], self._runner.states)

    def look(self) -> Fact:
        self._runner.run_due()
        return self.fact

    @property
    def fact(self) -> Fact:
        return self._pulse.fact()


def told(fact: Fact) -> tuple[str, str]:
    return fact.condition, fact.sentence.format(**fact.values)


def listed(city: City) -> int:
    with city.units.read() as unit:
        return len(unit.directory.cameras())


def test_a_directory_is_read_in_its_rhythm_and_told(city: City, platform: StandInPlatform) -> None:
    platform.add(3)
    platform.channels[DEVICE][1].status = "OFF"
    watch, before = Watch(city, platform), listed(city)
    assert told(watch.fact) == ("waiting", "being read")
    assert told(watch.look()) == ("ok", "2/3 cameras online")
    assert listed(city) == before + 3
    asked = len(platform.asked)
    watch.look()
    assert len(platform.asked) == asked, "it is not time yet"
    platform.add(1)
    city.clock.wait(minutes=10)
    assert told(watch.look()) == ("ok", "3/4 cameras online")


def test_only_one_station_of_a_database_reads_and_the_other_says_so(city: City, platform: StandInPlatform) -> None:
    platform.add(3)
    first, second = Watch(city, platform), Watch(city, platform, "second")
    first.look()
    asked = len(platform.asked)
    assert second.look().condition == "ok"
    assert len(platform.asked) == asked


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda content: (503, b""), "city cannot be read"),
        (lambda content: (200, content[:-9]), "what city answers is not understood"),
        (lambda content: (403, b"{}"), "city refuses our login"),
    ],
)
def test_a_reading_that_fails_says_which_platform_and_how_and_is_tried_again(
    city: City, platform: StandInPlatform, spoil: Callable[[bytes], tuple[int, bytes]], words: str
) -> None:
    platform.add(3)
    watch = Watch(city, platform)
    watch.look()
    platform.odd["/api/device/query/devices"] = spoil
    city.clock.wait(minutes=10)
    assert told(watch.look()) == ("fault", words)
    platform.odd.clear()
    city.clock.wait(seconds=5)
    assert told(watch.look()) == ("ok", "3/3 cameras online")


def test_a_reading_that_breaks_off_keeps_what_came_and_loses_nothing(city: City, platform: StandInPlatform) -> None:
    platform.add(1200)
    watch, before = Watch(city, platform), listed(city)
    path = f"/api/device/query/devices/{DEVICE}/channels"

    def breaks(content: bytes) -> tuple[int, bytes]:
        return (200, content) if platform.asked.count(path) % 3 else (200, content[:100])

    platform.odd[path] = breaks
    for _ in range(3):
        assert watch.look().condition == "fault"
        city.clock.wait(minutes=10)
    assert listed(city) == before + 1000
    platform.odd.clear()
    assert told(watch.look()) == ("ok", "1200/1200 cameras online")
    assert listed(city) == before + 1200
    with city.units.read() as unit:
        addresses = [SharedSource("city", DEVICE, channel_code(n)).address for n in range(1, 1201)]
        records = unit.shared.of_addresses(addresses)
    assert len(records) == 1200 and not any(one.missed for one in records.values())


def test_what_vanishes_at_the_platform_is_marked_here(city: City, platform: StandInPlatform) -> None:
    platform.add(3)
    watch, before = Watch(city, platform), listed(city)
    watch.look()
    del platform.channels[DEVICE][0]
    for _ in range(2):
        city.clock.wait(minutes=10)
        watch.look()
    address = SharedSource("city", DEVICE, channel_code(1)).address
    with city.units.read() as unit:
        assert unit.shared.of_addresses([address])[address].gone_at is not None
    assert listed(city) == before + 3


def test_entries_that_are_not_understood_are_counted_on_the_health_page(city: City, platform: StandInPlatform) -> None:
    platform.add(3)
    platform.channels[DEVICE][0].code = "no code"
    assert told(Watch(city, platform).look()) == ("ok", "2/2 cameras online, 1 not understood")


@pytest.mark.long
def test_twenty_thousand_cameras_are_taken_in_and_read_again_without_a_change(
    city: City, platform: StandInPlatform
) -> None:
    platform.add(20_000)
    watch, before = Watch(city, platform), listed(city)
    assert told(watch.look()) == ("ok", "20000/20000 cameras online")
    assert listed(city) == before + 20_000
    with city.units.read() as unit:
        mark = unit.directory.mark()
    city.clock.wait(minutes=10)
    watch.look()
    with city.units.read() as unit:
        assert unit.directory.mark() == mark
