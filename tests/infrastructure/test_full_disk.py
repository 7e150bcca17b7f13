"""A disk without a free byte: every writer says so, leaves nothing half written, and goes on when there is room."""

import itertools
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.bitstream import BitStreamFilterContext
from sqlalchemy import text

from console.application.errors import Unavailable
from console.domain.ids import AlarmId, EvidenceId
from console.infrastructure.channel.messages import ClipCut, CutClip
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.disk import Ballast
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.journal import Journal
from console.infrastructure.logs import Logs
from console.infrastructure.video.clips import picture_at, write_still
from console.infrastructure.video.growing_clip import GrowingClip
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.ring import PacketRing
from tests.application.city import City, open_city, person
from tests.application.storage import clip
from tests.infrastructure.video.numbered_clips import make_clip
from tests.infrastructure.watch.builders import hit
from tests.small_disk import MIB, NoSmallDisk, can_have_namespaces, fill_up, small_disk

SIZE_MIB = 8
IN_A_NAMESPACE = "CITYDESK_TEST_NAMESPACE"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk", SIZE_MIB) as place:
            yield place
    except NoSmallDisk as refused:
        pytest.skip(str(refused))


def files_in(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.name != "somebody-elses-file"
    }


if os.name == "posix" and os.geteuid() != 0:  # root mounts for the others here by itself

    def test_without_root_the_same_claims_hold_in_a_namespace_of_their_own() -> None:
        if not can_have_namespaces():
            pytest.skip("neither root nor user namespaces: no small disk can be had here")
        done = subprocess.run(
            ["unshare", "-rm", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
            capture_output=True, text=True, check=False, timeout=150,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert "skipped" not in done.stdout.splitlines()[-1]


def test_evidence_finds_no_room_leaves_nothing_and_is_kept_when_there_is_room(disk: Path) -> None:
    store = EvidenceStore(disk / "evidence")
    somebody = fill_up(disk)
    with pytest.raises(Unavailable, match="No space left"):
        store.keep(EvidenceId("photo"), NOW, ".jpg", b"x" * MIB)
    assert files_in(disk) == {}
    somebody.unlink()
    assert store.keep(EvidenceId("photo"), NOW, ".jpg", b"x" * MIB).size_bytes == MIB


def packets_of(path: Path) -> tuple[StreamFormat, list[KeptPacket]]:
    """Return a file's packets as a ring keeps them."""
    found = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        to_annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        base = stream.time_base or Fraction(1, 90_000)
        form = StreamFormat(
            codec="h264",
            extradata=b"",
            time_base=base,
            width=stream.codec_context.width,
            height=stream.codec_context.height,
        )
        for packet in container.demux(stream):
            for made in to_annex_b.filter(packet):
                if made.pts is None or made.dts is None:
                    continue
                found.append(
                    KeptPacket(
                        data=bytes(made),
                        pts=made.pts,
                        dts=made.dts,
                        is_key=made.is_keyframe,
                        media_time_s=float(made.pts * base),
                        received_at=NOW,
                        captured_at=None,
                    )
                )
    return form, found


def cut(form: StreamFormat, packets: list[KeptPacket], path: Path) -> ClipCut:
    ring = PacketRing(60.0)
    ring.begin(form)
    for packet in packets:
        ring.add(packet)
    clip = GrowingClip(
        CutClip(request_id="c", stream_id="s", from_media_s=0.0, to_media_s=packets[-1].media_time_s, path=str(path))
    )
    clip.grow(ring, is_over=True)
    return clip.finish()


def test_clips_and_stills_find_no_room_leave_no_draft_and_are_written_when_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    form, packets = packets_of(make_clip(tmp_path / "street.mp4", seconds=8))
    still, _ = picture_at(form, packets, 0.0)
    somebody = fill_up(disk, leave_bytes=4096)
    with pytest.raises(Unavailable, match="clip could not be written: No space"):
        cut(form, packets, disk / "clip.mp4")
    with pytest.raises(Unavailable, match="still could not be written: No space"):
        write_still(still, disk / "still.jpg")
    assert files_in(disk) == {}
    somebody.unlink()
    written = cut(form, packets, disk / "clip.mp4")
    write_still(still, disk / "still.jpg")
    assert packets_of(Path(written.path))[1][-1].data == packets[-1].data
    assert sorted(files_in(disk)) == ["clip.mp4", "clip.mp4.json", "still.jpg"]


def test_records_refuse_in_words_lose_nothing_and_go_on(disk: Path) -> None:
    with open_city(disk) as city:
        li = person("李文静")
        before = city.confirmed(li, "before")
        somebody = fill_up(disk)
        with pytest.raises(Unavailable, match="disk of the records is full"):
            hit_without_end(city)
        somebody.unlink()
        filed = city.cases.file(li, before)
        assert city.cases.page(li, filed.case_id).case.number == filed.number
        assert is_whole(city)
        city.hit("after")
    database = open_database(f"sqlite:///{disk / 'city.db'}", SystemClock())
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    database.close()


def hit_without_end(city: City) -> None:
    for number in itertools.count():
        city.hit(f"hit-{number}")


def keep_without_end(journal: Journal) -> None:
    for number in itertools.count():
        journal.keep(hit(f"hit-{number}"))


def is_whole(city: City) -> bool:
    """Return whether each alarm of the records has its line of audit: a unit of work is there whole or not at all."""
    with city.units.read() as unit:
        raised = [line.facts.subject for line in unit.audit.lines(0, 100_000) if line.facts.verb == "raise_alarm"]
        return all(unit.alarms.get(AlarmId(alarm_id)).raised_at for alarm_id in raised)


def test_the_ballast_lets_the_records_go_on_while_the_disk_is_full(disk: Path) -> None:
    with open_city(disk) as city:
        ballast = Ballast(disk, 2 * MIB)
        ballast.hold()
        fill_up(disk)
        with pytest.raises(Unavailable):
            hit_without_end(city)
        ballast.give()
        for number in range(10):
            clip(city, city.hit(f"given-{number}"), f"clip-{number}")


def test_a_ballast_that_finds_no_room_takes_none(disk: Path) -> None:
    fill_up(disk, leave_bytes=MIB)
    ballast = Ballast(disk, 2 * MIB)
    ballast.hold()
    assert not ballast.is_held and files_in(disk) == {}


def test_the_journal_says_so_keeps_every_line_whole_and_goes_on(disk: Path) -> None:
    journal = Journal(disk / "journal.jsonl")
    journal.keep(hit("before"))
    somebody = fill_up(disk)
    with pytest.raises(Unavailable):
        keep_without_end(journal)
    somebody.unlink()
    journal.keep(hit("after"))
    kept = [found.hit_id for found in Journal(disk / "journal.jsonl").pending()]
    assert kept[0] == "before" and kept[-1] == "after"
    for line in (disk / "journal.jsonl").read_bytes().splitlines():
        json.loads(line)


def test_a_log_keeps_its_lines_whole_and_says_how_many_it_lost(disk: Path) -> None:
    logs = Logs(disk, "station")
    logs.begin()
    try:
        log = logging.getLogger("console.test")
        log.info("before")
        somebody = fill_up(disk)
        for number in range(300):
            log.info("%d %s", number, "x" * 200)
        somebody.unlink()
        log.info("after")
    finally:
        logs.end()
    said = [json.loads(line)["said"] for line in (disk / "station.log").read_text().splitlines()]
    assert said[0] == "before" and said[-1] == "after"
    assert said[-2].endswith("lines lost: no room")
    assert int(said[-2].split()[0]) + len(said) - 3 == 300
