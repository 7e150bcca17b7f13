"""Where evidence lies: one folder a day, each file written once, its digest known before it gets its place."""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ids import EvidenceId, new_id
from console.infrastructure.clock import SystemClock
from console.infrastructure.lasting import make_folder, sync

READ_ONLY = stat.S_IRUSR


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A file at its place for good. ``path`` is below the store's root, with forward slashes."""

    path: str
    sha256: str
    size_bytes: int


class Changed(Unavailable):
    """A file is not what its writer wrote; trying again would be the same."""


class EvidenceStore:
    """Files below one root. Safe from any thread and several processes: names are never given twice."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self._root = root
        self._clock = clock or SystemClock()
        self._incoming = root / "incoming"
        make_folder(self._incoming)

    @property
    def incoming(self) -> Path:
        """The folder of files that have not got their place."""
        return self._incoming

    def reserve(self, suffix: str) -> tuple[EvidenceId, Path]:
        """Return a new id and the path its file is to be written to before it is sealed."""
        name = EvidenceId(new_id())
        return name, self._incoming / f"{name}{suffix}"

    def seal(self, evidence_id: EvidenceId, written: Path, sha256: str) -> str:
        """Check the file against the digest it was born with, move it to its place for good, and return that place.

        Raises:
            Changed: the file is not what was written. Unavailable: the disk failed.
        """
        sealed = self.seal_new(evidence_id, written, sha256)
        return sealed.path

    def seal_new(self, evidence_id: EvidenceId, written: Path, sha256: str = "", day: date | None = None) -> Sealed:
        """Seal a file whose digest is taken here, or checked against ``sha256`` where its writer gave one.

        On the disk for good before it gets its place; a place that is taken is never overwritten. Sealing again what
        a crash left between its two names ends the move.

        Args:
            day: the folder it belongs to; today (UTC) if not given. With the same day, sealing again is harmless.

        Raises:
            Changed: the file is not what was written. Unavailable: the disk failed.
        """
        relative = f"{day or self._clock.now().date():%Y/%m/%d}/{evidence_id}{written.suffix}"
        place = self._root / relative
        try:
            if not written.exists() and place.exists():
                return self._found(place, relative, sha256)
            sync(written)
            found = digest_of(written)
            size_bytes = written.stat().st_size
            if sha256 and not secrets.compare_digest(found, sha256):
                raise Changed("File {name} changed before it was sealed; it is no evidence.", name=written.name)
            make_folder(place.parent)
            written.chmod(READ_ONLY)
            try:
                os.link(written, place)
            except FileExistsError:
                if not place.samefile(written):
                    raise Unavailable(
                        "Evidence {name} is there already and is never overwritten.", name=evidence_id
                    ) from None
            sync(place.parent)
            written.unlink()
        except OSError as cause:
            raise Unavailable("Evidence cannot be written: {reason}.", reason=cause.strerror or "") from cause
        return Sealed(path=relative, sha256=found, size_bytes=size_bytes)

    def _found(self, place: Path, relative: str, sha256: str) -> Sealed:
        """Return what was sealed before whoever sealed it could say so."""
        found = digest_of(place)
        if sha256 and not secrets.compare_digest(found, sha256):
            raise Changed("Evidence {name} fails its digest; it is not evidence. The file is kept.", name=place.name)
        return Sealed(path=relative, sha256=found, size_bytes=place.stat().st_size)

    def keep(self, evidence_id: EvidenceId, at: datetime, suffix: str, data: bytes) -> Sealed:
        """Seal what we hold in memory, in the folder of its day.

        Raises:
            Unavailable: the disk failed, or another file has this name.
        """
        draft = self._incoming / f"{evidence_id}{suffix}"
        try:
            draft.unlink(missing_ok=True)
            draft.write_bytes(data)
        except OSError as cause:
            draft.unlink(missing_ok=True)
            raise Unavailable("Evidence cannot be written: {reason}.", reason=cause.strerror or "") from cause
        return self.seal_new(evidence_id, draft, hashlib.sha256(data).hexdigest(), at.astimezone(UTC).date())

    def find(self, evidence_id: EvidenceId, at: datetime) -> Sealed | None:
        """Return what was kept under this name on that day, its digest taken anew; ``None`` if nothing was.

        Raises:
            Unavailable: it is there and cannot be read.
        """
        folder = self._root / f"{at.astimezone(UTC):%Y/%m/%d}"
        for place in folder.glob(f"{evidence_id}.*"):
            try:
                return Sealed(
                    path=place.relative_to(self._root).as_posix(),
                    sha256=digest_of(place),
                    size_bytes=place.stat().st_size,
                )
            except OSError as cause:
                raise Unavailable(
                    "Evidence {name} cannot be read: {reason}.", name=place.name, reason=cause.strerror or ""
                ) from cause
        return None

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
