"""The zones and lines of a labelled clip as the rules an administrator would have drawn."""

from collections.abc import Callable, Iterable, Mapping

from inference.pipeline import Look
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.scoring import Raised, Truth, TruthZone


def _standing_vehicle(zone: TruthZone, minimum_score: float) -> StandingVehicleRule:
    return StandingVehicleRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
    )


BUILT: Mapping[str, Callable[[TruthZone, float], StandingVehicleRule]] = {"standing_vehicle": _standing_vehicle}
"""The families there are, by the truth's name of the kind. One that is missing is not scored, and is said to be."""


def rules_of(truth: Truth, minimum_score: float) -> list[StandingVehicleRule]:
    """Return the clip's zones as rules, one each, where their family is built."""
    return [BUILT[zone.kind](zone, minimum_score) for zone in truth.zones if zone.kind in BUILT]


def raised_by(looks: Iterable[Look], truth: Truth) -> list[Raised]:
    """Return the hits of the looks as alarms to be scored."""
    kinds = {zone.name: zone.kind for zone in truth.zones}
    return [
        Raised(kind=kinds[hit.rule_id], zone=hit.rule_id, media_time_s=hit.media_time_s)
        for look in looks
        for hit in look.hits
    ]
