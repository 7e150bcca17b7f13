"""Evidence is written once, on the disk before it has its place, and never overwritten."""

import os
import stat
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
