"""Claims about alarms on their way in: a database that is away loses none, and evidence is asked for once."""

import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.application.alarm_intake import AlarmIntake, Hit, Taken
from console.application.errors import Unavailable
from console.application.read_models import MissingEvidence
from console.domain.alarms import Priority
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId
from console.domain.rules import RuleFamily
from console.infrastructure.channel.messages import ClipCut, CutClip, RequestFailed, TakeStill
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_notes import draft_of, write_note
from console.infrastructure.evidence_store import EvidenceStore, digest_of
from console.infrastructure.journal import Journal
from console.infrastructure.watch.alarms import GONE, TRY_AGAIN_S, AlarmRoom, ClipSettings, Recordings
from console.infrastructure.watch.streams import LookSize, Streams
from tests.infrastructure.watch.builders import NOW, OneSecret, Wires, camera, hit


class JumpingClock(SystemClock):
    """The system's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s


class Intake(AlarmIntake):
    """An intake whose database can be away."""

    def __init__(self) -> None:
        self.is_away = False
        self.alarms: dict[str, Hit] = {}
        self.kept: list[EvidenceItem] = []
        self.missing: list[MissingEvidence] = []

    def take(self, hit: Hit) -> Taken:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        is_new = hit.hit_id not in self.alarms
        self.alarms[hit.hit_id] = hit
        return Taken(AlarmId(f"alarm of {hit.hit_id}"), wants_evidence=is_new)

    def keep_evidence(self, item: EvidenceItem) -> None:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        self.kept.append(item)

    def note_missing(self, alarm_id: AlarmId, missing: MissingEvidence) -> None:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        self.missing.append(missing)


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def intake() -> Intake:
    return Intake()


def room(
    tmp_path: Path,
    wires: Wires,
    intake: Intake,
    clock: JumpingClock | None = None,
    recordings: Recordings | None = None,
) -> AlarmRoom:
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
        clock=clock or JumpingClock(),
        send=wires.send,
        tell=wires.tell,
        recordings=recordings,
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


def test_the_earlier_still_of_a_crossing_shows_it_before_the_line_and_no_empty_street(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    crossing = hit().model_copy(update={"family": RuleFamily.LINE_CROSSING, "began_media_s": 41.5})
    room(tmp_path, wires, intake).take_hit(crossing)
    stills = [message for _, message in wires.sent if isinstance(message, TakeStill)]
    assert sorted(still.media_time_s or 0 for still in stills) == [41.5, 42.0]


def test_a_crowds_warning_is_less_urgent_than_its_alarm_and_both_give_their_reasons(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    alarms = room(tmp_path, wires, intake)
    for name, level in (("hit-1", "warning"), ("hit-2", "alarm")):
        alarms.take_hit(hit(name).model_copy(update={"family": RuleFamily.CROWD, "reasons": (("level", level),)}))
    raised = [intake.alarms[name] for name in ("hit-1", "hit-2")]
    assert [taken.priority for taken in raised] == [Priority.LOW, Priority.MEDIUM]
    assert [taken.facts.reasons for taken in raised] == [(("level", "warning"),), (("level", "alarm"),)]
    assert {taken.facts.family for taken in raised} == {RuleFamily.CROWD}


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
    assert here.waiting > 0 and not intake.alarms
    intake.is_away = False
    here.take_in_waiting()
    assert set(intake.alarms) == {"hit-1"}


def test_a_station_killed_while_the_database_was_away_loses_no_hit(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    intake.is_away = True
    room(tmp_path, wires, intake).take_hit(hit())
    intake.is_away = False
    room(tmp_path, wires, intake).take_in_waiting()
    assert set(intake.alarms) == {"hit-1"}


def orders_of(wires: Wires) -> list[CutClip | TakeStill]:
    """Return what workers were asked to write since the last call."""
    found = [message for _, message in wires.sent if isinstance(message, CutClip | TakeStill)]
    wires.sent.clear()
    return found


def written(order: CutClip, data: bytes = b"a clip", *, is_whole: bool = True) -> ClipCut:
    """Write a clip and its note as a media worker does; one that is not whole is still its draft."""
    path = Path(order.path)
    (path if is_whole else draft_of(path)).write_bytes(data)
    cut = ClipCut(
        request_id=order.request_id,
        path=order.path,
        sha256=digest_of(path) if is_whole else "",
        size_bytes=len(data),
        from_media_s=order.from_media_s,
        to_media_s=order.to_media_s,
        begins_at=NOW,
        width=768,
        height=576,
        codec="h264",
    )
    write_note(cut)
    return cut


def clip_order(wires: Wires) -> CutClip:
    return next(order for order in orders_of(wires) if isinstance(order, CutClip))


def test_a_clip_written_while_the_database_is_away_is_kept_for_it(tmp_path: Path, wires: Wires, intake: Intake) -> None:
    clock = JumpingClock()
    here = room(tmp_path, wires, intake, clock)
    here.take_hit(hit())
    cut = written(clip_order(wires))
    intake.is_away = True
    assert here.take_clip(cut) and here.waiting == 3
    intake.is_away = False
    clock.ahead_s += TRY_AGAIN_S
    here.take_in_waiting()
    (item,) = intake.kept
    assert not item.is_evidence_grade  # nobody told this camera's clock
    assert (tmp_path / "evidence" / item.path).read_bytes() == b"a clip"


def test_a_clip_changed_between_writing_and_sealing_is_no_evidence_and_is_said_to_be_missing(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    cut = written(clip_order(wires))
    assert here.take_clip(cut.model_copy(update={"sha256": "00" * 32}))
    assert intake.kept == []
    assert [(one.kind, one.sentence[:17]) for one in intake.missing] == [("clip", "File {name} chang")]


def test_the_clip_of_a_hit_is_asked_for_while_the_database_is_away_and_given_to_its_alarm_afterwards(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    intake.is_away = True
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    order = clip_order(wires)
    here.take_clip(written(order))
    here.take_in_waiting()
    assert orders_of(wires) == [] and intake.kept == []
    intake.is_away = False
    here.take_in_waiting()
    assert [(item.subject_id, item.kind) for item in intake.kept] == [("alarm of hit-1", EvidenceKind.CLIP)]
    assert orders_of(wires) == [], "its stills are on their way already"


def test_a_station_killed_after_the_clip_was_written_seals_it_when_it_is_back(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    room(tmp_path, wires, intake).take_hit(hit())
    written(clip_order(wires))
    room(tmp_path, wires, intake).take_in_waiting()
    assert [(item.subject_id, item.duration_s) for item in intake.kept] == [("alarm of hit-1", 15.0)]


def test_a_station_killed_between_sealing_and_the_database_keeps_the_clip_once(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    cut = written(clip_order(wires))
    intake.is_away = True
    here.take_clip(cut)
    intake.is_away = False
    for _ in range(2):
        room(tmp_path, wires, intake).take_in_waiting()
    assert len(intake.kept) == 1
    assert len(list((tmp_path / "evidence").rglob("*.mp4"))) == 1


def test_what_a_dead_worker_had_written_of_a_clip_is_kept_and_what_it_had_not_is_said_to_be_missing(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    here = room(tmp_path, wires, intake)
    here.take_hit(hit())
    written(clip_order(wires), b"the first ten seconds", is_whole=False)
    here.note_lost_worker("media-1")
    (item,) = intake.kept
    assert (tmp_path / "evidence" / item.path).read_bytes() == b"the first ten seconds"
    assert item.sha256 == hashlib.sha256(b"the first ten seconds").hexdigest()
    assert [(one.kind, one.remark, one.sentence) for one in intake.missing] == [
        ("still", "alarm", GONE),
        ("still", "before", GONE),
    ]
    assert here.waiting == 0


def test_a_still_refused_by_a_full_disk_is_asked_for_again_and_the_first_reason_is_said_when_it_is_too_late(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    clock = JumpingClock()
    here = room(tmp_path, wires, intake, clock)
    here.take_hit(hit())
    first = orders_of(wires)[0]
    full = RequestFailed(
        request_id=first.request_id,
        reason="The still could not be written: No space left on device.",
        sentence="The still could not be written: {reason}.",
        values={"reason": "No space left on device"},
        may_pass=True,
    )
    here.take_failure(full)
    clock.ahead_s += TRY_AGAIN_S
    here.take_in_waiting()
    assert [order.request_id for order in orders_of(wires)] == [first.request_id]
    here.take_failure(
        full.model_copy(update={"sentence": "The stream has no packets of that time.", "may_pass": False})
    )
    (missing,) = intake.missing
    assert (missing.sentence, missing.values) == (full.sentence, full.values)


def test_evidence_that_the_store_cannot_take_waits_for_it(tmp_path: Path, wires: Wires, intake: Intake) -> None:
    clock = JumpingClock()
    here = room(tmp_path, wires, intake, clock)
    here.take_hit(hit())
    cut = written(clip_order(wires))
    year = tmp_path / "evidence" / f"{datetime.now(UTC):%Y}"
    year.write_text("in the way", encoding="utf-8")  # the folder of the year cannot be made
    assert here.take_clip(cut) and intake.kept == [] and intake.missing == []
    year.unlink()
    clock.ahead_s += TRY_AGAIN_S
    here.take_in_waiting()
    assert len(intake.kept) == 1


def test_an_alarm_of_a_changed_place_has_the_picture_it_was_compared_with_and_the_reference_stays(
    tmp_path: Path, wires: Wires, intake: Intake
) -> None:
    reference = tmp_path / "place-1.jpg"
    reference.write_bytes(b"how it looked")
    changed = hit().model_copy(update={"family": RuleFamily.PLACE_CHANGE, "reference": str(reference)})
    room(tmp_path, wires, intake).take_hit(changed)
    (kept,) = intake.kept
    assert (kept.remark, kept.kind, kept.subject_id) == ("reference", EvidenceKind.STILL, "alarm of hit-1")
    assert kept.sha256 == hashlib.sha256(b"how it looked").hexdigest()
    assert reference.read_bytes() == b"how it looked"


def test_a_reference_picture_that_is_gone_is_said_to_be_missing(tmp_path: Path, wires: Wires, intake: Intake) -> None:
    changed = hit().model_copy(update={"reference": str(tmp_path / "gone.jpg")})
    room(tmp_path, wires, intake).take_hit(changed)
    assert [(missing.kind, missing.remark) for missing in intake.missing] == [("still", "reference")]
