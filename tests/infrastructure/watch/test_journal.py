"""Claims about the journal: what was taken in is not lost, and what the database holds does not come back."""

from pathlib import Path

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


def test_a_line_cut_short_anywhere_by_a_power_loss_costs_no_line_before_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "whole")
    journal.keep(hit("a"))
    before = (tmp_path / "whole").read_bytes()
    journal.keep(hit("b"))
    whole = (tmp_path / "whole").read_bytes()
    for end in range(len(before), len(whole)):
        (tmp_path / "cut").write_bytes(whole[:end])
        found = [kept.hit_id for kept in Journal(tmp_path / "cut").pending()]
        assert found in (["a"], ["a", "b"])


def test_an_empty_journal_does_not_grow(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    for number in range(20):
        journal.keep(hit(f"hit-{number}"))
        journal.cross_out(f"hit-{number}")
    assert (tmp_path / "j").stat().st_size == 0
