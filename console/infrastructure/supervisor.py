"""Starts the station's workers, watches their pulse and their size, and starts them again."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import psutil

from console.application.ports import Clock
from console.infrastructure.memory import WORKER_SCORE, offer
from console.infrastructure.parent import PARENT_VARIABLE, before_exec

_log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5  # after the second death in a row
LONGEST_WAIT_S = 15.0
CALM_AFTER_S = 60.0  # a worker that lived this long has not died in a row
# Workers beat every half second. Nine streams shown, detection and speech on two cores with a load of eight: the
# longest gap between two beats of any worker was 0.59 s in 100 s (2026-11-22). Seven times that is no hiccup.
SILENT_AFTER_S = 4.0
START_WITHIN_S = 60.0  # cold imports of a busy machine took 30 s (PEERS.md)
END_WITHIN_S = 4.0
# The station itself stood still (stopped, suspended, swapped out): what its workers said meanwhile is unread.
STOOD_STILL_S = 1.5
MEASURE_EVERY_S = 2.0
MEBIBYTE = 2**20

# A child must not find our Qt in OpenCV's folder, nor OpenCV's in ours.
_NOT_FOR_CHILDREN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def command_for(role: str, arguments: Sequence[str]) -> list[str]:
    """Return the command that starts a role of this program, frozen or not."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--role", role, *arguments]
    return [sys.executable, "-m", "console", "--role", role, *arguments]


def environment_for_child(extra: dict[str, str]) -> dict[str, str]:
    """Return the environment of a child: ours, without what would mislead it, and whose child it is."""
    ours = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_CHILDREN}
    return ours | {PARENT_VARIABLE: str(os.getpid())} | extra


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """A worker that shall run.

    Attributes:
        after_s: how long it lets the others start first.
        niceness: how far it stands back for the others when the machine is busy (Linux and macOS; 0 to 19).
        most_mib: resident memory beyond which it is started anew; 0: whatever it takes.
        alone_for: what it does and no other may (a stream that killed its worker), in words; empty for the others.
    """

    worker_id: str
    role: str
    arguments: tuple[str, ...] = ()
    niceness: int = 0
    after_s: float = 0.0
    most_mib: int = 0
    alone_for: str = ""


Why = Literal["", "ended", "silent", "too_large"]


@dataclass(frozen=True, slots=True)
class Death:
    """A worker's end, as it is told.

    Attributes:
        code: what the process ended with; below zero the signal that ended it (POSIX).
        in_a_row: how often it has died by now without a calm time between.
    """

    worker_id: str
    code: int
    why: Why
    in_a_row: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """How a worker is.

    Attributes:
        since_s: monotonic time since when it runs, or since when it does not.
        pulse_s: monotonic time of its newest pulse; ``None`` before the first of this process.
        reason: why it was started again last: it ended by itself (with ``code``), or we ended it.
    """

    worker_id: str
    role: str
    is_running: bool
    since_s: float
    pulse_s: float | None
    restarts: int
    reason: Why
    code: int
    alone_for: str = ""


@dataclass(slots=True)
class _Running:
    plan: WorkerPlan
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    pulse_s: float = 0.0
    has_pulse: bool = False
    longest_gap_s: float = 0.0
    starts: int = 0
    deaths_in_a_row: int = 0
    start_at_s: float = 0.0
    ended_s: float = 0.0
    killed_for: Why = ""
    reason: Why = ""
    code: int = 0


