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


@dataclass(slots=True)
class Neighbour:
    """One process of the demo, and the file in which it says where it is."""

    role: str
    arguments: tuple[str, ...]
    state_file: Path
    ready_within_s: float
    process: subprocess.Popen[bytes] | None = None


class Neighbours:
    """Starts the demo's processes and ends them. Used from one thread."""

    def __init__(self, clock: Clock, log: Path, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._log = log
        self._tell = tell
        self._all: list[Neighbour] = []
        self._pause = threading.Event()

    def start(self, role: str, arguments: Sequence[str], state_file: Path, ready_within_s: float) -> Neighbour:
        """Start a process. Ask ``wait`` for what it says when it is ready."""
        neighbour = Neighbour(role, tuple(arguments), state_file, ready_within_s)
        self._launch(neighbour)
        self._all.append(neighbour)
        return neighbour

    def start_again(self, neighbour: Neighbour, port: int) -> None:
        """Start a process that has ended at the port it had: its callers know no other."""
        assert neighbour.process is not None and neighbour.process.poll() is not None
        if neighbour.process.stdin is not None:
            neighbour.process.stdin.close()
        place = neighbour.arguments.index("--port") + 1
        neighbour.arguments = (*neighbour.arguments[:place], str(port), *neighbour.arguments[place + 1 :])
        self._launch(neighbour)

    def named(self, role: str) -> Neighbour:
        """Return the process of a role that was started here."""
        return next(neighbour for neighbour in self._all if neighbour.role == role)

    def wait(self, neighbour: Neighbour) -> dict[str, Any]:
        """Return what the process wrote into its state file.

        Raises:
            Unavailable: it ended, or was not ready in time.
        """
        assert neighbour.process is not None
        give_up_s = self._clock.monotonic_s() + neighbour.ready_within_s
        while self._clock.monotonic_s() < give_up_s:
            if neighbour.state_file.exists():
                state: dict[str, Any] = json.loads(neighbour.state_file.read_text(encoding="utf-8"))
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

    def _launch(self, neighbour: Neighbour) -> None:
        neighbour.state_file.unlink(missing_ok=True)
        with open(self._log / f"{neighbour.role}.out", "ab") as output:
            neighbour.process = subprocess.Popen(
                command_for(neighbour.role, neighbour.arguments),
                env=environment_for_child({}),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
