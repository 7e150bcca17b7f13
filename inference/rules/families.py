"""The families of rules, as one type, and how a rule begins to count."""

from inference.rules.absence import Absence, AbsenceRule
from inference.rules.bays import Bays, BaysRule
from inference.rules.bikes_out_of_place import BikesOutOfPlace, BikesOutOfPlaceRule
from inference.rules.bin_overflow import BinOverflow, BinOverflowRule
from inference.rules.crowd import Crowd, CrowdRule
from inference.rules.intrusion import Intrusion, IntrusionRule
from inference.rules.line_crossing import LineCrossing, LineCrossingRule
from inference.rules.loitering import Loitering, LoiteringRule
from inference.rules.place_change import PlaceChange, PlaceChangeRule
from inference.rules.rule import PixelRuleState, RuleState
from inference.rules.sighted import Sighted, SightedRule
from inference.rules.standing_vehicle import StandingVehicle, StandingVehicleRule
from inference.rules.static_object import StaticObject, StaticObjectRule
from inference.rules.thrown import Thrown, ThrownRule
from inference.rules.vendor import Vendor, VendorRule
from inference.rules.wrong_way import WrongWay, WrongWayRule

TrackRule = (
    StandingVehicleRule
    | LoiteringRule
    | IntrusionRule
    | LineCrossingRule
    | WrongWayRule
    | CrowdRule
    | BikesOutOfPlaceRule
    | SightedRule
    | BaysRule
)
PixelRule = StaticObjectRule | AbsenceRule | BinOverflowRule | VendorRule | PlaceChangeRule
"""Rules that look at the ground of the picture beside the tracks."""
SwiftRule = ThrownRule
"""Rules that follow what moves fast, many pictures a second, and ask no detector."""
Rule = TrackRule | PixelRule | SwiftRule


def begin(rule: TrackRule) -> RuleState:
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
        case SightedRule():
            return Sighted(rule)
        case BaysRule():
            return Bays(rule)


def begin_on_ground(rule: PixelRule) -> PixelRuleState:
    """Return the rule with nothing counted yet."""
    match rule:
        case StaticObjectRule():
            return StaticObject(rule)
        case AbsenceRule():
            return Absence(rule)
        case BinOverflowRule():
            return BinOverflow(rule)
        case VendorRule():
            return Vendor(rule)
        case PlaceChangeRule():
            return PlaceChange(rule)


def begin_swift(rule: SwiftRule) -> Thrown:
    """Return the rule with nothing seen yet."""
    return Thrown(rule)
