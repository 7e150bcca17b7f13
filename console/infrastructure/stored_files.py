"""Where recordings and evidence lie on this machine, for whoever takes them away."""

import os
import stat
from pathlib import Path

from console.application.errors import Unavailable
from console.domain.retention import Stored

RECORDINGS, EVIDENCE, SNAPSHOTS = "recordings", "evidence", "snapshots"


class FilesOnDisk:
    """Files below a site's data folder. Safe from any thread."""

    def __init__(self, data: Path) -> None:
        self._recordings = data / RECORDINGS
        self._evidence = data / EVIDENCE

    def is_here(self, stored: Stored) -> bool:
        return self._place(stored).is_file()

    def remove(self, stored: Stored) -> None:
        """Take the file away; harmless when it is gone.

        Raises:
            Unavailable: the disk does not let it go, or its path leads out of the store.
        """
        place = self._place(stored)
        try:
            if os.name == "nt" and place.exists():
                place.chmod(stat.S_IWRITE)  # Windows deletes nothing that is read-only
            place.unlink(missing_ok=True)
        except OSError as cause:
            raise Unavailable(
                "{name} cannot be deleted: {reason}.", name=place.name, reason=cause.strerror or ""
            ) from cause

    def _place(self, stored: Stored) -> Path:
        root = self._recordings if stored.is_recording else self._evidence
        place = (root / stored.path).resolve()
        if not place.is_relative_to(root.resolve()):
            raise Unavailable("{name} has no place in the store.", name=Path(stored.path).name)
        return place
