"""Starting a station that outlives whoever starts it. Imports little: a seat does this before anything else."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil

from console.infrastructure.supervisor import command_for, environment_for_child

LONGEST_REASON = 300
TAIL_BYTES = 4096


class StartedStation:
    """A station on its way. Safe from any thread."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, log_begins_at: int) -> None:
        self._process = process
        self._log = log
        self._log_begins_at = log_begins_at
        self.pid = process.pid
        # It lives on without us on purpose; a thread takes its exit code, so that it is never left a zombie.
        threading.Thread(target=process.wait, name="station-exit", daemon=True).start()

    @property
    def has_failed(self) -> bool:
        """True when it ended by a fault; one that ends because another runs already has not failed."""
        return self._process.returncode not in (None, 0)

    def last_words(self) -> str:
        """Return the last line it said on its way out; empty if it said nothing."""
        try:
            with open(self._log, "rb") as file:
                end = file.seek(0, 2)
                file.seek(max(self._log_begins_at, end - TAIL_BYTES))
                said = file.read().decode(errors="replace")
        except OSError:
            return ""
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return lines[-1][:LONGEST_REASON] if lines else ""


def start_station(arguments: Sequence[str], log: Path) -> StartedStation:
    """Start a station that outlives us."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
    with open(log, "ab") as errors:
        begins_at = errors.tell()
        process = subprocess.Popen(
            command_for("station", arguments),
            env=environment_for_child({}),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
            creationflags=flags,
        )
    return StartedStation(process, log, begins_at)


def seems_to_run(endpoint_file: Path) -> bool:
    """Say whether a station has said where it listens and its process is still there.

    A guess for whoever wants to start one early; only connecting to it tells for certain.
    """
    pid = pid_of(endpoint_file)
    return pid is not None and psutil.pid_exists(pid)


def end_hung_station(endpoint_file: Path) -> bool:
    """Kill the station that an endpoint file names, if that process is one of our stations; say whether it was."""
    pid = pid_of(endpoint_file)
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        is_younger = process.create_time() > endpoint_file.stat().st_mtime
        if is_younger or "station" not in process.cmdline():  # another program has its number by now
            return False
        process.kill()
    except (psutil.Error, OSError):
        return False
    return True


def pid_of(endpoint_file: Path) -> int | None:
    """Return the process an endpoint file names."""
    try:
        return int(json.loads(endpoint_file.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
