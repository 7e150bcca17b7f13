"""Claims about things a model knows by name: what is told where it may not be, and what is only a flicker."""

import pytest

from inference.rules.sighted import SightedRule
from inference.tracker import Track
from tests.inference.rule_scenes import WHOLE_ZONE, YARD, at, there, watch

LIFT = SightedRule(
    rule_id="lift", polygon=WHOLE_ZONE, labels=frozenset({"motorcycle"}), minimum_score=0.4, least_area=0.04
)
FIRE = SightedRule(rule_id="fire", polygon=YARD, labels=frozenset({"fire", "smoke"}), minimum_score=0.4)


def bike(*, tall: float = 0.5, score: float = 0.6, label: str = "motorcycle") -> Track:
    return at(0.5, 0.7, label=label, score=score, tall=tall)


@pytest.mark.parametrize("fps", [2.0, 5.0])
def test_a_bike_pushed_into_the_lift_is_told_once_while_it_rides(fps: float) -> None:
    said = watch(LIFT, lambda now_s: there(bike(), if_=4.0 <= now_s < 40.0), 45.0, fps=fps)
    assert said.times == [pytest.approx(4.0 + 4 / fps, abs=0.01)]
    assert (said.hits[0].label, said.reason("votes"), said.reason("of_votes")) == ("motorcycle", 5, 8)
    assert [still.moment for still in said.hits[0].stills] == ["began", "due"]


def test_the_next_bike_is_news_only_after_the_lift_was_seen_empty() -> None:
    said = watch(LIFT, lambda now_s: there(bike(), if_=now_s < 10.0 or now_s >= 30.0), 40.0)
    assert len(said.hits) == 2 and said.cleared_s == [pytest.approx(19.8, abs=0.5)]
    assert len(watch(LIFT, lambda now_s: there(bike(), if_=not 10.0 <= now_s < 15.0), 40.0).hits) == 1


@pytest.mark.parametrize(
    "passer",
    [bike(tall=0.2), bike(score=0.3), bike(label="suitcase"), bike(label="wheelchair")],
    ids=["behind the open door", "hardly believed", "a suitcase", "a wheelchair"],
)
def test_what_is_no_bike_in_the_lift_is_not_told(passer: Track) -> None:
    assert not watch(LIFT, lambda _now_s: [passer], 30.0).hits


def test_one_that_shows_up_in_every_third_look_is_a_flicker() -> None:
    assert not watch(LIFT, lambda now_s: there(bike(), if_=round(now_s * 5) % 3 == 0), 60.0).hits


def test_looks_before_a_gap_say_nothing_of_now() -> None:
    assert not watch(LIFT, lambda now_s: there(bike(), if_=now_s % 60.0 < 0.5), 180.0, fps=1 / 10).hits


def test_smoke_and_fire_by_turns_are_one_burning_and_outside_the_zone_nothing() -> None:
    def burning(x: float, now_s: float) -> list[Track]:
        return [at(x, 0.5, label="fire" if round(now_s * 5) % 2 else "smoke")]

    assert len(watch(FIRE, lambda now_s: burning(0.5, now_s), 20.0).hits) == 1
    assert not watch(FIRE, lambda now_s: burning(0.1, now_s), 20.0).hits


def test_a_rule_without_a_label_or_with_no_size_is_refused() -> None:
    for labels, area in ((frozenset[str](), 0.01), (frozenset({"fire"}), 0.0)):
        with pytest.raises(ValueError, match="least size"):
            SightedRule(rule_id="r", polygon=YARD, labels=labels, minimum_score=0.4, least_area=area)
