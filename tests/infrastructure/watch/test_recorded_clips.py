"""Claims about evidence cut from recordings: asked for once, sealed like any clip, and a refusal is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.application.alarm_intake import AlarmIntake
from console.infrastructure.channel.messages import AnyMessage, ClipCut, CutRecording, CutSpan, RequestFailed
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.evidence_store import EvidenceStore, digest_of
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.watch.recorded_clips import RecordedClips
from tests.infrastructure.database.builders import minutes
from tests.infrastructure.database.test_recordings import segment
from tests.infrastructure.watch.builders import NOW, Wires, camera
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
