"""Drawing a camera's zones: every change can be taken back, and no wrong outline is ever a rule's."""

from dataclasses import replace

import pytest

from console.application.onboarding_desk import RULE_KINDS
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.rules import CameraRule, Point, RuleFamily, RuleFigures
from widgets.state import zones as z
from widgets.state.outline import LINE_TEMPLATES, WHOLE, ZONE_TEMPLATES

SQUARE: tuple[Point, ...] = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))


def rule(family: RuleFamily = RuleFamily.STANDING_VEHICLE, name: str = "Z") -> CameraRule:
    kind = next(kind for kind in RULE_KINDS if kind.family is family)
    return kind.rule_for(CameraId("cam01"), name, dwell_s=kind.dwell_s, figures=kind.figures)


def drawn(*points: Point) -> z.RulesDraft:
    draft = z.begun(z.read((rule(),)))
    for point in points:
        draft = z.placed(draft, point)
    return draft


def test_a_zone_is_drawn_corner_by_corner_and_closed() -> None:
    draft = z.closed(drawn(*SQUARE))
    assert draft.corners == SQUARE and draft.is_changed and draft.drawing is None


def test_until_it_is_closed_the_zone_stays_and_esc_drops_what_was_drawn() -> None:
    draft = drawn(*SQUARE[:3])
    assert draft.corners == WHOLE
    dropped = z.cancelled(draft)
    assert dropped.drawing is None and not dropped.is_changed and not dropped.past


def test_a_corner_that_would_cross_what_is_drawn_is_refused() -> None:
    draft = drawn((0.2, 0.2), (0.6, 0.6), (0.6, 0.2))
    with pytest.raises(DomainError):
        z.placed(draft, (0.2, 0.6))


def test_two_corners_close_no_zone() -> None:
    with pytest.raises(DomainError):
        z.closed(drawn(*SQUARE[:2]))


def test_the_second_end_ends_a_line_and_a_turned_line_forgets_a_side_it_has_no_more() -> None:
    across = rule(RuleFamily.LINE_CROSSING)
    upward = replace(across, figures=RuleFigures(toward="up"))
    draft = z.read((upward,))
    draft = z.placed(z.placed(z.begun(draft), (0.5, 0.0)), (0.5, 1.0))
    assert draft.corners == LINE_TEMPLATES[1][1] and draft.drawing is None
    assert draft.rule is not None and draft.rule.figures.toward == ""


def test_a_corner_dragged_across_its_zone_is_refused_and_stays() -> None:
    draft = z.reshaped(z.read((rule(),)), SQUARE)
    with pytest.raises(DomainError):
        z.moved_corner(draft, 0, (0.8, 0.4))
    assert z.moved_corner(draft, 0, (0.005, 0.2)).corners[0] == (0.0, 0.2), "the picture's edge pulls"


def test_a_walk_of_one_corner_by_keys_is_one_change() -> None:
    draft = z.reshaped(z.read((rule(),)), SQUARE)
    for _ in range(20):
        draft = z.nudged(draft, z.STEP, 0.0)
    assert draft.corners[0] == pytest.approx((0.2 + 20 * z.STEP, 0.2))
    assert z.undone(draft).corners == SQUARE
    draft = z.nudged(z.selected(draft, corner=1), 0.0, z.LARGE_STEP)
    assert z.undone(draft).corners[0] != SQUARE[0], "another corner is another change"


def test_a_corner_never_leaves_the_picture() -> None:
    draft = z.read((rule(),))
    assert z.nudged(draft, -1.0, -1.0) == draft


def test_corners_are_added_and_taken_but_three_stay() -> None:
    draft = z.with_corner(z.reshaped(z.read((rule(),)), SQUARE), 0)
    assert draft.corners[1] == pytest.approx((0.4, 0.2)) and draft.corner == 1
    draft = z.without_corner(z.without_corner(draft))
    assert len(draft.corners) == 3
    with pytest.raises(DomainError):
        z.without_corner(draft)


def test_everything_is_taken_back_and_done_again() -> None:
    begin = z.read((rule(),))
    steps = [begin]
    for act in (
        lambda d: z.reshaped(d, ZONE_TEMPLATES[2][1]),
        z.switched,
        lambda d: z.named(d, "Bay"),
        lambda d: z.with_rule(d, rule(RuleFamily.CROWD, "Square")),
        z.without_rule,
    ):
        steps.append(act(steps[-1]))
    draft = steps[-1]
    for before in reversed(steps[:-1]):
        draft = z.undone(draft)
        assert draft.rules == before.rules
    assert not draft.is_changed
    for after in steps[1:]:
        draft = z.redone(draft)
        assert draft.rules == after.rules


def test_after_an_undo_a_new_change_forgets_what_was_taken_back() -> None:
    draft = z.switched(z.undone(z.named(z.read((rule(),)), "Bay")))
    assert z.redone(draft) == draft


def test_a_camera_without_rules_has_nothing_to_draw() -> None:
    draft = z.read(())
    for act in (z.begun, z.switched, z.without_rule, z.without_corner, z.undone, z.redone, z.closed):
        assert act(draft).rules == () and act(draft).drawing is None
    assert z.nudged(draft, 0.1, 0.1) == z.selected(draft, corner=3) == z.with_corner(draft, 0) == draft
