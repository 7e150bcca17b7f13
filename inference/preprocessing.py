"""Bring a decoded picture to a model's size the way the media worker does it for live streams.

The rest of the way, I420 to the model's own colours, is part of the graph (``detector``).
"""

import cv2
import numpy as np

from inference.frames import Frame, Pixels
from inference.geometry import WHOLE, Box

_BLACK_LUMA, _NO_COLOUR = 16, 128


def letterbox(
    picture: Pixels,
    size_px: tuple[int, int],
    *,
    sequence: int,
    media_time_s: float,
    region: Box = WHOLE,
    stretch: bool = False,
) -> Frame:
    """Return a frame of ``size_px`` showing the region of a picture.

    Args:
        picture: ``(height, width, 3)`` uint8 BGR.
        size_px: width and height of the frame, both even.
        sequence: number of the picture in its source.
        media_time_s: seconds since the source began.
        region: what to show, in fractions of the picture; it stands top-left with its aspect kept, the rest is black.
        stretch: fill the frame instead, for models that were trained so.
    """
    rows, columns = picture.shape[:2]
    x0, y0, x1, y1 = (round(part * whole) for part, whole in zip(region, (columns, rows) * 2, strict=True))
    shown = picture[y0:y1, x0:x1]
    width, height = size_px
    content_px = size_px if stretch else _fitted((x1 - x0, y1 - y0), size_px)
    small = cv2.resize(shown, content_px, interpolation=cv2.INTER_AREA)
    planes = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2YUV_I420), np.uint8)
    return Frame(
        i420=_bordered(planes, content_px, (width, height)),
        content_px=content_px,
        sequence=sequence,
        media_time_s=media_time_s,
        region=region,
    )


def _fitted(shown_px: tuple[int, int], size_px: tuple[int, int]) -> tuple[int, int]:
    scale = min(size_px[0] / shown_px[0], size_px[1] / shown_px[1])
    across, down = (max(2, round(part * scale / 2) * 2) for part in shown_px)
    return min(across, size_px[0]), min(down, size_px[1])


def _bordered(planes: Pixels, content_px: tuple[int, int], size_px: tuple[int, int]) -> Pixels:
    (across, down), (width, height) = content_px, size_px
    luma = np.full((height, width), _BLACK_LUMA, np.uint8)
    luma[:down, :across] = planes[:down]
    chroma = np.full((2, height // 2, width // 2), _NO_COLOUR, np.uint8)
    chroma[:, : down // 2, : across // 2] = planes[down:].reshape(2, down // 2, across // 2)
    return np.concatenate([luma.reshape(-1), chroma.reshape(-1)]).reshape(height * 3 // 2, width)
