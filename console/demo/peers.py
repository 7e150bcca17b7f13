"""The demo's neighbours as processes of their own: cameras, a speaker, a department."""

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.infrastructure.supervisor import command_for, environment_for_child

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
END_WITHIN_S = 3.0
AGAIN = "--again"


@dataclass(slots=True)
class Neighbour:
    """One process of the demo, and the file in which it says where it is."""

    role: str
    arguments: tuple[str, ...]
    state_file: Path
    ready_within_s: float
    process: subprocess.Popen[bytes] | None = None


class Neighbours:
    """Starts the demo's processes, brings back what died, and ends them. Safe from any thread.

    A process asks the kernel to end it with the thread that started it (Linux): whoever calls ``start`` or ``tend``
    lives as long as it is wanted.
    """

    def __init__(self, clock: Clock, log: Path, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._log = log
        self._tell = tell
        self._all: list[Neighbour] = []
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def start(self, role: str, arguments: Sequence[str], state_file: Path, ready_within_s: float) -> Neighbour:
        """Start a process. Ask ``wait`` for what it says when it is ready."""
        state_file.unlink(missing_ok=True)
        neighbour = Neighbour(role, tuple(arguments), state_file, ready_within_s)
        with self._lock:
            self._run(neighbour, ())
            self._all.append(neighbour)
        return neighbour

    def tend(self) -> list[str]:
        """Start again what has died, at the place it had, and return the roles: the street's power is back."""
        back = []
        with self._lock:
            for neighbour in self._all:
                if neighbour.process is not None and neighbour.process.poll() is not None:
                    _log.warning("%s ended with %d; starting it again", neighbour.role, neighbour.process.returncode)
                    if neighbour.process.stdin is not None:
                        neighbour.process.stdin.close()
                    # One that died before it said where it was has no place to come back to.
                    self._run(neighbour, (AGAIN,) if neighbour.state_file.exists() else ())
                    back.append(neighbour.role)
        return back

    @property
    def all_run(self) -> bool:
        with self._lock:
            return all(one.process is not None and one.process.poll() is None for one in self._all)

    def pids(self) -> dict[str, int]:
        """Return the process id of each role that runs now."""
        with self._lock:
            return {
                neighbour.role: neighbour.process.pid
                for neighbour in self._all
                if neighbour.process is not None and neighbour.process.poll() is None
            }

    def wait(self, neighbour: Neighbour) -> dict[str, Any]:
        """Return what the process, not one before it, wrote into its state file.

        Raises:
            Unavailable: it ended, or was not ready in time.
        """
        assert neighbour.process is not None
        give_up_s = self._clock.monotonic_s() + neighbour.ready_within_s
        while self._clock.monotonic_s() < give_up_s:
            if neighbour.state_file.exists():
                state: dict[str, Any] = json.loads(neighbour.state_file.read_text(encoding="utf-8"))
                if state["pid"] == neighbour.process.pid:
                    return state
            code = neighbour.process.poll()
            if code is not None:
                raise Unavailable(
                    "{role} ended with {code}; see {log}.",
                    role=neighbour.role,
                    code=code,
                    log=str(self._log / f"{neighbour.role}.out"),
                )
            self._pause.wait(LOOK_EVERY_S)
        raise Unavailable(
            "{role} was not ready within {seconds} s.", role=neighbour.role, seconds=neighbour.ready_within_s
        )

    def end(self) -> None:
        """End all of them: closing their input asks, then we insist."""
        with self._lock:
            self._end()

    def _run(self, neighbour: Neighbour, extra: Sequence[str]) -> None:
        with open(self._log / f"{neighbour.role}.out", "ab") as output:
            neighbour.process = subprocess.Popen(
                command_for(neighbour.role, (*neighbour.arguments, *extra)),
                env=environment_for_child({}),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )

    def _end(self) -> None:
        for neighbour in self._all:
            if neighbour.process is not None and neighbour.process.stdin is not None:
                neighbour.process.stdin.close()
                neighbour.process.terminate()
        for neighbour in self._all:
            if neighbour.process is None:
                continue
            try:
                neighbour.process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                _log.warning("%s did not end; killing process %d", neighbour.role, neighbour.process.pid)
                neighbour.process.kill()
                neighbour.process.wait()
        self._all.clear()
