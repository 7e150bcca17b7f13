import pytest

from inference.rules.families import begin
from inference.rules.line_crossing import LineCrossingRule
from tests.inference.rule_scenes import at, there, watch

PERSON = frozenset({"person"})
GATE = LineCrossingRule(rule_id="gate", points=((0.5, 0.2), (0.5, 0.9)), labels=PERSON, minimum_score=0.4)


def test_a_person_who_walks_over_the_line_is_told_once_with_the_side_gone_to() -> None:
    said = watch(GATE, lambda now_s: [at(0.1 + 0.1 * now_s, 0.6)], 8.0)
    assert said.times == [pytest.approx(4.3, abs=0.2)]
    assert said.reason("toward") == "right"
    assert [still.moment for still in said.hits[0].stills] == ["began", "due"]
    assert said.hits[0].stills[0].media_time_s < said.hits[0].stills[1].media_time_s


@pytest.mark.parametrize("points", [((0.1, 0.5), (0.9, 0.5)), ((0.9, 0.5), (0.1, 0.5))])
def test_up_and_down_do_not_depend_on_how_the_line_was_drawn(points: tuple[tuple[float, float], ...]) -> None:
    line = LineCrossingRule(rule_id="kerb", points=(points[0], points[1]), labels=PERSON, minimum_score=0.4)
    assert watch(line, lambda now_s: [at(0.5, 0.3 + 0.05 * now_s)], 8.0).reason("toward") == "down"
    assert watch(line, lambda now_s: [at(0.5, 0.7 - 0.05 * now_s)], 8.0).reason("toward") == "up"


def test_a_line_told_one_way_keeps_silent_the_other_way() -> None:
    leftward = LineCrossingRule(rule_id="gate", points=GATE.points, labels=PERSON, minimum_score=0.4, toward="left")
    assert watch(leftward, lambda now_s: [at(0.1 + 0.1 * now_s, 0.6)], 8.0).hits == []
    assert len(watch(leftward, lambda now_s: [at(0.9 - 0.1 * now_s, 0.6)], 8.0).hits) == 1


def test_who_walks_round_the_end_of_the_line_or_beside_it_does_not_cross() -> None:
    assert watch(GATE, lambda now_s: [at(0.1 + 0.1 * now_s, 0.97)], 8.0).hits == []
    assert watch(GATE, lambda now_s: [at(0.4, 0.3 + 0.05 * now_s)], 8.0).hits == []


def test_who_stands_on_the_line_and_sways_does_not_cross() -> None:
    sway = (0.0, 0.015, -0.012, 0.008, -0.016)
    assert watch(GATE, lambda now_s: [at(0.5 + sway[round(now_s * 5) % 5], 0.6)], 60.0).hits == []


def test_a_car_does_not_cross_a_line_for_people() -> None:
    assert watch(GATE, lambda now_s: [at(0.1 + 0.1 * now_s, 0.6, label="car")], 8.0).hits == []


def test_a_weak_guess_does_not_cross() -> None:
    assert watch(GATE, lambda now_s: [at(0.1 + 0.1 * now_s, 0.6, score=0.3)], 8.0).hits == []


def test_there_and_back_is_two_crossings_and_wavering_there_again_is_not_a_third() -> None:
    places = [0.4, 0.44, 0.55, 0.56, 0.45, 0.44, 0.55, 0.56]
    said = watch(GATE, lambda now_s: [at(places[min(round(now_s), 7)], 0.6)], 9.0, fps=1.0)
    assert [hit.reasons[0].value for hit in said.hits] == ["right", "left"]


def test_two_people_side_by_side_are_two_crossings_and_two_boxes_of_one_person_are_one() -> None:
    def pair(apart: float) -> int:
        return len(
            watch(
                GATE,
                lambda now_s: [at(0.1 + 0.1 * now_s, 0.6), at(0.1 + 0.1 * now_s, 0.6 + apart, track_id=2)],
                8.0,
            ).hits
        )

    assert (pair(0.2), pair(0.02)) == (2, 1)


def test_the_line_is_called_clear_when_nobody_was_near_it_for_a_while() -> None:
    said = watch(GATE, lambda now_s: there(at(0.1 + 0.1 * now_s, 0.6), if_=now_s < 8), 30.0)
    assert len(said.cleared_s) == 1


def test_after_the_stream_began_again_nobody_crosses_by_the_jump() -> None:
    state = begin(GATE)
    watch(state, lambda now_s: [at(0.3, 0.6)], 5.0)
    state.restart()
    assert watch(state, lambda now_s: [at(0.7, 0.6)], 5.0).hits == []


def test_a_line_of_no_length_or_toward_a_side_it_does_not_part_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        LineCrossingRule(rule_id="x", points=((0.5, 0.5), (0.5, 0.5)), labels=PERSON, minimum_score=0.4)
    with pytest.raises(ValueError, match="toward up"):
        LineCrossingRule(rule_id="x", points=GATE.points, labels=PERSON, minimum_score=0.4, toward="up")
