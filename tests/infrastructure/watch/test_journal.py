"""Claims about the journal: what was taken in is not lost, and what the database holds does not come back."""

import errno
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.infrastructure.journal import Journal
from tests.infrastructure.watch.builders import hit


def test_a_hit_outlives_the_process_that_took_it_in(tmp_path: Path) -> None:
    Journal(tmp_path / "j").keep(hit("a"))
    again = Journal(tmp_path / "j")
    assert again.pending() == [hit("a")]


def test_what_the_database_holds_does_not_come_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.keep(hit("a"))
    journal.keep(hit("b"))
    journal.cross_out("a")
    assert [kept.hit_id for kept in Journal(tmp_path / "j").pending()] == ["b"]


def test_the_same_hit_is_kept_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.keep(hit("a"))
    journal.keep(hit("a"))
    assert len(journal.pending()) == 1


def acts(journal: Journal, chance: random.Random, count: int) -> Iterator[None]:
    """Keep hits and cross them out as a day brings it; yields after each."""
    for number in range(count):
        waiting = journal.pending()
        if waiting and chance.random() < 0.45:
            journal.cross_out(chance.choice(waiting).hit_id)
        else:
            journal.keep(hit(f"hit-{number}"))
        yield


@pytest.mark.parametrize(
    ("count", "every"), [(12, 5), pytest.param(40, 1, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_the_power_may_go_at_any_byte_and_costs_nothing_that_was_acknowledged(
    tmp_path: Path, count: int, every: int
) -> None:
    journal, points = Journal(tmp_path / "whole"), 0
    before, known = b"", ids(journal)
    for _ in acts(journal, random.Random(20261122), count):
        after, new = (tmp_path / "whole").read_bytes(), ids(journal)
        # A file that was written anew is there whole or not at all; a line is there up to any byte.
        cuts = range(len(before), len(after), every)
        states = [after[:end] for end in cuts] if after.startswith(before) else [before]
        for state in states:
            (tmp_path / "cut").write_bytes(state)
            (tmp_path / "cut.1-2.draft").write_bytes(after[: len(after) // 2])
            assert ids(Journal(tmp_path / "cut")) in (known, new)
            points += 1
        before, known = after, new
        assert ids(Journal(tmp_path / "whole")) == known
    assert points >= 500


GARBAGE = (
    b"\0" * 700,
    b"null",
    b"12",
    b'"hit"',
    b"[1, 2]",
    b'{"hit": 5}',
    b'{"hit": {"kind": "rule_hit", "hit_id": "x"}}',
    b'{"done": null}',
    b'{"else": 1}',
    b"[" * 100_000,
    b"\xff\xfe\xfa",
    b'{"hit": {"kind": "rule_hit", "hit_id": "a", "cam',
)


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_a_garbage_line_hides_no_other_and_is_set_aside(tmp_path: Path, garbage: bytes) -> None:
    journal = Journal(tmp_path / "j")
    for name in ("a", "b", "c"):
        journal.keep(hit(name))
    journal.cross_out("a")
    lines = (tmp_path / "j").read_bytes().splitlines(keepends=True)
    for place in range(len(lines) + 1):
        (tmp_path / "j").write_bytes(b"".join([*lines[:place], garbage + b"\n", *lines[place:]]))
        again = Journal(tmp_path / "j")
        assert ids(again) == ["b", "c"]
        again.keep(hit("d"))
        assert ids(Journal(tmp_path / "j")) == ["b", "c", "d"]
    assert (tmp_path / "j.unreadable").read_bytes() == (garbage + b"\n") * (len(lines) + 1)


def test_a_hit_the_disk_did_not_take_is_pending_and_spoils_no_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "j")
    journal.keep(hit("a"))

    def half(path: Path, line: bytes) -> None:
        with open(path, "ab") as file:
            file.write(line[: len(line) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("console.infrastructure.journal.append_line", half)
        with pytest.raises(Unavailable, match="No space left"):
            journal.keep(hit("b"))
        journal.cross_out("a")
    journal.keep(hit("c"))
    assert ids(journal) == ["b", "c"]
    # What the disk refused is written with the next line that it takes.
    assert ids(Journal(tmp_path / "j")) == ["b", "c"]


def test_a_journal_that_cannot_be_tidied_is_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Journal(tmp_path / "j").keep(hit("a"))

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, f"No space left for {len(content)} bytes in {path}")

    monkeypatch.setattr("console.infrastructure.journal.write_whole", full)
    assert ids(Journal(tmp_path / "j")) == ["a"]


def ids(journal: Journal) -> list[str]:
    return [kept.hit_id for kept in journal.pending()]


def test_an_empty_journal_does_not_grow(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    for number in range(20):
        journal.keep(hit(f"hit-{number}"))
        journal.cross_out(f"hit-{number}")
    assert (tmp_path / "j").stat().st_size == 0
