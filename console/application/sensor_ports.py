"""What is kept of sensors and their readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.domain.sensors import Reading, Sensor, SensorState


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSensor:
    """A sensor with what is known of its readings."""

    sensor: Sensor
    state: SensorState


class Sensors(Protocol):
    """Sensors by their number."""

    def put(self, sensor: Sensor) -> None:
        """Keep a sensor, new or changed; what is known of its readings stays."""
        ...

    def hold(self, number: str) -> KnownSensor | None:
        """Return a sensor that no other writer changes until the unit of work ends."""
        ...

    def all(self) -> Sequence[KnownSensor]:
        """Return every sensor, by number."""
        ...

    def keep_state(self, number: str, state: SensorState) -> None: ...

    def keep_reading(self, number: str, reading: Reading, received_at: datetime) -> None:
        """Keep what was measured; the same reading twice is one."""
        ...

    def readings(self, number: str, since: datetime, most: int) -> Sequence[Reading]:
        """Return what came since a moment of our clock, newest first."""
        ...

    def forget_readings(self, before: datetime, most: int) -> int:
        """Forget the oldest readings that came before a moment, at most so many; return how many."""
        ...
