"""Claims about the station's pulse: who stops reporting is silent, since its last word, and never stays in order."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.application.read_models import Backlog
from console.infrastructure.channel.endings import CODE_OF, DetectorEnding
from console.infrastructure.channel.messages import NotWatched, StreamState, VisionPace
from console.infrastructure.supervisor import WorkerReport
from console.infrastructure.watch.facts import Fact, Probe
from console.infrastructure.watch.health import HealthRoom
from console.infrastructure.watch.looking import Looking
from console.infrastructure.watch.pulses import (
    ClockPulse,
    DatabasePulse,
    DeliveryPulse,
    DetectionPulse,
    JournalPulse,
    SpeechPulse,
    VideoPulse,
)
from console.infrastructure.watch.streams import LookSize, Streams
from console.words import ENGLISH, Words
from tests.application.city import open_city
from tests.infrastructure.video.media_station import wait_until
from tests.infrastructure.watch.builders import OneSecret, Wires, camera

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """Both clocks stand until they are moved together. Read from probes' threads as well."""

    passed_s: float = 1000.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s - 1000.0)

    def monotonic_s(self) -> float:
        return self.passed_s


@dataclass
class Workers:
    """The workers as a test wants them."""

    held: dict[str, WorkerReport] = field(default_factory=dict)

    def note(self, name: str, role: str, pulse_s: float | None, restarts: int = 0) -> None:
        self.held[name] = WorkerReport(
            worker_id=name,
            role=role,
            is_running=pulse_s is not None,
            since_s=1000.0,
            pulse_s=pulse_s,
            restarts=restarts,
            reason="silent" if restarts else "",
            code=0,
        )

    def reports(self) -> tuple[WorkerReport, ...]:
        return tuple(self.held.values())


@dataclass
class Told:
    """A thing whose fact a test sets."""

    now: Fact

    def fact(self) -> Fact:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def streams(tmp_path: Path, clock: HandClock) -> Iterator[Streams]:
    made = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=clock,
        media_workers=("media-1",),
        send=Wires().send,
    )
    made.take_directory([camera("01"), camera("02")])
    for name in ("cam01", "cam02"):
        made.states[f"{name}/main"] = StreamState(
            stream_id=f"{name}/main", camera_id=name, condition="live", since=NOON, clock_offset_s=0.31
        )
    yield made
    made.close()


def test_a_thing_that_stops_reporting_is_silent_since_its_last_word(clock: HandClock, workers: Workers) -> None:
    thing = Told(Fact(name="delivery", condition="ok", sentence="{count} waiting", values={"count": 0}, beat_s=1000.0))
    room = HealthRoom(sources=[thing], workers=workers, clock=clock)

    assert [item.condition for item in room.report().items] == ["ok"]
    clock.passed_s += 4
    assert [item.condition for item in room.report().items] == ["ok"]
    clock.passed_s += 38
    (item,) = room.report().items

    assert (item.condition, item.since, item.beat_age_s) == ("silent", NOON, 42.0)


def test_each_change_of_condition_is_remembered_once_with_its_time(clock: HandClock, workers: Workers) -> None:
    thing = Told(Fact(name="database", condition="ok", sentence="answers"))
    room = HealthRoom(sources=[thing], workers=workers, clock=clock)
    room.report()
    assert room.take_news() is None  # nothing changed: the station began in order

    clock.passed_s += 60
    thing.now = Fact(name="database", condition="fault", sentence="away")
    room.report()
    clock.passed_s += 1
    room.report()
    news = room.take_news()

    assert news is not None
    assert [(one.name, one.condition, one.at) for one in news.changes] == [
        ("database", "fault", NOON + timedelta(seconds=60))
    ]
    assert room.take_news() is None


def test_cameras_of_a_decoder_that_says_nothing_are_not_counted_as_seen(
    streams: Streams, workers: Workers, clock: HandClock
) -> None:
    pulse = VideoPulse(streams, workers, clock)
    workers.note("media-1", "media-worker", clock.passed_s)
    assert (pulse.fact().condition, dict(pulse.fact().values)) == ("ok", {"live": 2, "all": 2})

    clock.passed_s += 6

    assert (pulse.fact().condition, dict(pulse.fact().values)) == ("fault", {"live": 0, "all": 2})
    room = HealthRoom(sources=[pulse], workers=workers, clock=clock)
    assert [item.condition for item in room.report().items] == ["silent"]


