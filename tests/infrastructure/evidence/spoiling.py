"""Everything that can be done to an evidence file behind our back, chosen by a seed, and what it must be called."""

import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.infrastructure.evidence_check import Verification
from console.infrastructure.evidence_envelope import EnvelopeWriter, look_into
from console.infrastructure.evidence_files import canonical, parts_of
from console.infrastructure.signing import fingerprint, to_pem

Members = list[tuple[str, bytes]]
PAPERS = ("manifest.json", "manifest.sig", "public_key.pem")
OUTSIDE = ("../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "C:\\x", "items/../../x", "items/\x1b[2Jx", "~/.ssh/x")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A changed file, and the words of which one must be among what is said of it."""

    content: bytes
    words: tuple[str, ...]

    def is_named_by(self, found: Verification) -> bool:
        said = "\n".join(str(finding) for finding in found.findings)
        return not found.is_valid and any(word in said for word in self.words)


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as file:
        return [(name, file.read(name)) for name in file.namelist()]


def as_we_write(members: Members) -> bytes:
    file = BytesIO()
    envelope = EnvelopeWriter(file)
    for name, content in members:
        envelope.add(name, iter([content]))
    envelope.finish()
    return file.getvalue()


def as_anyone_writes(members: Members, *, packed: bool = False) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def _flipped(raw: bytes, at: int, random: Random) -> bytes:
    changed = bytearray(raw)
    changed[at] ^= 1 << random.randrange(8)
    return bytes(changed)


def flip_a_bit_of_an_item(pack: Path, random: Random) -> Spoilt:
    raw, member = pack.read_bytes(), random.choice(look_into(pack).members[3:])
    at = random.randrange(member.content_at, member.ends_at)
    return Spoilt(_flipped(raw, at, random), (f"{member.name} was changed.",))


def flip_a_bit_of_a_paper(pack: Path, random: Random) -> Spoilt:
    raw, member = pack.read_bytes(), random.choice(look_into(pack).members[:3])
    words = {
        "manifest.json": ("manifest.json", "What is recorded of"),
        "manifest.sig": ("The signature does not fit",),
        "public_key.pem": ("public_key.pem was changed", "The signature does not fit", "signed by another key"),
    }[member.name]
    return Spoilt(_flipped(raw, random.randrange(member.content_at, member.ends_at), random), words)


def flip_a_bit_around_the_members(pack: Path, random: Random) -> Spoilt:
    raw, members = pack.read_bytes(), look_into(pack).members
    names = tuple(member.name for member in members)
    if random.random() < 0.5:
        member = random.choice(members)
        return Spoilt(
            _flipped(raw, random.randrange(member.header_at, member.content_at), random),
            ("lie over each other", *names),
        )
    at = random.randrange(members[-1].ends_at, len(raw))
    return Spoilt(_flipped(raw, at, random), ("list of members", "another way", "lie over each other", *names))


def cut_the_end_off(pack: Path, random: Random) -> Spoilt:
    raw = pack.read_bytes()
    return Spoilt(raw[: random.choice([len(raw) - 1, random.randrange(len(raw))])], ("The end of the file",))


def cut_out_of_the_middle(pack: Path, random: Random) -> Spoilt:
    raw, members = pack.read_bytes(), look_into(pack).members
    member = random.choice(members[3:])
    at = random.randrange(member.content_at, member.ends_at - 8)
    names = tuple(other.name for other in members)
    return Spoilt(raw[:at] + raw[at + random.randint(1, 8) :], ("The end of the file", *names))


def put_something_in(pack: Path, random: Random) -> Spoilt:
    raw, extra = pack.read_bytes(), random.randbytes(random.randint(1, 2000))
    at = random.choice([0, len(raw)])
    return Spoilt(raw[:at] + extra + raw[at:], ("The end of the file", "Something was added", "was changed", "missing"))


def swap_two_items(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    one, two = random.sample(range(3, len(whole)), 2)
    whole[one], whole[two] = (whole[one][0], whole[two][1]), (whole[two][0], whole[one][1])
    return Spoilt(as_we_write(whole), (f"{whole[one][0]} holds what belongs to {whole[two][0]}.",))


def put_the_members_in_another_order(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    other = list(whole)
    while other == whole:
        random.shuffle(other)
    return Spoilt(as_we_write(other), ("The members were put into another order",))


def replace_an_item(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    at = random.randrange(3, len(whole))
    name, content = whole[at]
    whole[at] = (name, random.randbytes(random.choice([len(content), 1, 0, 5000])))
    return Spoilt(as_we_write(whole), (f"{name} was changed.",))


def drop_the_last_members(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    count = random.randint(1, len(whole) - 3)
    return Spoilt(as_we_write(whole[:-count]), (f"{whole[-1][0]} is missing.",))


def drop_a_paper(pack: Path, random: Random) -> Spoilt:
    taken = random.choice(PAPERS)
    return Spoilt(as_we_write([member for member in members_of(pack) if member[0] != taken]), (f"{taken} is missing.",))


def put_a_member_in_twice(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    name, content = random.choice(whole)
    extra = (name, random.choice([content, random.randbytes(50)]))
    return Spoilt(as_we_write([*whole, extra]), (f"{name} is there twice.",))


def add_a_member_that_leads_out(pack: Path, random: Random) -> Spoilt:
    name = random.choice(OUTSIDE)
    return Spoilt(as_we_write([*members_of(pack), (name, b"x")]), (f"{name} was added.",))


def name_an_item_so_that_it_leads_out(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    at, name = random.randrange(3, len(whole)), random.choice(OUTSIDE)
    before = whole[at][0]
    whole[at] = (name, whole[at][1])
    return Spoilt(as_we_write(whole), (f"{name} was added.", f"{before} is missing."))


def date_a_member_anew(pack: Path, random: Random) -> Spoilt:
    raw, member = bytearray(pack.read_bytes()), random.choice(look_into(pack).members)
    raw[member.header_at + 12 : member.header_at + 14] = struct.pack("<H", random.randrange(0x22, 0xFFFF))
    return Spoilt(bytes(raw), (f"record of {member.name} was changed (its date",))


def _edited(pack: Path, random: Random) -> tuple[dict[str, Any], str]:
    """Return the manifest with one fact changed, and the part that holds the fact."""
    manifest = json.loads(members_of(pack)[0][1])
    item = random.choice(manifest["items"])
    part, holder, name, value = random.choice(
        [
            (item["member"], item, "captured_at", f"2026-10-{random.randint(1, 31):02d}T03:04:05+00:00"),
            (item["member"], item, "begins_at", f"2026-10-{random.randint(1, 31):02d}T03:04:05+00:00"),
            (item["member"], item, "clock_offset_s", random.random()),
            (item["member"], item, "custody", []),
            ("case", manifest["case"], "filed_at", "2026-11-21T03:04:05+00:00"),
            ("case", manifest["case"]["place"], "address", "学府路 14 号"),
            ("made_at", manifest, "made_at", "2026-01-01T00:00:00+00:00"),
            ("made_by", manifest, "made_by", "陈建国"),
            ("reason", manifest, "reason", "无"),
            ("verdicts", manifest, "verdicts", []),
            ("rechecks", manifest, "rechecks", []),
        ]
    )
    holder[name] = value
    return manifest, part


def edit_what_is_recorded(pack: Path, random: Random) -> Spoilt:
    manifest, part = _edited(pack, random)
    whole = members_of(pack)
    whole[0] = (whole[0][0], canonical(manifest))
    return Spoilt(as_we_write(whole), (f"What is recorded of {part} was changed after it was signed.",))


def edit_what_is_recorded_with_care(pack: Path, random: Random) -> Spoilt:
    manifest, _ = _edited(pack, random)
    manifest["parts"] = parts_of(manifest)
    whole = members_of(pack)
    whole[0] = (whole[0][0], canonical(manifest))
    return Spoilt(as_we_write(whole), ("The signature does not fit",))


def sign_anew_with_another_key(pack: Path, random: Random) -> Spoilt:
    manifest, _ = _edited(pack, random)
    manifest["parts"] = parts_of(manifest)
    raw, key = canonical(manifest), Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
    public_key = key.public_key().public_bytes_raw()
    papers = [("manifest.json", raw), ("manifest.sig", key.sign(raw)), ("public_key.pem", to_pem(public_key))]
    forged = as_we_write([*papers, *members_of(pack)[3:]])
    return Spoilt(forged, (f"It is signed by another key: {fingerprint(public_key)}.",))


def pack_it_again(pack: Path, random: Random) -> Spoilt:
    names = tuple(name for name, _ in members_of(pack))
    packed = random.random() < 0.5
    return Spoilt(as_anyone_writes(members_of(pack), packed=packed), ("is packed in another way.", *names))


def put_a_bomb_in(pack: Path, random: Random) -> Spoilt:
    whole = members_of(pack)
    at = random.randrange(3, len(whole))
    whole[at] = (whole[at][0], bytes(20_000_000))
    return Spoilt(as_anyone_writes(whole, packed=True), (f"{whole[at][0]} is packed in another way.",))


def lay_members_over_each_other(pack: Path, random: Random) -> Spoilt:
    raw, members = bytearray(pack.read_bytes()), look_into(pack).members
    last = members[-1]
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 20 : at + 28] = struct.pack("<II", last.header_at - 60, last.header_at - 60)
    raw[at + 42 : at + 46] = struct.pack("<I", 0)
    return Spoilt(bytes(raw), ("lie over each other",))


CHANGES: tuple[Callable[[Path, Random], Spoilt], ...] = (
    flip_a_bit_of_an_item,
    flip_a_bit_of_a_paper,
    flip_a_bit_around_the_members,
    cut_the_end_off,
    cut_out_of_the_middle,
    put_something_in,
    swap_two_items,
    put_the_members_in_another_order,
    replace_an_item,
    drop_the_last_members,
    drop_a_paper,
    put_a_member_in_twice,
    add_a_member_that_leads_out,
    name_an_item_so_that_it_leads_out,
    date_a_member_anew,
    edit_what_is_recorded,
    edit_what_is_recorded_with_care,
    sign_anew_with_another_key,
    pack_it_again,
    put_a_bomb_in,
    lay_members_over_each_other,
)
