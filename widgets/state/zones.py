"""A camera's rules while they are changed: the one at hand, its corners, an outline on its way, and the way back."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from console.domain.errors import DomainError
from console.domain.ids import RuleId
from console.domain.rules import CameraRule, Point, RuleFamily, place_of, sides_of
from widgets.state.outline import Outline, crosses_itself, inside, middle, pulled

Rules = tuple[CameraRule, ...]
STEP, LARGE_STEP = 0.0025, 0.025  # of the picture: 5 and 48 of 1920 columns. Judgement.
LEAST_CORNERS, MOST_CORNERS = 3, 40  # the most is judgement: a kerb round a bend takes a dozen
MOST_STEPS_BACK = 200  # judgement: longer than anybody draws at one camera
MIDDLE: Point = (0.5, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDraft:
    """The rules of one camera as they would be kept.

    Attributes:
        kept: what was read. at, corner: the rule and the corner at hand.
        drawing: the corners set so far of an outline on its way; ``None`` while none is drawn.
        cursor: where the next corner would be set by a key.
        past, future: the rules before each change, and those that were taken back.
        nudged: the rule and the corner moved by the last key: a walk of one corner is one change.
    """

    kept: Rules = ()
    rules: Rules = ()
    at: int = 0
    corner: int = 0
    drawing: Outline | None = None
    cursor: Point = MIDDLE
    past: tuple[Rules, ...] = ()
    future: tuple[Rules, ...] = ()
    nudged: tuple[int, int] | None = None

    @property
    def rule(self) -> CameraRule | None:
        return self.rules[self.at] if 0 <= self.at < len(self.rules) else None

    @property
    def is_changed(self) -> bool:
        return self.rules != self.kept

    @property
    def corners(self) -> Outline:
        """The corners of the rule at hand."""
        return self.rule.zone.polygon if self.rule is not None else ()

    @property
    def is_line(self) -> bool:
        return self.rule is not None and self.rule.family is RuleFamily.LINE_CROSSING


def read(rules: Rules) -> RulesDraft:
    """Begin with what a camera has."""
    return RulesDraft(kept=rules, rules=rules)


def was_kept(draft: RulesDraft, rules: Rules) -> RulesDraft:
    """Note that the camera has these rules now; what was changed meanwhile and the way back stay."""
    return replace(draft, kept=rules, nudged=None)


def is_same_but_place(rule: CameraRule, other: CameraRule) -> bool:
    """Tell whether two stand for one rule with the same figures, wherever it is drawn, and on or off."""
    if rule.rule_id != other.rule_id:
        return False
    if rule.family is RuleFamily.LINE_CROSSING and rule.zone != other.zone:
        return False  # a line that was turned has other sides to be crossed toward
    return replace(rule, zone=other.zone, is_on=other.is_on) == other


def replaced_id(rule: CameraRule, rule_id: RuleId) -> CameraRule:
    """Return a rule by another name."""
    return replace(rule, rule_id=rule_id)


def selected(draft: RulesDraft, *, at: int | None = None, corner: int | None = None) -> RulesDraft:
    """Take another rule or corner to hand; an outline on its way is dropped with its rule."""
    if at is not None and at != draft.at and 0 <= at < len(draft.rules):
        return replace(draft, at=at, corner=0, drawing=None, nudged=None)
    if corner is not None and draft.corners:
        return replace(draft, corner=corner % len(draft.corners), nudged=None)
    return draft


# ---- the rules -------------------------------------------------------------------------------------------------------


def with_rule(draft: RulesDraft, rule: CameraRule) -> RulesDraft:
    """Add a rule and take it to hand."""
    return replace(_changed(draft, (*draft.rules, rule)), at=len(draft.rules), corner=0)


def without_rule(draft: RulesDraft) -> RulesDraft:
    """Leave out the rule at hand."""
    if draft.rule is None:
        return draft
    rules = draft.rules[: draft.at] + draft.rules[draft.at + 1 :]
    return replace(_changed(draft, rules), at=max(0, min(draft.at, len(rules) - 1)), corner=0)


def switched(draft: RulesDraft) -> RulesDraft:
    """Switch the rule at hand off, or on again."""
    return become(draft, replace(draft.rule, is_on=not draft.rule.is_on)) if draft.rule is not None else draft


def named(draft: RulesDraft, name: str) -> RulesDraft:
    """Give the place of the rule at hand another name; an empty one is none."""
    if draft.rule is None or not name.strip():
        return draft
    return become(draft, replace(draft.rule, zone=place_of(name.strip(), draft.corners)))


def called(draft: RulesDraft, name: str) -> RulesDraft:
    """Give the place of the rule at hand a name without a step back of its own: it belongs to what was just drawn."""
    if draft.rule is None:
        return draft
    rule = replace(draft.rule, zone=place_of(name, draft.corners))
    return replace(draft, rules=(*draft.rules[: draft.at], rule, *draft.rules[draft.at + 1 :]))


def become(draft: RulesDraft, rule: CameraRule) -> RulesDraft:
    """Put a rule in the place of the one at hand."""
    if draft.rule is None or rule == draft.rule:
        return draft
    return _changed(draft, (*draft.rules[: draft.at], rule, *draft.rules[draft.at + 1 :]))


def undone(draft: RulesDraft) -> RulesDraft:
    """Take the last change back; while an outline is drawn, its last corner."""
    if draft.drawing:
        return replace(draft, drawing=draft.drawing[:-1])
    if not draft.past:
        return replace(draft, drawing=None)
    before = draft.past[-1]
    return _standing(replace(draft, rules=before, past=draft.past[:-1], future=(draft.rules, *draft.future)))


def redone(draft: RulesDraft) -> RulesDraft:
    """Make the change again that was taken back last."""
    if not draft.future:
        return draft
    after = draft.future[0]
    return _standing(replace(draft, rules=after, past=(*draft.past, draft.rules), future=draft.future[1:]))


# ---- the place of the rule at hand -----------------------------------------------------------------------------------


def reshaped(draft: RulesDraft, corners: Outline, name: str = "", *, instead_of: Collection[str] = ()) -> RulesDraft:
    """Give the rule at hand another place.

    Args:
        name: what the place is called from now on, where it is called by one of ``instead_of``: a name that somebody
            typed stays.

    Raises:
        DomainError: it crosses itself, or has too few or too many corners.
    """
    rule = draft.rule
    if rule is None:
        return draft
    if not draft.is_line and not LEAST_CORNERS <= len(corners) <= MOST_CORNERS:
        raise DomainError("A zone has {least} to {most} corners.", least=LEAST_CORNERS, most=MOST_CORNERS)
    if crosses_itself(corners):
        raise DomainError("The outline would cross itself; a zone needs an inside. Put the corner elsewhere.")
    figures = rule.figures
    if draft.is_line and figures.toward not in ("", *sides_of(corners)):
        figures = replace(figures, toward="")  # a line that was turned has other sides
    called = name if rule.zone.name in instead_of else rule.zone.name
    shaped = become(draft, replace(rule, zone=place_of(called, corners), figures=figures))
    return replace(shaped, corner=min(draft.corner, len(corners) - 1), drawing=None)


def moved_corner(draft: RulesDraft, corner: int, to: Point) -> RulesDraft:
    """Put a corner elsewhere, by hand: near to the picture's edge it goes onto it. Raises as ``reshaped``."""
    return replace(reshaped(draft, shifted(draft.corners, corner, pulled(inside(to)))), corner=corner)