class Supervisor:
    """Owned by the station's main thread; ``tick`` is called several times a second and never waits."""

    def __init__(
        self, plans: Sequence[WorkerPlan], environment: dict[str, str], clock: Clock, lost: Callable[[Death], None]
    ) -> None:
        """Args:
        environment: what a worker needs to find the station.
        lost: called when a worker died or was ended for its silence or its size.
        """
        self._workers: dict[str, _Running] = {}
        self._leaving: list[_Running] = []
        self._environment = environment
        self._clock = clock
        self._lost = lost
        self._ticked_s = clock.monotonic_s()
        self._measured_s = clock.monotonic_s()
        for plan in plans:
            self.add(plan)

    def add(self, plan: WorkerPlan) -> None:
        """Have one more worker from now on."""
        now_s = self._clock.monotonic_s()
        self._workers[plan.worker_id] = _Running(plan, start_at_s=now_s + plan.after_s, ended_s=now_s)

    def dismiss(self, worker_id: str) -> None:
        """Have this worker no longer. Whoever calls has told it to leave; one that does not is killed."""
        worker = self._workers.pop(worker_id, None)
        if worker is not None and worker.process is not None:
            worker.started_s = self._clock.monotonic_s()
            self._leaving.append(worker)

    def note_pulse(self, worker_id: str) -> None:
        worker = self._workers.get(worker_id)
        if worker is not None:
            now_s = self._clock.monotonic_s()
            if worker.has_pulse:
                worker.longest_gap_s = max(worker.longest_gap_s, now_s - worker.pulse_s)
            worker.pulse_s = now_s
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
                alone_for=worker.plan.alone_for,
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
        """Start what shall run and does not; end what is silent or too large."""
        now_s = self._clock.monotonic_s()
        self._forgive(now_s)
        is_time_to_measure = now_s - self._measured_s >= MEASURE_EVERY_S
        if is_time_to_measure:
            self._measured_s = now_s
        self._leaving = [worker for worker in self._leaving if not self._has_left(worker, now_s)]
        for worker in list(self._workers.values()):  # who hears of a death may have one more worker
            if worker.process is None:
                if now_s >= worker.start_at_s:
                    self._start(worker, now_s)
                continue
            code = worker.process.poll()
            if code is not None:
                self._note_end(worker, now_s, code)
            elif worker.killed_for:
                continue  # killed a moment ago; the kernel has not let it go yet
            elif self._is_silent(worker, now_s):
                self._kill(worker, "silent")
            elif is_time_to_measure and worker.plan.most_mib:
                self._measure(worker)

    def end(self) -> None:
        """End all workers: they leave when their channel closes; those that do not are killed."""
        deadline_s = self._clock.monotonic_s() + END_WITHIN_S
        for worker in (*self._workers.values(), *self._leaving):
            if worker.process is None:
                continue
            try:
                worker.process.wait(max(0.05, deadline_s - self._clock.monotonic_s()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            worker.process = None
            _log.info("%s: longest gap between two pulses %.2f s", worker.plan.worker_id, worker.longest_gap_s)

    def _has_left(self, worker: _Running, now_s: float) -> bool:
        assert worker.process is not None
        if worker.process.poll() is not None:
            return True
        if now_s - worker.started_s > END_WITHIN_S:
            worker.process.kill()
        return False

    def _forgive(self, now_s: float) -> None:
        """Blame no worker for the time in which we ourselves stood still."""
        stood_still_s = now_s - self._ticked_s
        self._ticked_s = now_s
        if stood_still_s > STOOD_STILL_S:
            _log.warning("the station stood still for %.1f s", stood_still_s)
            for worker in self._workers.values():
                worker.pulse_s += stood_still_s
                worker.started_s += stood_still_s

    def _is_silent(self, worker: _Running, now_s: float) -> bool:
        if worker.has_pulse:
            return now_s - worker.pulse_s > SILENT_AFTER_S
        return now_s - worker.started_s > START_WITHIN_S

    def _measure(self, worker: _Running) -> None:
        assert worker.process is not None
        try:
            size_mib = psutil.Process(worker.process.pid).memory_info().rss // MEBIBYTE
        except psutil.Error:  # it ended this moment; the next tick sees it
            return
        if size_mib > worker.plan.most_mib:
            _log.error("%s holds %d MiB, more than %d", worker.plan.worker_id, size_mib, worker.plan.most_mib)
            self._kill(worker, "too_large")

    def _kill(self, worker: _Running, why: Why) -> None:
        assert worker.process is not None
        _log.error("%s is %s; ending process %d", worker.plan.worker_id, why, worker.process.pid)
        worker.killed_for = why
        worker.process.kill()

    def _start(self, worker: _Running, now_s: float) -> None:
        try:
            worker.process = subprocess.Popen(
                command_for(worker.plan.role, worker.plan.arguments),
                env=environment_for_child(self._environment),
                stdin=subprocess.DEVNULL,
                preexec_fn=before_exec(),
            )
        except OSError as cause:  # no memory or no process to be had: as if it had died at once
            _log.error("%s cannot be started: %s", worker.plan.worker_id, cause.strerror)
            self._wait_longer(worker, now_s, 0.0)
            return
        if worker.plan.niceness and sys.platform != "win32":
            # Here and not in the worker: its imports alone are seconds of work.
            with suppress(OSError):  # it may have ended already
                os.setpriority(os.PRIO_PROCESS, worker.process.pid, worker.plan.niceness)
        offer(worker.process.pid, WORKER_SCORE)
        worker.starts += 1
        worker.started_s = now_s
        worker.has_pulse = False
        _log.info("%s started as process %d", worker.plan.worker_id, worker.process.pid)

    def _note_end(self, worker: _Running, now_s: float, code: int) -> None:
        worker.reason, worker.code = worker.killed_for or "ended", 0 if worker.killed_for else code
        lived_s = now_s - worker.started_s
        worker.process = None
        worker.killed_for = ""
        worker.ended_s = now_s
        wait_s = self._wait_longer(worker, now_s, lived_s)
        name = worker.plan.worker_id
        _log.error("%s %s with %d after %.0f s; again in %.1f s", name, worker.reason, code, lived_s, wait_s)
        self._lost(Death(name, code, worker.reason, worker.deaths_in_a_row))

    def _wait_longer(self, worker: _Running, now_s: float, lived_s: float) -> float:
        """Plan the next start and return in how many seconds: at once, and the later the more often it died in a row.

        Whoever died for the first time leaves a dark wall behind, and half a second of waiting would be a sixth of it.
        """
        worker.deaths_in_a_row = 1 if lived_s > CALM_AFTER_S else worker.deaths_in_a_row + 1
        again = worker.deaths_in_a_row - 2
        wait_s = min(FIRST_WAIT_S * 2.0**again, LONGEST_WAIT_S) if again >= 0 else 0.0
        worker.start_at_s = now_s + wait_s
        return wait_s
