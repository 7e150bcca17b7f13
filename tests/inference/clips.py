"""Play a labelled clip through the detector and its rules, as the vision worker would see it live."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from inference.detector import Detector
from inference.frames import Frame
from inference.geometry import WHOLE, Box
from inference.pipeline import Look, Pipeline
from inference.preprocessing import letterbox
from inference.rules.standing_vehicle import StandingVehicleRule
from inference.scoring import Raised, Truth

STANDING = "standing_vehicle"


def rules_of(truth: Truth, minimum_score: float) -> list[StandingVehicleRule]:
    """Return the clip's zones for standing vehicles as rules, one each."""
    return [
        StandingVehicleRule(
            rule_id=zone.name,
            polygon=zone.polygon,
            labels=zone.objects,
            dwell_s=zone.dwell_s,
            minimum_score=minimum_score,
        )
        for zone in truth.zones_of(STANDING)
    ]


def frames(path: Path, detector: Detector, fps: float, looks_per_s: float, region: Box = WHOLE) -> Iterator[Frame]:
    """Yield the frames a worker would look at, each with pixels of its own."""
    wanted = detector.manifest.input
    every = max(1, round(fps / looks_per_s))
    clip = cv2.VideoCapture(str(path))
    try:
        number = 0
        while True:
            is_read, picture = clip.read()
            if not is_read:
                return
            if number % every == 0:
                yield letterbox(
                    np.asarray(picture, np.uint8),
                    (wanted.width, wanted.height),
                    sequence=number + 1,
                    media_time_s=number / fps,
                    region=region,
                    stretch=wanted.resize == "stretch",
                )
            number += 1
    finally:
        clip.release()


def play(
    folder: Path,
    truth: Truth,
    detector: Detector,
    *,
    looks_per_s: float,
    region: Box = WHOLE,
    minimum_score: float = 0.35,
) -> Iterator[Look]:
    """Yield what each look at the clip found."""
    pipeline = Pipeline(detector.manifest, looks_per_s, rules_of(truth, minimum_score))
    for frame in frames(folder / truth.clip, detector, truth.fps, looks_per_s, region):
        yield pipeline.take(frame, detector.look(frame))


def raised_by(looks: Iterator[Look]) -> list[Raised]:
    """Return the hits of the looks as alarms to be scored."""
    return [
        Raised(kind=STANDING, zone=hit.rule_id, media_time_s=hit.media_time_s) for look in looks for hit in look.hits
    ]
