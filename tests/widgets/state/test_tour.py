"""A tour's time: only what was really seen counts."""

from console.domain.ids import CameraId
from widgets.state.tour import TourRun, Wait, tick


def run(*names: str, dwell_s: float = 10.0) -> TourRun:
    return TourRun(name="早班", steps=tuple(CameraId(name) for name in names), dwell_s=dwell_s)


def after(tour: TourRun, *passed_s: float, there: bool = True, alarm: bool = False) -> TourRun:
    for seconds in passed_s:
        tour = tick(tour, seconds, are_pictures_there=there, has_unheard_high=alarm)
    return tour


def test_each_step_stands_for_its_dwell_and_the_last_is_followed_by_the_first() -> None:
    tour = run("a", "b")
    assert after(tour, *9 * [1.0]).step == "a"
    assert after(tour, *10 * [1.0]).step == "b"
    assert after(tour, *20 * [1.0]).step == "a"


def test_the_dwell_begins_with_the_pictures_and_not_with_the_wish_for_them() -> None:
    waiting = after(run("a", "b"), 1.0, 1.0, 1.0, there=False)
    assert waiting.wait is Wait.PICTURES and waiting.left_s == 10.0
    assert after(waiting, *9 * [1.0]).step == "a"


def test_a_camera_that_never_comes_holds_the_tour_up_for_five_seconds() -> None:
    assert after(run("a", "b"), *14 * [1.0], there=False).step == "a"
    assert after(run("a", "b"), *15 * [1.0], there=False).step == "b"


def test_a_high_alarm_that_nobody_heard_stops_the_clock_of_the_tour() -> None:
    tour = after(run("a", "b"), 4.0)
    paused = after(tour, *100 * [1.0], alarm=True)
    assert paused.wait is Wait.ALARM and paused.step == "a" and paused.left_s == 6.0
    assert after(paused, 6.0).step == "b"
