from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest

from console.domain.errors import DomainError
from console.domain.ids import CameraId, CategoryCode, RuleId
from console.domain.rules import CameraRule, Hours, Line, RuleFamily, RuleFigures, Zone, place_of

YARD = Zone(name="院", polygon=((0.2, 0.2), (0.8, 0.2), (0.8, 0.8)))
GATE = Line(name="门", begin=(0.5, 0.2), end=(0.5, 0.8))


def rule(
    family: RuleFamily, zone: Zone | Line = YARD, figures: RuleFigures | None = None, dwell_s: float = 0
) -> CameraRule:
    return CameraRule(
        rule_id=RuleId("r"),
        camera_id=CameraId("c"),
        zone=zone,
        category=CategoryCode("09009"),
        labels=("person",),
        dwell_s=dwell_s,
        minimum_score=0.4,
        family=family,
        figures=figures or RuleFigures(),
    )


def test_two_points_are_a_line_and_more_a_zone() -> None:
    assert place_of("门", GATE.polygon) == GATE
    assert place_of("院", YARD.polygon) == YARD


def test_a_line_has_some_length_and_stays_inside_the_picture() -> None:
    with pytest.raises(DomainError, match="length"):
        Line(name="门", begin=(0.5, 0.5), end=(0.5, 0.5))
    with pytest.raises(DomainError, match="leaves the picture"):
        Line(name="门", begin=(0.5, 0.5), end=(0.5, 1.5))


def test_only_a_crossing_is_watched_on_a_line() -> None:
    assert rule(RuleFamily.LINE_CROSSING, GATE).family is RuleFamily.LINE_CROSSING
    for family, zone in ((RuleFamily.LINE_CROSSING, YARD), (RuleFamily.INTRUSION, GATE)):
        with pytest.raises(DomainError, match="a crossing needs a line"):
            rule(family, zone)


def test_a_crossing_goes_toward_a_side_its_line_parts() -> None:
    assert rule(RuleFamily.LINE_CROSSING, GATE, RuleFigures(toward="left"))
    with pytest.raises(DomainError, match="toward"):
        rule(RuleFamily.LINE_CROSSING, GATE, RuleFigures(toward="up"))


def test_families_that_count_how_long_need_a_dwell_and_the_others_none() -> None:
    assert rule(RuleFamily.INTRUSION).dwell_s == 0
    with pytest.raises(DomainError, match="longer than 0"):
        rule(RuleFamily.LOITERING)


def test_a_wrong_way_needs_the_right_one() -> None:
    assert rule(RuleFamily.WRONG_WAY, figures=RuleFigures(allowed=(0.0, 1.0)))
    with pytest.raises(DomainError, match="way traffic may go"):
        rule(RuleFamily.WRONG_WAY)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RuleFigures(least_count=0),
        lambda: RuleFigures(least_count=5, warning_count=5),
        lambda: RuleFigures(alarm_per_m2=3.0),
        lambda: RuleFigures(area_m2=0.0),
        lambda: RuleFigures(area_m2=9.0, alarm_per_m2=2.0, warning_per_m2=2.0),
        lambda: RuleFigures(parks=(((0.1, 0.1), (0.2, 0.2)),)),
    ],
)
def test_figures_that_contradict_each_other_are_refused(make: Callable[[], RuleFigures]) -> None:
    with pytest.raises(DomainError):
        make()


NIGHT = Hours(begins=time(22), ends=time(6), days=frozenset({4}))


@pytest.mark.parametrize(
    ("moment", "looks"),
    [
        ("2026-11-20T21:59", False),
        ("2026-11-20T22:00", True),
        ("2026-11-21T05:59", True),
        ("2026-11-21T06:00", False),
        ("2026-11-21T22:30", False),
        ("2026-11-20T05:00", False),
    ],
)
def test_a_night_from_friday_on_ends_on_saturday_morning(moment: str, looks: bool) -> None:
    assert NIGHT.hold_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is looks


def test_hours_by_day_end_before_they_begin_again() -> None:
    day = Hours(begins=time(8), ends=time(18))
    assert [day.hold_at(datetime(2026, 11, 20, hour, tzinfo=UTC)) for hour in (7, 8, 17, 18, 0)] == [
        False,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("days", [frozenset[int](), frozenset({7})])
def test_hours_need_a_day_of_the_week(days: frozenset[int]) -> None:
    with pytest.raises(DomainError):
        Hours(begins=time(8), ends=time(18), days=days)
