"""One fault a minute, in turn, to processes that were started here: killed, or stopped for some seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psutil

from console.demo.peers import Neighbours

EVERY_S = 60.0
FIRST_AFTER_S = 60.0
DOWN_FOR_S = 5.0
# Five of them and an odd number of deeds: any five minutes hold one fault to each, and spans that lie an even number of
# rounds apart hold the same deeds. So what is compared had the same happen to it.
TARGETS = ("media-1", "demo-cameras", "vision-1", "demo-department", "talk-1")


@dataclass(slots=True)
class Fault:
    """What was done to whom. ``pid_before`` is the process it was done to."""

    at_s: float
    role: str
    deed: str
    pid_before: int
    back_after_s: float | None = None

    def told(self) -> dict[str, object]:
        return {"at_s": round(self.at_s), "role": self.role, "deed": self.deed, "back_after_s": self.back_after_s}


class Faults:
    """Does them when they are due and takes them back. Used from one thread."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self._next_s = FIRST_AFTER_S
        self._takings_back: list[tuple[float, Callable[[], object]]] = []
        self.done: list[Fault] = []

    def tick(self, now_s: float, running: Callable[[], Mapping[str, psutil.Process]]) -> None:
        """Do what is due.

        Args:
            now_s: seconds since the run began.
            running: gives the processes by role; asked only when a fault is due.
        """
        for due_s, take_back in list(self._takings_back):
            if now_s >= due_s:
                self._takings_back.remove((due_s, take_back))
                take_back()
        if now_s < self._next_s:
            return
        number = round((self._next_s - FIRST_AFTER_S) / EVERY_S)
        self._next_s += EVERY_S
        role = TARGETS[number % len(TARGETS)]
        process = running().get(role)
        if process is not None:
            self._do(role, process, now_s, is_killing=number % 2 == 0)

    def note(self, now_s: float, running: Mapping[str, psutil.Process]) -> None:
        """Note which of the killed are there again."""
        for fault in self.done:
            if fault.back_after_s is None and fault.role in running and running[fault.role].pid != fault.pid_before:
                fault.back_after_s = round(now_s - fault.at_s, 1)

    def end(self) -> None:
        """Take back what still holds."""
        for _, take_back in self._takings_back:
            take_back()
        self._takings_back.clear()

    def _do(self, role: str, process: psutil.Process, now_s: float, *, is_killing: bool) -> None:
        back_s = now_s + DOWN_FOR_S
        if not is_killing:
            process.suspend()
            self._takings_back.append((back_s, lambda: _resume(process)))
            self.done.append(Fault(now_s, role, "stopped", process.pid, DOWN_FOR_S))
            return
        process.kill()
        # A worker's station brings it back; a neighbour's power comes back when we say so.
        self._takings_back.append((back_s, self._neighbours.tend))
        self.done.append(Fault(now_s, role, "killed", process.pid))


def _resume(process: psutil.Process) -> None:
    if process.is_running():
        process.resume()
