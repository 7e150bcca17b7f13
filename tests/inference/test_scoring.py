from pathlib import Path

import pytest

from inference.scoring import Ignored, Raised, Score, Truth, TruthEvent, TruthZone, read_truth, score

KIND = "standing_vehicle"


def zone(name: str = "bay") -> TruthZone:
    return TruthZone(
        name=name,
        kind=KIND,
        polygon=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),
        objects=frozenset({"car"}),
        dwell_s=10.0,
        labelled=((0.0, 60.0),),
    )


def event(due_s: float, latest_s: float | None = None, max_alarms: int = 1, toward: str = "") -> TruthEvent:
    return TruthEvent(
        kind=KIND,
        zone="bay",
        due_s=due_s,
        earliest_s=due_s - 2,
        latest_s=due_s + 10 if latest_s is None else latest_s,
        max_alarms=max_alarms,
        toward=toward,
    )


def truth(*events: TruthEvent, ignored: tuple[Ignored, ...] = ()) -> Truth:
    return Truth(clip="clip", fps=10.0, zones=(zone(), zone("drive")), events=events, ignored=ignored)


def alarm(at_s: float, zone_name: str = "bay", toward: str = "") -> Raised:
    return Raised(kind=KIND, zone=zone_name, media_time_s=at_s, toward=toward)


def counts(found: Score) -> tuple[int, int, int]:
    return found.right, found.missed, found.false


def test_an_alarm_in_the_window_is_right() -> None:
    found = score(truth(event(10.0)), [alarm(11.5)], KIND)
    assert counts(found) == (1, 0, 0)
    assert list(found.delays_s) == pytest.approx([1.5])
    assert (found.precision, found.recall, found.f1) == (1.0, 1.0, 1.0)


def test_an_alarm_too_early_or_too_late_is_false_and_the_event_missed() -> None:
    assert counts(score(truth(event(10.0)), [alarm(7.0), alarm(20.5)], KIND)) == (0, 1, 2)


def test_one_alarm_serves_one_event() -> None:
    assert counts(score(truth(event(10.0), event(12.0)), [alarm(11.0)], KIND)) == (1, 1, 0)


def test_events_are_served_in_the_order_they_are_due() -> None:
    found = score(truth(event(14.0), event(10.0)), [alarm(13.0), alarm(18.0)], KIND)
    assert counts(found) == (2, 0, 0)
    assert list(found.delays_s) == pytest.approx([3.0, 4.0])


def test_an_alarm_in_another_zone_is_false() -> None:
    assert counts(score(truth(event(10.0)), [alarm(11.0, "drive")], KIND)) == (0, 1, 1)


def test_an_alarm_outside_the_labelled_span_is_dropped() -> None:
    assert counts(score(truth(), [alarm(61.0)], KIND)) == (0, 0, 0)


def test_an_alarm_in_an_ignored_span_is_neither_unless_it_matches() -> None:
    span = Ignored(kind=KIND, zone="bay", begin_s=10.0, end_s=40.0)
    found = score(truth(event(10.0), ignored=(span,)), [alarm(11.0), alarm(30.0), alarm(50.0)], KIND)
    assert counts(found) == (1, 0, 1)


def test_a_second_alarm_is_allowed_where_the_truth_says_so() -> None:
    assert counts(score(truth(event(10.0, max_alarms=2)), [alarm(11.0), alarm(12.0), alarm(13.0)], KIND)) == (1, 0, 1)


def test_false_alarms_are_counted_per_hour_of_labelled_zone_time() -> None:
    found = score(truth(), [alarm(5.0)], KIND)
    assert found.false_per_hour == pytest.approx(30.0)  # one in two zones of a minute each
    assert found.recall is None


def test_scores_of_clips_add_up() -> None:
    one = score(truth(event(10.0)), [alarm(11.0)], KIND)
    both = one + score(truth(event(10.0)), [], KIND)
    assert (both.right, both.missed, both.recall) == (1, 1, 0.5)


def test_an_alarm_going_the_other_way_matches_nothing() -> None:
    found = score(truth(event(10.0, toward="left")), [alarm(11.0, toward="right"), alarm(12.0, toward="left")], KIND)
    assert counts(found) == (1, 0, 1)
    assert list(found.delays_s) == pytest.approx([2.0])


def test_an_event_gets_the_earliest_free_alarm_even_where_a_later_one_is_nearer() -> None:
    found = score(truth(event(10.0)), [alarm(10.0), alarm(8.5)], KIND)
    assert list(found.delays_s) == pytest.approx([-1.5])
    assert [one.media_time_s for one in found.wrong] == [10.0]


def test_a_third_alarm_is_false_even_where_two_are_allowed_and_a_second_serves_the_next_event_first() -> None:
    events = (event(10.0, max_alarms=2), event(12.0))
    assert counts(score(truth(*events), [alarm(11.0), alarm(13.0)], KIND)) == (2, 0, 0)
    assert counts(score(truth(*events), [alarm(11.0), alarm(13.0), alarm(14.0), alarm(15.0)], KIND)) == (2, 0, 1)


def test_a_second_alarm_for_an_event_is_false_in_an_ignored_span_too() -> None:
    span = Ignored(kind=KIND, zone="bay", begin_s=10.0, end_s=40.0)
    assert counts(score(truth(event(10.0), ignored=(span,)), [alarm(11.0), alarm(12.0)], KIND)) == (1, 0, 1)


def test_an_ignored_span_of_another_zone_or_kind_excuses_nothing() -> None:
    spans = (
        Ignored(kind=KIND, zone="drive", begin_s=0.0, end_s=60.0),
        Ignored(kind="crowd", zone="bay", begin_s=0.0, end_s=60.0),
    )
    assert counts(score(truth(ignored=spans), [alarm(30.0)], KIND)) == (0, 0, 1)


def test_an_alarm_of_another_kind_is_not_scored() -> None:
    other = Raised(kind="crowd", zone="bay", media_time_s=11.0)
    assert counts(score(truth(event(10.0)), [other], KIND)) == (0, 1, 0)


def test_an_event_belongs_to_the_half_it_is_due_in_though_its_alarm_comes_in_the_other() -> None:
    whole, raised = truth(event(28.0), event(50.0)), [alarm(31.0), alarm(45.0)]
    first, second = score(whole, raised, KIND, (0.0, 30.0)), score(whole, raised, KIND, (30.0, 60.0))
    assert (counts(first), counts(second)) == ((1, 0, 0), (0, 1, 1))
    assert (first.labelled_s, first.camera_s) == (60.0, 30.0)


def test_two_zones_of_one_camera_are_one_camera_hour_not_two() -> None:
    found = score(truth(), [], KIND)
    assert (found.labelled_s, found.camera_s) == (120.0, 60.0)


@pytest.mark.media
def test_the_truth_of_the_labelled_clips_is_read(footage: Path) -> None:
    found = read_truth(footage / "truth" / "campus-pedestrians.toml")
    assert [zone.name for zone in found.zones_of(KIND)] == ["van-bay", "van-bay-30", "junction-vehicles"]
    assert [event.due_s for event in found.events if event.kind == KIND] == [10.0, 30.0]


def test_a_file_that_is_no_truth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("schema = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not a truth file"):
        read_truth(path)
