"""One station a data folder: a lock that the operating system lets go of when its holder dies."""

import sys
from pathlib import Path
from typing import BinaryIO

from console.application.errors import Unavailable
from console.domain.ids import new_id

NAME_FILE = "station.name"

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


def station_name(folder: Path) -> str:
    """Return what the station of a data folder is called among those of one database; made once, kept in the folder.

    Raises:
        Unavailable: it cannot be written.
    """
    file = folder / NAME_FILE
    try:
        if not file.exists():
            draft = file.with_suffix(".draft")
            draft.write_text(new_id(), encoding="ascii")
            draft.replace(file)
        return file.read_text(encoding="ascii").strip()
    except OSError as cause:
        raise Unavailable("The station's name cannot be kept: {reason}.", reason=cause.strerror or "") from cause
