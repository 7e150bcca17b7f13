"""The default model on real footage: what an operator would have been told."""

from collections import deque
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.detector import Detector
from inference.frames import Frame, Pixels
from inference.geometry import Box, iou
from inference.manifest import Recall, read_manifest
from inference.pipeline import Pipeline
from inference.preprocessing import letterbox
from inference.recheck import Answer, Finding, Reason, Recheck
from inference.replay import frames
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.rules.static_object import StaticObjectRule
from inference.scoring import read_truth, score
from inference.truth_rules import raised_by, rules_of

from .clips import STANDING, play

pytestmark = pytest.mark.media

HERE = Path(__file__).resolve().parent
SHIPPED = read_manifest(HERE.parents[1] / "resources" / "models" / "efficientdet_lite0.toml")
QUARTER: Box = (0.5, 0.0, 1.0, 0.5)
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
VAN: Box = (0.849, 0.077, 0.940, 0.172)
"""Labelled by eye on the first frame, a pixel or two either way."""
VEHICLES = {"car", "truck", "bus", "vehicle"}


def look_at(picture: Pixels, detector: Detector, number: int = 1, region: Box = QUARTER) -> Frame:
    wanted = detector.manifest.input
    return letterbox(
        picture,
        (wanted.width, wanted.height),
        sequence=number,
        media_time_s=number / 5,
        region=region,
        stretch=wanted.resize == "stretch",
    )


def van_in(detector: Detector, picture: Pixels, region: Box) -> tuple[float, float]:
    """Return score and overlap with the label of the best vehicle where the van stands."""
    found = detector.look(look_at(picture, detector, region=region))
    seen = [
        (float(found.scores[row]), iou(found.box(row), VAN))
        for row in range(len(found))
        if detector.manifest.labels[int(found.labels[row])] in VEHICLES and iou(found.box(row), VAN) > 0.5
    ]
    assert seen, "the van was not seen"
    return max(seen)


def without_the_van(picture: Pixels) -> Pixels:
    """Return the picture with the bay filled from what surrounds it."""
    rows, columns = picture.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    x0, y0, x1, y1 = (0.835, 0.06, 0.952, 0.19)
    mask[int(y0 * rows) : int(y1 * rows), int(x0 * columns) : int(x1 * columns)] = 255
    return np.asarray(cv2.inpaint(picture, mask, 5, cv2.INPAINT_TELEA), np.uint8)


@pytest.mark.parametrize(
    ("looks_per_s", "region"),
    [
        pytest.param(2.0, QUARTER, id="quarter at 2/s"),
        pytest.param(5.0, QUARTER, id="quarter at 5/s", marks=pytest.mark.long),
        pytest.param(2.0, WHOLE, id="whole at 2/s", marks=pytest.mark.long),
        pytest.param(5.0, WHOLE, id="whole at 5/s", marks=pytest.mark.long),
    ],
)
def test_the_parked_van_raises_one_alarm_and_the_walkers_on_the_junction_none(
    footage: Path, detector: Detector, looks_per_s: float, region: Box
) -> None:
    truth = read_truth(footage / "truth" / "campus-pedestrians.toml")
    raised = raised_by(play(footage, truth, detector, looks_per_s=looks_per_s, region=region), truth)
    assert [alarm.zone for alarm in raised] == ["van-bay", "van-bay-30"]
    assert raised[0].media_time_s == pytest.approx(10.0, abs=0.6)
    assert raised[1].media_time_s == pytest.approx(30.0, abs=0.6)


@pytest.mark.parametrize("name", ["carpark-cars", "street-bikes"])
def test_passing_cars_raise_none(footage: Path, detector: Detector, name: str) -> None:
    truth = read_truth(footage / "truth" / f"{name}.toml")
    assert raised_by(play(footage, truth, detector, looks_per_s=5.0), truth) == []


@pytest.mark.parametrize("measured", SHIPPED.recall, ids=lambda row: f"{row.clip} at {row.looks_per_s:g}/s")
def test_the_recall_in_the_manifest_is_what_is_measured(footage: Path, detector: Detector, measured: Recall) -> None:
    truth = read_truth(footage / "truth" / f"{measured.clip}.toml")
    x0, y0, x1, y1 = measured.region
    looks = play(
        footage,
        truth,
        detector,
        looks_per_s=measured.looks_per_s,
        region=(x0, y0, x1, y1),
        minimum_score=measured.minimum_score,
    )
    found = score(truth, raised_by(looks, truth), STANDING)
    assert (found.right + found.missed, found.right, found.false) == (
        measured.events,
        measured.found,
        measured.false_alarms,
    )


def test_the_van_keeps_one_track_through_all_walkers(footage: Path, detector: Detector) -> None:
    truth = read_truth(footage / "truth" / "campus-pedestrians.toml")
    looks = play(footage, truth, detector, looks_per_s=5.0, region=QUARTER)
    numbers = {track.track_id for look in looks for track in look.tracks if iou(track.box, VAN) > 0.5}
    assert len(numbers) == 1


def test_the_van_is_seen_better_in_its_quarter_than_in_the_whole_picture(
    detector: Detector, campus: tuple[Pixels, ...]
) -> None:
    whole, quarter = van_in(detector, campus[0], (0.0, 0.0, 1.0, 1.0)), van_in(detector, campus[0], QUARTER)
    assert 0.32 <= whole[0] <= 0.55
    assert quarter[0] >= 0.6
    assert min(whole[1], quarter[1]) > 0.85


