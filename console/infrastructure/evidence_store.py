"""Where evidence lies: one folder a day, each file written once, its digest known before it gets its place."""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from console.application.errors import Unavailable
from console.domain.ids import EvidenceId, new_id

READ_ONLY = stat.S_IRUSR


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A file at its place for good. ``path`` is below the store's root, with forward slashes."""

    path: str
    sha256: str
    size_bytes: int


class EvidenceStore:
    """Files below one root. Safe from any thread and several processes: names are never given twice."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def reserve(self, suffix: str) -> tuple[EvidenceId, Path]:
        """Return a new id and the path its file is to be written to before it is sealed."""
        name = EvidenceId(new_id())
        return name, self._incoming / f"{name}{suffix}"

    def seal(self, evidence_id: EvidenceId, written: Path, sha256: str) -> str:
        """Check the file against the digest it was born with, move it to its place for good, and return that place.

        Raises:
            Unavailable: the disk failed, or the file is not what was written.
        """
        sealed = self.seal_new(evidence_id, written, sha256)
        return sealed.path

    def seal_new(self, evidence_id: EvidenceId, written: Path, sha256: str = "") -> Sealed:
        """Seal a file whose digest is taken here, or checked against ``sha256`` where its writer gave one.

        Raises:
            Unavailable: the disk failed, or the file is not what was written.
        """
        try:
            found = digest_of(written)
            if sha256 and found != sha256:
                raise Unavailable("File {name} changed before it was sealed; it is no evidence.", name=written.name)
            size_bytes = written.stat().st_size
            relative = f"{datetime.now(UTC):%Y/%m/%d}/{evidence_id}{written.suffix}"
            place = self._root / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                raise Unavailable("Evidence {name} is there already and is never overwritten.", name=evidence_id)
            written.chmod(READ_ONLY)
            written.rename(place)
            _sync(place.parent)
        except OSError as cause:
            raise Unavailable("Evidence cannot be written: {reason}.", reason=cause.strerror or "") from cause
        return Sealed(path=relative, sha256=found, size_bytes=size_bytes)

    def absolute(self, relative: str) -> Path:
        """Return where a file lies.

        Raises:
            Unavailable: the path leads out of the store.
        """
        place = (self._root / relative).resolve()
        if not place.is_relative_to(self._root.resolve()):
            raise Unavailable("This evidence has no place in the store.")
        return place

    def check(self, relative: str, sha256: str) -> None:
        """Compare a file with its digest.

        Raises:
            Unavailable: it is gone, unreadable, or not what was sealed.
        """
        try:
            found = digest_of(self.absolute(relative))
        except OSError as cause:
            raise Unavailable(
                "Evidence {name} cannot be read: {reason}.", name=Path(relative).name, reason=cause.strerror or ""
            ) from cause
        if not secrets.compare_digest(found, sha256):
            raise Unavailable(
                "Evidence {name} fails its digest; it is not evidence. The file is kept.", name=Path(relative).name
            )


def digest_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
