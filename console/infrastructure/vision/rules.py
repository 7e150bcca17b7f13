"""A camera's rule as the library knows it."""

from hashlib import sha256
from pathlib import Path

from console.domain.bays import bays_of
from console.domain.rules import RuleFamily
from console.infrastructure.channel.messages import ZoneRule
from inference.rules.absence import AbsenceRule
from inference.rules.bays import BaysRule
from inference.rules.bikes_out_of_place import BikesOutOfPlaceRule
from inference.rules.bin_overflow import BinOverflowRule
from inference.rules.crowd import CrowdRule
from inference.rules.families import Rule
from inference.rules.intrusion import IntrusionRule
from inference.rules.line_crossing import LineCrossingRule
from inference.rules.loitering import LoiteringRule
from inference.rules.place_change import PlaceChangeRule
from inference.rules.rule import Toward
from inference.rules.sighted import SightedRule
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.rules.static_object import StaticObjectRule
from inference.rules.thrown import ThrownRule
from inference.rules.vendor import VendorRule
from inference.rules.wrong_way import WrongWayRule

_TOWARD: dict[str, Toward] = {"left": "left", "right": "right", "up": "up", "down": "down"}


def rule_of(rule: ZoneRule, references: Path | None = None) -> Rule:
    """Return the rule as the library knows it.

    Args:
        references: the camera's folder of reference pictures; without one a place is compared with what is seen first.

    Raises:
        ValueError: the figures do not make a rule of this family.
    """
    labels, figures = frozenset(rule.labels), rule.figures
    match rule.family:
        case RuleFamily.STANDING_VEHICLE:
            return StandingVehicleRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                dwell_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
            )
        case RuleFamily.LOITERING:
            return LoiteringRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                dwell_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
            )
        case RuleFamily.INTRUSION:
            return IntrusionRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                minimum_score=rule.minimum_score,
                is_present_told=figures.is_present_told,
            )
        case RuleFamily.LINE_CROSSING:
            begin, end = rule.polygon
            return LineCrossingRule(
                rule_id=rule.rule_id,
                points=(begin, end),
                labels=labels,
                minimum_score=rule.minimum_score,
                toward=_TOWARD[figures.toward] if figures.toward else None,
            )
        case RuleFamily.WRONG_WAY:
            return WrongWayRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                allowed=figures.allowed or (0.0, 0.0),
                minimum_score=rule.minimum_score,
            )
        case RuleFamily.CROWD:
            return CrowdRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                alarm_count=figures.least_count,
                hold_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
                warning_count=figures.warning_count,
                area_m2=figures.area_m2,
                alarm_per_m2=figures.alarm_per_m2,
                warning_per_m2=figures.warning_per_m2,
            )
        case RuleFamily.BIKES_OUT_OF_PLACE:
            return BikesOutOfPlaceRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                least_count=figures.least_count,
                dwell_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
                parks=figures.parks,
            )
        case RuleFamily.STATIC_OBJECT:
            return StaticObjectRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                dwell_s=rule.dwell_s,
                least_area=figures.least_area,
                is_removal_told=figures.is_removal_told,
            )
        case RuleFamily.PLACE_CHANGE:
            return PlaceChangeRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                dwell_s=rule.dwell_s,
                least_share=figures.least_share,
                reference=None if references is None else references / _place_file(rule),
            )
        case RuleFamily.BIN_OVERFLOW:
            return BinOverflowRule(
                rule_id=rule.rule_id, polygon=rule.polygon, dwell_s=rule.dwell_s, least_share=figures.least_share
            )
        case RuleFamily.SIGHTED:
            return SightedRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                minimum_score=rule.minimum_score,
                least_area=figures.least_area,
            )
        case RuleFamily.VENDOR:
            return VendorRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                dwell_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
                least_area=figures.least_area,
                licensed=figures.parks,
            )
        case RuleFamily.ABSENCE:
            return AbsenceRule(
                rule_id=rule.rule_id,
                polygon=rule.polygon,
                labels=labels,
                dwell_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
            )
        case RuleFamily.THROWN:
            return ThrownRule(
                rule_id=rule.rule_id,
                corners=rule.polygon,
                storeys=figures.storeys,
                columns=figures.columns,
                lowest_storey=figures.lowest_storey,
            )
        case RuleFamily.BAYS:
            return BaysRule(
                rule_id=rule.rule_id,
                bays=bays_of(rule.polygon, figures.bay_count),
                labels=labels,
                dwell_s=rule.dwell_s,
                minimum_score=rule.minimum_score,
            )


def _place_file(rule: ZoneRule) -> str:
    """Return the name of a rule's reference: its own, and another one each time a person has it taken anew."""
    name = sha256(f"{rule.rule_id}\n{rule.figures.reference}".encode()).hexdigest()[:32]
    return f"place-{name}.npz"