def shifted(corners: Outline, corner: int, to: Point) -> Outline:
    """Return an outline with one corner elsewhere, whatever comes of it."""
    return (*corners[:corner], to, *corners[corner + 1 :])


def nudged(draft: RulesDraft, across: float, down: float) -> RulesDraft:
    """Move the corner at hand, or the cursor of an outline on its way, by a share of the picture. Raises as
    ``reshaped``."""
    if draft.drawing is not None:
        return replace(draft, cursor=inside((draft.cursor[0] + across, draft.cursor[1] + down)))
    if draft.rule is None:
        return draft
    x, y = draft.corners[draft.corner]
    moved = reshaped(draft, shifted(draft.corners, draft.corner, inside((x + across, y + down))))
    if moved.rules == draft.rules:
        return draft
    walk = (draft.at, draft.corner)
    return replace(moved, nudged=walk, past=draft.past if draft.nudged == walk else moved.past)


def with_corner(draft: RulesDraft, after: int, at: Point | None = None) -> RulesDraft:
    """Set one more corner after another, half way to the next where no place is given. Raises as ``reshaped``."""
    corners = draft.corners
    if draft.is_line or not corners:
        return draft
    new = middle(corners[after], corners[(after + 1) % len(corners)]) if at is None else pulled(inside(at))
    return replace(reshaped(draft, (*corners[: after + 1], new, *corners[after + 1 :])), corner=after + 1)


