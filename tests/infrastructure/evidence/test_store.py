"""Evidence is written once, on the disk before it has its place, and never overwritten."""

import os
import random
import stat
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.domain.ids import EvidenceId
from console.infrastructure.evidence_store import EvidenceStore

DAY = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


class Stopped:
    def now(self) -> datetime:
        return DAY

    def monotonic_s(self) -> float:
        return 0.0


def test_a_file_gets_its_place_by_day_and_name_with_the_digest_it_was_born_with(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path, Stopped())
    name, path = store.reserve(".mp4")
    path.write_bytes(b"clip")
    place = store.seal(name, path, sha256(b"clip").hexdigest())
    assert place == f"2026/11/22/{name}.mp4"
    assert store.absolute(place).read_bytes() == b"clip"
    assert stat.S_IMODE(os.stat(store.absolute(place)).st_mode) == 0o400
    assert not path.exists()


def test_a_file_that_is_not_what_its_writer_wrote_is_not_sealed(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    name, path = store.reserve(".jpg")
    path.write_bytes(b"something else")
    with pytest.raises(Unavailable, match="it is no evidence"):
        store.seal(name, path, "00" * 32)
    assert path.exists() and list(tmp_path.glob("2*")) == []


def test_a_taken_place_is_never_overwritten(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path, Stopped())
    name, path = store.reserve(".jpg")
    path.write_bytes(b"first")
    first = store.seal_new(name, path)
    path.write_bytes(b"second")
    with pytest.raises(Unavailable, match="never overwritten"):
        store.seal_new(name, path)
    store.check(first.path, first.sha256)


def test_sealing_again_after_a_crash_between_the_two_names_ends_the_move(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path, Stopped())
    name, path = store.reserve(".jpg")
    path.write_bytes(b"still")
    place = tmp_path / f"2026/11/22/{name}.jpg"
    place.parent.mkdir(parents=True)
    os.link(path, place)
    sealed = store.seal_new(name, path)
    assert sealed.path == f"2026/11/22/{name}.jpg" and not path.exists() and place.read_bytes() == b"still"


def test_what_was_never_written_cannot_be_sealed(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    name, path = store.reserve(".jpg")
    with pytest.raises(Unavailable, match="cannot be written"):
        store.seal(name, path, "00" * 32)


def test_a_changed_or_lost_file_fails_its_check(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    name, path = store.reserve(".jpg")
    path.write_bytes(b"still")
    sealed = store.seal_new(name, path)
    store.check(sealed.path, sealed.sha256)
    place = store.absolute(sealed.path)
    place.chmod(0o600)
    place.write_bytes(b"stilL")
    with pytest.raises(Unavailable, match="fails its digest"):
        store.check(sealed.path, sealed.sha256)
    place.unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        store.check(sealed.path, sealed.sha256)


@pytest.mark.parametrize("place", ["../outside.jpg", "2026/../../outside.jpg", "/etc/passwd"])
def test_a_path_that_leads_out_of_the_store_leads_nowhere(tmp_path: Path, place: str) -> None:
    with pytest.raises(Unavailable, match="no place in the store"):
        EvidenceStore(tmp_path / "evidence").absolute(place)


def test_what_was_kept_under_a_name_is_found_again_and_only_on_its_day(tmp_path: Path) -> None:
    store, name = EvidenceStore(tmp_path), EvidenceId("00" * 16)
    assert store.find(name, DAY) is None
    kept = store.keep(name, DAY, ".jpg", b"photo")
    assert EvidenceStore(tmp_path).find(name, DAY) == kept
    assert store.find(EvidenceId("01" * 16), DAY) is None
    with pytest.raises(Unavailable, match="never overwritten"):
        store.keep(name, DAY, ".jpg", b"another")


def test_a_file_cut_off_anywhere_before_its_seal_is_never_evidence(tmp_path: Path) -> None:
    store, whole = EvidenceStore(tmp_path, Stopped()), bytes(range(256)) * 3
    digest = sha256(whole).hexdigest()
    for length in range(len(whole)):
        name, path = store.reserve(".jpg")
        path.write_bytes(whole[:length])
        with pytest.raises(Unavailable, match="it is no evidence"):
            EvidenceStore(tmp_path, Stopped()).seal_new(name, path, digest)
        assert store.find(name, DAY) is None
    assert list(tmp_path.glob("2*/*/*/*")) == []


# Seals files whose content tells their name, and says each when it is sealed.
SEALING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from console.infrastructure.evidence_store import EvidenceStore
store = EvidenceStore(Path(sys.argv[1]))
while True:
    name, path = store.reserve(".bin")
    sealed = store.keep(name, datetime(2026, 11, 22, tzinfo=UTC), ".bin", name.encode() * 2000)
    print(name, sealed.sha256, flush=True)
"""
MOST_LINES_BEFORE = 30
MOST_DELAY_S = 0.01


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_a_sealer_killed_again_and_again_leaves_nothing_half_at_its_place(tmp_path: Path, kills: int) -> None:
    chance = random.Random(20261122)
    said: list[list[str]] = []
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-c", SEALING, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as sealer:
            assert sealer.stdout is not None
            lines = [sealer.stdout.readline() for _ in range(chance.randint(1, MOST_LINES_BEFORE))]
            with pytest.raises(subprocess.TimeoutExpired):
                sealer.wait(chance.uniform(0.0, MOST_DELAY_S))
            sealer.kill()
            lines += sealer.stdout.readlines()
        said += [line.split() for line in lines if line.endswith("\n")]
    store = EvidenceStore(tmp_path)
    for name, digest in said:
        found = store.find(EvidenceId(name), DAY)
        assert found is not None and found.sha256 == digest
    placed = list(tmp_path.glob("2026/11/22/*"))
    assert len(placed) >= len(said) > 0
    for place in placed:
        assert place.read_bytes() == place.stem.encode() * 2000
