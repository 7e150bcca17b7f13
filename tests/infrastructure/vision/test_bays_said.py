"""What a worker says of parking bays: when it happened, not when it was sure, and each bay as a place of its own."""

from datetime import UTC, datetime, timedelta

from console.domain.rules import RuleFamily, RuleFigures
from console.infrastructure.channel.messages import BayChanged, ZoneRule
from console.infrastructure.frame_slots import FrameFacts
from console.infrastructure.vision.overlays import bay_changed
from inference.rules.rule import BayEvent

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ROW = ZoneRule(
    rule_id="row",
    family=RuleFamily.BAYS,
    zone_name="北侧泊位",
    polygon=((0.2, 0.7), (0.8, 0.7), (0.8, 0.5), (0.2, 0.5)),
    labels=("car",),
    dwell_s=60.0,
    minimum_score=0.4,
    figures=RuleFigures(bay_count=3),
)


def test_a_change_is_said_with_the_moment_it_happened_by_our_clock() -> None:
    facts = FrameFacts(
        width=320,
        height=320,
        stride=320,
        pixel_format="i420",
        received_at_us=int(NOON.timestamp() * 1_000_000),
        media_time_s=75.0,
    )
    event = BayEvent(
        bay=2, change="left", media_time_s=60.0, is_sure=True, is_begin_known=True, box=(0.4, 0.4, 0.6, 0.7)
    )
    said = bay_changed("camera-1", ROW, event, facts)
    assert said.received_at == NOON - timedelta(seconds=15)
    assert (said.row, said.bay, said.change, said.media_time_s) == ("北侧泊位", 2, "left", 60.0)
    assert BayChanged.model_validate_json(said.model_dump_json()) == said
