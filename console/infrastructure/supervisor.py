"""Starts the station's workers, watches their pulse, and starts them again."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from console.application.ports import Clock

_log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 15.0
CALM_AFTER_S = 60.0  # a worker that lived this long starts again at once
SILENT_AFTER_S = 15.0  # ten missed pulses and a slow start of a loaded machine
START_WITHIN_S = 60.0  # cold imports of a busy machine took 30 s (PEERS.md)
END_WITHIN_S = 4.0

# A child must not find our Qt in OpenCV's folder, nor OpenCV's in ours.
_NOT_FOR_CHILDREN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def command_for(role: str, arguments: Sequence[str]) -> list[str]:
    """Return the command that starts a role of this program, frozen or not."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--role", role, *arguments]
    return [sys.executable, "-m", "console", "--role", role, *arguments]


def environment_for_child(extra: dict[str, str]) -> dict[str, str]:
    """Return the environment of a child: ours, without what would mislead it."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_FOR_CHILDREN} | extra


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """A worker that shall run.

    Attributes:
        after_s: how long it lets the others start first.
        niceness: how far it stands back for the others when the machine is busy (Linux and macOS; 0 to 19).
    """

    worker_id: str
    role: str
    arguments: tuple[str, ...] = ()
    niceness: int = 0
    after_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """How a worker is.

    Attributes:
        since_s: monotonic time since when it runs, or since when it does not.
        pulse_s: monotonic time of its newest pulse; ``None`` before the first of this process.
        reason: why it was started again last: it ended by itself (with ``code``), or it was silent.
    """

    worker_id: str
    role: str
    is_running: bool
    since_s: float
    pulse_s: float | None
    restarts: int
    reason: Literal["", "ended", "silent"]
    code: int


@dataclass(slots=True)
class _Running:
    plan: WorkerPlan
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    pulse_s: float = 0.0
    has_pulse: bool = False
    starts: int = 0
    wait_s: float = FIRST_WAIT_S
    start_at_s: float = 0.0
    ended_s: float = 0.0
    reason: Literal["", "ended", "silent"] = ""
    code: int = 0


class Supervisor:
    """Owned by the station's main thread; ``tick`` is called several times a second."""

    def __init__(
        self, plans: Sequence[WorkerPlan], environment: dict[str, str], clock: Clock, lost: Callable[[str], None]
    ) -> None:
        """Args:
        environment: what a worker needs to find the station.
        lost: called with a worker's id when it died or was ended for its silence.
        """
        now_s = clock.monotonic_s()
        self._workers = {
            plan.worker_id: _Running(plan, start_at_s=now_s + plan.after_s, ended_s=now_s) for plan in plans
        }
        self._environment = environment
        self._clock = clock
        self._lost = lost

    def note_pulse(self, worker_id: str) -> None:
        worker = self._workers.get(worker_id)
        if worker is not None:
            worker.pulse_s = self._clock.monotonic_s()
            worker.has_pulse = True

    def reports(self) -> tuple[WorkerReport, ...]:
        """Return how each worker is now."""
        return tuple(
            WorkerReport(
                worker_id=name,
                role=worker.plan.role,
                is_running=worker.process is not None,
                since_s=worker.started_s if worker.process is not None else worker.ended_s,
                pulse_s=worker.pulse_s if worker.process is not None and worker.has_pulse else None,
                restarts=max(0, worker.starts - 1),
                reason=worker.reason,
                code=worker.code,
            )
            for name, worker in self._workers.items()
        )

    def pids(self) -> dict[str, int]:
        """Return the process id of each running worker."""
        return {
            name: worker.process.pid
            for name, worker in self._workers.items()
            if worker.process is not None and worker.process.poll() is None
        }

    def tick(self) -> None:
        """Start what shall run and does not; end what is silent."""
        now_s = self._clock.monotonic_s()
        for worker in self._workers.values():
            if worker.process is None:
                if now_s >= worker.start_at_s:
                    self._start(worker, now_s)
                continue
            code = worker.process.poll()
            if code is not None:
                worker.reason, worker.code = "ended", code
                self._note_end(worker, now_s, f"ended with {code}")
            elif self._is_silent(worker, now_s):
                _log.error("%s is silent; ending process %d", worker.plan.worker_id, worker.process.pid)
                worker.process.kill()
                worker.process.wait()
                worker.reason, worker.code = "silent", 0
                self._note_end(worker, now_s, "was silent")

    def end(self) -> None:
        """End all workers: they leave when their channel closes; those that do not are killed."""
        deadline_s = self._clock.monotonic_s() + END_WITHIN_S
        for worker in self._workers.values():
            if worker.process is None:
                continue
            try:
                worker.process.wait(max(0.05, deadline_s - self._clock.monotonic_s()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            worker.process = None

    def _is_silent(self, worker: _Running, now_s: float) -> bool:
        if worker.has_pulse:
            return now_s - worker.pulse_s > SILENT_AFTER_S
        return now_s - worker.started_s > START_WITHIN_S

    def _start(self, worker: _Running, now_s: float) -> None:
        worker.process = subprocess.Popen(
            command_for(worker.plan.role, worker.plan.arguments),
            env=environment_for_child(self._environment),
            stdin=subprocess.DEVNULL,
        )
        if worker.plan.niceness and sys.platform != "win32":
            # Here and not in the worker: its imports alone are seconds of work.
            with suppress(OSError):  # it may have ended already
                os.setpriority(os.PRIO_PROCESS, worker.process.pid, worker.plan.niceness)
        worker.starts += 1
        worker.started_s = now_s
        worker.has_pulse = False
        _log.info("%s started as process %d", worker.plan.worker_id, worker.process.pid)

    def _note_end(self, worker: _Running, now_s: float, how: str) -> None:
        lived_s = now_s - worker.started_s
        worker.process = None
        worker.ended_s = now_s
        worker.wait_s = FIRST_WAIT_S if lived_s > CALM_AFTER_S else min(worker.wait_s * 2, LONGEST_WAIT_S)
        worker.start_at_s = now_s + worker.wait_s
        _log.error("%s %s after %.0f s; again in %.1f s", worker.plan.worker_id, how, lived_s, worker.wait_s)
        self._lost(worker.plan.worker_id)
