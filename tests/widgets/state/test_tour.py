"""A tour's time: only what was really seen counts."""

from console.domain.ids import CameraId
from widgets.state.tour import Live, TourRun, Wait, tick


def run(*names: str, dwell_s: float = 10.0) -> TourRun:
    return TourRun(name="早班", steps=tuple(CameraId(name) for name in names), dwell_s=dwell_s)


def after(tour: TourRun, *passed_s: float, live: Live = Live.ALL, alarm: bool = False) -> TourRun:
    for seconds in passed_s:
        tour = tick(tour, seconds, live=live, has_unheard_high=alarm)
    return tour


def test_each_step_stands_for_its_dwell_and_the_last_is_followed_by_the_first() -> None:
    tour = run("a", "b")
    assert after(tour, *9 * [1.0]).step == "a"
    assert after(tour, *10 * [1.0]).step == "b"
    assert after(tour, *20 * [1.0]).step == "a"


def test_the_dwell_begins_with_the_pictures_and_not_with_the_wish_for_them() -> None:
    waiting = after(run("a", "b"), 1.0, 1.0, 1.0, live=Live.NONE)
    assert waiting.wait is Wait.PICTURES and waiting.left_s == 10.0
    assert after(waiting, *9 * [1.0]).step == "a"


def test_a_camera_without_a_live_picture_is_passed_over_after_five_seconds_and_it_is_known_which() -> None:
    assert after(run("a", "b"), *4 * [1.0], live=Live.NONE).step == "a"
    passed_over = after(run("a", "b"), *5 * [1.0], live=Live.NONE)
    assert (passed_over.step, passed_over.left_out) == ("b", 0)
    assert after(passed_over, *10 * [1.0]).left_out is None, "the next one was seen"


def test_a_picture_that_stops_is_not_counted_as_seen() -> None:
    tour = after(run("a", "b"), *6 * [1.0])
    stopped = after(tour, *4 * [1.0], live=Live.NONE)
    assert stopped.wait is Wait.PICTURES and stopped.left_s == 4.0
    assert after(stopped, *3 * [1.0]).step == "a"
    assert after(stopped, 1.0, live=Live.NONE).left_out == 0


def test_a_wall_with_one_dead_camera_is_still_shown_for_its_whole_dwell() -> None:
    waiting = after(run("a", "b"), *4 * [1.0], live=Live.SOME)
    assert waiting.wait is Wait.PICTURES and waiting.left_s == 10.0
    assert after(waiting, *9 * [1.0], live=Live.SOME).step == "a"
    shown = after(waiting, *10 * [1.0], live=Live.SOME)
    assert (shown.step, shown.left_out) == ("b", None)


def test_a_high_alarm_that_nobody_heard_stops_the_clock_of_the_tour() -> None:
    tour = after(run("a", "b"), 4.0)
    paused = after(tour, *100 * [1.0], alarm=True)
    assert paused.wait is Wait.ALARM and paused.step == "a" and paused.left_s == 6.0
    assert after(paused, 6.0).step == "b"
