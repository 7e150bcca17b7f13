"""What is measured of one picture: its light, where its edges run, and how fine it is."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]

FINE_PX = (320, 180)
"""Width and height every picture is measured at. The smallest sub streams of the field are 352 pixels wide, so that a
camera's two streams, and its reference from either, are measured alike."""
CELLS = (80, 45)
"""Columns and rows of the field of edges: a cell is four fine pixels, so that a mast in the wind changes nothing."""
BLOCKS = (8, 5)
"""Columns and rows the picture is judged by: a block is 40 × 36 fine pixels."""
FAINT_EDGE, LEAST_EDGE = 0.045, 3.2
"""Grey levels a pixel an edge must have to count half: this part of the picture's whole contrast, so that dusk changes
nothing, and never less than the noise of a dark picture leaves after it was made smaller (judgement, tried on the
footage darkened to 0.3 with noise of 4 levels)."""
MOST_ROWS = 360
"""Rows of a picture that are read: of 1080p every third, which takes a third of the time."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Traits:
    """One picture, measured.

    Attributes:
        level: mean luma, 0 to 255. low, high: luma that 2 % and 98 % of the pixels do not exceed.
        edges: ``(rows, columns, 2)`` of ``CELLS``: which way edges run, as the doubled angle's cosine and sine, so that
            light on dark and dark on light are the same; its length goes from 0, no edge, to 1.
        fineness: ``(rows, columns)`` of ``BLOCKS``: the energy of the finest detail against that of the edges.
        energy: of edges, likewise a block, in squared grey levels.
        thumb: ``(rows, columns)`` of ``BLOCKS``, mean luma.
    """

    level: float
    low: float
    high: float
    edges: Floats
    fineness: Floats
    energy: Floats
    thumb: Floats


def traits_of(luma: Luma) -> Traits:
    """Measure a picture's luma ``(rows, columns)`` uint8, of any size. It is only read."""
    fine = cv2.resize(luma[:: max(1, luma.shape[0] // MOST_ROWS)], FINE_PX, interpolation=cv2.INTER_AREA)
    counts = np.cumsum(cv2.calcHist([fine], [0], None, [256], [0, 256]).ravel())
    low, high = (float(np.searchsorted(counts, counts[-1] * share)) for share in (0.02, 0.98))
    grey = fine.astype(np.float32)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=0.25)
    detail = cv2.Laplacian(grey, cv2.CV_32F)
    aa, dd = cv2.multiply(across, across), cv2.multiply(down, down)
    energy = cv2.resize(aa + dd, BLOCKS, interpolation=cv2.INTER_AREA)
    finest = cv2.resize(cv2.multiply(detail, detail), BLOCKS, interpolation=cv2.INTER_AREA)
    cosine = cv2.resize(aa - dd, CELLS, interpolation=cv2.INTER_AREA)
    sine = cv2.resize(cv2.multiply(across, down, scale=2.0), CELLS, interpolation=cv2.INTER_AREA)
    length = cv2.magnitude(cosine, sine) + max(LEAST_EDGE, FAINT_EDGE * (high - low)) ** 2
    return Traits(
        level=float(grey.mean()),
        low=low,
        high=high,
        edges=np.dstack((cosine / length, sine / length)),
        fineness=(finest / (energy + 1.0)).astype(np.float32),
        energy=np.asarray(energy, np.float32),
        thumb=np.asarray(cv2.resize(grey, BLOCKS, interpolation=cv2.INTER_AREA), np.float32),
    )
