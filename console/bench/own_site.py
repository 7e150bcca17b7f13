"""A data folder that is nobody else's, and the station that was started for it."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from console.site import ENDPOINT_FILE

_log = logging.getLogger(__name__)

END_WITHIN_S = 15.0


@contextmanager
def own_data(folder: Path) -> Iterator[None]:
    """Let everything that is started here use a data folder and a database of its own."""
    before = {name: os.environ.pop(name, None) for name in (DATA_VARIABLE, URL_VARIABLE)}
    os.environ[DATA_VARIABLE] = str(folder / "data")
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def station_of(data: Path) -> psutil.Process | None:
    """Return the process of the station of a data folder, or ``None`` where none runs."""
    try:
        return psutil.Process(int(json.loads((data / ENDPOINT_FILE).read_text(encoding="utf-8"))["pid"]))
    except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
        return None


def end_station(data: Path) -> None:
    """Ask the station to end and wait until it has."""
    station = station_of(data)
    if station is None:
        return
    station.terminate()
    try:
        station.wait(END_WITHIN_S)
    except psutil.TimeoutExpired:
        _log.warning("the station did not end; killing process %d", station.pid)
        station.kill()
        station.wait(END_WITHIN_S)
