"""What keys and the mouse mean to a camera that is being turned, and what is said of it. Pure, Qt-free."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from console.domain.ptz import STILL, Velocity
from console.words import N_
from widgets.state.telling import Told

# Half speed by keys: a tap moves the picture by less than a quarter of it on the domes we know of (judgement).
KEY_SPEED = 0.5
# A hand that rests on the mouse does not turn the camera: this part of the way to the edge is standing still.
DEAD = 0.08


class PtzTold(Protocol):
    """What the station says of a camera that is turned."""

    @property
    def camera_id(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def seat_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def presets(self) -> Sequence[str]: ...
    @property
    def sentence(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzLine:
    """What the bar says: how it stands, and why it does not do what it was told."""

    stand: Told
    failure: Told | None = None
    is_turning: bool = False


def velocity_of(held: Collection[tuple[int, int, int]]) -> Velocity:
    """Return the speed that the held directions mean; opposite ones cancel each other."""
    pan, tilt, zoom = (max(-1, min(1, sum(one[axis] for one in held))) * KEY_SPEED for axis in range(3))
    return Velocity(pan, tilt, zoom)


def velocity_towards(x: float, y: float, width: float, height: float) -> Velocity:
    """Return the speed of a drag to this point of the picture: away from the centre, full speed at the edge."""
    if width <= 0 or height <= 0:
        return STILL
    across, up = (x - width / 2) / (width / 2), (height / 2 - y) / (height / 2)
    far = math.hypot(across, up)
    if far < DEAD:
        return STILL
    speed = min(1.0, (far - DEAD) / (1 - DEAD)) / far
    return Velocity(round(across * speed, 3), round(up * speed, 3))


def line_of(told: PtzTold | None) -> PtzLine:
    """Return what is said of a camera that this seat turns."""
    if told is None:
        return PtzLine(stand=Told(N_("connecting to the camera")))
    failure = Told(told.sentence, dict(told.values)) if told.sentence else None
    is_turning = told.condition == "turning"
    return PtzLine(
        stand=Told(N_("turning")) if is_turning else Told(N_("yours to turn")), failure=failure, is_turning=is_turning
    )
