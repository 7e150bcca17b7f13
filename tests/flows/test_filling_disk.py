"""A small disk fills while a street is recorded: foreseen, the oldest freed, the locked kept, the records served.

Everything is real: the demo's cameras, the station with its workers, a file system of two hundred megabytes.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import av
import pytest

from console.application.alarm_intake import Hit
from console.application.alarm_review import Filing
from console.demo.peers import Neighbours
from console.demo.running import CAMERAS_WITHIN_S, FOOTAGE
from console.desks import Desks
from console.domain.accounts import Role
from console.domain.alarms import Priority
from console.domain.cameras import StreamProfile
from console.domain.evidence import RuleFacts
from console.domain.ids import CameraId, CategoryCode, SegmentId, new_id
from console.domain.recordings import RecordingClass, Segment
from console.domain.retention import Why
from console.infrastructure.assets.command import open_store
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from console.infrastructure.recording_shelf import RecordingShelf, place_of
from console.infrastructure.stored_files import RECORDINGS
from console.infrastructure.video.segments import SegmentFile
from console.site import Site
from tests.application.city import person
from tests.flows.running_station import RunningStation, a_running_station, a_site
from tests.infrastructure.video.recorded import packets_of
from tests.small_disk import MIB, NoSmallDisk, small_disk

SIZE_MIB, RESERVE_MIB = 210, 24
STREAMS = ("01", "02", "03", "04") * 3
EARLIER, EARLIER_S = 14, 20.0
HELD = (2, 5, 6)  # the minute somebody asked for, and the two a case is about
OVERWRITING_S = 25.0
PARKING = CategoryCode("09009")
GONE_ON_WITHIN_S = 150.0


@pytest.fixture
def streams(tmp_path: Path) -> Iterator[list[str]]:
    """Give the addresses of streams that really run, some of them several times."""
    store = open_store()
    footage = store.path_of(FOOTAGE[0]).parent
    cameras = Neighbours(SystemClock(), tmp_path, lambda _line: None)
    words = ["--assets", str(footage), "--work", str(footage / "prepared"), "--port", "0"]
    state = tmp_path / "cameras.json"
    try:
        said = cameras.wait(cameras.start("demo-cameras", [*words, "--state", str(state)], state, CAMERAS_WITHIN_S))
        yield [f"rtsp://127.0.0.1:{said['rtsp_port']}/cam{number}/main" for number in STREAMS]
    finally:
        cameras.end()


@pytest.fixture
def site(tmp_path: Path, streams: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    try:
        with small_disk(tmp_path / "disk", SIZE_MIB) as disk:
            monkeypatch.setenv(DATA_VARIABLE, str(disk))
            monkeypatch.delenv(URL_VARIABLE, raising=False)
            monkeypatch.setenv("CITYDESK_RECORDING__CONTINUOUS", "all")
            monkeypatch.setenv("CITYDESK_STORAGE__RESERVE_GB", str(RESERVE_MIB / 1024))
            with a_site(streams) as site:
                yield site
    except NoSmallDisk as refused:
        pytest.skip(str(refused))


def record_earlier(site: Site, camera_id: CameraId, begun: datetime) -> list[str]:
    """Leave recordings of the last hour on the shelf, written as the recorder writes them; return their names."""
    prepared = sorted((open_store().path_of(FOOTAGE[0]).parent / "prepared").glob("*-01-main.mp4"))[-1]
    form, packets = packets_of(prepared)
    shelf = RecordingShelf(site.paths.data / RECORDINGS)
    drafts = shelf.begin_drafts()
    names = []
    for number in range(EARLIER):
        name = SegmentId(new_id())
        begins_at = begun + timedelta(minutes=number)
        birth = Segment(
            segment_id=name,
            camera_id=camera_id,
            profile=StreamProfile.MAIN,
            made_for=RecordingClass.CONTINUOUS,
            path=place_of(name, begins_at),
            begins_at=begins_at,
            ends_at=begins_at,
            media_from_s=0.0,
            media_to_s=0.0,
            size_bytes=0,
            sha256="",
            codec="h264",
            width=form.width,
            height=form.height,
        )
        file = SegmentFile(birth, form, packets[0], drafts.new(name))
        for packet in packets:
            if packet.media_time_s > EARLIER_S:
                break
            file.add(packet)
        ended = file.close()
        shelf.put(file.draft, replace(ended, ends_at=begins_at + timedelta(seconds=EARLIER_S)))
        names.append(str(name))
    drafts.close()
    return names


@dataclass(slots=True)
class Desk:
    """Somebody at work meanwhile: raises an alarm several times a second; each must be written."""

    site: Site
    desks: Desks
    camera_id: CameraId
    raised: int = 0
    slowest_s: float = 0.0
    said: list[tuple[str, str]] = field(default_factory=list)
    recording: set[str] = field(default_factory=set)

    def raise_alarm(self, at: datetime | None = None) -> str:
        begun_s = time.monotonic()
        taken = self.desks.intake.take(
            Hit(
                hit_id=new_id(),
                camera_id=self.camera_id,
                category=PARKING,
                priority=Priority.MEDIUM,
                facts=replace(_FACTS, zone_name=f"zone {self.raised}"),
                media_time_s=1.0,
                received_at=at or self.site.clock.now(),
            )
        )
        self.raised += 1
        self.slowest_s = max(self.slowest_s, time.monotonic() - begun_s)
        return taken.alarm_id

    def look(self, running: RunningStation) -> None:
        """Work a little, and note what the health bar says of the disk."""
        self.raise_alarm()
        health = running.ears.health
        for item in health.items if health else ():
            said = (item.condition, item.sentence)
            if item.name == "storage" and said not in self.said:
                self.said.append(said)
        self.recording.update(
            state.camera_id for state in running.ears.streams.values() if state.recording == "continuous"
        )
        time.sleep(0.2)


_FACTS = RuleFacts(
    rule_id="r",
    zone_name="",
    polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)),
    box=None,
    label="car",
    score=0.7,
    mean_score=0.6,
    dwell_s=10.0,
    model_name="m",
    model_sha256="ab" * 32,
    device="CPU",
    precision="f32",
)


def file_a_case(desk: Desk, at: datetime) -> None:
    """File a case about a moment, so that it holds the recordings around it."""
    from_then = desk.desks.intake.take(
        Hit(
            hit_id=new_id(),
            camera_id=desk.camera_id,
            category=PARKING,
            priority=Priority.MEDIUM,
            facts=replace(_FACTS, zone_name="the case's"),
            media_time_s=1.0,
            received_at=at,
        )
    )
    with desk.site.units.write() as unit:
        alarm = unit.alarms.get(from_then.alarm_id)
        alarm.raised_at = at  # it was raised then; the intake's clock says now
        unit.alarms.save(alarm)
        condition = unit.directory.category(PARKING).filing[0].code
        to = unit.directory.units()[0].unit_id
        unit.commit()
    li = person("李文静")
    desk.desks.review.confirm(li, from_then.alarm_id, Filing(PARKING, condition))
    desk.desks.cases.file(li, from_then.alarm_id, to, "it is theirs")


def unreadable(root: Path) -> list[str]:
    """Return the files under the shelf that cannot be read to their end."""
    bad = []
    for path in root.rglob("*.mp4"):
        try:
            with av.open(str(path)) as container:
                if not sum(packet.size > 0 for packet in container.demux(video=0)):
                    bad.append(path.name)
        except (av.error.FFmpegError, OSError):
            bad.append(path.name)
    return bad


@pytest.mark.media
@pytest.mark.timeout(400)
def test_a_disk_that_fills_while_the_street_is_recorded(site: Site) -> None:
    desks = Desks.of(site)
    with site.units.read() as unit:
        camera_id = unit.directory.cameras()[0].camera_id
    begun = site.clock.now() - timedelta(minutes=60)
    earlier = record_earlier(site, camera_id, begun)
    desk = Desk(site, desks, camera_id)
    lead = person("王磊", Role.SUPERVISOR)
    by_hand = begun + timedelta(minutes=2)
    desks.storage.lock_span(lead, camera_id, by_hand, by_hand + timedelta(seconds=10), "asked for by the police")
    file_a_case(desk, begun + timedelta(minutes=6))

    with a_running_station(site) as running:
        running.wait_until_linked()
        give_up_s = time.monotonic() + GONE_ON_WITHIN_S
        gone: set[str] = set()
        overwriting_s: float | None = None
        while time.monotonic() < give_up_s:
            desk.look(running)
            with site.units.read() as unit:
                gone = {line.stored.stored_id for line in unit.holdings.deletions(500)}
            if gone and overwriting_s is None:
                overwriting_s = time.monotonic()
                said_before = list(desk.said)
            if overwriting_s is not None and time.monotonic() - overwriting_s > OVERWRITING_S:
                break
        assert overwriting_s is not None, desk.said
    assert len(desk.recording) == len(STREAMS), "every stream was really recorded"

    # Announced before anything had to go.
    foreseen = [sentence for condition, sentence in said_before if condition in ("waiting", "fault")]
    assert "disk full in {hours} h" in foreseen, said_before
    assert "disk too small: keeps {days} days, {least} wanted" in [sentence for _, sentence in desk.said]

    # The oldest that nobody locked went, in order and written down; what was locked is there.
    with site.units.read() as unit:
        log = [line for line in unit.holdings.deletions(500) if line.stored.stored_id in earlier]
        segments = unit.recordings.of_camera(camera_id, begun - timedelta(hours=1), site.clock.now())
    order = [earlier.index(line.stored.stored_id) for line in reversed(log)]
    locked = [number for number in range(EARLIER) if number not in order and number < max(order)]
    assert order == sorted(order) and len(order) >= 4
    assert locked == [number for number in HELD if number < max(order)] and HELD[0] in locked
    assert {line.why for line in log} == {Why.ROOM_BELOW_DAYS}
    root = site.paths.data / RECORDINGS
    there = {segment.segment_id: segment for segment in segments}
    for number in HELD:
        kept = there[SegmentId(earlier[number])]
        assert hashlib.sha256((root / kept.path).read_bytes()).hexdigest() == kept.sha256

    # The desk never waited for room, and nothing on the disk is half a file.
    assert desk.raised > 100 and desk.slowest_s < 5.0
    assert unreadable(root) == []
    with site.units.read() as unit:
        verbs = [line.facts.verb for line in unit.audit.lines(0, 100_000)]
    assert verbs.count("raise_alarm") == desk.raised + 1 and "retention" in verbs
    print(f"raised {desk.raised}, slowest {desk.slowest_s:.2f} s, freed {len(gone)}, said {desk.said}")
    assert shutil.disk_usage(root).free > RESERVE_MIB * MIB // 2
