"""A process that stands back for the others, on systems that know how far."""

import os
import sys
from contextlib import suppress
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def stand_back(niceness: int) -> None:
    """Let this process wait while others want the cores, for the rest of its life.

    A desktop's Linux shares the cores out by session before it looks at niceness (autogroup): two busy threads at
    niceness 10 in another session left a wall of 16 streams 3 % of its pictures (2026-11-23). So the process gets a
    session of its own, and that session the same niceness. Windows is left as it is.

    Args:
        niceness: 0 to 19, more is further back.
    """
    if sys.platform == "win32":
        return
    with suppress(OSError):  # it leads a session already
        os.setsid()
    os.setpriority(os.PRIO_PROCESS, 0, niceness)
    with suppress(OSError):  # no autogroups here, or none that may be changed
        _AUTOGROUP.write_text(str(niceness), encoding="ascii")
