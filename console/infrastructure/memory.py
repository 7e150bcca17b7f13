"""Whom the kernel takes first when memory runs out: the workers, which come back; the records and the desk last.

The seat and a database server keep what they were started with (0 for most). A score can be raised by anybody and
lowered by root alone, so children begin at their parent's.
"""

import sys
from contextlib import suppress
from pathlib import Path

# Of 1000, added to the share of memory a process holds (proc(5)): a worker goes before a station that holds more.
WORKER_SCORE = 700
STATION_SCORE = 200


def offer(pid: int | str, score: int) -> None:
    """Put a process into the line by its score (Linux; elsewhere the system decides by itself)."""
    if sys.platform.startswith("linux"):
        with suppress(OSError):  # it may have ended already, or have a higher score of its own
            Path(f"/proc/{pid}/oom_score_adj").write_text(str(score), encoding="ascii")


def offer_myself(score: int) -> None:
    """Put this process into the line."""
    offer("self", score)
