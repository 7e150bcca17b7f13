"""Claims about evidence cut from recordings: asked for once, sealed like any clip, and a refusal is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from console.application.alarm_intake import AlarmIntake
from console.infrastructure.channel.messages import AnyMessage, ClipCut, CutClip, CutRecording, CutSpan, RequestFailed
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.evidence_store import EvidenceStore, digest_of
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.watch.recorded_clips import RecordedClips
from console.infrastructure.watch.streams import Continuous
from tests.application.city import StandingClock
from tests.infrastructure.database.builders import minutes
from tests.infrastructure.database.test_recordings import segment
from tests.infrastructure.watch.builders import NOW, Wires, camera, hit
from tests.infrastructure.watch.test_alarm_room import Intake, JumpingClock
from tests.infrastructure.watch.test_alarm_room import room as alarm_room
from tests.infrastructure.watch.test_recording_room import streams_of


class Line:
    """A seat's line that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[AnyMessage] = []

    def send(self, message: AnyMessage) -> None:
        self.told.append(message)


@pytest.fixture
def seat() -> Line:
    return Line()


@pytest.fixture
def units(tmp_path: Path) -> Iterator[SqlUnitsOfWork]:
    database = open_database(f"sqlite:///{tmp_path / 'c.db'}", SystemClock())
    upgrade(database)
    units = SqlUnitsOfWork(database)
    with units.write() as unit:
        unit.recordings.add(segment("s1", NOW, camera_id=camera("01").camera_id))
        unit.commit()
    yield units
    database.close()


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def room(tmp_path: Path, units: SqlUnitsOfWork, wires: Wires) -> Iterator[RecordedClips]:
    streams = streams_of(tmp_path / "slots", wires)
    wires.sent.clear()
    yield RecordedClips(
        units=units,
        intake=AlarmIntake(units, SystemClock()),
        shelf=RecordingShelf(tmp_path / "recordings"),
        sealing=EvidenceStore(tmp_path / "evidence"),
        streams=streams,
        clock=SystemClock(),
        send=wires.send,
        tell=wires.tell,
    )
    streams.close()


def order(from_minute: float) -> CutSpan:
    return CutSpan(
        request_id="r1",
        camera_id="cam01",
        from_at=NOW + minutes(from_minute),
        to_at=NOW + minutes(from_minute + 0.5),
        subject_id="alarm-1",
        who="李文静",
        reason="撞车经过",
    )


def test_a_span_becomes_sealed_evidence_of_its_alarm_with_who_asked_and_why(
    room: RecordedClips, seat: Line, wires: Wires, units: SqlUnitsOfWork
) -> None:
    room.take_order(seat, order(0.25))
    (cut,) = [message for _, message in wires.sent if isinstance(message, CutRecording)]
    assert [part.begins_at for part in cut.parts] == [NOW]
    Path(cut.path).write_bytes(b"a clip")
    clip = ClipCut(
        request_id=cut.request_id,
        path=cut.path,
        sha256=digest_of(Path(cut.path)),
        size_bytes=6,
        from_media_s=1.0,
        to_media_s=31.0,
        begins_at=cut.from_at,
        width=320,
        height=240,
        codec="h264",
    )
    assert room.take_clip(clip)
    assert not room.take_clip(clip)
    with units.read() as unit:
        (item,) = unit.evidence.of_subject("alarm-1")
        (custody,) = unit.evidence.custody(item.evidence_id)
    assert (item.remark, item.made_by, item.duration_s, item.sha256) == ("撞车经过", "李文静", 30.0, clip.sha256)
    assert not item.is_evidence_grade  # its camera told no clock
    assert custody.act == "sealed"
    assert wires.told == [("evidence", ("alarm-1",))]


def test_whoever_asks_for_what_was_not_recorded_is_told(room: RecordedClips, seat: Line, wires: Wires) -> None:
    room.take_order(seat, order(30))
    (told,) = seat.told
    assert isinstance(told, RequestFailed)
    assert (told.request_id, told.reason) == ("r1", "Nothing was recorded at that time.")
    assert not wires.sent


