"""Claims about a machine that does not keep up: who leaves out what, in which order, and how it comes back."""

from console.infrastructure.channel.messages import SparingStep
from console.infrastructure.video.ladder import (
    CALM_S,
    FIRST_WAIT_S,
    LATE_LOOKS,
    LATE_S,
    SCREEN_LATE_S,
    Ladder,
    ScreenWatch,
    StreamLoad,
)

LATE, CALM = LATE_S * 4, CALM_S / 2


def loads(late_s: float, *, streams: int = 8, watched: tuple[int, ...] = ()) -> dict[str, StreamLoad]:
    """Return streams whose names and ranks go up together: the last is the selected tile."""
    return {
        f"cam{number:02d}": StreamLoad(late_s=late_s, rank=number, is_watched=number in watched)
        for number in range(1, streams + 1)
    }


def fall(ladder: Ladder, seconds: int, *, streams: int = 8, watched: tuple[int, ...] = ()) -> dict[str, SparingStep]:
    steps: dict[str, SparingStep] = {}
    for second in range(seconds):
        steps = ladder.look(loads(LATE, streams=streams, watched=watched), float(second))
    return steps


def test_a_machine_that_keeps_up_leaves_nothing_out() -> None:
    assert set(Ladder().look(loads(CALM), 0.0).values()) == {"full"}


def test_the_smallest_tiles_are_the_first_to_show_fewer_pictures_and_the_selected_one_the_last() -> None:
    ladder = Ladder()
    assert [name for name, step in fall(ladder, 1).items() if step != "full"] == ["cam01", "cam02"]
    assert fall(ladder, 2)["cam08"] == "full"
    assert set(fall(ladder, 1).values()) == {"fewer"}


def test_each_rung_is_taken_by_all_before_the_next_is_by_one() -> None:
    seen = [sorted(set(fall(Ladder(), seconds).values())) for seconds in (4, 6, 8, 10, 12, 40)]
    assert seen == [["fewer"], ["fewer", "plain"], ["plain"], ["half", "plain"], ["half"], ["keys"]]


def test_a_camera_that_a_rule_watches_is_decoded_whole() -> None:
    steps = fall(Ladder(), 40, watched=(1,))
    assert steps["cam01"] == "plain" and steps["cam02"] == "keys"


def test_one_stream_that_is_late_alone_is_its_own_affair() -> None:
    one_late = loads(CALM) | {"cam03": StreamLoad(late_s=20.0, rank=3)}
    assert set(Ladder().look(one_late, 0.0).values()) == {"full"}


def test_it_climbs_back_in_small_steps_after_a_calm_while_and_not_between() -> None:
    ladder = Ladder()
    fall(ladder, 4)
    at_s = 10.0
    assert set(ladder.look(loads(CALM), at_s).values()) == {"fewer"}
    assert set(ladder.look(loads(CALM), at_s + FIRST_WAIT_S - 1).values()) == {"fewer"}
    steps = ladder.look(loads(CALM), at_s + FIRST_WAIT_S)
    assert [name for name, step in steps.items() if step == "full"] == ["cam08"]
    assert set(ladder.look(loads((LATE_S + CALM_S) / 2), at_s + 100).values()) == {"full", "fewer"}


def test_what_was_given_back_too_early_is_given_back_later_the_next_time() -> None:
    ladder = Ladder()
    fall(ladder, 4)
    for second in range(10, 16):
        ladder.look(loads(CALM), float(second))
    ladder.look(loads(LATE), 17.0)
    calm = [set(ladder.look(loads(CALM), 20.0 + second).values()) for second in range(int(2 * FIRST_WAIT_S) + 1)]
    assert calm[int(FIRST_WAIT_S)] == calm[0], "it waits longer than the first time"
    assert calm[-1] != calm[0]


def test_nothing_is_left_out_of_nothing() -> None:
    assert Ladder().look({}, 0.0) == {}


def test_a_moment_of_lateness_never_leads_to_key_pictures_only() -> None:
    ladder = Ladder()
    for second in range(40):
        steps = ladder.look(loads(LATE if second % LATE_LOOKS else CALM), float(second))
        assert "keys" not in steps.values()
    assert set(steps.values()) == {"half"}


def test_a_screen_that_is_late_is_spared_as_far_as_every_tile_still_moves() -> None:
    ladder = Ladder()
    steps = [ladder.look(loads(CALM), float(second), SCREEN_LATE_S * 2) for second in range(40)]
    assert "fewer" in steps[0].values() and set(steps[-1].values()) == {"half"}


def test_a_late_screen_keeps_no_stream_at_its_key_pictures() -> None:
    ladder = Ladder()
    fall(ladder, 40)
    for second in range(40, 140):
        steps = ladder.look(loads(CALM), float(second), SCREEN_LATE_S * 2)
    assert set(steps.values()) == {"half"}, "and no further back while it is late"


def test_a_screen_is_late_when_it_is_for_longer_than_a_moment() -> None:
    watch = ScreenWatch()
    for at_s, late_s in ((10.0, 0.05), (11.0, 0.04)):
        watch.note(late_s, at_s)
    assert watch.late_s(11.0) == 0.0, "a page that opens"
    watch.note(0.03, 12.0)
    assert watch.late_s(12.0) == 0.03
    watch.note(0.0, 13.0)
    assert watch.late_s(13.0) == 0.0
    assert watch.late_s(30.0) == 0.0, "what was said long ago says nothing of now"
