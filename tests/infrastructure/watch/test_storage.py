"""Room is made before it is short, what gives way gives way in order, and the health bar says it first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.application.ptz_desk import PtzDesk
from console.application.upkeep import Upkeep
from console.domain.evidence import EvidenceKind
from console.domain.ids import CaseId
from console.domain.jobs import JobTurn
from console.domain.retention import Retention
from console.infrastructure.disk import GIB, Ballast, Fill
from console.infrastructure.jobs import Turn
from console.infrastructure.watch.facts import Fact, Probe
from console.infrastructure.watch.rhythm import jobs_of
from console.infrastructure.watch.storage import StoragePulse, StorageState, StorageWatch
from tests.application.city import SHANGHAI, City, open_city, person
from tests.application.storage import Shelf, record, recorded
from tests.infrastructure.video.media_station import wait_until

RESERVE = 2 * GIB
DAY = timedelta(days=1)


@dataclass(slots=True)
class Platter:
    """A disk whose free bytes a test sets; files that go give theirs back."""

    free_gib: float = 100.0
    freed: int = 0
    calls: int = 0
    is_away: bool = False

    def __call__(self, folder: Path) -> Fill:
        if self.is_away:
            raise Unavailable("The disk of {folder} is away.", folder=folder.name)
        return Fill(200 * GIB, int(self.free_gib * GIB))

    def ask(self) -> None:
        self.calls += 1


@dataclass(slots=True, kw_only=True)
class Storage:
    """A storage watch over a city."""

    city: City
    platter: Platter
    shelf: Shelf
    ballast: Ballast
    watch: StorageWatch
    turns: list[str] = field(default_factory=list)

    def measured(self, free_gib: float) -> StorageState:
        self.platter.free_gib = free_gib
        return self.watch.measure()

    def free(self) -> bool:
        taken = JobTurn(name="retention", last_began_at=None, failures=0)
        with self.city.units.write() as unit:
            now = self.city.clock.now()
            unit.jobs.take("retention", "me", now, now + timedelta(minutes=2), is_wanted=True)
            unit.commit()
        return self.watch.free(Turn(taken, "me", self.city.units, self.city.clock))

    def told(self) -> Fact:
        probe = Probe("disk", self.watch.measure, 0.01, self.city.clock)
        probe.begin()
        wait_until(lambda: probe.latest is not None, "the disk is measured")
        probe.end()
        return StoragePulse(probe, Retention(), self.city.clock).fact()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    data = tmp_path / "data"
    data.mkdir()
    with open_city(tmp_path) as city:
        platter, shelf, ballast = Platter(), Shelf(), Ballast(data, 1024**2)
        watch = StorageWatch(
            data=data,
            recordings=data / "recordings",
            reserve_bytes=RESERVE,
            upkeep=Upkeep(city.units, city.clock, shelf, Retention(), timedelta(days=730)),
            ballast=ballast,
            clock=city.clock,
            make_room=platter.ask,
            fill=platter,
        )
        yield Storage(city=city, platter=platter, shelf=shelf, ballast=ballast, watch=watch)


def allowed(storage: Storage) -> tuple[bool, bool, bool]:
    watch = storage.watch
    return watch.may_record(), watch.may_keep(EvidenceKind.CLIP), watch.may_keep(EvidenceKind.STILL)


def test_room_is_asked_for_before_recording_has_to_stop(storage: Storage) -> None:
    storage.measured(2.6)
    assert storage.platter.calls == 0
    storage.measured(2.4)
    assert storage.platter.calls == 1 and allowed(storage) == (True, True, True)


def test_recording_gives_way_first_then_clips_then_stills_and_comes_back_without_flapping(storage: Storage) -> None:
    seen = []
    for free in (1.9, 0.9, 0.4, 0.52, 0.6, 1.05, 1.2, 2.1, 2.3):
        storage.measured(free)
        seen.append(allowed(storage))
    assert seen == [
        (False, True, True),
        (False, False, True),
        (False, False, False),
        (False, False, False),  # not yet a tenth above
        (False, False, True),
        (False, False, True),
        (False, True, True),
        (False, True, True),
        (True, True, True),
    ]


@pytest.mark.parametrize(
    ("free", "condition", "said"),
    [
        (412.99, "ok", "412 GB free"),
        (5.19, "ok", "5.1 GB free"),
        (1.99, "fault", "disk full: recording stopped, 1.9 GB free"),
        (0.99, "fault", "disk full: no recordings, no clips, 0.9 GB free"),
        (0.35, "fault", "disk full: only records are written, 0.3 GB free"),
    ],
)
def test_the_bar_says_what_the_disk_allows(storage: Storage, free: float, condition: str, said: str) -> None:
    storage.platter.free_gib = free
    fact = storage.told()
    assert (fact.condition, fact.sentence.format(**fact.values)) == (condition, said)


@pytest.mark.parametrize(
    ("days", "condition", "said"),
    [
        (12.4, "ok", "disk 12 days"),
        (2.9, "waiting", "disk full in 2.9 days"),
        (0.5, "fault", "disk full in 12.0 h"),
    ],
)
def test_a_filling_disk_is_announced_before_it_is_full(
    storage: Storage, days: float, condition: str, said: str
) -> None:
    rate_gib_s = 100 / (12 * 86_400)
    free = 2 + days * 86_400 * rate_gib_s
    for step in range(300):
        storage.city.clock.wait(seconds=60)
        storage.measured(free + (299 - step) * 60 * rate_gib_s)
    fact = storage.told()
    assert (fact.condition, fact.sentence.format(**fact.values)) == (condition, said)
    assert allowed(storage) == (True, True, True)


def test_a_disk_too_small_for_the_days_says_how_many_it_holds(storage: Storage) -> None:
    for name, ago in (("a", 13 * DAY), ("b", 12 * DAY)):
        record(storage.city, name, ago=ago, size_bytes=GIB)
    storage.measured(2.3)
    assert storage.free() is False
    assert recorded(storage.city) == ["b"] and storage.shelf.removed == ["a"]
    fact = storage.told()
    assert (fact.condition, fact.sentence.format(**fact.values)) == (
        "fault",
        "disk too small: keeps 13.0 days, 30 wanted",
    )
    storage.city.clock.wait(days=1, minutes=1)
    storage.platter.free_gib = 50.0
    assert storage.told().condition == "ok"


def test_a_disk_that_is_away_and_a_store_that_lets_nothing_go_are_said(storage: Storage) -> None:
    record(storage.city, "old", ago=40 * DAY)
    storage.shelf.stuck.add("old")
    record(storage.city, "older", ago=41 * DAY)
    with pytest.raises(Unavailable):
        storage.free()
    assert storage.shelf.removed == ["older"], "one file that does not go holds no other back"
    storage.free()
    assert storage.told().condition == "ok"
    storage.free()
    assert storage.told().sentence == "files cannot be deleted: see the log of the station"
    storage.shelf.stuck.clear()
    storage.free()
    assert storage.shelf.removed == ["older", "old"] and storage.told().condition == "ok"
    storage.platter.is_away = True
    assert storage.told().sentence == "the disk does not answer"


def test_the_ballast_is_held_while_there_is_room_and_given_when_there_is_none(storage: Storage) -> None:
    storage.measured(50)
    assert storage.ballast.is_held
    storage.measured(0.2)
    assert storage.ballast.is_held, "there is room for records yet"
    storage.measured(0.0001)
    assert not storage.ballast.is_held
    storage.measured(1.0)
    assert not storage.ballast.is_held
    storage.measured(2.6)
    assert storage.ballast.is_held


def test_a_case_whose_time_is_over_is_told_to_the_seats_once(storage: Storage) -> None:
    city, told = storage.city, list[tuple[str, tuple[str, ...]]]()
    filed = city.filed(person("李文静"))
    upkeep = Upkeep(city.units, city.clock, storage.shelf, Retention(), DAY)
    ptz = PtzDesk(city.units, city.gate, city.clock, SHANGHAI)
    jobs = jobs_of(
        "st", storage.watch, upkeep, city.queries, lambda *news: told.append(news), city.clock, ptz, lambda _: None
    )
    deadlines = next(job for job in jobs if job.name == "deadlines at st")
    ran_at = city.clock.now()
    for minutes in (30, 119, 1, 10):
        began_at = ran_at
        city.clock.wait(minutes=minutes)
        ran_at = city.clock.now()
        turn = Turn(JobTurn(name="d", last_began_at=began_at, failures=0), "me", city.units, city.clock)
        assert deadlines.act(turn) is False
    assert told == [("cases", (CaseId(filed.case_id),))]
