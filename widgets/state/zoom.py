"""Which part of a picture is looked at. Frozen, pure; fractions of the whole picture."""

from dataclasses import dataclass

# Judgement: eight times a main stream of 1080 lines is 135 lines, below which no number plate can be read.
MOST = 8.0
STEP = 1.25
# A part of the part that is seen.
PAN_STEP = 0.1


@dataclass(frozen=True, slots=True)
class Zoom:
    """A part of the picture: so many times enlarged, its corner at ``x, y`` from the picture's left top."""

    times: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def is_whole(self) -> bool:
        return self.times <= 1.0

    @property
    def side(self) -> float:
        """How much of the picture's width and height is seen."""
        return 1.0 / self.times


WHOLE = Zoom()


def at_point(zoom: Zoom, steps: float, x: float, y: float) -> Zoom:
    """Come closer by steps, or go back by negative ones; what is seen at ``x, y`` stays there.

    Args:
        x, y: fractions of what is seen now, 0.5 and 0.5 are its middle.
    """
    times = min(max(zoom.times * STEP**steps, 1.0), MOST)
    if times < 1.01:
        return WHOLE
    side = 1.0 / times
    return _inside(times, zoom.x + x * (zoom.side - side), zoom.y + y * (zoom.side - side))


def panned(zoom: Zoom, x: float, y: float) -> Zoom:
    """Look beside, by fractions of what is seen; the picture's edge stops it."""
    return _inside(zoom.times, zoom.x + x * zoom.side, zoom.y + y * zoom.side)


def _inside(times: float, x: float, y: float) -> Zoom:
    most = 1.0 - 1.0 / times
    return Zoom(times, min(max(x, 0.0), most), min(max(y, 0.0), most))
