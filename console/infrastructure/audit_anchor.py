"""The head of the audit's chain, noted elsewhere under the site's signature: one file a month, a line an anchor.

Whoever can write to the database can cut the chain's end off, or write all of it anew with fitting digests. The
anchors lie in another folder, better on another machine, and tell. Each holds the digest of the one before it.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.domain.audit import NOTHING_BEFORE, AuditLine
from console.domain.audit_check import Anchor, Break, Kind
from console.infrastructure.signing import Signer, fingerprint, is_signed_by

SUFFIX = ".anchors"
LONGEST_LINE = 4096  # bytes; ours are below 600


@dataclass(frozen=True, slots=True)
class _Written:
    """An anchor as it stands in its file. ``before`` is the ``own`` of the one it was written behind."""

    anchor: Anchor
    before: str
    public_key: bytes
    is_signed: bool


class AnchorFolder:
    """Writes a site's anchors. Owned by one thread of the station.

    Attributes:
        folder: made at the first anchor.
    """

    def __init__(self, folder: Path, site: str, signer: Signer) -> None:
        self.folder = folder
        self._site = site
        self._signer = signer
        self._last: _Written | None = None
        self._is_known = False

    def write(self, head: AuditLine, at: datetime) -> Anchor:
        """Note the head, on the disk for good.

        Raises:
            Unavailable: the place cannot be written or read; nothing was noted.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{self._site}-{at:%Y-%m}{SUFFIX}"
            self._know_last()
            before = self._last.anchor if self._last is not None else None
            raw = self._line(head, at, before)
            with open(path, "ab") as file:
                if file.tell() and not _ends_whole(path):
                    file.write(b"\n")  # what a power cut left of a line; its reader passes over it
                file.write(raw + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as cause:
            self._is_known = False
            raise Unavailable(
                "The audit's anchors cannot be written: {reason}.", reason=cause.strerror or ""
            ) from cause
        found = _parsed(raw)
        assert found is not None, "what we write we can read"
        self._last = found
        return found.anchor

    def last(self) -> Anchor | None:
        """Return the newest anchor.

        Raises:
            Unavailable: the place cannot be read.
        """
        try:
            self._know_last()
        except OSError as cause:
            raise Unavailable("The audit's anchors cannot be read: {reason}.", reason=cause.strerror or "") from cause
        return self._last.anchor if self._last is not None else None

    def _know_last(self) -> None:
        if self._is_known:
            return
        self._last = None
        for path in reversed(_files(self.folder, self._site)):
            for raw in _lines(path):
                found = _parsed(raw)
                self._last = found if found is not None else self._last
            if self._last is not None:
                break
        self._is_known = True

    def _line(self, head: AuditLine, at: datetime, before: Anchor | None) -> bytes:
        said = {
            "anchor": before.number + 1 if before is not None else 1,
            "site": self._site,
            "position": head.position,
            "digest": head.digest,
            "at": at.isoformat(),
            "before": before.own if before is not None else NOTHING_BEFORE,
        }
        signature, public_key = self._signer.sign(_canonical(said))
        keyed = {"key": _base64(public_key), "signature": _base64(signature)}
        return _canonical(said | keyed)


def read_anchors(place: Path, site: str, key: str) -> Iterator[Anchor | Break]:
    """Yield a site's anchors in their order; a break, and nothing more, at the first that cannot be believed.

    Args:
        place: the folder, or one of its files or a copy of one; a file alone may begin in the middle.
        key: the fingerprint of the site's key; empty believes whatever key the first anchor has.

    Raises:
        Unavailable: the place cannot be read.
    """
    wanted = "".join(key.split()).lower()
    last: Anchor | None = None
    try:
        for path in _files(place, site):
            for raw in _lines(path):
                found = _parsed(raw)
                broken = _broken(found, last, wanted, raw, is_alone=place.is_file())
                if broken is not None:
                    yield broken
                    return
                if found is None:
                    continue
                last = found.anchor
                wanted = wanted or last.key.replace(" ", "")
                yield last
    except OSError as cause:
        raise Unavailable("The audit's anchors cannot be read: {reason}.", reason=cause.strerror or "") from cause


def _broken(found: _Written | None, last: Anchor | None, key: str, raw: bytes, *, is_alone: bool) -> Break | None:
    number = last.number + 1 if last is not None else 1
    position = last.position + 1 if last is not None else 1
    if found is None:
        # A line that a power cut tore is a beginning of one; anything else was put in or changed.
        is_torn = raw.startswith(b'{"anchor":') and not raw.endswith(b"}")
        return None if is_torn else Break(kind=Kind.ANCHOR_CHANGED, position=position, anchor=number)
    if not found.is_signed:
        return Break(kind=Kind.ANCHOR_CHANGED, position=position, anchor=number)
    if key and found.anchor.key.replace(" ", "") != key:
        return Break(kind=Kind.OTHER_KEY, position=position, anchor=found.anchor.number, key=found.anchor.key)
    if last is None:
        is_first = found.anchor.number == 1 and found.before == NOTHING_BEFORE
        return None if is_first or is_alone else Break(kind=Kind.ANCHOR_MISSING, position=position, anchor=1)
    if found.before != last.own or found.anchor.number != number or found.anchor.position < last.position:
        return Break(kind=Kind.ANCHOR_MISSING, position=position, anchor=number)
    return None


def _files(place: Path, site: str) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(place.glob(f"{site}-[0-9][0-9][0-9][0-9]-[0-9][0-9]{SUFFIX}"))


def _lines(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while raw := file.readline(LONGEST_LINE):
            if raw.strip():
                yield raw.rstrip(b"\n")


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _parsed(raw: bytes) -> _Written | None:
    """Return the anchor a line holds; ``None`` for what is none, or is not written as we write."""
    try:
        said: dict[str, Any] = json.loads(raw)
        public_key = base64.b64decode(said["key"], validate=True)
        signature = base64.b64decode(said["signature"], validate=True)
        anchor = Anchor(
            number=int(said["anchor"]),
            position=int(said["position"]),
            digest=str(said["digest"]),
            at=datetime.fromisoformat(said["at"]),
            key=fingerprint(public_key),
            own=hashlib.sha256(raw).hexdigest(),
        )
        before = str(said["before"])
        is_ours = _canonical(said) == raw
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
    plain = {name: value for name, value in said.items() if name not in ("key", "signature")}
    return _Written(anchor, before, public_key, is_ours and is_signed_by(public_key, signature, _canonical(plain)))


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
