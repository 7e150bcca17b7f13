"""What a camera's own interface can be asked and told, whatever protocol it speaks."""

from dataclasses import dataclass
from typing import Protocol

from console.application.errors import Unavailable
from console.domain.ptz import Preset, Velocity


class SignInRefused(Unavailable):
    """The device does not take this user and password. Asking again may lock the account: it is not repeated."""


class CannotTurn(Unavailable):
    """The device has no pan, tilt or zoom."""


class Unbelievable(Unavailable):
    """The device answers, but what it says cannot be so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """A stream as the device announces it; the picture itself is the proof. The address holds no credentials."""

    token: str
    name: str
    codec: str
    width: int
    height: int
    frames_per_s: float
    address: str
    can_turn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What a device says of itself.

    Attributes:
        clock_offset_s: its clock minus ours, by an answer in whole seconds: ± 0.5 s. ``None``: it does not say.
        profiles: largest picture first.
        snapshot_address: of a JPEG picture, empty where there is none.
    """

    manufacturer: str
    model: str
    firmware: str
    serial: str
    clock_offset_s: float | None
    profiles: tuple[DeviceProfile, ...]
    snapshot_address: str = ""

    @property
    def can_turn(self) -> bool:
        return any(profile.can_turn for profile in self.profiles)


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that answered a call into the network. What it says of itself is its own word."""

    address: str
    name: str
    hardware: str


class CameraDevice(Protocol):
    """One device. Used from one thread; every call ends within a few seconds.

    Raises (all of them):
        SignInRefused, CannotTurn, Unbelievable; Unavailable: no answer, or none in time.
    """

    def facts(self) -> DeviceFacts: ...

    def turn(self, profile: str, velocity: Velocity, for_s: float) -> None:
        """Turn at this speed until told otherwise; a device that can stops by itself after ``for_s``."""
        ...

    def step(self, profile: str, by: Velocity) -> None:
        """Turn by a part of the whole range and stop."""
        ...

    def stop(self, profile: str) -> None: ...

    def presets(self, profile: str) -> tuple[Preset, ...]: ...

    def go_to(self, profile: str, token: str) -> None: ...

    def keep_preset(self, profile: str, name: str, token: str = "") -> str:
        """Remember where it looks now, under an old token or a new one, and return the token."""
        ...

    def go_home(self, profile: str) -> None: ...

    def close(self) -> None: ...
