"""Which samples go out next, so that a street is heard when it is seen."""

from collections import deque
from statistics import median

import numpy as np

from console.infrastructure.sound_slots import SOUND_HZ, SoundPiece
from console.infrastructure.voice.sound import Samples

# Judgement: half a picture of a 25 fps camera. Nearer than that nothing is moved, for every step can be heard.
NEAR_S = 0.02
LOOK_BACK_S = 2.0  # over which arrivals and painted pictures are compared
JUMP_S = 0.5  # of a stream that was connected anew: what was known of its times is of another connection
MOST_WAITING_S = 3.0
MARGIN_S = 0.01  # a tick of the player
# Of the packets of the last seconds so many arrive in time to be heard. One in ten may be a hiccup of the machine: to
# wait for it would hold all others back, behind their pictures.
IN_TIME = 0.9
RAMP_SAMPLES = SOUND_HZ * 2 // 1000  # 2 ms, so that a step does not click


class Playout:
    """Keeps what has arrived and gives it out in time. One thread; asks no clock.

    A moment of media time is to be heard when its picture is painted, ``delay_s`` later on the monotonic clock. Where
    sound arrives too late for that it comes as soon as it surely can be there, and says how late that is.
    """

    def __init__(self, ahead_s: float) -> None:
        """Args:
        ahead_s: how long before it is heard a sample must be written at the latest.
        """
        self._ahead_s = ahead_s
        self._waiting: deque[tuple[float, Samples]] = deque()
        self._painted: deque[tuple[float, float]] = deque()
        self._arrived: deque[tuple[float, float]] = deque()
        self._delay_s: float | None = None
        self._is_flowing = False
        self.gaps = 0
        self.late_s: float | None = None

    @property
    def is_flowing(self) -> bool:
        """Whether the last samples given out came from the street, and not from having nothing."""
        return self._is_flowing

    def note_painted(self, media_time_s: float, at_s: float) -> None:
        """Take in that a picture of this time was painted at that moment."""
        _note(self._painted, at_s, at_s - media_time_s)

    def take(self, pieces: list[SoundPiece]) -> None:
        """Keep pieces that have arrived."""
        for piece in pieces:
            if not piece.samples:
                self.drop()
                continue
            _note(self._arrived, piece.arrived_s, piece.arrived_s - piece.media_time_s)
            self._waiting.append((piece.media_time_s, np.frombuffer(piece.samples, np.int16)))
        while self._waiting and self._waiting[-1][0] - self._waiting[0][0] > MOST_WAITING_S:
            self._waiting.popleft()

    def drop(self) -> None:
        """Forget what waits; what comes next begins anew."""
        self._waiting.clear()
        self._is_flowing = False
        self.late_s = None

    def pull(self, count: int, heard_s: float) -> Samples:
        """Return ``count`` samples, the first of which will be heard at this moment; silence where there is nothing."""
        out = np.zeros(count, np.int16)
        delay_s = self._settled()
        if delay_s is None:
            return out
        at = 0
        while at < count and self._waiting:
            begins_s, samples = self._waiting[0]
            early = round((begins_s + delay_s - heard_s) * SOUND_HZ) - at
            if not self._is_flowing or abs(early) > NEAR_S * SOUND_HZ:
                self._is_flowing = False
                if early < 0:
                    self._skip(-early)
                    continue
                at += early
                if at >= count:
                    break
            taken = min(count - at, len(samples))
            piece = samples[:taken]
            if not self._is_flowing:
                piece = _ramped(piece)
                self._is_flowing = True
            out[at : at + taken] = piece
            self._note_late(begins_s, heard_s + at / SOUND_HZ)
            self._skip(taken)
            at += taken
        if at < count and self._is_flowing:
            self.gaps += 1
            self._is_flowing = False
        return out

    def _skip(self, count: int) -> None:
        """Leave out samples at the front, at most what is left of the first piece."""
        begins_s, samples = self._waiting.popleft()
        if count < len(samples):
            self._waiting.appendleft((begins_s + count / SOUND_HZ, samples[count:]))

    def _settled(self) -> float | None:
        """Return by how much media time is heard later; it moves only where it must."""
        if not self._arrived:
            return self._delay_s
        ages_s = sorted(age_s for _, age_s in self._arrived)
        safe_s = ages_s[int(IN_TIME * (len(ages_s) - 1))] + self._ahead_s + MARGIN_S
        wanted_s = max(safe_s, self._painted_s()) if self._painted else safe_s
        if self._delay_s is None or abs(wanted_s - self._delay_s) > NEAR_S:
            self._delay_s = wanted_s
        return self._delay_s

    def _painted_s(self) -> float:
        return median(age_s for _, age_s in self._painted)

    def _note_late(self, media_time_s: float, heard_s: float) -> None:
        self.late_s = heard_s - media_time_s - self._painted_s() if self._painted else None


def _note(seen: deque[tuple[float, float]], at_s: float, age_s: float) -> None:
    """Remember an age for a while; one that has nothing to do with the last begins anew."""
    if seen and abs(seen[-1][1] - age_s) > JUMP_S:
        seen.clear()
    seen.append((at_s, age_s))
    while at_s - seen[0][0] > LOOK_BACK_S:
        seen.popleft()


def _ramped(samples: Samples) -> Samples:
    count = min(RAMP_SAMPLES, len(samples))
    ramp = np.ones(len(samples))
    ramp[:count] = np.linspace(0.0, 1.0, count, endpoint=False)
    return (samples * ramp).astype(np.int16)
