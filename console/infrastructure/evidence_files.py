"""The ``*.citydesk-evidence`` file: a case's originals, what is known of them, and a signature over all of it.

A ZIP of ``manifest.json`` (canonical JSON with the digest of every original), ``manifest.sig`` (Ed25519 over the
manifest's bytes, raw), ``public_key.pem``, and the originals under ``items/``. Whoever has no Citydesk can check the
signature with OpenSSL and the digests with any program that makes SHA-256.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from console.application.errors import Unavailable
from console.application.evidence_desk import PackContents
from console.application.ports import Clock, Vault
from console.domain.evidence import LARGEST_CLOCK_OFFSET_S, Doubt, EvidenceItem
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_envelope import BLOCK, EnvelopeWriter
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.lasting import sync
from console.infrastructure.signing import Signer, to_pem

FORMAT = "citydesk-evidence/1"
MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "public_key.pem"


class EvidencePacks:
    """Writes packages. Each original is checked against its digest on the way in. Safe from any thread."""

    def __init__(self, store: EvidenceStore, vault: Vault, clock: Clock | None = None) -> None:
        self._store = store
        self._signer = Signer(vault)
        self._clock = clock or SystemClock()

    def write(self, contents: PackContents, path: Path) -> None:
        """Write the package whole or not at all.

        Raises:
            Unavailable: the disk failed, or an original is not what was sealed.
        """
        members = {f"items/{item.evidence_id}{Path(item.path).suffix}": item for item in contents.items}
        manifest = canonical(_manifest(contents, members, self._clock.now()))
        signature, public_key = self._signer.sign(manifest)
        draft = path.with_name(f"{path.name}.draft")
        try:
            with open(draft, "wb") as file:
                envelope = EnvelopeWriter(file)
                envelope.add(MANIFEST, iter([manifest]))
                envelope.add(SIGNATURE, iter([signature]))
                envelope.add(PUBLIC_KEY, iter([to_pem(public_key)]))
                for name, item in members.items():
                    envelope.add(name, self._original(item))
                envelope.finish()
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            sync(path.parent)
        except OSError as cause:
            raise Unavailable("The evidence file cannot be written: {reason}.", reason=cause.strerror or "") from cause
        finally:
            draft.unlink(missing_ok=True)

    def _original(self, item: EvidenceItem) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with _opened(self._store.absolute(item.path)) as file:
            while block := file.read(BLOCK):
                digest.update(block)
                yield block
        if digest.hexdigest() != item.sha256:
            raise Unavailable(
                "Evidence {name} fails its digest; it is not evidence. The file is kept.", name=Path(item.path).name
            )


def parts_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest of each part of a manifest, by the part's name.

    They are written into it, so that a check can say which part was changed, not only that one was. They prove
    nothing by themselves: the signature does.
    """
    parts = {name: value for name, value in manifest.items() if name not in ("items", "parts")}
    parts |= {str(item["member"]): item for item in manifest["items"]}
    return {name: hashlib.sha256(canonical(part)).hexdigest() for name, part in parts.items()}


def canonical(value: Any) -> bytes:
    """Return JSON in the one way we write it: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def _opened(place: Path) -> BinaryIO:
    try:
        return open(place, "rb")
    except OSError as cause:
        raise Unavailable(
            "Evidence {name} cannot be read: {reason}.", name=place.name, reason=cause.strerror or ""
        ) from cause


def _manifest(contents: PackContents, members: Mapping[str, EvidenceItem], made_at: datetime) -> dict[str, Any]:
    case = contents.page.case
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": made_at,
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
                "not_evidence_grade_because": _doubt(item),
                "custody": [asdict(line) for line in contents.custody if line.evidence_id == item.evidence_id],
            }
            for member, item in members.items()
        ],
    }
    return manifest | {"parts": parts_of(manifest)}


def _doubt(item: EvidenceItem) -> str:
    """Return in words why the item cannot prove; nothing where it can."""
    match item.doubt:
        case Doubt.CLOCK_UNKNOWN:
            return "the camera's clock is unknown"
        case Doubt.CLOCK_OFF:
            return f"the camera's clock is off by {item.clock_offset_s:+.2f} s; {LARGEST_CLOCK_OFFSET_S} s are allowed"
        case Doubt.NONE:
            return ""


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} in a manifest")
