"""On which monitor a window belongs, and where on it. Frozen, pure; all in the desktop's own pixels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

Fill = Literal["window", "maximized", "screen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of the desktop: its top left corner and its size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A monitor as the system names it; ``serial`` is empty where it says none."""

    name: str
    serial: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a window stands: on which monitor, filling how much of it, and its box when it fills nothing."""

    monitor: Monitor
    box: Box
    fill: Fill = "window"


def monitor_of(spot: Spot, monitors: Sequence[Monitor]) -> Monitor | None:
    """Return the monitor the window stood on, as it is plugged in now; ``None`` while it is away.

    The same device on another socket is the same monitor. One that says no serial number is known by its socket's
    name: which of two equal ones hangs there, nobody can tell.
    """
    if spot.monitor.serial:
        alike = [monitor for monitor in monitors if monitor.serial == spot.monitor.serial]
        named = [monitor for monitor in alike if monitor.name == spot.monitor.name]
        return next(iter((*named, *alike)), None)
    return next((monitor for monitor in monitors if monitor.name == spot.monitor.name), None)


def box_on(spot: Spot, monitor: Monitor) -> Box:
    """Return the window's box on a monitor: as far from its corner as it was, never larger than it, wholly on it."""
    here = monitor.box
    width, height = min(spot.box.width, here.width), min(spot.box.height, here.height)
    x = here.x + spot.box.x - spot.monitor.box.x
    y = here.y + spot.box.y - spot.monitor.box.y
    return Box(
        x=min(max(x, here.x), here.x + here.width - width),
        y=min(max(y, here.y), here.y + here.height - height),
        width=width,
        height=height,
    )


def free_monitor(monitors: Sequence[Monitor], taken: Collection[str]) -> Monitor | None:
    """Return the first monitor whose name is not taken."""
    return next((monitor for monitor in monitors if monitor.name not in taken), None)
