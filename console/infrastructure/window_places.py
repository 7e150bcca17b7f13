"""Where the windows of a seat stood on this machine's monitors, for its next start.

A fact of the machine and not of the records: it is read before anybody signs in, and a lost file costs a drag or two.
"""

import logging
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from console.infrastructure.lasting import write_whole

_log = logging.getLogger(__name__)


class KeptBox(BaseModel):
    model_config = ConfigDict(frozen=True)
    x: int
    y: int
    width: int
    height: int


class KeptPlace(BaseModel):
    """One window: its monitor by the names the system gives it, its box, and how much of the monitor it filled."""

    model_config = ConfigDict(frozen=True)
    monitor: str
    serial: str
    monitor_box: KeptBox
    box: KeptBox
    fill: Literal["window", "maximized", "screen"]


class KeptPlaces(BaseModel):
    """All windows of a seat by their numbers; the main window is 1."""

    model_config = ConfigDict(frozen=True)
    places: dict[int, KeptPlace] = {}


class WindowPlaces:
    """One file a seat. ``save`` from one thread at a time."""

    def __init__(self, folder: Path, seat_id: str) -> None:
        self._path = folder / f"windows-{quote(seat_id, safe='')}.json"

    def load(self) -> dict[int, KeptPlace]:
        """Return what was kept; nothing where there is none or it cannot be understood."""
        try:
            return KeptPlaces.model_validate_json(self._path.read_bytes()).places
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as cause:
            _log.warning("where the windows stood cannot be read: %s", type(cause).__name__)
            return {}

    def save(self, places: dict[int, KeptPlace]) -> None:
        """Keep these; a disk that refuses costs only that the windows open where they did before."""
        try:
            write_whole(self._path, KeptPlaces(places=places).model_dump_json().encode())
        except OSError as cause:
            _log.warning("where the windows stand cannot be kept: %s", cause)
