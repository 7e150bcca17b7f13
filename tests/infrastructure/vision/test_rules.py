"""A rule of every family on its way from the directory over the channel to the library."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from console.application.onboarding_desk import RULE_KINDS
from console.domain.ids import CameraId, CategoryCode, RuleId
from console.domain.rules import CameraRule, RuleFamily, RuleFigures, place_of
from console.infrastructure.channel.messages import ZoneRule
from console.infrastructure.rule_messages import rule_on_trial, said
from console.infrastructure.vision.place_pictures import keep_picture
from console.infrastructure.vision.rules import rule_of
from inference.preprocessing import letterbox
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
from inference.rules.sighted import SightedRule
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.rules.static_object import StaticObjectRule
from inference.rules.thrown import ThrownRule
from inference.rules.vendor import VendorRule
from inference.rules.wrong_way import WrongWayRule

YARD = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8))
FRONT = ((0.2, 0.1), (0.8, 0.2), (0.8, 0.8), (0.2, 0.9))
ROW = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
GATE = ((0.5, 0.2), (0.5, 0.8))
PARK = ((0.3, 0.3), (0.4, 0.3), (0.4, 0.4))
PLACES = {RuleFamily.LINE_CROSSING: GATE, RuleFamily.THROWN: FRONT, RuleFamily.BAYS: ROW}
WHO = frozenset({"person"})
DENSE = RuleFigures(least_count=8, warning_count=5, area_m2=20.0, alarm_per_m2=2.0, warning_per_m2=1.0)
KNOWN: dict[RuleFamily, tuple[RuleFigures, Rule]] = {
    RuleFamily.STANDING_VEHICLE: (
        RuleFigures(),
        StandingVehicleRule(rule_id="r", polygon=YARD, labels=WHO, dwell_s=30.0, minimum_score=0.4),
    ),
    RuleFamily.LOITERING: (
        RuleFigures(),
        LoiteringRule(rule_id="r", polygon=YARD, labels=WHO, dwell_s=30.0, minimum_score=0.4),
    ),
    RuleFamily.INTRUSION: (
        RuleFigures(is_present_told=True),
        IntrusionRule(rule_id="r", polygon=YARD, labels=WHO, minimum_score=0.4, is_present_told=True),
    ),
    RuleFamily.LINE_CROSSING: (
        RuleFigures(toward="left"),
        LineCrossingRule(rule_id="r", points=GATE, labels=WHO, minimum_score=0.4, toward="left"),
    ),
    RuleFamily.WRONG_WAY: (
        RuleFigures(allowed=(0.0, 1.0)),
        WrongWayRule(rule_id="r", polygon=YARD, labels=WHO, allowed=(0.0, 1.0), minimum_score=0.4),
    ),
    RuleFamily.CROWD: (
        DENSE,
        CrowdRule(
            rule_id="r",
            polygon=YARD,
            labels=WHO,
            alarm_count=8,
            hold_s=30.0,
            minimum_score=0.4,
            warning_count=5,
            area_m2=20.0,
            alarm_per_m2=2.0,
            warning_per_m2=1.0,
        ),
    ),
    RuleFamily.BIKES_OUT_OF_PLACE: (
        RuleFigures(least_count=3, parks=(PARK,)),
        BikesOutOfPlaceRule(
            rule_id="r", polygon=YARD, labels=WHO, least_count=3, dwell_s=30.0, minimum_score=0.4, parks=(PARK,)
        ),
    ),
    RuleFamily.ABSENCE: (
        RuleFigures(),
        AbsenceRule(rule_id="r", polygon=YARD, labels=WHO, dwell_s=30.0, minimum_score=0.4),
    ),
    RuleFamily.BIN_OVERFLOW: (
        RuleFigures(least_share=0.2),
        BinOverflowRule(rule_id="r", polygon=YARD, dwell_s=30.0, least_share=0.2),
    ),
    RuleFamily.THROWN: (
        RuleFigures(storeys=9, columns=5, lowest_storey=2),
        ThrownRule(rule_id="r", corners=FRONT, storeys=9, columns=5, lowest_storey=2),
    ),
    RuleFamily.SIGHTED: (
        RuleFigures(least_area=0.04),
        SightedRule(rule_id="r", polygon=YARD, labels=WHO, minimum_score=0.4, least_area=0.04),
    ),
    RuleFamily.VENDOR: (
        RuleFigures(least_area=0.004, parks=(PARK,)),
        VendorRule(
            rule_id="r",
            polygon=YARD,
            labels=frozenset({"tricycle"}),
            dwell_s=30.0,
            minimum_score=0.4,
            least_area=0.004,
            licensed=(PARK,),
        ),
    ),
    RuleFamily.BAYS: (
        RuleFigures(bay_count=2),
        BaysRule(
            rule_id="r",
            bays=(
                ((0.2, 0.2), (0.5, 0.2), (0.5, 0.8), (0.2, 0.8)),
                ((0.5, 0.2), (0.8, 0.2), (0.8, 0.8), (0.5, 0.8)),
            ),
            labels=WHO,
            dwell_s=30.0,
            minimum_score=0.4,
        ),
    ),
    RuleFamily.PLACE_CHANGE: (
        RuleFigures(least_share=0.2, reference="2"),
        PlaceChangeRule(rule_id="r", polygon=YARD, dwell_s=30.0, least_share=0.2),
    ),
    RuleFamily.STATIC_OBJECT: (
        RuleFigures(least_area=0.004, is_removal_told=True),
        StaticObjectRule(rule_id="r", polygon=YARD, dwell_s=30.0, least_area=0.004, is_removal_told=True),
    ),
}


def drawn(family: RuleFamily) -> CameraRule:
    return CameraRule(
        rule_id=RuleId("r"),
        camera_id=CameraId("camera-1"),
        zone=place_of("门口", PLACES.get(family, YARD)),
        category=CategoryCode(""),
        labels=("tricycle",) if family is RuleFamily.VENDOR else ("person",),
        dwell_s=30.0,
        minimum_score=0.4,
        family=family,
        figures=KNOWN[family][0],
    )


@pytest.mark.parametrize("family", RuleFamily)
def test_a_rule_drawn_on_a_camera_is_the_one_the_worker_counts_by(family: RuleFamily) -> None:
    arrived = ZoneRule.model_validate_json(said(drawn(family)).model_dump_json())
    assert rule_of(arrived) == KNOWN[family][1]


@pytest.mark.parametrize("family", RuleFamily)
def test_a_rule_on_trial_is_the_one_that_was_drawn(family: RuleFamily) -> None:
    assert rule_on_trial("camera-1", said(drawn(family))) == drawn(family)


def test_a_rule_said_without_a_family_is_of_a_standing_vehicle() -> None:
    old = said(drawn(RuleFamily.STANDING_VEHICLE)).model_dump(mode="json", exclude={"family", "figures"})
    assert rule_of(ZoneRule.model_validate(old)) == KNOWN[RuleFamily.STANDING_VEHICLE][1]


def test_a_fire_lane_is_offered_as_a_standing_vehicle_that_is_told_sooner_and_higher() -> None:
    offered = {kind.category: kind for kind in RULE_KINDS if kind.family is RuleFamily.STANDING_VEHICLE}
    parking, lane = offered[CategoryCode("09009")], offered[CategoryCode("09012")]
    assert lane.dwell_s < parking.dwell_s
    assert (lane.priority, parking.priority) == ("high", "medium")


def test_a_place_has_its_reference_in_the_cameras_folder_and_another_one_once_it_is_taken_anew(tmp_path: Path) -> None:
    drawn_ = drawn(RuleFamily.PLACE_CHANGE)
    renewed = replace(drawn_, figures=replace(drawn_.figures, reference="3"))
    first, again, other = (rule_of(said(one), tmp_path) for one in (drawn_, drawn_, renewed))
    assert isinstance(first, PlaceChangeRule) and isinstance(other, PlaceChangeRule)
    assert first == again and first.reference is not None
    assert first.reference.parent == tmp_path
    assert other.reference != first.reference


def test_how_a_place_looked_is_kept_as_a_picture_of_the_content_alone(tmp_path: Path) -> None:
    picture = np.full((120, 200, 3), (30, 60, 200), np.uint8)
    frame = letterbox(picture, (320, 320), sequence=1, media_time_s=0.0)
    assert keep_picture(frame, tmp_path / "place.jpg")
    kept = cv2.imread(str(tmp_path / "place.jpg"))
    assert kept is not None and kept.shape == (frame.content_px[1], frame.content_px[0], 3)
    assert kept.mean(axis=(0, 1)) == pytest.approx((30, 60, 200), abs=6)
    assert not keep_picture(frame, tmp_path / "nowhere" / "place.jpg")
