"""Claims about measuring a wall: what counts as painted, when a ratio may be judged, what is said of one missing."""

import pytest

from console.bench.wall_programs import lines_of
from console.bench.wall_rounds import Section, Seen, full_rate, missed, percentile


def wall(cores: float, rate: float = 25.0, cameras: int = 16, late_ms: float = 1.0) -> Seen:
    return Seen(
        cores=cores,
        ui_cores=0.1,
        rates=(rate,) * cameras,
        age_ms=(50.0,) * 99 + (80.0,),
        late_ms=(late_ms,) * 100,
        pss_mib=200.0,
    )


def section(limits: list[float], ours: list[Seen], naive: list[Seen], cameras: int = 16) -> Section:
    made = Section(cameras)
    for limit, own, other in zip(limits, ours, naive, strict=True):
        made.add("ffmpeg", Seen(cores=limit, rates=(25.0,)))
        made.add("citydesk", own)
        made.add("naive", other)
    return made


def test_a_ratio_compares_programs_of_the_same_round() -> None:
    # The machine was half as fast in the second round, for both.
    told = section([0.3, 0.6], [wall(0.45), wall(0.9)], [wall(0.9, rate=20.0), wall(1.8, rate=20.0)]).told()
    assert told["cpu_vs_ffmpeg"] == 1.5
    assert told["cpu_vs_naive"] == 0.4  # per picture that was shown, not per second


def test_there_is_no_verdict_on_a_restless_machine_and_none_of_one_round() -> None:
    restless = section([0.3, 0.4], [wall(0.45)] * 2, [wall(0.9)] * 2)
    calm = section([0.3, 0.31], [wall(0.45)] * 2, [wall(0.9)] * 2)
    assert restless.told()["missed"] is None
    assert section([0.3], [wall(0.45)], [wall(0.9)]).told()["missed"] is None
    assert calm.told()["missed"] == ["cpu_vs_mpv"], "mpv was not there: a target that nobody measured is not met"


def test_a_camera_that_stands_still_spoils_the_wall_though_the_others_run() -> None:
    one_dead = Seen(cores=0.4, rates=(25.0,) * 15 + (0.0,), age_ms=(50.0,), late_ms=(1.0,), pss_mib=300.0)
    told = section([0.3, 0.3], [one_dead] * 2, [wall(0.9)] * 2).told()
    assert told["min_camera_ratio"] == 0.0
    assert told["missed"] == ["cpu_vs_mpv", "seat_pss_mb", "painted_ratio", "min_camera_ratio"]


def test_sixty_four_cameras_are_judged_by_lateness_and_by_the_slowest_of_them() -> None:
    slow = wall(1.9, rate=8.0, cameras=64, late_ms=12.0)
    assert section([0.9, 0.9], [slow] * 2, [wall(2.0)] * 2, cameras=64).told()["missed"] == []
    figures = {"ui_late_p99_ms": 31.0, "least_pictures_per_s": 1.0}
    assert missed(figures, 64) == ["ui_late_p99_ms", "least_pictures_per_s"]


def test_the_full_rate_is_the_largest_wall_that_was_held() -> None:
    sections = [
        section([0.3], [wall(0.4)], [wall(0.9, rate=19.0)]),
        section([0.5], [wall(0.6, cameras=25)], [wall(0.9, rate=12.0)], cameras=25),
        section([1.0], [wall(1.9, rate=8.0, cameras=64)], [wall(2.0, rate=3.0)], cameras=64),
    ]
    assert full_rate(sections, "citydesk") == 25
    assert full_rate(sections, "naive") == 0
    assert full_rate(sections, "mpv") == 0


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value
    assert percentile([], share) is None


def test_a_line_that_is_still_being_written_is_left_for_the_next_look() -> None:
    assert [line["at_s"] for line in lines_of('{"at_s": 1}\n{"at_s": 2}\n{"at_')] == [1, 2]
