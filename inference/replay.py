"""A clip as a vision worker would have seen it live, by media time and as fast as it goes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from inference.errors import ClipUnreadable
from inference.frames import Frame, Pixels
from inference.geometry import WHOLE, Box
from inference.manifest import ModelInput
from inference.preprocessing import letterbox

_LEAST_SHARE = 0.98  # decoders differ in a clip's last pictures (judgement)


def frames(
    path: Path, wanted: ModelInput, fps: float, looks_per_s: float, *, region: Box = WHOLE, count: int = 0
) -> Iterator[Frame]:
    """Yield the frames a worker would look at, each with pixels of its own; as for ``looks_at``."""
    for whole, *_ in looks_at(path, wanted, fps, looks_per_s, (region,), count=count):
        yield whole


def looks_at(
    path: Path, wanted: ModelInput, fps: float, looks_per_s: float, regions: Sequence[Box], *, count: int = 0
) -> Iterator[tuple[Frame, ...]]:
    """Yield for each look at a clip the frame of each region.

    Args:
        path: of the clip.
        wanted: what the model looks at.
        fps: of the clip; media time is the picture's number divided by it.
        looks_per_s: how often a worker looks, by media time.
        regions: what it looks at, in fractions of the picture.
        count: pictures the clip must have; 0 for as many as come.

    Raises:
        ClipUnreadable: the clip does not open, or ends early; then what was not seen must not pass for quiet.
    """
    every = max(1, round(fps / looks_per_s))
    for number, picture in enumerate(pictures(path, every=every, count=count)):
        yield tuple(
            letterbox(
                picture,
                (wanted.width, wanted.height),
                sequence=number * every + 1,
                media_time_s=number * every / fps,
                region=region,
                stretch=wanted.resize == "stretch",
            )
            for region in regions
        )


def pictures(path: Path, *, every: int, count: int = 0) -> Iterator[Pixels]:
    """Yield the first of each so many pictures: ``(height, width, 3)`` uint8 BGR.

    Raises:
        ClipUnreadable: as for ``frames``.
    """
    clip = cv2.VideoCapture(str(path))
    try:
        number = 0
        while True:
            is_read, picture = clip.read()
            if not is_read:
                break
            if number % every == 0:
                yield np.asarray(picture, np.uint8)
            number += 1
    finally:
        clip.release()
    if number < max(1, count * _LEAST_SHARE):
        raise ClipUnreadable(path.name, number, count)


def timed_pictures(path: Path, looks_per_s: float) -> Iterator[tuple[float, Pixels]]:
    """Yield pictures of a clip, so many a second by its own time stamps, each with seconds since its first one.

    A camera's recording has no even pace, so the number of a picture says nothing of its time.

    Raises:
        ClipUnreadable: the clip does not open, or holds no picture.
    """
    clip = cv2.VideoCapture(str(path))
    try:
        first_s: float | None = None
        due_s = 0.0
        while clip.grab():
            at_s = clip.get(cv2.CAP_PROP_POS_MSEC) / 1000
            first_s = at_s if first_s is None else first_s
            if at_s - first_s < due_s:
                continue
            is_read, picture = clip.retrieve()
            if is_read:
                yield at_s - first_s, np.asarray(picture, np.uint8)
                due_s = max(due_s + 1 / looks_per_s, at_s - first_s)
    finally:
        clip.release()
    if first_s is None:
        raise ClipUnreadable(path.name, 0, 1)
