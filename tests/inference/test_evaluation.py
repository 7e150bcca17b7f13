"""Claims about what a score is worth: halves fixed before, and how much so few hours leave open."""

from math import inf
from pathlib import Path

import pytest

from inference.evaluation import false_per_camera_hour, most_events, read_halves
from inference.scoring import Raised, Score, read_truth

HALVES = Path(__file__).resolve().parents[2] / "resources" / "evaluation" / "halves.toml"


# The figures are those of the chi-square table: chi2(0.95; 2n + 2) / 2.
@pytest.mark.parametrize(("seen", "most"), [(0, 2.9957), (1, 4.7439), (2, 6.2958), (10, 16.9622), (100, 118.079)])
def test_how_many_false_alarms_so_few_seen_leave_possible(seen: int, most: float) -> None:
    assert most_events(seen) == pytest.approx(most, abs=2e-3)


def test_half_an_hour_without_a_false_alarm_still_leaves_six_an_hour_possible() -> None:
    quiet = Score(right=0, misses=(), wrong=(), delays_s=(), labelled_s=3600.0, camera_s=1800.0)
    assert false_per_camera_hour(quiet) == pytest.approx((0.0, 5.9915), abs=1e-3)


def test_false_alarms_are_counted_by_the_hour_of_a_camera() -> None:
    wrong = tuple(Raised(kind="crowd", zone="a", media_time_s=at) for at in (1.0, 2.0))
    found = false_per_camera_hour(Score(right=0, misses=(), wrong=wrong, delays_s=(), labelled_s=0.0, camera_s=7200.0))
    assert found is not None
    assert found[0] == 1.0


def test_without_labelled_time_no_rate_is_told() -> None:
    assert false_per_camera_hour(Score(right=0, misses=(), wrong=(), delays_s=(), labelled_s=0, camera_s=0)) is None


def test_the_two_halves_of_a_clip_share_nothing_and_leave_nothing_out() -> None:
    halves = read_halves(HALVES)
    for clip in halves.held:
        spans = sorted([halves.span_of(clip, "tune"), halves.span_of(clip, "held")])
        assert (spans[0][0], spans[0][1], spans[1][1]) == (-inf, spans[1][0], inf)
        assert halves.span_of(clip, None) == (-inf, inf)


def test_a_file_that_fixes_no_side_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "halves.toml"
    path.write_text('[clips.x]\ncut_s = 3.0\nheld = "both"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="does not fix"):
        read_halves(path)


@pytest.mark.media
def test_every_labelled_clip_has_its_halves_and_each_kind_of_event_one_in_the_held_half(footage: Path) -> None:
    halves, kinds, held = read_halves(HALVES), set(), set()
    for path in sorted((footage / "truth").glob("*.toml")):
        begin, end = halves.span_of(path.stem, "held")
        for event in read_truth(path).events:
            kinds.add(event.kind)
            if begin <= event.due_s < end:
                held.add(event.kind)
    assert held == kinds
