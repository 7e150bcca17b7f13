"""A process's memory: whom the kernel takes first when it runs out, and how a decoder keeps its own flat.

The workers go first, for they come back; the records and the desk last. The seat and a database server keep what they
were started with (0 for most). A score can be raised by anybody and lowered by root alone, so children begin at their
parent's.
"""

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

# Of 1000, added to the share of memory a process holds (proc(5)): a worker goes before a station that holds more.
WORKER_SCORE = 700
STATION_SCORE = 200

# Parameters of glibc's mallopt(3).
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
# A decoder's picture of 640 × 360 has 345,600 bytes, a key packet 20,000 to 200,000.
LARGE_BYTES = 32 * 1024
ARENAS = 2


def offer(pid: int | str, score: int) -> None:
    """Put a process into the line by its score (Linux; elsewhere the system decides by itself)."""
    if sys.platform.startswith("linux"):
        with suppress(OSError):  # it may have ended already, or have a higher score of its own
            Path(f"/proc/{pid}/oom_score_adj").write_text(str(score), encoding="ascii")


def offer_myself(score: int) -> None:
    """Put this process into the line."""
    offer("self", score)


def keep_pictures_apart() -> None:
    """Give each large block memory of its own, which goes back to the system when it is freed (Linux with glibc).

    By itself glibc counts as large only what is larger than anything that was ever freed, and has an arena a thread:
    then decoders' pictures lie in the arenas, with holes between them, and a process that is asked for the same all
    day grew by 4 to 8 % in half an hour. To be called before the first thread begins.
    """
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
            mallopt(_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return to the system what is free between blocks in use (Linux with glibc; some milliseconds).

    A decoder's small blocks of all ages leave 0.5 MiB a minute free and scattered, 7 MiB after a quarter of an hour.
    """
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
