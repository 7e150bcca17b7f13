"""A trail in an SQLite file with its anchors in a folder, and everything that can be done to them behind our back."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert, text

from console.application.audit_desk import check_trail
from console.domain.audit import AuditFacts, AuditLine, written
from console.domain.audit_check import ANCHOR_VERB, Break, ChainCheck, Kind
from console.infrastructure.audit_anchor import AnchorFolder, SiteAnchors
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.mapping.people import row_of_line
from console.infrastructure.database.tables import audit_lines
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.signing import Signer

BEGIN = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SITE = "east"
VERBS = ("sign_in", "live_view", "view_evidence", "confirm", "dismiss", "file", "speak", "export_evidence", "close")
PEOPLE = ("李文静 (acc-li)", "王磊 (acc-wang)", "station", "陈建国 (acc-chen)")
TEXTS = ("who", "seat_id", "verb", "subject", "detail", "camera_id", "reason", "case_id", "before", "digest", "marks")
FACTS = ("at", "who", "seat_id", "verb", "subject", "detail", "camera_id", "from_at", "to_at", "reason", "case_id")
_SET = ", ".join(f"{name} = ?" for name in FACTS)


class Drawer:
    """A vault in memory."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def delete(self, name: str) -> None:
        self.secrets.pop(name, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A database of audit lines, the folder of its anchors, and the vault with its site's key."""

    database: Path
    anchors: Path
    vault: Drawer
    length: int

    def copy(self, folder: Path) -> "Trail":
        folder.mkdir()
        shutil.copy(self.database, folder / "audit.db")
        shutil.copytree(self.anchors, folder / "anchors")
        return replace(self, database=folder / "audit.db", anchors=folder / "anchors")

    def check(self) -> ChainCheck:
        database = open_database(f"sqlite:///{self.database}", SystemClock())
        try:
            return check_trail(SqlUnitsOfWork(database), SiteAnchors(self.anchors, SITE, Signer(self.vault)))
        finally:
            database.close()

    def anchor_lines(self) -> list[bytes]:
        return b"".join(path.read_bytes() for path in sorted(self.anchors.iterdir())).splitlines(keepends=True)

    def put_anchor_lines(self, lines: list[bytes]) -> None:
        (path,) = self.anchors.iterdir()
        path.write_bytes(b"".join(lines))


def some_facts(random: Random, position: int) -> AuditFacts:
    is_replay = random.random() < 0.4
    began = BEGIN + timedelta(seconds=position * 7 - random.randrange(3600), microseconds=random.randrange(10**6))
    return AuditFacts(
        at=BEGIN + timedelta(seconds=position * 7, microseconds=random.randrange(10**6)),
        who=random.choice(PEOPLE),
        seat_id=random.choice(["", "02", "03"]),
        verb=random.choice(VERBS),
        subject=f"{random.getrandbits(64):016x}",
        detail={"role": "operator", "说明": random.choice(["无", "占道", "复查"]), "n": random.randrange(100)},
        camera_id=random.choice(["", "cam01", "cam02"]),
        from_at=began if is_replay else None,
        to_at=began + timedelta(seconds=30) if is_replay else None,
        reason=random.choice(["", "报案人要求复查", "案件调查"]),
        case_id=random.choice(["", f"case-{random.randrange(9)}"]),
    )


def make_trail(folder: Path, seed: int, length: int) -> Trail:
    """Write a trail of so many lines, anchored at every seventh and at its head, and saying so at every twentieth."""
    random, vault, anchors = Random(seed), Drawer(), folder / "anchors"
    database = open_database(f"sqlite:///{folder / 'audit.db'}", SystemClock())
    upgrade(database)
    noted = AnchorFolder(anchors, SITE, Signer(vault))
    lines: list[AuditLine] = []
    for position in range(1, length + 1):
        facts = some_facts(random, position)
        last = noted.last()
        if position % 20 == 0 and last is not None:
            facts = replace(facts, verb=ANCHOR_VERB, detail={"anchors": last.number, "key": last.key})
        lines.append(written(position, facts, lines[-1].digest if lines else "0" * 64))
        if position % 7 == 0 or position == length:
            noted.write(lines[-1], facts.at)
    with database.writing() as connection:
        connection.execute(insert(audit_lines), [row_of_line(line) for line in lines])
        for act in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_lines_refuse_{act}"))
        connection.commit()
    database.close()
    _leave_wal(folder / "audit.db")
    return Trail(database=folder / "audit.db", anchors=anchors, vault=vault, length=length)


def _leave_wal(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a change must be called, and the line at which it must be found."""

    kinds: tuple[Kind, ...]
    position: int = 0
    fields: tuple[str, ...] = ()
    anchor: int = 0

    def is_named_by(self, found: ChainCheck) -> bool:
        return bool(found.breaks) and self._fits(found.breaks[0])

    def _fits(self, broken: Break) -> bool:
        if broken.kind not in self.kinds:
            return False
        if self.position and not broken.position <= self.position <= max(broken.until, broken.position):
            return False
        if self.anchor and broken.anchor != self.anchor:
            return False
        return not self.fields or broken.fields == self.fields


def flip_a_bit(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    while True:
        position, column = random.randint(1, trail.length), random.choice(TEXTS)
        (value,) = raw.execute(
            f"SELECT CAST({column} AS BLOB) FROM audit_lines WHERE position = ?", (position,)
        ).fetchone()
        if value:
            break
    flipped = bytearray(value)
    flipped[random.randrange(len(value))] ^= 1 << random.randrange(8)
    raw.execute(f"UPDATE audit_lines SET {column} = CAST(? AS TEXT) WHERE position = ?", (bytes(flipped), position))
    # The last line's digest has none behind it to tell the digest from the line; its anchor tells.
    is_last = column == "digest" and position == trail.length
    return Done(kinds=(Kind.CHANGED,), position=position, fields=() if is_last else (column,))


def change_a_field(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    position = random.randint(1, trail.length)
    column, value = random.choice(
        [("who", "nobody"), ("verb", "nothing"), ("reason", "none"), ("case_id", "case-99"), ("camera_id", "cam77"),
         ("from_at", "2026-01-01 00:00:00.000000"), ("to_at", "2026-01-01 00:00:00.000000"), ("detail", "{}"),
         ("form", 1), ("form", 7), ("marks", "")]
    )  # fmt: skip
    raw.execute(f"UPDATE audit_lines SET {column} = ? WHERE position = ?", (value, position))
    return Done(kinds=(Kind.CHANGED,), position=position, fields=(column,))


def date_anew(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    position = random.randint(1, trail.length)
    (at,) = raw.execute("SELECT at FROM audit_lines WHERE position = ?", (position,)).fetchone()
    moved = datetime.fromisoformat(at) + timedelta(seconds=random.choice([-86400 * 30, -3600, -1, 1, 2, 90, 86400]))
    raw.execute("UPDATE audit_lines SET at = ? WHERE position = ?", (moved.isoformat(" ", "microseconds"), position))
    return Done(kinds=(Kind.REDATED,), position=position)


def take_lines_out(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    first = random.randint(1, trail.length - 1)
    last = min(trail.length - 1, first + random.choice([0, 0, 1, 5]))
    raw.execute("DELETE FROM audit_lines WHERE position BETWEEN ? AND ?", (first, last))
    return Done(kinds=(Kind.MISSING,), position=first)


def take_lines_out_and_close_the_gap(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    first, count = random.randint(1, trail.length - 3), random.choice([1, 2])
    raw.execute("DELETE FROM audit_lines WHERE position BETWEEN ? AND ?", (first, first + count - 1))
    for position in range(first + count, trail.length + 1):
        raw.execute("UPDATE audit_lines SET position = ? WHERE position = ?", (position - count, position))
    return Done(kinds=(Kind.MISSING,), position=first)


def swap_two_lines(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    one, two = sorted(random.sample(range(1, trail.length + 1), 2))
    for old, new in ((one, 10**6), (two, one), (10**6, two)):
        raw.execute("UPDATE audit_lines SET position = ? WHERE position = ?", (new, old))
    return Done(kinds=(Kind.REORDERED,), position=one)


def swap_what_two_lines_say(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    one, two = sorted(random.sample(range(1, trail.length + 1), 2))
    columns = f"{', '.join(FACTS)}, marks"
    said = [
        raw.execute(f"SELECT {columns} FROM audit_lines WHERE position = ?", (position,)).fetchone()
        for position in (one, two)
    ]
    takes_marks = random.random() < 0.5
    for position, values in ((one, said[1]), (two, said[0])):
        raw.execute(f"UPDATE audit_lines SET {_SET} WHERE position = ?", (*values[:-1], position))
        if takes_marks:
            raw.execute("UPDATE audit_lines SET marks = ? WHERE position = ?", (values[-1], position))
    return Done(kinds=(Kind.REORDERED,), position=one)


def shuffle_some_lines(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    first = random.randint(1, trail.length - 6)
    order = list(range(first, first + 6))
    while order == sorted(order):
        random.shuffle(order)
    for new, old in enumerate(order, start=first):
        raw.execute("UPDATE audit_lines SET position = ? WHERE position = ?", (10**6 + new, old))
    raw.execute("UPDATE audit_lines SET position = position - 1000000 WHERE position > 1000000")
    moved = next(new for new, old in enumerate(order, start=first) if new != old)
    return Done(kinds=(Kind.REORDERED,), position=moved)


def cut_the_end_off(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    first = trail.length - random.choice([0, 1, 2, 9, trail.length - 1])
    raw.execute("DELETE FROM audit_lines WHERE position >= ?", (first,))
    return Done(kinds=(Kind.CUT,), position=first)


def write_one_line_anew(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    position = random.randint(1, trail.length)
    _write_anew(raw, random, position, position)
    return Done(kinds=(Kind.REWRITTEN,), position=position)


def write_the_rest_anew(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    position = random.randint(1, trail.length)
    _write_anew(raw, random, position, trail.length)
    return Done(kinds=(Kind.REWRITTEN,), position=position)


def cut_the_end_off_and_go_on(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    first = trail.length - random.randint(0, 9)
    raw.execute("DELETE FROM audit_lines WHERE position >= ?", (first,))
    before = raw.execute("SELECT digest FROM audit_lines ORDER BY position DESC LIMIT 1").fetchone()[0]
    for position in range(first, trail.length + 5):
        line = written(position, some_facts(Random(position + 5000), position), before)
        _put(raw, line)
        before = line.digest
    return Done(kinds=(Kind.REWRITTEN,), position=first)


def _write_anew(raw: sqlite3.Connection, random: Random, first: int, last: int) -> None:
    found = raw.execute("SELECT before FROM audit_lines WHERE position = ?", (first,)).fetchone()
    before = found[0]
    for position in range(first, last + 1):
        line = written(position, some_facts(random, position), before)
        raw.execute("DELETE FROM audit_lines WHERE position = ?", (position,))
        _put(raw, line)
        before = line.digest


def _put(raw: sqlite3.Connection, line: AuditLine) -> None:
    row = row_of_line(line)
    for name in ("at", "from_at", "to_at"):
        if row[name] is not None:
            row[name] = row[name].astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    columns = ", ".join(row)
    raw.execute(f"INSERT INTO audit_lines ({columns}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


def write_all_anew_and_sign_with_another_key(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    _write_anew(raw, random, 1, trail.length)
    return _sign_anew(raw, trail, range(7, trail.length + 1, 7))


def sign_anew_with_another_key(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    return _sign_anew(raw, trail, range(7, trail.length + 1, 7))


def _sign_anew(raw: sqlite3.Connection, trail: Trail, positions: range) -> Done:
    (place,) = trail.anchors.iterdir()
    name, foreign = place.name, trail.anchors.parent / "foreign"
    noted = AnchorFolder(foreign, SITE, Signer(Drawer()))
    for position in positions:
        (digest,) = raw.execute("SELECT digest FROM audit_lines WHERE position = ?", (position,)).fetchone()
        line = written(position, some_facts(Random(1), position), "0" * 64)
        noted.write(replace(line, digest=digest), BEGIN)
    (made,) = foreign.iterdir()
    shutil.copy(made, trail.anchors / name)  # in the place and under the name of the site's own
    return Done(kinds=(Kind.OTHER_KEY,), anchor=1)


def flip_a_bit_of_an_anchor(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    lines = trail.anchor_lines()
    number = random.randrange(len(lines))
    flipped = bytearray(lines[number])
    flipped[random.randrange(len(flipped) - 1)] ^= 1 << random.randrange(8)
    trail.put_anchor_lines([*lines[:number], bytes(flipped), *lines[number + 1 :]])
    # A bit of the key makes it another key, under which nothing fits.
    return Done(kinds=(Kind.ANCHOR_CHANGED, Kind.OTHER_KEY), anchor=number + 1)


def move_an_anchor(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    lines = trail.anchor_lines()
    number = random.randrange(len(lines) - 1)
    said = json.loads(lines[number])
    said["position"] += 1
    raw_line = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    trail.put_anchor_lines([*lines[:number], raw_line, *lines[number + 1 :]])
    return Done(kinds=(Kind.ANCHOR_CHANGED,), anchor=number + 1)


def take_an_anchor_out(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    lines = trail.anchor_lines()
    number = random.randrange(len(lines) - 1)
    trail.put_anchor_lines([*lines[:number], *lines[number + 1 :]])
    return Done(kinds=(Kind.ANCHOR_MISSING,), anchor=number + 1)


def swap_two_anchors(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    lines = trail.anchor_lines()
    one, two = sorted(random.sample(range(len(lines)), 2))
    lines[one], lines[two] = lines[two], lines[one]
    trail.put_anchor_lines(lines)
    return Done(kinds=(Kind.ANCHOR_MISSING,), anchor=one + 1)


def throw_the_anchors_away(raw: sqlite3.Connection, trail: Trail, random: Random) -> Done:
    lines = trail.anchor_lines()
    # The last line that says how many there were is the 20th of every twenty.
    (claimed,) = [
        json.loads(detail)["anchors"]
        for (detail,) in raw.execute(
            "SELECT detail FROM audit_lines WHERE verb = ? ORDER BY position DESC LIMIT 1", (ANCHOR_VERB,)
        )
    ]
    kept = random.randrange(claimed)
    trail.put_anchor_lines(lines[:kept])
    return Done(kinds=(Kind.ANCHORS_CUT,), anchor=kept + 1)


CHANGES: tuple[Callable[[sqlite3.Connection, Trail, Random], Done], ...] = (
    flip_a_bit,
    change_a_field,
    date_anew,
    take_lines_out,
    take_lines_out_and_close_the_gap,
    swap_two_lines,
    swap_what_two_lines_say,
    shuffle_some_lines,
    cut_the_end_off,
    cut_the_end_off_and_go_on,
    write_one_line_anew,
    write_the_rest_anew,
    write_all_anew_and_sign_with_another_key,
    sign_anew_with_another_key,
    flip_a_bit_of_an_anchor,
    move_an_anchor,
    take_an_anchor_out,
    swap_two_anchors,
    throw_the_anchors_away,
)


def spoil(trail: Trail, seed: int) -> tuple[str, Done]:
    """Do one change, chosen by the seed, below the triggers; return its name and what it must be called."""
    change, random = CHANGES[seed % len(CHANGES)], Random(seed)
    raw = sqlite3.connect(trail.database)
    try:
        done = change(raw, trail, random)
        raw.commit()
    finally:
        raw.close()
    return change.__name__, done
