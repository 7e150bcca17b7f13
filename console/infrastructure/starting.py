"""Starting a station that outlives whoever starts it. Imports little: a seat does this before anything else."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil

from console.infrastructure.supervisor import command_for, environment_for_child


def start_station(arguments: Sequence[str], log: Path) -> int:
    """Start a station that outlives us, and return its process id."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
    with open(log, "ab") as errors:
        process = subprocess.Popen(
            command_for("station", arguments),
            env=environment_for_child({}),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
            creationflags=flags,
        )
    # It lives on without us on purpose; a thread takes its exit code, so that it is never left a zombie.
    threading.Thread(target=process.wait, name="station-exit", daemon=True).start()
    return process.pid


def seems_to_run(endpoint_file: Path) -> bool:
    """Say whether a station has said where it listens and its process is still there.

    A guess for whoever wants to start one early; only connecting to it tells for certain.
    """
    try:
        pid = int(json.loads(endpoint_file.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return psutil.pid_exists(pid)
