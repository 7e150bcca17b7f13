"""The head of the audit's chain, noted elsewhere under the site's signature: one file a month, a line an anchor.

Whoever can write to the database can cut the chain's end off, or write all of it anew with fitting digests. The
anchors lie in another folder, better on another machine, and tell. Each holds the digest of the one before it.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.domain.audit import NOTHING_BEFORE, AuditLine
from console.domain.audit_check import Anchor, Break, Kind
from console.infrastructure.lasting import append_line, make_folder
from console.infrastructure.signing import Signer, fingerprint, is_signed_by

SUFFIX = ".anchors"
LONGEST_LINE = 4096  # bytes; ours are below 600
_BEGINNING = b'{"anchor":'


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
            make_folder(self.folder)
            self._know_last()
            before = self._last.anchor if self._last is not None else None
            raw, key = self._line(head, at, before)
            path = self.folder / f"{_stem(self._site, key)}-{at:%Y-%m}{SUFFIX}"
            append_line(path, raw)  # behind what a power cut left of a line; its reader passes over it
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
            raise _unreadable(cause) from cause
        return self._last.anchor if self._last is not None else None

    def _know_last(self) -> None:
        if self._is_known:
            return
        self._last = None
        for path in reversed(_files(self.folder, self._site, self._signer.known_key())):
            for raw in _lines(path, path.stat().st_size):
                found = _parsed(raw.rstrip(b"\n"))
                self._last = found if found is not None else self._last
            if self._last is not None:
                break
        self._is_known = True

    def _line(self, head: AuditLine, at: datetime, before: Anchor | None) -> tuple[bytes, str]:
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
        return _canonical(said | keyed), fingerprint(public_key)


class SiteAnchors:
    """Reads a site's anchors for a check; see ``application.audit_desk.Anchorage``. Safe from any thread."""

    def __init__(self, place: Path, site: str, signer: Signer) -> None:
        """Args:
        place: the folder, or one of its files or a copy of one; a file alone may begin in the middle.
        """
        self._place = place
        self._site = site
        self._signer = signer

    def key(self) -> str:
        return self._signer.known_key()

    def anchors(self) -> Iterator[Anchor | Break]:
        return read_anchors(self._place, self._site, self.key())


def read_anchors(place: Path, site: str, key: str) -> Iterator[Anchor | Break]:
    """Return a site's anchors in their order; a break, and nothing more, at the first that cannot be believed.

    Args:
        place: as ``SiteAnchors``.
        key: the fingerprint of the site's key; without one there is nothing to believe in a folder, and a file is
            believed to be of the key its first anchor has.

    Raises:
        Unavailable: the place cannot be read.
    """
    try:
        sizes = {path: path.stat().st_size for path in _files(place, site, key)}
    except OSError as cause:
        raise _unreadable(cause) from cause
    return _read(sizes, key, is_alone=place.is_file())


def _read(sizes: Mapping[Path, int], key: str, *, is_alone: bool) -> Iterator[Anchor | Break]:
    try:
        yield from _Reading(key, is_alone=is_alone).through(sizes)
    except OSError as cause:
        raise _unreadable(cause) from cause


def _unreadable(cause: OSError) -> Unavailable:
    return Unavailable("The audit's anchors cannot be read: {reason}.", reason=cause.strerror or "")


class _Reading:
    """One reading of a site's anchors. Owned by its caller."""

    def __init__(self, key: str, *, is_alone: bool) -> None:
        self._key = "".join(key.split()).lower()
        self._is_alone = is_alone
        self._last: Anchor | None = None
        self._is_torn = False

    def through(self, sizes: Mapping[Path, int]) -> Iterator[Anchor | Break]:
        has_end = False
        for path, size_bytes in sizes.items():
            for raw in _lines(path, size_bytes):
                found = _parsed(raw.rstrip(b"\n"))
                if found is None and _is_beginning(raw):
                    self._is_torn = True  # by a power cut, unless the next one, or the end, says otherwise
                    has_end = raw.endswith(b"\n")
                    continue
                broken = self._broken(found)
                if broken is not None or found is None:
                    yield broken or self._changed()
                    return
                self._last, self._is_torn = found.anchor, False
                self._key = self._key or found.anchor.key.replace(" ", "")
                yield found.anchor
        if self._is_torn and has_end:
            yield self._changed()

    def _broken(self, found: _Written | None) -> Break | None:
        if found is None or not found.is_signed:
            return self._changed()
        anchor, last = found.anchor, self._last
        if self._key and anchor.key.replace(" ", "") != self._key:
            return self._break(Kind.OTHER_KEY, anchor.key)
        if last is None:
            is_first = anchor.number == 1 and found.before == NOTHING_BEFORE
            return None if is_first or self._is_alone else self._break(Kind.ANCHOR_MISSING)
        if found.before == last.own and anchor.number == last.number + 1 and anchor.position >= last.position:
            return None
        return self._changed() if self._is_torn else self._break(Kind.ANCHOR_MISSING)

    def _changed(self) -> Break:
        return self._break(Kind.ANCHOR_CHANGED)

    def _break(self, kind: Kind, key: str = "") -> Break:
        last = self._last
        return Break(
            kind=kind,
            position=last.position + 1 if last is not None else 1,
            anchor=last.number + 1 if last is not None else 1,
            key=key,
        )


def _files(place: Path, site: str, key: str) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(place.glob(f"{_stem(site, key)}-[0-9][0-9][0-9][0-9]-[0-9][0-9]{SUFFIX}")) if key else []


def _stem(site: str, key: str) -> str:
    """Return what a site's files begin with: two sites of one name may note their heads in one place."""
    return f"{site}-{''.join(key.split())[:8].lower()}"


def _lines(path: Path, size_bytes: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while raw := file.readline(min(LONGEST_LINE, size_bytes - file.tell())):
            if raw != b"\n":
                yield raw


def _is_beginning(raw: bytes) -> bool:
    """Tell whether it could be what was written of an anchor before the power went."""
    line = raw.rstrip(b"\n")
    return _BEGINNING.startswith(line[: len(_BEGINNING)]) and not line.endswith(b"}")


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
