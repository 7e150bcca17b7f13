"""The ``*.citydesk-evidence`` file: a case's originals, what is known of them, and a signature over all of it.

A ZIP without compression: ``manifest.json`` (canonical JSON, digests of all members), the originals under ``items/``,
and ``signature.json`` (Ed25519 over the manifest's bytes, with the public key).
"""

import base64
import binascii
import hashlib
import json
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.application.evidence_desk import PackContents
from console.application.ports import Vault
from console.infrastructure.evidence_store import EvidenceStore, digest_of
from console.infrastructure.signing import Signer, fingerprint, is_signed_by

FORMAT = "citydesk-evidence/1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
LARGEST_MANIFEST = 16_000_000
LARGEST_MEMBER = 4_000_000_000
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check found. ``findings`` names each change; none means valid."""

    findings: tuple[str, ...]
    key_fingerprint: str
    case_number: str
    items: int

    @property
    def is_valid(self) -> bool:
        return not self.findings


class EvidencePacks:
    """Writes packages. Each original is checked against its digest on the way in."""

    def __init__(self, store: EvidenceStore, vault: Vault) -> None:
        self._store = store
        self._signer = Signer(vault)

    def write(self, contents: PackContents, path: Path) -> None:
        """Write the package whole or not at all.

        Raises:
            Unavailable: the disk failed, or an original is not what was sealed.
        """
        members = {}
        for item in contents.items:
            self._store.check(item.path, item.sha256)
            members[f"items/{item.evidence_id}{Path(item.path).suffix}"] = self._store.absolute(item.path)
        manifest = _canonical(_manifest(contents, members))
        signature, public_key = self._signer.sign(manifest)
        seal = {
            "algorithm": "Ed25519",
            "public_key": base64.b64encode(public_key).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        draft = path.with_name(f"{path.name}.draft")
        try:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as file:
                file.writestr(MANIFEST, manifest)
                file.writestr(SIGNATURE, _canonical(seal))
                for name, source in members.items():
                    file.write(source, name)
            draft.replace(path)
        except OSError as cause:
            draft.unlink(missing_ok=True)
            raise Unavailable("The evidence file cannot be written: {reason}.", reason=cause.strerror or "") from cause


def verify(path: Path, trusted_key: str = "") -> Verification:
    """Check a package without any account or server.

    Args:
        trusted_key: the fingerprint the signing key must have, spaces optional.

    Raises:
        Unavailable: the file cannot be read at all.
    """
    try:
        with zipfile.ZipFile(path) as file:
            return _verify(file, trusted_key)
    except OSError as cause:
        raise Unavailable("The file cannot be read: {reason}.", reason=cause.strerror or "") from cause
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as cause:
        return _refused(f"the file is damaged and is no whole archive any more ({type(cause).__name__})")


def _verify(file: zipfile.ZipFile, trusted_key: str) -> Verification:
    infos = file.infolist()
    names = [info.filename for info in infos]
    if MANIFEST not in names or SIGNATURE not in names:
        return _refused("the manifest or the signature is missing")
    findings = [f"{name} is there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    findings += _strange(file)
    try:
        raw = _read(file, MANIFEST)
        seal = json.loads(_read(file, SIGNATURE))
        public_key, signature = base64.b64decode(seal["public_key"]), base64.b64decode(seal["signature"])
    except (ValueError, KeyError, TypeError, binascii.Error, zipfile.BadZipFile, EOFError):
        return _refused("the manifest or the signature is damaged")
    if seal.get("algorithm") != "Ed25519" or set(seal) != {"algorithm", "public_key", "signature"}:
        findings.append("the signature's description was changed")
    if not is_signed_by(public_key, signature, raw):
        findings.append("the manifest was changed, or the signature is not of this key")
    wanted = trusted_key.replace(" ", "").lower()
    if wanted and fingerprint(public_key).replace(" ", "") != wanted:
        findings.append(f"it is signed by another key: {fingerprint(public_key)}")
    try:
        manifest = json.loads(raw)
        listed = {str(item["member"]): (str(item["sha256"]), int(item["size_bytes"])) for item in manifest["items"]}
        number = str(manifest["case"]["number"])
    except (ValueError, KeyError, TypeError):
        return _refused("the manifest is damaged")
    findings += _compare(file, names, listed)
    return Verification(
        findings=tuple(findings),
        key_fingerprint=fingerprint(public_key),
        case_number=number,
        items=len(listed),
    )


def _compare(file: zipfile.ZipFile, names: list[str], listed: dict[str, tuple[str, int]]) -> list[str]:
    findings = [f"{name} is missing" for name in listed if name not in names]
    findings += [f"{name} was added" for name in names if name not in listed and name not in (MANIFEST, SIGNATURE)]
    expected = [MANIFEST, SIGNATURE, *listed]
    if not findings and names != expected:
        findings.append("the members were put into another order")
    for name, (sha256, size_bytes) in listed.items():
        if name not in names:
            continue
        if file.getinfo(name).file_size != size_bytes:
            findings.append(f"{name} has another length")
            continue
        try:
            digest = hashlib.sha256()
            with file.open(name) as member:
                while block := member.read(BLOCK):
                    digest.update(block)
        except (zipfile.BadZipFile, EOFError, OSError):
            findings.append(f"{name} was changed")
            continue
        if digest.hexdigest() != sha256:
            findings.append(f"{name} was changed")
    return findings


def _strange(file: zipfile.ZipFile) -> list[str]:
    """Name what an archive of ours never holds: it may be meant to trip whoever unpacks it, or hide something."""
    findings = []
    for info in file.infolist():
        if info.filename.startswith("/") or ".." in info.filename.split("/") or "\\" in info.filename:
            findings.append(f"{info.filename!r} leads out of the folder")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > LARGEST_MEMBER or info.flag_bits & 1:
            findings.append(f"{info.filename} is packed in another way")
        if info.extra or info.comment:
            findings.append(f"{info.filename} carries something beside its content")
    if file.comment:
        findings.append("a remark was added to the archive")
    return findings


def _read(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > LARGEST_MANIFEST:
        raise ValueError("too large")
    return file.read(name)


def _refused(finding: str) -> Verification:
    return Verification(findings=(finding,), key_fingerprint="", case_number="", items=0)


def _manifest(contents: PackContents, members: dict[str, Path]) -> dict[str, Any]:
    case = contents.page.case
    return {
        "format": FORMAT,
        "made_at": datetime.now(UTC),
        "made_by": contents.made_by,
        "reason": contents.reason,
        "case": {
            "number": case.number,
            "category": case.category,
            "filing_condition": case.filing_condition,
            "closing_condition": case.closing_condition,
            "place": asdict(case.place),
            "stage": case.stage,
            "filed_at": case.filed_at,
            "due_at": case.due_at,
            "closed_at": case.closed_at,
            "steps": [asdict(step) for step in case.steps],
        },
        "verdicts": [asdict(verdict) for verdict in contents.alarm.verdicts],
        "rechecks": [asdict(look) for look in contents.page.rechecks],
        "items": [
            asdict(item)
            | {
                "member": member,
                "is_evidence_grade": item.is_evidence_grade,
                "sha256": digest_of(source),
                "custody": [asdict(line) for line in contents.custody if line.evidence_id == item.evidence_id],
            }
            for item, (member, source) in zip(contents.items, members.items(), strict=True)
        ],
    }


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} in a manifest")
