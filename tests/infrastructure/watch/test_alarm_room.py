"""Claims about alarms on their way in: a database that is away loses none, and evidence is asked for once."""

import tempfile
from pathlib import Path

import pytest

from console.application.alarm_intake import AlarmIntake, Hit, Taken
from console.application.errors import Unavailable
from console.domain.evidence import EvidenceItem
from console.domain.ids import AlarmId
from console.infrastructure.channel.messages import ClipCut, CutClip, TakeStill
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_store import EvidenceStore, digest_of
from console.infrastructure.journal import Journal
from console.infrastructure.watch.alarms import AlarmRoom, ClipSettings
from console.infrastructure.watch.streams import LookSize, Streams
from tests.infrastructure.watch.builders import NOW, OneSecret, Wires, camera, hit


class Intake(AlarmIntake):
    """An intake whose database can be away."""

    def __init__(self) -> None:
        self.is_away = False
        self.alarms: dict[str, Hit] = {}
        self.kept: list[EvidenceItem] = []

    def take(self, hit: Hit) -> Taken:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        is_new = hit.hit_id not in self.alarms
        self.alarms[hit.hit_id] = hit
        return Taken(AlarmId(f"alarm of {hit.hit_id}"), is_new=is_new)

    def keep_evidence(self, item: EvidenceItem) -> None:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        self.kept.append(item)


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def intake() -> Intake:
    return Intake()


def room(tmp_path: Path, wires: Wires, intake: Intake) -> AlarmRoom:
    slots = Path(tempfile.mkdtemp(dir=tmp_path))
    streams = Streams(
        slots=slots,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
    )
    streams.take_directory([camera("01")])
    wires.sent.clear()
    return AlarmRoom(
        intake=intake,
        journal=Journal(tmp_path / "journal"),
        streams=streams,
        sealing=EvidenceStore(tmp_path / "evidence"),
        settings=ClipSettings(pre_roll_s=10.0, post_roll_s=5.0),
        send=wires.send,
        tell=wires.tell,
    )


def test_a_hit_becomes_an_alarm_with_a_clip_around_it_and_two_stills_ten_seconds_apart(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    room(tmp_path, wires, intake).take_hit(hit())
    clips = [message for _, message in wires.sent if isinstance(message, CutClip)]
    stills = [message for _, message in wires.sent if isinstance(message, TakeStill)]
    assert [(clip.from_media_s, clip.to_media_s) for clip in clips] == [(32.0, 47.0)]
    assert sorted(still.media_time_s or 0 for still in stills) == [32.0, 42.0]
    assert wires.told == [("alarms", ("alarm of hit-1",))]


def test_the_same_hit_again_asks_for_no_second_clip(tmp_path: Path, wires: Wires, intake: Intake) -> None:
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    wires.sent.clear()
    here.take_hit(hit())
    assert wires.sent == []


def test_a_hit_taken_while_the_database_is_away_becomes_an_alarm_when_it_is_back(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    intake.is_away = True
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    assert here.waiting == 1 and not intake.alarms
    intake.is_away = False
    here.take_in_waiting()
    assert set(intake.alarms) == {"hit-1"} and here.waiting == 0


def test_a_station_killed_while_the_database_was_away_loses_no_hit(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    intake.is_away = True
    room(tmp_path, wires, intake).take_hit(hit())
    intake.is_away = False
    room(tmp_path, wires, intake).take_in_waiting()
    assert set(intake.alarms) == {"hit-1"}


def test_a_clip_written_while_the_database_is_away_is_kept_for_it(tmp_path: Path, wires: Wires, intake: Intake) -> None:
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    (order,) = (message for _, message in wires.sent if isinstance(message, CutClip))
    written = Path(order.path)
    written.write_bytes(b"a clip")
    cut = ClipCut(
        request_id=order.request_id,
        path=order.path,
        sha256=digest_of(written),
        size_bytes=6,
        from_media_s=32.0,
        to_media_s=47.0,
        begins_at=NOW,
        width=768,
        height=576,
        codec="h264",
    )
    intake.is_away = True
    assert here.take_clip(cut) and here.waiting == 1
    intake.is_away = False
    here.take_in_waiting()
    (item,) = intake.kept
    assert not item.is_evidence_grade  # nobody told this camera's clock
    assert (tmp_path / "evidence" / item.path).read_bytes() == b"a clip"


def test_a_clip_changed_between_writing_and_sealing_is_no_evidence(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    (order,) = (message for _, message in wires.sent if isinstance(message, CutClip))
    Path(order.path).write_bytes(b"another clip")
    cut = ClipCut(
        request_id=order.request_id,
        path=order.path,
        sha256="00" * 32,
        size_bytes=6,
        from_media_s=32.0,
        to_media_s=47.0,
        begins_at=NOW,
        width=768,
        height=576,
        codec="h264",
    )
    assert here.take_clip(cut)
    assert intake.kept == []
