"""How full the disk is, when it will be full, and a little room held back for the day it is."""

import errno
import logging
import os
import shutil
import statistics
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from console.application.errors import Unavailable

_log = logging.getLogger(__name__)

GIB = 1024**3
DAY_S = 86_400.0
# A burst (an export, an update of the system) must not cry wolf: the slope is the median of many, over up to a day.
SAMPLE_EVERY_S = 300.0
SAMPLES_KEPT = 288
FIRST_SAMPLE_EVERY_S = 5.0  # the first minutes count too: a disk can be full within the hour
NEIGHBOURS = 12
FEWEST_SAMPLES = 6
LEAST_SPAN_S = 25.0
HORIZON = 300.0
BALLAST_BYTES = 64 * 1024**2  # judgement: rows of about a week of alarms (4 kB each), and SQLite's log beside them
BALLAST_FILE = "ballast"


@dataclass(frozen=True, slots=True)
class Fill:
    """How full a file system is, in bytes."""

    total_bytes: int
    free_bytes: int


def fill_of(folder: Path) -> Fill:
    """Return how full the folder's file system is.

    Raises:
        Unavailable: the disk is gone.
    """
    try:
        usage = shutil.disk_usage(folder)
    except OSError as cause:
        raise Unavailable("The disk of {folder} is away.", folder=folder.name) from cause
    return Fill(usage.total, usage.free)


def is_full(cause: OSError) -> bool:
    """Return whether an error says that there is no room (or no allowance) left."""
    return cause.errno in (errno.ENOSPC, errno.EDQUOT)


class Forecast:
    """When the disk will be full, from what was measured. Owned by one thread.

    The rate is the median of the slopes between samples up to an hour apart: an export or an update moves the few
    pairs it lies between, not the middle of them all (Theil and Sen take all pairs, and a single step at noon bends
    most of a day's). Room that was made by deleting material younger than its days does not count as relief:
    that is what the forecast is to warn of.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque(maxlen=SAMPLES_KEPT)
        self._forced_bytes = 0
        self._rate: float | None = None

    def note(self, at_s: float, free_bytes: int) -> None:
        """Take in a measurement (``at_s`` monotonic seconds); more of them than needed are left out."""
        if self._samples:
            first_s, last_s = self._samples[0][0], self._samples[-1][0]
            is_young = last_s - first_s < SAMPLE_EVERY_S
            if at_s - last_s < (FIRST_SAMPLE_EVERY_S if is_young else SAMPLE_EVERY_S):
                return
        self._samples.append((at_s, free_bytes - self._forced_bytes))
        self._rate = self._measured()

    def note_forced(self, freed_bytes: int) -> None:
        """So much was freed before its days were over."""
        self._forced_bytes += freed_bytes

    def bytes_a_day(self) -> float | None:
        """Return how fast it fills; negative while it empties, ``None`` until enough was measured."""
        return self._rate

    def days_left(self, free_bytes: int, keep_bytes: int) -> float | None:
        """Return days until only ``keep_bytes`` are free; ``None`` if it does not fill, or is not known yet.

        Nothing is foretold further ahead than three hundred times what was seen: a busy minute says something of the
        next hours, an hour something of the next twelve days.
        """
        if self._rate is None or self._rate <= 0:
            return None
        days = max(0.0, free_bytes - keep_bytes) / self._rate
        seen_s = self._samples[-1][0] - self._samples[0][0]
        return days if days * DAY_S <= HORIZON * seen_s else None

    def _measured(self) -> float | None:
        samples = list(self._samples)
        if len(samples) < FEWEST_SAMPLES or samples[-1][0] - samples[0][0] < LEAST_SPAN_S:
            return None
        slopes = [
            (free - later_free) / (later_s - at_s)
            for position, (at_s, free) in enumerate(samples)
            for later_s, later_free in samples[position + 1 : position + 1 + NEIGHBOURS]
        ]
        return statistics.median(slopes) * DAY_S


class Ballast:
    """Room held by a file, given to the database when somebody else has filled the disk. Owned by one thread."""

    def __init__(self, folder: Path, size_bytes: int = BALLAST_BYTES) -> None:
        self._path = folder / BALLAST_FILE
        self.size_bytes = size_bytes

    @property
    def is_held(self) -> bool:
        return self._path.exists()

    def hold(self) -> None:
        """Take the room, whole or not at all."""
        if self.is_held:
            return
        draft = self._path.with_suffix(".draft")
        try:
            with open(draft, "wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self.size_bytes)
                else:
                    file.write(bytes(self.size_bytes))
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as cause:
            draft.unlink(missing_ok=True)
            _log.warning("no room is held back for the records: %s", cause.strerror)

    def give(self) -> None:
        """Let the room go."""
        if self.is_held:
            self._path.unlink(missing_ok=True)
            _log.error("the disk is full: the room held back for the records is given to them")
