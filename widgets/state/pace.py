"""How many frames of a stream are lost, from their numbers and the camera's own time stamps. Qt-free."""

from collections import deque
from statistics import median

WINDOW_S = 10.0
ENOUGH = 20  # frames seen one after the other before the camera's own interval is believed


class LossGauge:
    """Share of frames lost over the last ten seconds of media time. Owned by one tile.

    Frames that the screen skipped are not lost: they have numbers. Frames that never came leave a gap in the
    camera's time stamps between two numbers that follow each other.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._intervals_s: deque[float] = deque(maxlen=64)

    def observe(self, sequence: int, media_time_s: float) -> None:
        """Take in a frame that was copied."""
        if self._seen:
            last_s, last = self._seen[-1]
            passed_s = media_time_s - last_s
            if sequence <= last or passed_s <= 0 or passed_s > WINDOW_S:
                self._seen.clear()  # the stream began anew
                self._intervals_s.clear()
            elif sequence == last + 1:
                self._intervals_s.append(passed_s)
        self._seen.append((media_time_s, sequence))
        while media_time_s - self._seen[0][0] > WINDOW_S:
            self._seen.popleft()

    @property
    def lost(self) -> float:
        """Share lost, 0 while too little was seen to say."""
        if len(self._intervals_s) < ENOUGH or len(self._seen) < 2:
            return 0.0
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        if last_s - first_s < WINDOW_S / 2:
            return 0.0
        due = (last_s - first_s) / median(self._intervals_s)
        return max(0.0, 1.0 - (last - first) / due)
