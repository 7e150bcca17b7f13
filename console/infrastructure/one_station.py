"""One station a data folder: a lock that the operating system lets go of when its holder dies."""

import sys
from pathlib import Path
from typing import BinaryIO

from console.application.errors import Unavailable

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold(path: Path) -> BinaryIO:
    """Take the lock and return the open file that holds it until it is closed.

    Raises:
        Unavailable: another station has it.
    """
    file = open(path, "ab")  # noqa: SIM115 - lives as long as the station
    try:
        _lock(file)
    except OSError as cause:
        file.close()
        raise Unavailable("A station already runs for this data folder.") from cause
    return file
