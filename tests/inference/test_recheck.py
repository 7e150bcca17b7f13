import numpy as np
import pytest

from inference.detections import Detections
from inference.frames import Frame, Pixels
from inference.geometry import Box
from inference.manifest import Manifest, ModelFile, ModelInput
from inference.preprocessing import letterbox
from inference.recheck import SPAN_S, Answer, Finding, Reason, Recheck
from inference.rules.standing_vehicle import StandingVehicleRule

RULE = StandingVehicleRule(
    rule_id="bay",
    polygon=((0.6, 0.1), (0.9, 0.1), (0.9, 0.4), (0.6, 0.4)),
    labels=frozenset({"car"}),
    dwell_s=10.0,
    minimum_score=0.4,
)
MANIFEST = Manifest(
    name="test",
    files=(ModelFile(suffix=".onnx", sha256="0" * 64),),
    input=ModelInput(width=320, height=320, layout="NHWC", colour="RGB", element="u8", resize="letterbox_top_left"),
    decoder="ssd",
    minimum_score=0.2,
    suppress_iou=0.5,
    labels=("car", "bus", "person"),
    groups={},
    licence="Apache-2.0",
    data="nothing",
    recall=(),
)
VAN: Box = (0.65, 0.15, 0.85, 0.35)
BUS_IN_FRONT: Box = (0.5, 0.05, 0.95, 0.7)
LOOKS = 8


def street(walker: float | None, light: float = 1.0) -> Pixels:
    """A textured street, ``(360, 640, 3)`` uint8, with a walker this far along it (``None``: nobody)."""
    texture = np.random.default_rng(7).integers(60, 200, (45, 80), np.uint8)
    picture = np.repeat(np.repeat(texture, 8, axis=0), 8, axis=1)
    if walker is not None:
        left = int(20 + walker * 500)
        picture[200:330, left : left + 40] = 235
    return np.repeat((picture * light).astype(np.uint8)[:, :, None], 3, axis=2)


def frame(number: int, picture: Pixels, fps: float = 3.0) -> Frame:
    return letterbox(picture, (320, 320), sequence=number, media_time_s=number / fps)


def saw(*rows: tuple[Box, float, str]) -> Detections:
    return Detections(
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([MANIFEST.labels.index(row[2]) for row in rows], np.int32),
    )


def alive(number: int) -> Pixels:
    return street((number % 40) / 40)


def run(pictures: list[Pixels], found: list[Detections]) -> Finding:
    recheck = Recheck(RULE, MANIFEST, LOOKS)
    for number, (picture, seen) in enumerate(zip(pictures, found, strict=True), start=1):
        finding = recheck.take(frame(number, picture), seen)
        if finding is not None:
            return finding
    return recheck.give_up()


def test_an_empty_bay_on_a_living_street_is_cleared() -> None:
    finding = run([alive(number) for number in range(30)], [saw()] * 30)
    assert (finding.answer, finding.reason) == (Answer.CLEARED, Reason.SEEN_EMPTY)
    assert (finding.looks, finding.looks_with, finding.is_moving) == (LOOKS, 0, True)
    assert finding.from_media_s is not None
    assert finding.to_media_s is not None
    assert finding.to_media_s - finding.from_media_s >= SPAN_S - 1e-6


def test_a_van_seen_in_most_looks_is_still_there() -> None:
    looks = [saw() if number % 4 == 0 else saw((VAN, 0.6, "car")) for number in range(30)]
    finding = run([alive(number) for number in range(30)], looks)
    assert (finding.answer, finding.reason) == (Answer.STILL_THERE, Reason.SEEN_STANDING)
    assert finding.best_score == pytest.approx(0.6)
    assert finding.box == pytest.approx(VAN)


def test_a_frozen_picture_is_never_cleared() -> None:
    finding = run([street(0.3)] * 60, [saw()] * 60)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.NOTHING_MOVES)
    assert not finding.is_moving


def test_a_picture_that_freezes_on_an_empty_bay_is_never_cleared() -> None:
    finding = run([alive(number) for number in range(5)] + [street(0.3)] * 60, [saw()] * 65)
    assert finding.answer is Answer.CANNOT_TELL


def test_a_frame_that_is_repeated_is_one_look() -> None:
    recheck = Recheck(RULE, MANIFEST, LOOKS)
    for _ in range(60):
        assert recheck.take(frame(1, alive(1)), saw()) is None
    assert recheck.give_up().reason is Reason.NO_NEW_FRAMES


def test_frames_whose_media_time_stands_still_are_no_looks() -> None:
    recheck = Recheck(RULE, MANIFEST, LOOKS)
    for number in range(1, 60):
        picture = letterbox(alive(number), (320, 320), sequence=number, media_time_s=4.0)
        assert recheck.take(picture, saw()) is None
    assert recheck.give_up().answer is Answer.CANNOT_TELL


def test_without_any_frame_it_cannot_tell() -> None:
    finding = Recheck(RULE, MANIFEST, LOOKS).give_up()
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.NO_NEW_FRAMES)


def test_too_few_looks_decide_nothing() -> None:
    finding = run([alive(number) for number in range(6)], [saw()] * 6)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.TOO_FEW_LOOKS)


def test_a_dark_picture_is_never_cleared() -> None:
    finding = run([street((number % 40) / 40, light=0.06) for number in range(40)], [saw()] * 40)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.TOO_DARK)


def test_a_covered_lens_is_never_cleared() -> None:
    bags = [np.full((360, 640, 3), 90 + number % 7, np.uint8) for number in range(40)]
    finding = run(bags, [saw()] * 40)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.COVERED)


def test_a_bus_parked_before_the_bay_is_no_proof_that_the_bay_is_empty() -> None:
    finding = run([alive(number) for number in range(40)], [saw((BUS_IN_FRONT, 0.7, "bus"))] * 40)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.HIDDEN)


def test_a_car_passing_through_the_zone_delays_the_answer_but_does_not_change_it() -> None:
    looks = [saw((VAN, 0.6, "car")) if 3 <= number < 5 else saw() for number in range(40)]
    assert run([alive(number) for number in range(40)], looks).answer is Answer.CLEARED


def test_a_vehicle_that_comes_and_goes_cannot_be_told() -> None:
    looks = [saw((VAN, 0.6, "car")) if number % 4 == 0 else saw() for number in range(120)]
    finding = run([alive(number) for number in range(120)], looks)
    assert (finding.answer, finding.reason) == (Answer.CANNOT_TELL, Reason.MIXED)


def test_a_vehicle_seen_only_faintly_is_not_called_gone() -> None:
    finding = run([alive(number) for number in range(60)], [saw((VAN, 0.3, "car"))] * 60)
    assert finding.answer is Answer.CANNOT_TELL


def test_looks_from_before_a_stream_began_again_prove_nothing() -> None:
    recheck = Recheck(RULE, MANIFEST, LOOKS)
    for number in range(1, 15):
        assert recheck.take(frame(number, alive(number)), saw((VAN, 0.6, "car"))) is None
    findings = []
    for number in range(1, 20):
        again = letterbox(alive(number), (320, 320), sequence=number + 14, media_time_s=number / 3)
        findings.append(recheck.take(again, saw()))
    (finding,) = [found for found in findings if found is not None][:1]
    assert (finding.answer, finding.looks_with) == (Answer.CLEARED, 0)


def test_many_looks_within_a_moment_do_not_clear() -> None:
    recheck = Recheck(RULE, MANIFEST, LOOKS)
    for number in range(1, 60):
        assert recheck.take(frame(number, alive(number), fps=25.0), saw()) is None or number / 25 >= SPAN_S
