"""Claims about labelled zones: each becomes the rule an administrator would draw, and its hits can be scored."""

import pytest

from inference.background import Background
from inference.detections import Detections
from inference.pipeline import Look
from inference.rules.bays import Bays, BaysRule
from inference.rules.families import PixelRule, TrackRule, begin, begin_on_ground
from inference.rules.line_crossing import LineCrossing, LineCrossingRule
from inference.scoring import BAY_STAYS, Truth, TruthZone
from inference.tracker import Track
from inference.truth_rules import BUILT, raised_by, rules_of

from .ground_scenes import grey_frame
from .rule_scenes import WHOLE_ZONE, at

ENDS = ((0.5, 0.0), (0.5, 1.0))


def zone(kind: str) -> TruthZone:
    return TruthZone(
        name=f"the {kind}",
        kind=kind,
        polygon=ENDS if kind == "line_crossing" else WHOLE_ZONE,
        objects=frozenset({"person"}),
        dwell_s=8.0,
        labelled=((0.0, 60.0),),
        min_count=5,
        hold_s=3.0,
        allowed=(0.0, 1.0),
        bays=(WHOLE_ZONE,),
    )


def truth(*kinds: str) -> Truth:
    return Truth(clip="street.mp4", fps=5.0, zones=tuple(zone(kind) for kind in kinds), events=(), ignored=())


@pytest.mark.parametrize("kind", sorted(BUILT))
def test_every_kind_of_zone_that_is_built_becomes_a_rule_that_can_count(kind: str) -> None:
    (rule,) = rules_of(truth(kind), 0.35)
    assert rule.rule_id == f"the {kind}"
    if isinstance(rule, TrackRule):
        assert begin(rule).look([], 0.0).hits == ()
    else:
        assert isinstance(rule, PixelRule)
        ground = Background().see(grey_frame(0.0), [])
        assert begin_on_ground(rule).look([], 0.0, ground).hits == ()


def test_a_rule_of_bays_is_scored_by_who_came_and_went_beside_its_alarms() -> None:
    known = truth("bays")
    (rule,) = rules_of(known, 0.35)
    assert isinstance(rule, BaysRule)
    state = Bays(rule)
    looks = [look_at(state, [at(0.5, 0.6)] if 20 <= number < 120 else [], number / 5) for number in range(220)]
    assert [(one.kind, one.toward, round(one.media_time_s)) for one in raised_by(looks, known)] == [
        (BAY_STAYS, "entered 1", 4),
        ("bays", "", 12),
        (BAY_STAYS, "left 1", 24),
    ]


def test_a_kind_nobody_built_is_no_rule() -> None:
    assert rules_of(truth("giant_marrow"), 0.35) == []


@pytest.mark.parametrize(("way", "side"), [(0.05, "right"), (-0.05, "left")])
def test_a_crossing_is_scored_by_the_side_it_goes_to(way: float, side: str) -> None:
    known = truth("line_crossing")
    (rule,) = rules_of(known, 0.35)
    assert isinstance(rule, LineCrossingRule)
    state = LineCrossing(rule)
    looks = [look_at(state, [at(0.5 + way * (number - 5), 0.5)], number / 5) for number in range(11)]
    raised = raised_by(looks, known)
    assert [(alarm.kind, alarm.zone, alarm.toward) for alarm in raised] == [
        ("line_crossing", "the line_crossing", side)
    ]


def look_at(state: LineCrossing | Bays, tracks: list[Track], now_s: float) -> Look:
    answer = state.look(tracks, now_s)
    return Look(
        sequence=1,
        media_time_s=now_s,
        detections=Detections.none(),
        tracks=tuple(tracks),
        dwells={},
        hits=answer.hits,
        cleared=(),
        is_restart=False,
        bay_events=tuple((state.rule.rule_id, event) for event in answer.bay_events),
    )
