"""How long something has stayed inside a zone."""

from dataclasses import dataclass, field

from inference.errors import ClockWentBackwards

GRACE_S = 3.0
"""A standing thing may go unseen this long without losing its dwell.

Passers-by and a detector's weak moments hide it for a look or two; at the slowest rate in use (1 look/s) two looks are
2 s. Measured on campus-pedestrians.avi, 5 looks/s, 2026-11-22: the van was never unseen at all (398 of 398 looks), so
this is judgement with room.
"""


@dataclass(slots=True)
class DwellClock:
    """Seconds each thing has spent in a zone, by media time. One owner, one thread.

    Counts timestamps, not frames: a camera that drops to 3 fps must not make a parked car look like a passing one.

    Attributes:
        grace_s: a thing may vanish this long (s) without losing its dwell.
    """

    grace_s: float = GRACE_S
    _entered_s: dict[int, float] = field(default_factory=dict)
    _seen_s: dict[int, float] = field(default_factory=dict)

    def observe(self, thing_id: int, media_time_s: float) -> float:
        """Note the thing inside the zone and return its dwell in seconds.

        Raises:
            ClockWentBackwards: the stream restarted; begin a new clock.
        """
        last_seen_s = self._seen_s.get(thing_id)
        if last_seen_s is not None and media_time_s < last_seen_s:
            raise ClockWentBackwards(last_seen_s, media_time_s)
        if last_seen_s is None or media_time_s - last_seen_s > self.grace_s:
            self._entered_s[thing_id] = media_time_s
        self._seen_s[thing_id] = media_time_s
        return media_time_s - self._entered_s[thing_id]

    def entered_s(self, thing_id: int) -> float:
        """Return the media time at which the present stay began; ``KeyError`` for a thing not known."""
        return self._entered_s[thing_id]

    def forget(self, thing_id: int) -> None:
        """Let a thing go that moved on or ended; unknown ones are no matter."""
        self._entered_s.pop(thing_id, None)
        self._seen_s.pop(thing_id, None)

    def forget_unseen(self, media_time_s: float) -> tuple[int, ...]:
        """Let go all that were unseen for longer than the grace, and return them."""
        gone = tuple(id_ for id_, seen_s in self._seen_s.items() if media_time_s - seen_s > self.grace_s)
        for thing_id in gone:
            self.forget(thing_id)
        return gone

    def __len__(self) -> int:
        return len(self._seen_s)
