"""The zones and lines of a labelled clip as the rules an administrator would have drawn."""

from collections.abc import Callable, Iterable, Mapping

from inference.pipeline import Look
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
from inference.rules.rule import Hit
from inference.rules.sighted import SightedRule
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.rules.static_object import StaticObjectRule
from inference.rules.vendor import VendorRule
from inference.rules.wrong_way import WrongWayRule
from inference.scoring import BAY_STAYS, Raised, Truth, TruthZone

LEAST_AREA = 0.001
"""Of a thing where the truth says none, as in the rules themselves."""


def _standing_vehicle(zone: TruthZone, minimum_score: float) -> StandingVehicleRule:
    return StandingVehicleRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
    )


def _loitering(zone: TruthZone, minimum_score: float) -> LoiteringRule:
    return LoiteringRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
    )


def _intrusion(zone: TruthZone, minimum_score: float) -> IntrusionRule:
    return IntrusionRule(rule_id=zone.name, polygon=zone.polygon, labels=zone.objects, minimum_score=minimum_score)


def _line_crossing(zone: TruthZone, minimum_score: float) -> LineCrossingRule:
    begin, end = zone.polygon
    return LineCrossingRule(rule_id=zone.name, points=(begin, end), labels=zone.objects, minimum_score=minimum_score)


def _wrong_way(zone: TruthZone, minimum_score: float) -> WrongWayRule:
    return WrongWayRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        allowed=zone.allowed,
        minimum_score=minimum_score,
    )


def _crowd(zone: TruthZone, minimum_score: float) -> CrowdRule:
    return CrowdRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        alarm_count=zone.min_count,
        hold_s=zone.hold_s,
        minimum_score=minimum_score,
    )


def _static_object(zone: TruthZone, _minimum_score: float) -> StaticObjectRule:
    return StaticObjectRule(rule_id=zone.name, polygon=zone.polygon, dwell_s=zone.dwell_s, is_removal_told=True)


def _bin_overflow(zone: TruthZone, _minimum_score: float) -> BinOverflowRule:
    return BinOverflowRule(rule_id=zone.name, polygon=zone.polygon, dwell_s=zone.dwell_s)


def _place_change(zone: TruthZone, _minimum_score: float) -> PlaceChangeRule:
    return PlaceChangeRule(rule_id=zone.name, polygon=zone.polygon, dwell_s=zone.dwell_s)


def _absence(zone: TruthZone, minimum_score: float) -> AbsenceRule:
    return AbsenceRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
    )


def _sighted(zone: TruthZone, minimum_score: float) -> SightedRule:
    return SightedRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        minimum_score=minimum_score,
        least_area=zone.least_area or LEAST_AREA,
    )


def _vendor(zone: TruthZone, minimum_score: float) -> VendorRule:
    return VendorRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects - {"person"},
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
        least_area=zone.least_area or LEAST_AREA,
        licensed=zone.exempt,
    )


def _bikes_out_of_place(zone: TruthZone, minimum_score: float) -> BikesOutOfPlaceRule:
    return BikesOutOfPlaceRule(
        rule_id=zone.name,
        polygon=zone.polygon,
        labels=zone.objects,
        least_count=zone.min_count,
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
        parks=zone.exempt,
    )


def _bays(zone: TruthZone, minimum_score: float) -> BaysRule:
    return BaysRule(
        rule_id=zone.name,
        bays=zone.bays,
        labels=zone.objects,
        dwell_s=zone.dwell_s,
        minimum_score=minimum_score,
    )


BUILT: Mapping[str, Callable[[TruthZone, float], Rule]] = {
    "standing_vehicle": _standing_vehicle,
    "loitering": _loitering,
    "intrusion": _intrusion,
    "line_crossing": _line_crossing,
    "wrong_way": _wrong_way,
    "crowd": _crowd,
    "static_object": _static_object,
    "absence": _absence,
    "bin_overflow": _bin_overflow,
    "sighted": _sighted,
    "vendor": _vendor,
    "bays": _bays,
    "place_change": _place_change,
    "bikes_out_of_place": _bikes_out_of_place,
}
"""The families there are, by the truth's name of the kind. One that is missing is not scored, and is said to be."""

SCORED = frozenset({*BUILT, BAY_STAYS})


def rules_of(truth: Truth, minimum_score: float) -> list[Rule]:
    """Return the clip's zones and lines as rules, one each, where their family is built."""
    return [BUILT[zone.kind](zone, minimum_score) for zone in truth.zones if zone.kind in BUILT]


def raised_by(looks: Iterable[Look], truth: Truth) -> list[Raised]:
    """Return the hits of the looks as alarms to be scored."""
    kinds = {zone.name: zone.kind for zone in truth.zones if zone.kind != BAY_STAYS}
    raised: list[Raised] = []
    for look in looks:
        raised += [
            Raised(kind=kinds[hit.rule_id], zone=hit.rule_id, media_time_s=hit.media_time_s, toward=_toward(hit))
            for hit in look.hits
        ]
        raised += [
            Raised(kind=BAY_STAYS, zone=rule_id, media_time_s=event.media_time_s, toward=f"{event.change} {event.bay}")
            for rule_id, event in look.bay_events
            if event.change != "found_free"
        ]
    return raised


def _toward(hit: Hit) -> str:
    """Return the side it went to, as the truth of a line says it; nothing for the other kinds."""
    return next((str(reason.value) for reason in hit.reasons if reason.name == "toward"), "")