@pytest.mark.parametrize(
    ("manifest", "model"),
    [
        ("yolox_nano.toml", "yolox_nano.onnx"),
        ("person-vehicle-bike-detection-2002.toml", "person-vehicle-bike-detection-2002.xml"),
    ],
)
def test_other_models_with_other_decoders_see_the_van_in_the_same_place(
    other_models: Path, campus: tuple[Pixels, ...], manifest: str, model: str
) -> None:
    other = Detector(read_manifest(HERE / "manifests" / manifest), other_models / model, device="CPU", precision="f32")
    van_score, overlap = van_in(other, campus[0], QUARTER)
    assert van_score > 0.35
    assert overlap > 0.8


def test_many_frames_under_way_give_what_one_by_one_gives(
    detector: Detector, default_model: Path, campus: tuple[Pixels, ...]
) -> None:
    busy = Detector(SHIPPED, default_model, device="CPU", precision="f32", hint="THROUGHPUT")
    some = [look_at(picture, detector, number) for number, picture in enumerate(campus[:37], start=1)]
    under_way = deque(map(busy.begin, some[: busy.most_under_way]))
    left = iter(some[busy.most_under_way :])
    for frame in some:
        oldest = under_way.popleft()
        oldest.wait()
        under_way.extend(map(busy.begin, islice(left, 1)))
        together, alone = oldest.answer(), detector.look(frame)
        assert together.boxes == pytest.approx(alone.boxes, abs=1e-3)
        assert together.scores == pytest.approx(alone.scores, abs=1e-3)


def test_the_colours_of_the_camera_reach_the_model(detector: Detector, campus: tuple[Pixels, ...]) -> None:
    # With red and blue exchanged the model still finds most things, but is less sure of them.
    right = detector.look(look_at(campus[0], detector))
    wrong = detector.look(look_at(np.ascontiguousarray(campus[0][:, :, ::-1]), detector))
    assert right.scores[:4].mean() > wrong.scores[:4].mean() + 0.02


@pytest.fixture(scope="module")
def bay(footage: Path) -> StandingVehicleRule:
    """The rule of the van's bay."""
    truth = read_truth(footage / "truth" / "campus-pedestrians.toml")
    rules = [rule for rule in rules_of(truth, 0.35) if isinstance(rule, StandingVehicleRule)]
    return next(rule for rule in rules if rule.rule_id == "van-bay")


def recheck(detector: Detector, rule: StandingVehicleRule, pictures: list[Pixels]) -> Finding:
    running = Recheck(rule, detector.manifest, looks=8)
    for number, picture in enumerate(pictures, start=1):
        frame = look_at(picture, detector, number)
        finding = running.take(frame, detector.look(frame))
        if finding is not None:
            return finding
    return running.give_up()


def test_the_van_is_still_there(detector: Detector, bay: StandingVehicleRule, campus: tuple[Pixels, ...]) -> None:
    finding = recheck(detector, bay, list(campus[:60]))
    assert (finding.answer, finding.looks_with) == (Answer.STILL_THERE, 8)


def test_the_bay_without_the_van_is_cleared(
    detector: Detector, bay: StandingVehicleRule, campus: tuple[Pixels, ...]
) -> None:
    finding = recheck(detector, bay, [without_the_van(picture) for picture in campus[:60]])
    assert (finding.answer, finding.looks_with, finding.is_moving) == (Answer.CLEARED, 0, True)


def test_a_still_of_the_bay_without_the_van_is_not_cleared(
    detector: Detector, bay: StandingVehicleRule, campus: tuple[Pixels, ...]
) -> None:
    finding = recheck(detector, bay, [without_the_van(campus[0])] * 60)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.NOTHING_MOVES)


def test_the_zone_is_called_clear_after_the_van_has_gone(
    detector: Detector, bay: StandingVehicleRule, campus: tuple[Pixels, ...]
) -> None:
    pipeline = Pipeline(detector.manifest, 5.0, [bay])
    hits, cleared = [], []
    for number, picture in enumerate(campus[:200], start=1):
        shown = picture if number < 100 else without_the_van(picture)
        frame = look_at(shown, detector, number)
        look = pipeline.take(frame, detector.look(frame))
        hits += [hit.rule_id for hit in look.hits]
        cleared += [(rule_id, look.media_time_s) for rule_id in look.cleared]
    assert hits == ["van-bay"]
    assert [rule_id for rule_id, _ in cleared] == ["van-bay"]
    assert cleared[0][1] == pytest.approx(30.0, abs=1.5)


@pytest.mark.long
@pytest.mark.parametrize("clip", ["campus-pedestrians", "carpark-cars", "lobby-person", "street-bikes"])
def test_where_nothing_is_left_nothing_is_told_though_people_and_cars_come_and_go(
    footage: Path, detector: Detector, clip: str
) -> None:
    truth = read_truth(footage / "truth" / f"{clip}.toml")
    wanted = [rule for rule in rules_of(truth, 0.35) if isinstance(rule, StaticObjectRule)]
    pipeline = Pipeline(detector.manifest, 5.0, wanted)
    seen = frames(footage / truth.clip, detector.manifest.input, truth.fps, 5.0, count=truth.frames)
    looks = (pipeline.take(frame, detector.look(frame)) for frame in seen)
    found = score(truth, list(raised_by(looks, truth)), "static_object")
    assert (found.right, found.wrong, found.misses) == (0, (), ())
