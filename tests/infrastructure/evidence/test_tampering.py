"""A thousandfold: whatever is done to an evidence file is found and named, and none that nobody touched is accused."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from console.application.evidence_desk import PackContents
from console.infrastructure.evidence_check import verify
from console.infrastructure.evidence_files import EvidencePacks
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.signing import Signer
from tests.infrastructure.evidence.conftest import Drawer
from tests.infrastructure.evidence.spoiling import CHANGES

SAMPLE, ALL = 5 * len(CHANGES), 500
UNTOUCHED_SAMPLE, UNTOUCHED = 10, 100


def misnamed(pack: Path, folder: Path, seeds: range) -> list[str]:
    site_key = verify(pack).key_fingerprint
    place = folder / "deep" / "changed.citydesk-evidence"
    place.parent.mkdir()
    missed = []
    for seed in seeds:
        change = CHANGES[seed % len(CHANGES)]
        spoilt = change(pack, Random(seed))
        place.write_bytes(spoilt.content)
        found = verify(place, site_key)
        if not spoilt.is_named_by(found):
            said = [str(finding) for finding in found.findings]
            missed.append(f"seed {seed}: {change.__name__}: expected one of {spoilt.words}, said {said}")
        assert [path.name for path in place.parent.iterdir()] == [place.name], "nothing is ever unpacked beside it"
    return missed


def test_each_kind_of_change_is_found_and_named(pack: Path, tmp_path: Path) -> None:
    assert misnamed(pack, tmp_path, range(SAMPLE)) == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_five_hundred_changes_are_all_found_and_named(pack: Path, tmp_path: Path) -> None:
    assert misnamed(pack, tmp_path, range(1000, 1000 + ALL)) == []


def accused(store: EvidenceStore, contents: PackContents, vault: Drawer, folder: Path, count: int) -> list[str]:
    random, found = Random(20261122), []
    packs = EvidencePacks(store, vault)
    Signer(vault).sign(b"the site has a key before its first file")
    signer_key = Signer(vault).known_key()
    for number in range(count):
        items = []
        for item in contents.items[: random.randrange(4)]:
            name, path = store.reserve(random.choice([".jpg", ".mp4", ".wav"]))
            path.write_bytes(random.randbytes(random.choice([0, 1, 4096, 70_000])))
            sealed = store.seal_new(name, path)
            offset_s = random.choice([None, 0.0, -0.4, 3.2])
            items.append(
                replace(
                    item,
                    evidence_id=name,
                    path=sealed.path,
                    sha256=sealed.sha256,
                    size_bytes=sealed.size_bytes,
                    clock_offset_s=offset_s,
                )
            )
        path = folder / f"{number}.citydesk-evidence"
        packs.write(replace(contents, items=tuple(items), custody=()), path)
        check = verify(path, signer_key)
        if not check.is_valid or not check.is_key_known:
            found.append(f"{number}: {[str(finding) for finding in check.findings]}")
    return found


def test_no_file_that_nobody_touched_is_accused(
    store: EvidenceStore, contents: PackContents, vault: Drawer, tmp_path: Path
) -> None:
    assert accused(store, contents, vault, tmp_path, UNTOUCHED_SAMPLE) == []


@pytest.mark.long
def test_of_a_hundred_files_that_nobody_touched_none_is_accused(
    store: EvidenceStore, contents: PackContents, vault: Drawer, tmp_path: Path
) -> None:
    assert accused(store, contents, vault, tmp_path, UNTOUCHED) == []
