"""An evidence file holds the originals untouched, what is known of them, and can be checked without Citydesk."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from console.application.errors import Unavailable
from console.application.evidence_desk import PackContents
from console.infrastructure.evidence_check import verify
from console.infrastructure.evidence_files import EvidencePacks
from console.infrastructure.evidence_store import EvidenceStore

from .conftest import Drawer


def test_any_zip_program_finds_the_originals_byte_for_byte(
    pack: Path, contents: PackContents, store: EvidenceStore
) -> None:
    with zipfile.ZipFile(pack) as file:
        assert file.testzip() is None
        manifest = json.loads(file.read("manifest.json"))
        assert [item["member"] for item in manifest["items"]] == file.namelist()[3:]
        for item, known in zip(manifest["items"], contents.items, strict=True):
            content = file.read(item["member"])
            assert content == store.absolute(known.path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == item["sha256"]


def test_the_manifest_tells_what_a_reviewer_asks(pack: Path) -> None:
    with zipfile.ZipFile(pack) as file:
        manifest = json.loads(file.read("manifest.json"))
    assert (manifest["made_by"], manifest["reason"]) == ("李文静", "复查")
    assert manifest["case"]["number"] == "20261122-0007"
    assert manifest["case"]["place"]["address"] == "学府路 12 号北门"
    assert manifest["verdicts"][0]["display_name"] == "李文静"
    assert manifest["rechecks"][0]["answer"] == "cleared"
    still = manifest["items"][1]
    assert (still["camera_id"], still["clock_offset_s"], still["clock_source"]) == ("01", -0.2, "rtcp")
    assert still["sound"] == "aac"
    assert still["captured_at"] == "2026-11-22T03:04:16.800000+00:00" and still["is_evidence_grade"] is True
    assert still["rule"]["model_sha256"] == "ab" * 32 and still["rule"]["polygon"][1] == [0.9, 0.2]
    assert still["custody"] == [
        {
            "evidence_id": still["evidence_id"],
            "at": "2026-11-22T03:04:05+00:00",
            "who": "李文静",
            "act": "exported",
            "detail": {"reason": "复查"},
        }
    ]


@pytest.mark.peer
def test_openssl_accepts_the_signature_and_refuses_it_over_anything_else(pack: Path, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    with zipfile.ZipFile(pack) as file:
        file.extractall(tmp_path)
    command = [
        *[openssl, "pkeyutl", "-verify", "-pubin", "-inkey", str(tmp_path / "public_key.pem"), "-rawin"],
        *["-in", str(tmp_path / "manifest.json"), "-sigfile", str(tmp_path / "manifest.sig")],
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    (tmp_path / "manifest.json").write_bytes((tmp_path / "manifest.json").read_bytes() + b" ")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_fifty_untouched_files_are_all_valid(
    store: EvidenceStore, contents: PackContents, vault: Drawer, tmp_path: Path
) -> None:
    random = Random(20261122)
    for number in range(50):
        items = []
        for item in contents.items[: random.randrange(4)]:
            name, path = store.reserve(random.choice([".jpg", ".mp4", ".wav"]))
            path.write_bytes(random.randbytes(random.choice([0, 1, 4096, 70_000])))
            sealed = store.seal_new(name, path)
            items.append(
                replace(item, evidence_id=name, path=sealed.path, sha256=sealed.sha256, size_bytes=sealed.size_bytes)
            )
        path = tmp_path / f"{number}.citydesk-evidence"
        EvidencePacks(store, vault).write(replace(contents, items=tuple(items), custody=()), path)
        found = verify(path)
        assert found.findings == (), (number, [str(finding) for finding in found.findings])
        assert (found.case_number, found.items) == ("20261122-0007", len(items))


def test_the_site_signs_all_its_files_with_one_key(
    store: EvidenceStore, contents: PackContents, vault: Drawer, pack: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.citydesk-evidence"
    EvidencePacks(store, vault).write(contents, again)
    key = verify(pack).key_fingerprint
    assert key and verify(again, key.replace(" ", "").upper()).is_key_known
    assert verify(pack, key).is_valid


def test_an_original_that_changed_in_the_store_is_not_handed_out(
    store: EvidenceStore, contents: PackContents, vault: Drawer, tmp_path: Path
) -> None:
    place = store.absolute(contents.items[2].path)
    place.chmod(0o600)
    place.write_bytes(b"x" * 1500)
    path = tmp_path / "bad.citydesk-evidence"
    with pytest.raises(Unavailable, match="fails its digest"):
        EvidencePacks(store, vault).write(contents, path)
    place.unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        EvidencePacks(store, vault).write(contents, path)
    assert list(tmp_path.glob("bad*")) == []


def test_a_folder_that_is_not_there_is_the_world_s_failure(
    store: EvidenceStore, contents: PackContents, vault: Drawer, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        EvidencePacks(store, vault).write(contents, tmp_path / "no" / "where.citydesk-evidence")
