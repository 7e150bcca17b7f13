"""A clip as a vision worker would have seen it live, by media time and as fast as it goes."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from inference.errors import ClipUnreadable
from inference.frames import Frame
from inference.geometry import WHOLE, Box
from inference.manifest import ModelInput
from inference.preprocessing import letterbox

_LEAST_SHARE = 0.98  # decoders differ in a clip's last pictures (judgement)


def frames(
    path: Path, wanted: ModelInput, fps: float, looks_per_s: float, *, region: Box = WHOLE, count: int = 0
) -> Iterator[Frame]:
    """Yield the frames a worker would look at, each with pixels of its own.

    Args:
        path: of the clip.
        wanted: what the model looks at.
        fps: of the clip; media time is the picture's number divided by it.
        looks_per_s: how often a worker looks, by media time.
        region: what it looks at, in fractions of the picture.
        count: pictures the clip must have; 0 for as many as come.

    Raises:
        ClipUnreadable: the clip does not open, or ends early; then what was not seen must not pass for quiet.
    """
    every = max(1, round(fps / looks_per_s))
    clip = cv2.VideoCapture(str(path))
    try:
        number = 0
        while True:
            is_read, picture = clip.read()
            if not is_read:
                break
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
    if number < max(1, count * _LEAST_SHARE):
        raise ClipUnreadable(path.name, number, count)
