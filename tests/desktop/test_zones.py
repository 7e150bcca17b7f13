"""A zone drawn in a camera's picture by keys and mouse, tried on a clip, kept, and the alarm that comes of it."""

import os
from collections.abc import Callable, Sequence

import pytest

from console.application.onboarding_desk import RULE_KINDS, ModelLabels, offered_rules
from console.bench.screen import VirtualScreen
from console.demo.site import WATCHED_CAMERA
from console.domain.ids import AlarmId
from console.domain.rules import CameraRule, RuleFamily
from console.infrastructure.site_models import SiteModels
from tests.desktop.seat_window import SeatWindow, Street, wait_until, xdotool

pytestmark = [pytest.mark.desktop, pytest.mark.media, pytest.mark.timeout(400)]

PICTURE_WITHIN_S = 60.0
TRIED_WITHIN_S = 120.0  # a trial stands back for everything else
RAISED_WITHIN_S = 120.0  # people walk into the middle of the campus clip every few seconds
KIND = next(kind for kind in RULE_KINDS if kind.family is RuleFamily.INTRUSION)


def test_a_zone_is_drawn_tried_on_a_clip_and_raises_its_alarm(
    street: Street, screen: VirtualScreen, open_seat: Callable[..., SeatWindow]
) -> None:
    seat = open_seat(sign_in="admin")
    seat.wait_for_log("first picture", PICTURE_WITHIN_S)
    seat.wait_for_log("every page is made", PICTURE_WITHIN_S)
    seat.take_keys()
    seat.open_page("ctrl+F3", "zones")
    seat.write("01")
    seat.press_until("the camera's rules", ["Return"], lambda: seat.said("rules of camera cam01 are open"))

    with street.site.units.read() as unit:
        known = {category.code: category for category in unit.directory.categories()}
    labels = ModelLabels(frozenset(SiteModels(street.site.paths.data).shipped_labels()))
    kinds = [one.kind for one in offered_rules(known, labels)]
    seat.press("n", *["Down"] * (kinds.index(KIND) + 1), "Return")
    # Narrow, because an intruder is told where nobody was: a zone across the whole road is hardly ever empty.
    # From the middle of the picture: three corners by keys, the fourth by the mouse, closed by Enter.
    seat.press("p", *walk(Left=2, Up=3), "space", *walk(Right=4), "space", *walk(Down=6), "space")
    xdotool(dict(os.environ) | {"DISPLAY": screen.display}, "mousemove", *lower_left(screen), "click", "1")
    seat.press("Return")

    desk = seat.focused
    seat.press("f")
    wait_until("the chooser with the keys", PICTURE_WITHIN_S, lambda: seat.focused not in ("", desk))
    seat.write(str(street.demo.cameras["cameras"]["01"]["main_file"]))
    seat.press("Return")
    wait_until("what it would have raised", TRIED_WITHIN_S, lambda: seat.said("trial would have raised"))
    seat.take_keys()  # the chooser had them
    seat.press("Escape")
    seat.press_until("the rule in the directory", ["ctrl+Return"], lambda: drawn(street))
    rule = drawn(street)
    assert rule is not None and len(rule.zone.polygon) == 4

    def raised() -> bool:
        queue = street.site.queries.alarm_queue(street.site.clock.now(), 20)
        facts = [street.site.queries.alarm_card(AlarmId(row.alarm_id)).rule for row in queue]
        return any((one.rule_id, one.zone_name) == (rule.rule_id, rule.zone.name) for one in facts if one is not None)

    wait_until("its alarm", RAISED_WITHIN_S, raised)


def walk(**steps: int) -> Sequence[str]:
    """Return the keys that move the cross by so many large steps."""
    return [f"shift+{name}" for name, count in steps.items() for _ in range(count)]


def drawn(street: Street) -> CameraRule | None:
    """Return the rule that was drawn, once the directory has it."""
    with street.site.units.read() as unit:
        rules = next(one for one in unit.directory.cameras() if one.camera_id == WATCHED_CAMERA).rules
    return next((rule for rule in rules if rule.family is RuleFamily.INTRUSION), None)


def lower_left(screen: VirtualScreen) -> tuple[str, str]:
    """Return a place in the lower left of the picture of the page."""
    height, width = screen.pixels().shape[:2]
    return str(width * 46 // 100), str(height * 62 // 100)