def test_a_cut_that_fails_is_told_to_who_asked(room: RecordedClips, seat: Line, wires: Wires) -> None:
    room.take_order(seat, order(0.25))
    (cut,) = [message for _, message in wires.sent if isinstance(message, CutRecording)]
    assert room.take_failure(RequestFailed(request_id=cut.request_id, reason="Recording s1 cannot be read."))
    (told,) = seat.told
    assert isinstance(told, RequestFailed)
    assert (told.request_id, told.reason) == ("r1", "Recording s1 cannot be read.")
    assert not room.take_failure(RequestFailed(request_id="somebody else's", reason="x"))


@pytest.mark.parametrize(("continuous", "waits_s"), [("none", 20), ("watched", 80)])
def test_a_clip_waits_for_a_segment_that_grows_and_hardly_for_one_that_nobody_writes(
    continuous: Continuous, waits_s: int, tmp_path: Path, units: SqlUnitsOfWork, wires: Wires
) -> None:
    streams, clock = streams_of(tmp_path / "slots", wires, continuous), StandingClock()
    room = RecordedClips(
        units=units,
        intake=AlarmIntake(units, clock),
        shelf=RecordingShelf(tmp_path / "recordings"),
        sealing=EvidenceStore(tmp_path / "evidence"),
        streams=streams,
        clock=clock,
        send=wires.send,
        tell=wires.tell,
    )
    from_at, to_at = NOW + minutes(30), NOW + minutes(30.25)
    clock.at = to_at + timedelta(seconds=waits_s - 1)
    assert room.seek("clip-1", "cam01", from_at, to_at, "clip.mp4") == "later"
    clock.wait(seconds=2)
    assert room.seek("clip-1", "cam01", from_at, to_at, "clip.mp4") == "never"
    streams.close()


class Shelf:
    """Recordings that answer as a test says, one answer a call."""

    def __init__(self, *answers: Literal["asked", "later", "never"]) -> None:
        self._answers = list(answers)
        self.sought: list[tuple[str, datetime, datetime]] = []

    def seek(
        self, request_id: str, camera_id: str, from_at: datetime, to_at: datetime, path: str
    ) -> Literal["asked", "later", "never"]:
        self.sought.append((request_id, from_at, to_at))
        return self._answers.pop(0)


def gone(request_id: str) -> RequestFailed:
    return RequestFailed(request_id=request_id, reason="The stream has no packets of that time.")


def test_a_clip_whose_packets_are_gone_is_cut_from_the_recordings_once_they_are_closed(
    tmp_path: Path, wires: Wires
) -> None:
    shelf, clock, intake = Shelf("later", "asked"), JumpingClock(), Intake()
    alarms = alarm_room(tmp_path, wires, intake, clock, shelf)
    alarms.take_hit(hit())
    (clip,) = [message for _, message in wires.sent if isinstance(message, CutClip)]
    assert alarms.take_failure(gone(clip.request_id))
    assert shelf.sought == [(clip.request_id, NOW - timedelta(seconds=10), NOW + timedelta(seconds=5))]
    clock.ahead_s += 10.0
    alarms.take_in_waiting()
    assert len(shelf.sought) == 2
    Path(clip.path).write_bytes(b"from the recording")
    cut = ClipCut(
        request_id=clip.request_id,
        path=clip.path,
        sha256=digest_of(Path(clip.path)),
        size_bytes=18,
        from_media_s=1.0,
        to_media_s=16.0,
        begins_at=NOW - timedelta(seconds=10),
        width=320,
        height=240,
        codec="h264",
    )
    assert alarms.take_clip(cut)
    assert [item.kind for item in intake.kept] == ["clip"]


def test_a_clip_that_is_in_no_recording_either_is_missing_and_sought_once(tmp_path: Path, wires: Wires) -> None:
    shelf, intake = Shelf("never"), Intake()
    alarms = alarm_room(tmp_path, wires, intake, JumpingClock(), shelf)
    alarms.take_hit(hit())
    (clip,) = [message for _, message in wires.sent if isinstance(message, CutClip)]
    assert alarms.take_failure(gone(clip.request_id))
    assert len(shelf.sought) == 1
    assert [missing.kind for missing in intake.missing] == ["clip"]
