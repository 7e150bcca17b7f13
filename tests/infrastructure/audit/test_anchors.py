"""Heads are noted elsewhere, a torn line accuses nobody, and the station says when it could not note or disagrees."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from console.application.audit_desk import check_trail
from console.application.errors import Unavailable
from console.domain.audit import AuditLine, written
from console.domain.audit_check import Anchor, Break, Kind
from console.infrastructure.audit_anchor import AnchorFolder, SiteAnchors, read_anchors
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.signing import Signer
from console.infrastructure.watch.anchors import ANCHOR_EVERY_S, CLAIM_EVERY, Anchored, Anchoring, AuditPulse
from console.infrastructure.watch.facts import Probe
from tests.application.city import BEGIN, StandingClock
from tests.infrastructure.audit.trails import SITE, Drawer, some_facts


def line(position: int) -> AuditLine:
    return written(position, some_facts(Random(position), position), "0" * 64)


@pytest.fixture
def signer() -> Signer:
    return Signer(Drawer())


@pytest.fixture
def folder(tmp_path: Path, signer: Signer) -> AnchorFolder:
    return AnchorFolder(tmp_path / "elsewhere", SITE, signer)


def read(folder: AnchorFolder, signer: Signer) -> list[Anchor | Break]:
    return list(read_anchors(folder.folder, SITE, signer.known_key()))


def test_anchors_go_on_where_the_last_process_ended_and_a_new_month_is_a_new_file(
    folder: AnchorFolder, signer: Signer
) -> None:
    made = [folder.write(line(5), BEGIN), folder.write(line(9), BEGIN + timedelta(days=1))]
    again = AnchorFolder(folder.folder, SITE, signer)
    made += [again.write(line(11), BEGIN + timedelta(days=31)), again.write(line(12), BEGIN + timedelta(days=32))]
    assert read(folder, signer) == made
    assert [anchor.number for anchor in made] == [1, 2, 3, 4]
    assert len(list(folder.folder.iterdir())) == 2


def test_two_sites_of_one_name_may_note_their_heads_in_one_place(folder: AnchorFolder, signer: Signer) -> None:
    other = Signer(Drawer())
    mine, theirs = folder.write(line(5), BEGIN), AnchorFolder(folder.folder, SITE, other).write(line(6), BEGIN)
    assert read(folder, signer) == [mine]
    assert list(read_anchors(folder.folder, SITE, other.known_key())) == [theirs]


@pytest.mark.parametrize("kept", [1, 30, 200, -2])
def test_a_line_that_a_power_cut_tore_accuses_nobody_and_the_next_anchor_follows_the_last_whole_one(
    folder: AnchorFolder, signer: Signer, kept: int
) -> None:
    whole = [folder.write(line(5), BEGIN), folder.write(line(9), BEGIN)]
    (path,) = folder.folder.iterdir()
    complete = path.read_bytes()
    folder.write(line(11), BEGIN)
    torn = path.read_bytes()[len(complete) :]
    path.write_bytes(complete + torn[:kept])
    assert read(folder, signer) == whole
    went_on = AnchorFolder(folder.folder, SITE, signer).write(line(12), BEGIN)
    assert read(folder, signer) == [*whole, went_on]


def test_a_file_of_a_month_can_be_checked_alone(folder: AnchorFolder, signer: Signer) -> None:
    folder.write(line(5), BEGIN)
    later = folder.write(line(9), BEGIN + timedelta(days=31))
    first, second = sorted(folder.folder.iterdir())
    assert list(read_anchors(second, SITE, signer.known_key())) == [later]
    first.unlink()
    (broken,) = read(folder, signer)
    assert isinstance(broken, Break) and broken.kind is Kind.ANCHOR_MISSING


def test_a_place_that_cannot_be_written_is_said_and_the_next_try_goes_on(folder: AnchorFolder, signer: Signer) -> None:
    folder.write(line(5), BEGIN)
    (path,) = folder.folder.iterdir()
    kept = path.rename(path.with_suffix(".away"))
    path.mkdir()
    with pytest.raises(Unavailable, match="cannot be written"):
        folder.write(line(6), BEGIN)
    path.rmdir()
    kept.rename(path)
    assert folder.write(line(7), BEGIN).number == 2


# ---- the station's part


@pytest.fixture
def units(tmp_path: Path) -> Iterator[SqlUnitsOfWork]:
    database = open_database(f"sqlite:///{tmp_path / 'records.db'}", StandingClock())
    upgrade(database)
    yield SqlUnitsOfWork(database)
    database.close()


def act(units: SqlUnitsOfWork, count: int) -> None:
    with units.write() as unit:
        for number in range(count):
            unit.audit.append(some_facts(Random(number), number))
        unit.commit()


def test_the_station_notes_a_head_that_moved_and_only_then(
    units: SqlUnitsOfWork, folder: AnchorFolder, signer: Signer
) -> None:
    clock = StandingClock()
    anchoring = Anchoring(units, folder, clock)
    assert anchoring() == Anchored(anchors=0, agrees=True), "nothing was done yet"
    act(units, 3)
    assert anchoring() == Anchored(anchors=1, agrees=True)
    clock.wait(seconds=ANCHOR_EVERY_S)
    assert anchoring().anchors == 2, "that it anchored is a line itself"
    assert [anchoring().anchors for _ in range(3)] == [2, 2, 2]
    clock.wait(seconds=CLAIM_EVERY.total_seconds())
    assert [anchoring().anchors for _ in range(3)] == [2, 3, 3]
    found = check_trail(units, SiteAnchors(folder.folder, SITE, signer))
    assert (found.is_whole, found.lines, found.anchors, found.anchored) == (True, 5, 3, 5)


def test_a_chain_that_no_longer_agrees_with_its_anchor_is_a_fault_on_the_health_page(
    tmp_path: Path, units: SqlUnitsOfWork, folder: AnchorFolder
) -> None:
    act(units, 3)
    clock = StandingClock()
    anchoring = Anchoring(units, folder, clock)
    anchoring()
    raw = sqlite3.connect(tmp_path / "records.db")
    raw.execute("DROP TRIGGER audit_lines_refuse_delete")
    raw.execute("DELETE FROM audit_lines WHERE position > 2")
    raw.commit()
    raw.close()
    assert not anchoring().agrees
    probe = asked_once(anchoring, clock)
    assert (AuditPulse(probe).fact().condition, AuditPulse(probe).fact().values) == ("fault", {"count": 1})


def test_a_place_that_is_away_is_a_fault_and_in_order_again_when_it_is_back(
    tmp_path: Path, units: SqlUnitsOfWork, folder: AnchorFolder
) -> None:
    act(units, 3)
    clock = StandingClock()
    folder.folder.write_text("a file where the folder should be")
    probe = asked_once(Anchoring(units, folder, clock), clock)
    assert AuditPulse(probe).fact().condition == "fault"
    assert "tried again" in AuditPulse(probe).fact().sentence
    folder.folder.unlink()
    assert AuditPulse(asked_once(Anchoring(units, folder, clock), clock)).fact().condition == "ok"


def asked_once(anchoring: Anchoring, clock: StandingClock) -> Probe[Anchored]:
    probe = Probe("anchors", anchoring, ANCHOR_EVERY_S, clock)
    probe.begin()
    deadline_s, pause = time.monotonic() + 20.0, threading.Event()
    while probe.latest is None:
        assert time.monotonic() < deadline_s, "the probe never answered"
        pause.wait(0.01)
    probe.end()
    return probe