def without_corner(draft: RulesDraft) -> RulesDraft:
    """Take the corner at hand away; of an outline on its way the last one. Raises as ``reshaped``."""
    if draft.drawing is not None:
        return replace(draft, drawing=draft.drawing[:-1])
    if draft.rule is None:
        return draft
    if draft.is_line:
        raise DomainError("A line keeps its two ends; move them.")
    return reshaped(draft, draft.corners[: draft.corner] + draft.corners[draft.corner + 1 :])


# ---- an outline on its way -------------------------------------------------------------------------------------------


def begun(draft: RulesDraft) -> RulesDraft:
    """Begin to draw the place of the rule at hand anew; the old one stays until the new one is closed."""
    return replace(draft, drawing=(), cursor=MIDDLE, nudged=None) if draft.rule is not None else draft


def placed(draft: RulesDraft, at: Point) -> RulesDraft:
    """Set the next corner; the second end of a line ends it.

    Raises:
        DomainError: it would cross what is drawn, or there are too many corners.
    """
    if draft.drawing is None:
        return draft
    point = pulled(inside(at))
    drawing = (*draft.drawing, point)
    if len(drawing) > MOST_CORNERS:
        raise DomainError("A zone has {least} to {most} corners.", least=LEAST_CORNERS, most=MOST_CORNERS)
    if crosses_itself(drawing, is_closed=False):
        raise DomainError("The outline would cross itself; a zone needs an inside. Put the corner elsewhere.")
    if draft.is_line and len(drawing) == 2:
        return reshaped(draft, drawing)
    return replace(draft, drawing=drawing, cursor=point)


def closed(draft: RulesDraft) -> RulesDraft:
    """Make the outline that was drawn the place of the rule at hand. Raises as ``reshaped``."""
    if draft.drawing is None:
        return draft
    if draft.is_line:
        raise DomainError("A line needs its second end.")
    return replace(reshaped(draft, draft.drawing), corner=0)


def cancelled(draft: RulesDraft) -> RulesDraft:
    """Drop the outline on its way."""
    return replace(draft, drawing=None)


def _changed(draft: RulesDraft, rules: Rules) -> RulesDraft:
    past = (*draft.past, draft.rules)[-MOST_STEPS_BACK:]
    return replace(draft, rules=rules, past=past, future=(), drawing=None, nudged=None)


def _standing(draft: RulesDraft) -> RulesDraft:
    """What is at hand may be gone with a change."""
    at = max(0, min(draft.at, len(draft.rules) - 1))
    corners = len(draft.rules[at].zone.polygon) if draft.rules else 1
    return replace(draft, at=at, corner=min(draft.corner, corners - 1), drawing=None, nudged=None)