def test_one_blind_camera_of_two_is_a_fault_with_its_denominator(
    streams: Streams, workers: Workers, clock: HandClock
) -> None:
    workers.note("media-1", "media-worker", clock.passed_s)
    streams.states["cam02/main"] = streams.states["cam02/main"].model_copy(update={"condition": "no_signal"})

    fact = VideoPulse(streams, workers, clock).fact()

    assert (fact.condition, dict(fact.values)) == ("fault", {"live": 1, "all": 2})


def test_the_health_page_says_how_many_streams_a_graphics_device_decodes(
    streams: Streams, workers: Workers, clock: HandClock
) -> None:
    workers.note("media-1", "media-worker", clock.passed_s)
    streams.states["cam02/main"] = streams.states["cam02/main"].model_copy(update={"hardware": "vaapi"})

    fact = VideoPulse(streams, workers, clock).fact()

    assert Words(ENGLISH).say(fact.sentence, **fact.values) == "2/2 cameras seen, by vaapi: 1"


def test_a_detector_that_stops_telling_its_pace_is_silent(
    streams: Streams, workers: Workers, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    with open_city(tmp_path / "city") as city:
        looking = Looking(city.units, clock)
        looking.take_cameras(["cam01", "cam02"])
        pace = {"cam01": 2.5, "cam02": 2.3}
        looking.take_pace(VisionPace(device="CPU", precision="f32", model_name="m", looks_per_s=pace))
        room = HealthRoom(sources=[DetectionPulse(streams, looking)], workers=workers, clock=clock)
        (item,) = room.report().items
        assert (item.condition, item.values) == ("ok", {"pace": "4.8", "count": 2})

        clock.passed_s += 7

        assert [item.condition for item in room.report().items] == ["silent"]


@pytest.fixture
def looking(clock: HandClock, tmp_path: Path) -> Iterator[Looking]:
    """What the station knows of two watched cameras that nobody has looked at for seven seconds."""
    (tmp_path / "city").mkdir()
    with open_city(tmp_path / "city") as city:
        room = Looking(city.units, clock, model_name="lite0", device="GPU")
        room.take_cameras(["cam01", "cam02"])
        pace(room, cam01=2.0, cam02=2.0)
        clock.passed_s += 7
        yield room


def pace(looking: Looking, **looks_per_s: float) -> None:
    looking.take_pace(VisionPace(device="CPU", precision="f32", model_name="lite0", looks_per_s=looks_per_s))


def told(looking: Looking, *live: str) -> dict[str, str]:
    return {item.camera_id: Words(ENGLISH).say(item.sentence, **item.values) for item in looking.told(live)}


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("model_refused", "not watched: the model lite0 is refused, it is not what its papers say"),
        ("device_missing", "not watched: this machine has no GPU for the detector"),
        ("no_answer", "not watched: the model lite0 gave no answer"),
    ],
)
def test_a_detector_that_ended_says_why_no_camera_is_watched(
    looking: Looking, ending: DetectorEnding, why: str
) -> None:
    looking.note_lost_worker(CODE_OF[ending])

    assert told(looking, "cam01", "cam02") == {"cam01": why, "cam02": why}


def test_a_detector_that_was_killed_is_said_not_to_run(looking: Looking) -> None:
    looking.note_lost_worker(-9)

    assert set(told(looking, "cam01").values()) == {"not watched: the detector does not run"}


def test_each_camera_has_its_own_reason_while_others_are_watched(looking: Looking) -> None:
    looking.take_cameras(["cam01", "cam02", "cam03", "cam04"])
    looking.note_not_watched(NotWatched(camera_id="cam02", reason="rule_unusable"))
    pace(looking, cam01=2.0)

    assert told(looking, "cam01", "cam02") == {"cam02": "not watched: a rule of this camera cannot be used"}


def test_a_camera_without_a_picture_and_one_whose_turn_does_not_come_are_told_apart(looking: Looking) -> None:
    assert told(looking, "cam01") == {
        "cam01": "not watched: the detector does not come round to it",
        "cam02": "not watched: no picture comes",
    }


def test_since_when_nobody_looks_is_when_somebody_last_did(looking: Looking, clock: HandClock) -> None:
    looking.note_lost_worker(CODE_OF["no_answer"])

    assert {clock.now() - item.since for item in looking.told(())} == {timedelta(seconds=7)}


