"""Turning a camera: speeds, presets, and the lease that keeps two people from turning one camera at once."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from console.domain.accounts import Role
from console.domain.errors import DomainError

# DESIGN §7: PTZ mode ends after 30 s without a key, and the camera goes back to its preset.
IDLE = timedelta(seconds=30)
# Who answers for more may take a camera from who answers for less; equals wait.
PRIORITIES = MappingProxyType({Role.OPERATOR: 10, Role.DISPATCHER: 20, Role.SUPERVISOR: 30})
TOUR_PRIORITY = 0


@dataclass(frozen=True, slots=True)
class Velocity:
    """Speed of pan (right is positive), tilt (up) and zoom (in), each from −1 to 1."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0

    def __post_init__(self) -> None:
        for speed in (self.pan, self.tilt, self.zoom):
            if not -1.0 <= speed <= 1.0:  # also refuses what is not a number
                raise DomainError("A speed lies between −1 and 1.")

    @property
    def is_still(self) -> bool:
        return not (self.pan or self.tilt or self.zoom)


@dataclass(frozen=True, slots=True)
class Preset:
    """A named pose, by the token the device knows it by."""

    token: str
    name: str
