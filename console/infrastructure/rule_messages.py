"""A camera's rules as the processes say them to each other."""

from console.domain.ids import CameraId, CategoryCode, RuleId
from console.domain.rules import CameraRule, place_of
from console.infrastructure.channel.messages import ZoneRule


def said(rule: CameraRule) -> ZoneRule:
    """Return the rule without what only the directory needs of it."""
    return ZoneRule(
        rule_id=rule.rule_id,
        family=rule.family,
        zone_name=rule.zone.name,
        polygon=rule.zone.polygon,
        labels=rule.labels,
        dwell_s=rule.dwell_s,
        minimum_score=rule.minimum_score,
        figures=rule.figures,
    )


def rule_on_trial(camera_id: str, rule: ZoneRule) -> CameraRule:
    """Return a rule that only looks: what it finds is filed under no matter."""
    return CameraRule(
        rule_id=RuleId(rule.rule_id),
        camera_id=CameraId(camera_id),
        zone=place_of(rule.zone_name, rule.polygon),
        category=CategoryCode(""),
        labels=rule.labels,
        dwell_s=rule.dwell_s,
        minimum_score=rule.minimum_score,
        family=rule.family,
        figures=rule.figures,
    )