def test_what_is_looked_at_again_is_no_longer_listed(looking: Looking) -> None:
    looking.note_lost_worker(CODE_OF["no_answer"])
    pace(looking, cam01=2.0, cam02=1.0)

    assert looking.told(("cam01", "cam02")) == ()


def backlog(waiting: int = 0, oldest_at: datetime | None = None, parked: int = 0) -> Backlog:
    return Backlog(
        alarms_waiting=0, orders_waiting=waiting, oldest_order_at=oldest_at, orders_parked=parked, rechecks_waiting=0
    )


class Asked:
    """Something that may fail or hang."""

    def __init__(self) -> None:
        self.waiting = backlog()
        self.is_away = False
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self) -> Backlog:
        self.go_on.wait()
        if self.is_away:
            raise Unavailable("the database is away")
        return self.waiting


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def probe(asked: Asked, clock: HandClock) -> Iterator[Probe[Backlog]]:
    made = Probe("test", asked, 0.01, clock)
    made.begin()
    yield made
    asked.go_on.set()
    made.end()


def test_a_database_that_hangs_is_silent_and_one_that_refuses_is_away(
    probe: Probe[Backlog], asked: Asked, workers: Workers, clock: HandClock
) -> None:
    room = HealthRoom(sources=[DatabasePulse(probe)], workers=workers, clock=clock)

    def says(condition: str) -> bool:
        return [item.condition for item in room.report().items] == [condition]

    wait_until(lambda: says("ok"), "the database answers")
    asked.is_away = True
    wait_until(lambda: says("fault"), "it is away")
    asked.is_away = False
    wait_until(lambda: says("ok"), "it is back")
    asked.go_on.clear()
    clock.passed_s += 1
    wait_until(lambda: clock.passed_s - probe.beat_s >= 1.0, "it hangs")
    clock.passed_s += 5
    assert says("silent")
    asked.go_on.set()
    wait_until(lambda: says("ok"), "it is back")


def test_the_outbox_tells_how_many_wait_and_since_when_and_parked_is_a_fault(
    probe: Probe[Backlog], asked: Asked, clock: HandClock
) -> None:
    pulse = DeliveryPulse(probe, lambda: clock.passed_s, clock.now)
    asked.waiting = backlog(waiting=2, oldest_at=NOON - timedelta(seconds=41), parked=0)
    wait_until(lambda: "age" in pulse.fact().values, "two orders wait")
    assert dict(pulse.fact().values) == {"count": 2, "age": 41}

    asked.waiting = backlog(waiting=2, oldest_at=NOON, parked=1)
    wait_until(lambda: pulse.fact().condition == "fault", "one is parked")


def test_a_relay_that_hangs_is_silent_even_while_the_database_answers(
    probe: Probe[Backlog], workers: Workers, clock: HandClock
) -> None:
    begun_s = clock.passed_s
    pulse = DeliveryPulse(probe, lambda: begun_s, clock.now)
    room = HealthRoom(sources=[pulse], workers=workers, clock=clock)
    wait_until(lambda: pulse.fact().condition == "ok", "nothing waits")
    clock.passed_s += 46
    assert [item.condition for item in room.report().items] == ["silent"]


def test_speech_is_ready_only_while_its_worker_has_a_pulse(workers: Workers, clock: HandClock) -> None:
    room = HealthRoom(sources=[SpeechPulse(workers, "talk-1")], workers=workers, clock=clock)
    assert room.report().items[0].condition == "waiting"
    workers.note("talk-1", "talk-worker", clock.passed_s)
    assert room.report().items[0].condition == "ok"
    clock.passed_s += 16
    assert room.report().items[0].condition == "silent"
    workers.note("talk-1", "talk-worker", None, restarts=1)
    report = room.report()
    assert report.items[0].condition == "fault"
    assert [(one.restarts, one.reason, one.is_running) for one in report.workers] == [(1, "silent", False)]


def test_what_the_journal_holds_and_how_far_the_clocks_are(streams: Streams) -> None:
    assert JournalPulse(lambda: 0).fact().condition == "ok"
    assert JournalPulse(lambda: 3).fact().condition == "waiting"
    assert ClockPulse(streams).fact().values == {"gap": "+0.3"}
    streams.states["cam01/main"] = streams.states["cam01/main"].model_copy(update={"clock_offset_s": -1.26})
    fact = ClockPulse(streams).fact()
    assert (fact.condition, fact.values) == ("fault", {"gap": "−1.3"})
