"""Whatever is done to an evidence file is found, and named."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.infrastructure.evidence_check import Verification, verify
from console.infrastructure.evidence_envelope import EnvelopeWriter, Member, look_into
from console.infrastructure.evidence_files import canonical, parts_of
from console.infrastructure.signing import fingerprint, to_pem

Write = Callable[[bytes], Path]
Members = list[tuple[str, bytes]]


PAPERS = {
    "manifest.json": ["manifest.json", "What is recorded of", "items/"],
    "manifest.sig": ["The signature does not fit"],
    "public_key.pem": ["public_key.pem was changed", "The signature does not fit"],
}


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as file:
        return [(name, file.read(name)) for name in file.namelist()]


def as_we_write(members: Members, path: Path) -> Path:
    with open(path, "wb") as file:
        envelope = EnvelopeWriter(file)
        for name, content in members:
            envelope.add(name, iter([content]))
        envelope.finish()
    return path


def as_anyone_writes(members: Members, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members:
            file.writestr(name, content)
    return path


def said(found: Verification) -> str:
    return "\n".join(str(finding) for finding in found.findings)


def items_of(pack: Path) -> list[Member]:
    return [member for member in look_into(pack).members if member.name.startswith("items/")]


@pytest.mark.parametrize("seed", range(12))
def test_one_flipped_bit_anywhere_is_found_and_its_member_named(pack: Path, changed: Write, seed: int) -> None:
    random, raw = Random(seed), pack.read_bytes()
    members = look_into(pack).members
    names = [member.name for member in members]
    list_at = members[-1].ends_at
    for _ in range(5):
        # In a content, in a member's own header, in the signed papers, in the list at the end.
        item, paper = random.choice(members[3:]), random.choice(members[:3])
        for at, words in (
            (random.randrange(item.content_at, item.ends_at), [f"{item.name} was changed."]),
            (random.randrange(item.header_at, item.content_at), [item.name, *names]),
            (random.randrange(paper.content_at, paper.ends_at), PAPERS[paper.name]),
            (random.randrange(list_at, len(raw)), ["list of members", *names]),
        ):
            flipped = bytearray(raw)
            flipped[at] ^= 1 << random.randrange(8)
            found = verify(changed(bytes(flipped)))
            assert not found.is_valid, at
            assert any(word in said(found) for word in words), (at, said(found))


@pytest.mark.parametrize("seed", range(30))
def test_a_file_that_was_cut_is_found(pack: Path, changed: Write, seed: int) -> None:
    raw = pack.read_bytes()
    length = Random(seed).randrange(len(raw)) if seed else len(raw) - 1
    found = verify(changed(raw[:length]))
    assert "The end of the file" in said(found)


@pytest.mark.parametrize("seed", range(20))
def test_a_file_that_was_added_to_is_found(pack: Path, changed: Write, seed: int) -> None:
    random, raw = Random(seed), pack.read_bytes()
    extra = random.randbytes(1 + random.randrange(2000))
    at = [0, len(raw), random.randrange(len(raw))][seed % 3]
    assert not verify(changed(raw[:at] + extra + raw[at:])).is_valid
    with_remark = raw[:-2] + struct.pack("<H", len(extra)) + extra
    assert "Something was added" in said(verify(changed(with_remark)))


@pytest.mark.parametrize("writer", [as_we_write, as_anyone_writes])
@pytest.mark.parametrize("seed", range(10))
def test_a_member_that_was_changed_swapped_moved_added_taken_or_doubled_is_named(
    pack: Path, tmp_path: Path, seed: int, writer: Callable[[Members, Path], Path]
) -> None:
    random, path = Random(seed), tmp_path / "changed"
    whole = members_of(pack)
    clip, one, two = 3, 4, 5
    victim = random.choice([clip, one, two])
    name, content = whole[victim]

    other = random.randbytes(random.choice([len(content), 10]))
    found = verify(writer([*whole[:victim], (name, other), *whole[victim + 1 :]], path))
    assert f"{name} was changed." in said(found)

    found = verify(writer([*whole[:one], (whole[one][0], whole[two][1]), (whole[two][0], whole[one][1])], path))
    assert f"{whole[one][0]} holds what belongs to {whole[two][0]}." in said(found)
    assert f"{whole[two][0]} holds what belongs to {whole[one][0]}." in said(found)

    moved = [member for member in whole if member[0] != name]
    moved.insert(0, (name, content))
    assert f"another order, from {name} on" in said(verify(writer(moved, path)))

    assert "items/extra.jpg was added." in said(verify(writer([*whole, ("items/extra.jpg", other)], path)))
    found = verify(writer([member for member in whole if member[0] != name], path))
    assert f"{name} is missing." in said(found)
    taken = random.choice(["manifest.json", "manifest.sig", "public_key.pem"])
    found = verify(writer([member for member in whole if member[0] != taken], path))
    assert f"{taken} is missing." in said(found)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_named(pack: Path, tmp_path: Path) -> None:
    whole = members_of(pack)
    for writer in (as_we_write, as_anyone_writes):
        found = verify(writer([*whole, (whole[3][0], b"another clip")], tmp_path / "changed"))
        assert f"{whole[3][0]} is there twice." in said(found)


@pytest.mark.parametrize(
    ("part", "edit"),
    [
        ("items/", lambda manifest: manifest["items"][1].update(captured_at="2026-11-21T03:04:16.800000+00:00")),
        ("items/", lambda manifest: manifest["items"][0]["rule"].update(dwell_s=600.0)),
        ("items/", lambda manifest: manifest["items"][0]["custody"].clear()),
        ("items/", lambda manifest: manifest["items"][2].update(clock_offset_s=0.0)),
        ("case", lambda manifest: manifest["case"].update(filed_at="2026-11-21T03:04:05+00:00")),
        ("case", lambda manifest: manifest["case"]["place"].update(address="学府路 14 号")),
        ("verdicts", lambda manifest: manifest["verdicts"][0].update(display_name="陈建国")),
        ("rechecks", lambda manifest: manifest["rechecks"].clear()),
        ("made_at", lambda manifest: manifest.update(made_at="2026-01-01T00:00:00+00:00")),
        ("made_by", lambda manifest: manifest.update(made_by="陈建国")),
        ("remark", lambda manifest: manifest.update(remark="harmless")),
    ],
)
def test_a_record_that_was_edited_or_dated_back_is_named_by_its_part(
    pack: Path, tmp_path: Path, part: str, edit: Callable[[dict[str, object]], None]
) -> None:
    whole = members_of(pack)
    manifest = json.loads(whole[0][1])
    edit(manifest)
    found = verify(as_we_write([("manifest.json", canonical(manifest)), *whole[1:]], tmp_path / "changed"))
    assert f"What is recorded of {part}" in said(found)
    manifest["parts"] = parts_of(manifest)
    found = verify(as_we_write([("manifest.json", canonical(manifest)), *whole[1:]], tmp_path / "changed"))
    assert "The signature does not fit" in said(found), "a careful forger covers the part, never the signature"


def test_a_file_signed_anew_by_someone_else_is_known_by_its_key(pack: Path, tmp_path: Path) -> None:
    site_key = verify(pack).key_fingerprint
    whole = members_of(pack)
    manifest = json.loads(whole[0][1])
    manifest["case"]["place"]["address"] = "学府路 14 号"
    manifest["parts"] = parts_of(manifest)
    raw, key = canonical(manifest), Ed25519PrivateKey.generate()
    public_key = key.public_key().public_bytes_raw()
    forged = as_we_write(
        [("manifest.json", raw), ("manifest.sig", key.sign(raw)), ("public_key.pem", to_pem(public_key)), *whole[3:]],
        tmp_path / "forged",
    )
    found = verify(forged, site_key)
    assert said(found) == f"It is signed by another key: {fingerprint(public_key)}."
    assert verify(forged).key_fingerprint != site_key, "without the site's key, the fingerprint is what tells"


def test_a_key_in_the_place_of_the_site_s_alone_does_not_fit(pack: Path, tmp_path: Path) -> None:
    whole = members_of(pack)
    foreign = to_pem(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    found = verify(as_we_write([*whole[:2], ("public_key.pem", foreign), *whole[3:]], tmp_path / "changed"))
    assert "The signature does not fit" in said(found)


def test_a_member_dated_anew_in_the_archive_is_named(pack: Path, changed: Write) -> None:
    for member in look_into(pack).members:
        raw = bytearray(pack.read_bytes())
        raw[member.header_at + 12 : member.header_at + 14] = struct.pack("<H", 0x5D76)
        assert f"record of {member.name} was changed (its date" in said(verify(changed(bytes(raw))))


def test_a_package_packed_again_is_not_the_one_that_was_written(pack: Path, tmp_path: Path) -> None:
    assert as_we_write(members_of(pack), tmp_path / "same").read_bytes() == pack.read_bytes()
    assert not verify(as_anyone_writes(members_of(pack), tmp_path / "again")).is_valid
    with zipfile.ZipFile(tmp_path / "smaller", "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members_of(pack):
            file.writestr(name, content)
    assert "manifest.json is packed in another way." in said(verify(tmp_path / "smaller"))


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "C:\\x", "items/\x1b[2Jx"])
def test_a_name_that_leads_out_is_only_a_name(pack: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    found = verify(as_we_write([*members_of(pack), (name, b"x")], folder / "changed"))
    assert f"{name} was added." in said(found)
    assert [path.name for path in folder.iterdir()] == ["changed"]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x05\x06" + bytes(18), b"PK\x05\x06" + b"\xff" * 18, bytes(100_000), b"not a package at all"],
)
def test_what_is_no_package_is_said_to_be_none(changed: Write, content: bytes) -> None:
    found = verify(changed(content))
    assert not found.is_valid and "manifest.json is missing." in said(found)


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"[" * 100_000, b'{"items": 1}', b'{"format": "citydesk-evidence/1", "items": [{"member": "a"}]}',
     b'{"format": "citydesk-evidence/1", "items": [{"member": "a", "sha256": "", "size_bytes": Infinity}]}',
     b'{"format": "citydesk-evidence/2", "items": []}', b"\xff\xfe\x00"],
)  # fmt: skip
def test_a_manifest_of_nonsense_harms_nobody(pack: Path, tmp_path: Path, manifest: bytes) -> None:
    found = verify(as_we_write([("manifest.json", manifest), *members_of(pack)[1:]], tmp_path / "changed"))
    assert "manifest.json is damaged beyond reading." in said(found)


def test_members_that_lie_over_each_other_are_not_read_again_and_again(pack: Path, changed: Write) -> None:
    raw = bytearray(pack.read_bytes())
    clip = items_of(pack)[0]
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 20 : at + 28] = struct.pack("<II", clip.ends_at, clip.ends_at)
    raw[at + 42 : at + 46] = struct.pack("<I", 0)
    assert "lie over each other" in said(verify(changed(bytes(raw))))
