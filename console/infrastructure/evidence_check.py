"""Whether an evidence file is what was signed; if not, what was changed. Needs no account, no server and no vault."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.infrastructure.evidence_envelope import Found, Member, blocks_of, first_oddity, look_into
from console.infrastructure.evidence_files import FORMAT, MANIFEST, PUBLIC_KEY, SIGNATURE, parts_of
from console.infrastructure.signing import fingerprint, from_pem, is_signed_by, to_pem
from console.words import N_

LARGEST_MANIFEST = 16_000_000
LARGEST_KEY = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was signed. ``sentence`` is a key of the catalogue, ``values`` fill it."""

    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check found.

    Attributes:
        findings: each change by its name; none means valid.
        key_fingerprint: of the key that came with the file; whether it is the site's, only the site can tell.
        is_key_known: the key is the one the caller trusts.
    """

    findings: tuple[Change, ...]
    key_fingerprint: str
    is_key_known: bool
    case_number: str
    items: int

    @property
    def is_valid(self) -> bool:
        return not self.findings


def verify(path: Path, trusted_key: str = "") -> Verification:
    """Check a package to the last bit.

    Args:
        trusted_key: the fingerprint the signing key must have, spaces and capitals as one likes. Without it a file
            that was changed and signed anew by someone else is valid: only the fingerprint tells.

    Raises:
        Unavailable: the file cannot be read at all.
    """
    try:
        return _verify(path, look_into(path), "".join(trusted_key.split()).lower())
    except OSError as cause:
        raise Unavailable("The file cannot be read: {reason}.", reason=cause.strerror or "") from cause


def _verify(path: Path, found: Found, trusted_key: str) -> Verification:
    by_name = {member.name: member for member in reversed(found.members)}
    findings = []
    if not found.has_directory:
        findings.append(Change(N_("The end of the file, its list of members, is missing or damaged.")))
    findings += [
        Change(N_("{name} is packed in another way."), {"name": member.name})
        for member in found.members
        if not member.is_plain
    ]
    if any(not member.is_plain for member in found.members):
        return _unread(findings)
    raw = _small(path, by_name.get(MANIFEST), LARGEST_MANIFEST)
    signature = _small(path, by_name.get(SIGNATURE), LARGEST_KEY)
    pem = _small(path, by_name.get(PUBLIC_KEY), LARGEST_KEY)
    for name, content in ((MANIFEST, raw), (SIGNATURE, signature), (PUBLIC_KEY, pem)):
        if content is None:
            findings.append(Change(N_("{name} is missing."), {"name": name}))
    public_key = from_pem(pem or b"")
    if pem is not None and (public_key is None or to_pem(public_key) != pem):
        findings.append(Change(N_("{name} was changed."), {"name": PUBLIC_KEY}))
    seen_key = fingerprint(public_key) if public_key is not None else ""
    is_known = bool(trusted_key) and seen_key.replace(" ", "") == trusted_key
    if trusted_key and public_key is not None and not is_known:
        findings.append(Change(N_("It is signed by another key: {key}."), {"key": seen_key}))
    manifest = _parsed(raw)
    has_all = public_key is not None and raw is not None and signature is not None
    if has_all and not is_signed_by(public_key or b"", signature or b"", raw or b""):
        findings += _changed_parts(manifest)
    listed = _listed(manifest)
    if raw is not None and listed is None:
        findings.append(Change(N_("{name} is damaged beyond reading."), {"name": MANIFEST}))
    elif listed is not None:
        findings += _compare(path, found.members, listed)
    if not findings:
        first_oddity(path, found.members, lambda name: findings.append(_envelope_change(name)))
    return Verification(
        findings=tuple(findings),
        key_fingerprint=seen_key,
        is_key_known=is_known,
        case_number=_number(manifest),
        items=len(listed or {}),
    )


def _unread(findings: Sequence[Change]) -> Verification:
    return Verification(findings=tuple(findings), key_fingerprint="", is_key_known=False, case_number="", items=0)


def _changed_parts(manifest: Mapping[str, Any] | None) -> list[Change]:
    """Name the parts of a manifest that no longer fit the digests it was written with."""
    try:
        assert manifest is not None
        written, now = manifest["parts"], parts_of(manifest)
        changed = sorted(name for name in {*written, *now} if written.get(name) != now.get(name))
    except (AssertionError, KeyError, TypeError, AttributeError, ValueError, RecursionError):
        changed = []
    if not changed:
        return [Change(N_("The signature does not fit: {name} or the signature was changed."), {"name": MANIFEST})]
    return [
        Change(N_("What is recorded of {part} was changed after it was signed."), {"part": part}) for part in changed
    ]


def _compare(path: Path, members: Sequence[Member], listed: Mapping[str, tuple[str, int]]) -> list[Change]:
    """Compare what is there with what the manifest lists, by name, digest, size and order."""
    names = [member.name for member in members]
    expected = [MANIFEST, SIGNATURE, PUBLIC_KEY, *listed]
    findings = [
        Change(N_("{name} is there twice."), {"name": name}) for name, count in Counter(names).items() if count > 1
    ]
    findings += [Change(N_("{name} is missing."), {"name": name}) for name in listed if name not in names]
    findings += [
        Change(N_("{name} was added."), {"name": name}) for name in dict.fromkeys(names) if name not in expected
    ]
    present = [name for name in expected if name in names]
    if not findings and names != present:
        first = next(name for name, wanted in zip(names, present, strict=True) if name != wanted)
        findings.append(Change(N_("The members were put into another order, from {name} on."), {"name": first}))
    if sum(member.size_bytes for member in members) > path.stat().st_size:
        return [*findings, Change(N_("Members of the archive lie over each other."))]
    by_digest = {sha256: name for name, (sha256, _) in listed.items()}
    for member in members:
        if member.name not in listed:
            continue
        digest = hashlib.sha256()
        for block in blocks_of(path, member):
            digest.update(block)
        sha256 = digest.hexdigest()
        if sha256 == listed[member.name][0] and member.size_bytes == listed[member.name][1]:
            continue
        other = by_digest.get(sha256)
        if other is not None and other != member.name:
            findings.append(Change(N_("{name} holds what belongs to {other}."), {"name": member.name, "other": other}))
        else:
            findings.append(Change(N_("{name} was changed."), {"name": member.name}))
    return findings


def _envelope_change(name: str) -> Change:
    if name:
        return Change(
            N_("The archive's own record of {name} was changed (its date, name or check sum)."), {"name": name}
        )
    return Change(N_("Something was added to the archive, or its list of members was changed."))


def _small(path: Path, member: Member | None, largest: int) -> bytes | None:
    if member is None:
        return None
    return b"" if member.size_bytes > largest else b"".join(blocks_of(path, member))


def _parsed(raw: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(raw or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _listed(manifest: Mapping[str, Any] | None) -> dict[str, tuple[str, int]] | None:
    if manifest is None or manifest.get("format") != FORMAT:
        return None
    try:
        return {str(item["member"]): (str(item["sha256"]), int(item["size_bytes"])) for item in manifest["items"]}
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None


def _number(manifest: Mapping[str, Any] | None) -> str:
    case = (manifest or {}).get("case")
    return str(case.get("number", "")) if isinstance(case, dict) else ""
