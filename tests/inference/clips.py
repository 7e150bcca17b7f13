"""Play a labelled clip through the detector and its rules for standing vehicles, as a vision worker would see it."""

from collections.abc import Iterator
from pathlib import Path

from inference.detector import Detector
from inference.geometry import WHOLE, Box
from inference.pipeline import Look, Pipeline
from inference.replay import frames
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.scoring import Truth
from inference.truth_rules import rules_of

STANDING = "standing_vehicle"


def play(
    folder: Path,
    truth: Truth,
    detector: Detector,
    *,
    looks_per_s: float,
    region: Box = WHOLE,
    minimum_score: float = 0.35,
) -> Iterator[Look]:
    """Yield what each look at the clip found, by the rules for standing vehicles."""
    standing = [rule for rule in rules_of(truth, minimum_score) if isinstance(rule, StandingVehicleRule)]
    pipeline = Pipeline(detector.manifest, looks_per_s, standing)
    for frame in frames(
        folder / truth.clip, detector.manifest.input, truth.fps, looks_per_s, region=region, count=truth.frames
    ):
        yield pipeline.take(frame, detector.look(frame))
