"""A camera turned through its sharing platform: the front-end commands of GB/T 28181 annex A.3, by HTTP."""

from collections.abc import Mapping
from typing import Any, Protocol

from console.application.camera_devices import CannotTurn, DeviceFacts
from console.domain.ptz import Preset, Velocity
from console.domain.sharing import SharedSource
from console.infrastructure.gateways.platform_answers import text_in

FASTEST_TURN, FASTEST_ZOOM = 255, 15  # bytes 5 to 7 of the command
LEAST_SPEED = 0.02  # of the whole; below it a stick is at rest (judgement)
HOME_PRESET = "1"  # judgement, and the custom of the field: the standard's own "home position" is a timer in the camera
MOST_PRESETS, LONGEST_PRESET_NAME = 255, 32
_PAN = {-1: "left", 0: "", 1: "right"}
_TILT = {-1: "down", 0: "", 1: "up"}


class FrontEnd(Protocol):
    """Who passes commands on to a camera."""

    def front_end(self, source: SharedSource, act: str, query: Mapping[str, str]) -> Any:
        """Pass a command on and return what the camera answers.

        Raises:
            CannotTurn: the platform does not do it. PlatformSilent, PlatformRefuses, PlatformUnclear: see there.
        """
        ...


class PlatformCamera:
    """Keeps the promises of ``CameraDevice`` as far as the platform can. Used from one thread.

    The standard has no turn that ends by itself: whoever turns must say stop. Pan and tilt go together, zoom alone.
    """

    def __init__(self, platform: FrontEnd, source: SharedSource) -> None:
        self._platform = platform
        self._source = source

    def facts(self) -> DeviceFacts:
        raise CannotTurn("A camera of a platform is described by the platform's directory.")

    def turn(self, profile: str, velocity: Velocity, for_s: float) -> None:
        del profile, for_s
        self._platform.front_end(self._source, "ptz", _query_of(velocity))

    def step(self, profile: str, by: Velocity) -> None:
        raise CannotTurn("A camera of a platform is turned by holding a key.")

    def stop(self, profile: str) -> None:
        self.turn(profile, Velocity(), 0.0)

    def presets(self, profile: str) -> tuple[Preset, ...]:
        del profile
        found = self._platform.front_end(self._source, "preset/query", {})
        presets = []
        for item in found[:MOST_PRESETS] if isinstance(found, list) else ():
            number = item.get("presetId") if isinstance(item, dict) else None
            token = str(number) if isinstance(number, str | int) and not isinstance(number, bool) else ""
            if token.isascii() and token.isdigit() and 1 <= int(token[:4]) <= MOST_PRESETS:
                presets.append(Preset(str(int(token[:4])), text_in(item, "presetName", LONGEST_PRESET_NAME) or token))
        return tuple(presets)

    def go_to(self, profile: str, token: str) -> None:
        del profile
        self._platform.front_end(self._source, "preset/call", {"presetId": token})

    def keep_preset(self, profile: str, name: str, token: str = "") -> str:
        raise CannotTurn("Presets of a platform's camera are set at the platform.")

    def go_home(self, profile: str) -> None:
        self.go_to(profile, HOME_PRESET)

    def close(self) -> None:
        """Nothing is held open."""


def _query_of(velocity: Velocity) -> dict[str, str]:
    """Return the command of a speed: a direction by name, and how fast in each."""
    pan, tilt = _side(velocity.pan), _side(velocity.tilt)
    command = _TILT[tilt] + _PAN[pan]
    if not command and _side(velocity.zoom):
        command = "zoomin" if velocity.zoom > 0 else "zoomout"
    return {
        "command": command or "stop",
        "horizonSpeed": str(round(abs(velocity.pan) * FASTEST_TURN)),
        "verticalSpeed": str(round(abs(velocity.tilt) * FASTEST_TURN)),
        "zoomSpeed": str(round(abs(velocity.zoom) * FASTEST_ZOOM)),
    }


def _side(speed: float) -> int:
    return 0 if abs(speed) < LEAST_SPEED else 1 if speed > 0 else -1
