"""Time that passed between looks, and when a zone was seen empty long enough to be news again."""

from inference.errors import ClockWentBackwards
from inference.zones import GRACE_S

EMPTY_S = 10.0
"""A place is empty when nothing was seen there for so long: longer than a bus at a stop light hides it (judgement)."""


class LookClock:
    """Media time of the looks of one rule. Used by one thread."""

    def __init__(self) -> None:
        self._media_time_s: float | None = None

    def pass_time(self, media_time_s: float) -> float:
        """Return the seconds since the last look; 0 for the first one and after a gap in looking.

        What happened while nobody looked is not known: neither dwell nor emptiness counts over such a gap.

        Raises:
            ClockWentBackwards: the stream restarted.
        """
        before_s = self._media_time_s
        if before_s is not None and media_time_s < before_s:
            raise ClockWentBackwards(before_s, media_time_s)
        self._media_time_s = media_time_s
        passed_s = 0.0 if before_s is None else media_time_s - before_s
        return passed_s if passed_s <= GRACE_S else 0.0

    def restart(self) -> None:
        """Begin with the next look."""
        self._media_time_s = None


class Quiet:
    """Whether a rule may tell the same again: after a hit only once its zone was seen empty. Used by one thread."""

    def __init__(self) -> None:
        self.is_armed = True
        self._empty_s = 0.0

    def disarm(self) -> None:
        """Note a hit."""
        self.is_armed = False
        self._empty_s = 0.0

    def see(self, is_empty: bool, passed_s: float, enough_s: float = EMPTY_S) -> bool:
        """Note a look; tell whether the zone of an earlier hit has now been empty long enough."""
        self._empty_s = self._empty_s + passed_s if is_empty else 0.0
        if self.is_armed or self._empty_s < enough_s:
            return False
        self.is_armed = True
        return True

    def restart(self) -> None:
        """Begin to count emptiness anew; a hit stays told."""
        self._empty_s = 0.0
