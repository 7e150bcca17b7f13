"""The families of rules, as one type, and how a rule begins to count."""

from inference.rules.bikes_out_of_place import BikesOutOfPlace, BikesOutOfPlaceRule
from inference.rules.crowd import Crowd, CrowdRule
from inference.rules.intrusion import Intrusion, IntrusionRule
from inference.rules.line_crossing import LineCrossing, LineCrossingRule
from inference.rules.loitering import Loitering, LoiteringRule
from inference.rules.rule import RuleState
from inference.rules.standing_vehicle import StandingVehicle, StandingVehicleRule
from inference.rules.wrong_way import WrongWay, WrongWayRule

Rule = (
    StandingVehicleRule
    | LoiteringRule
    | IntrusionRule
    | LineCrossingRule
    | WrongWayRule
    | CrowdRule
    | BikesOutOfPlaceRule
)


def begin(rule: Rule) -> RuleState:
    """Return the rule with nothing counted yet."""
    match rule:
        case StandingVehicleRule():
            return StandingVehicle(rule)
        case LoiteringRule():
            return Loitering(rule)
        case IntrusionRule():
            return Intrusion(rule)
        case LineCrossingRule():
            return LineCrossing(rule)
        case WrongWayRule():
            return WrongWay(rule)
        case CrowdRule():
            return Crowd(rule)
        case BikesOutOfPlaceRule():
            return BikesOutOfPlace(rule)
