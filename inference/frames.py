"""One frame to be looked at, and where in the camera's picture it came from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.geometry import WHOLE, Box, Boxes, from_region

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Frame:
    """A frame at the model's size.

    Attributes:
        i420: ``(height * 3 // 2, width)`` uint8, planes Y, U, V one below the other, limited range. A view: its
            owner may reuse it once the look is over.
        content_px: width and height of the part that holds picture; it stands top-left, the rest is black.
        region: the part of the camera's picture shown, in fractions of the whole picture.
        sequence: counts the frames of the source; newer frames have higher numbers.
        media_time_s: seconds since the stream began, by the camera's clock.

    Raises:
        ValueError: the planes, the content or the region contradict each other.
    """

    i420: Pixels
    content_px: tuple[int, int]
    sequence: int
    media_time_s: float
    region: Box = WHOLE

    def __post_init__(self) -> None:
        rows, width = self.i420.shape
        if self.i420.dtype != np.uint8 or rows % 3 or width % 2:
            raise ValueError(f"not I420: {rows} rows of {width}, {self.i420.dtype}")
        across, down = self.content_px
        if not (0 < across <= width and 0 < down <= rows * 2 // 3):
            raise ValueError(f"content {self.content_px} does not fit {width} × {rows * 2 // 3}")
        x0, y0, x1, y1 = self.region
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise ValueError(f"region {self.region} leaves the picture")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height, black border included."""
        rows, width = self.i420.shape
        return width, rows * 2 // 3

    @property
    def luma(self) -> Pixels:
        """The Y plane of the content, without the border: ``(content height, content width)`` uint8."""
        across, down = self.content_px
        return self.i420[:down, :across]

    def to_picture(self, boxes: Boxes) -> Boxes:
        """Return boxes given in fractions of this frame, border included, as fractions of the whole picture."""
        (width, height), (across, down) = self.size_px, self.content_px
        scale = np.array([width / across, height / down, width / across, height / down], np.float32)
        inside = np.clip(boxes * scale, 0, 1).astype(np.float32)
        return from_region(inside, self.region)
