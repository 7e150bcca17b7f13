"""Claims about trade on the road: who stays beside a cart or goods, and the many who only look like it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from inference.geometry import Box
from inference.rules.vendor import Vendor, VendorRule
from inference.tracker import Track
from tests.inference.ground_scenes import watch_ground
from tests.inference.rule_scenes import YARD, Watched, at

RULE = VendorRule(
    rule_id="pavement", polygon=YARD, labels=frozenset({"tricycle", "motorcycle"}), dwell_s=60.0, minimum_score=0.4
)
GOODS: Box = (0.52, 0.56, 0.64, 0.64)
DARK = 45.0
UNTIL_S = 140.0


def cart(x: float = 0.5, *, label: str = "tricycle") -> Track:
    return at(x, 0.6, track_id=7, label=label, tall=0.15)


def seller(x: float = 0.56, *, track_id: int = 1) -> Track:
    return at(x, 0.61, track_id=track_id)


def street(
    tracks: Callable[[float], list[Track]], *, goods_from_s: float = 1e9, goods_until_s: float = 1e9,
    rule: VendorRule = RULE, until_s: float = UNTIL_S,
) -> Watched:  # fmt: skip
    return watch_ground(
        Vendor(rule),
        lambda now_s: [(GOODS, DARK)] if goods_from_s <= now_s < goods_until_s else [],
        until_s,
        tracks=tracks,
        fps=2.0,
    )


def test_who_stays_beside_a_tricycle_is_told_once_after_the_dwell() -> None:
    said = street(lambda now_s: [cart(), seller()] if now_s >= 10.0 else [])
    assert said.times == [pytest.approx(70.0, abs=2.0)]
    hit = said.hits[0]
    assert said.reason("beside") == "tricycle"
    assert hit.label == "person" and hit.began_media_s == pytest.approx(10.0, abs=2.0)
    assert hit.box[0] <= cart().box[0] and hit.box[2] >= seller().box[2]


def test_who_stays_beside_goods_that_were_laid_out_is_told() -> None:
    said = street(lambda now_s: [seller(0.70)] if now_s >= 12.0 else [], goods_from_s=10.0)
    assert len(said.hits) == 1 and said.reason("beside") == "goods"


def test_who_waits_and_only_then_lays_goods_out_is_told_when_those_have_lain_for_the_dwell() -> None:
    said = street(lambda _now_s: [seller(0.70)], goods_from_s=40.0)
    assert said.times == [pytest.approx(100.0, abs=2.0)]
    assert said.hits[0].began_media_s == pytest.approx(40.0, abs=2.0)


def test_a_stall_of_which_only_corners_are_plain_to_see_is_one_thing() -> None:
    corners: list[tuple[Box, float]] = [((x, y, x + 0.06, y + 0.08), DARK) for x in (0.44, 0.56) for y in (0.46, 0.58)]
    rule = replace(RULE, least_area=0.011)
    people = [at(0.68, 0.66, track_id=1)]
    stall = watch_ground(
        Vendor(rule), lambda now_s: corners if now_s >= 10.0 else [], UNTIL_S, tracks=lambda _now_s: people, fps=2.0
    )
    alone = watch_ground(
        Vendor(rule), lambda now_s: corners[3:] if now_s >= 10.0 else [], UNTIL_S, tracks=lambda _now_s: people, fps=2.0
    )
    assert (len(stall.hits), len(alone.hits)) == (1, 0)


def test_a_customer_who_hides_the_middle_of_the_goods_makes_no_other_goods_of_their_ends() -> None:
    wide: Box = (0.40, 0.52, 0.68, 0.62)

    def trade(now_s: float) -> list[Track]:
        return [seller(0.74)] + ([at(0.56, 0.66, track_id=30)] if 30.0 <= now_s < 54.0 else [])

    said = watch_ground(
        Vendor(RULE), lambda now_s: [(wide, DARK)] if now_s >= 10.0 else [], UNTIL_S, tracks=trade, fps=2.0
    )
    assert said.times == [pytest.approx(70.0, abs=3.0)]


def test_customers_come_and_go_and_the_seller_steps_about() -> None:
    def trade(now_s: float) -> list[Track]:
        here = [cart(), seller(0.56 + 0.03 * (round(now_s) % 3))]
        return here + ([at(0.44, 0.61, track_id=20 + int(now_s // 12))] if now_s % 12 < 8 else [])

    assert len(street(trade).hits) == 1


def test_a_seller_who_fetches_change_for_ten_seconds_still_trades() -> None:
    said = street(lambda now_s: [cart()] if 30.0 <= now_s < 40.0 else [cart(), seller()])
    assert len(said.hits) == 1


@pytest.mark.parametrize(
    "scene",
    [
        lambda now_s: [cart()],
        lambda now_s: [cart(), at(0.1 + 0.8 * (now_s % 10.0) / 10.0, 0.61, track_id=100 + int(now_s // 10))],
        lambda now_s: [cart(), seller()] if now_s < 50.0 else [],
        lambda now_s: [seller(), seller(0.62, track_id=2)],
        lambda now_s: [cart(), at(0.78, 0.30)],
        lambda now_s: [cart(0.25 + 0.004 * now_s), seller(0.31 + 0.004 * now_s)],
        lambda now_s: [cart(label="car"), seller()],
    ],
    ids=[
        "a tricycle alone", "passers-by beside it", "a rider who delivers", "two who talk", "somebody far from it",
        "a cart pushed through", "a driver beside the car",
    ],
)  # fmt: skip
def test_what_only_looks_like_trade_is_not_told(scene: Callable[[float], list[Track]]) -> None:
    assert not street(scene).hits


def test_a_shopkeeper_who_sets_goods_down_for_a_moment_and_carries_them_in_does_not_trade() -> None:
    said = street(lambda now_s: [seller(0.70)] if now_s < 45.0 else [], goods_from_s=10.0, goods_until_s=40.0)
    assert not said.hits


def test_where_trade_is_licensed_nobody_is_told_and_beside_it_they_are() -> None:
    licensed = replace(RULE, licensed=(((0.4, 0.5), (0.6, 0.5), (0.6, 0.7), (0.4, 0.7)),))
    assert not street(lambda _now_s: [cart(), seller()], rule=licensed).hits
    assert len(street(lambda _now_s: [cart(0.68), seller(0.74)], rule=licensed).hits) == 1


def test_the_same_trade_is_news_only_after_the_place_was_seen_quiet() -> None:
    def twice(now_s: float) -> list[Track]:
        return [] if 90.0 <= now_s < 130.0 else [cart(), seller()]

    said = street(twice, until_s=240.0)
    assert len(said.hits) == 2 and len(said.cleared_s) == 1


def test_persons_are_no_carts() -> None:
    with pytest.raises(ValueError, match="carts"):
        replace(RULE, labels=frozenset({"person"}))
