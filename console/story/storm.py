"""A storm over the demo's real processes: does what the plan says when its step has come, and takes it back."""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime

import psutil

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.demo.control import DepartmentControl
from console.demo.peers import Neighbours
from console.demo.running import RunningDemo
from console.site import Site
from console.story.faults import Deed, Fault, Thing

_log = logging.getLogger(__name__)

TICK_S = 0.05
POWER_BACK_AFTER_S = 1.0
_AT_DEPARTMENT = {Deed.REFUSE: "503", Deed.HANG: "hang", Deed.CUT: "drop_after_store"}


@dataclass(slots=True)
class Struck:
    """A fault that has happened. ``until`` is when it was taken back; its own moment for what is over at once."""

    fault: Fault
    at: datetime
    until: datetime | None


class Storm:
    """One thread strikes, takes back and brings the neighbours' power back; the rest is safe from any thread.

    It lives until ``end``, and with it what it started (see ``Neighbours``).
    """

    def __init__(
        self,
        plan: Sequence[Fault],
        site: Site,
        demo: RunningDemo,
        neighbours: Neighbours,
        tell: Callable[[Struck], None],
    ) -> None:
        """Args:
        tell: told of each fault when it has happened; called in the storm's thread.
        """
        self._clock: Clock = site.clock
        self._site = site
        self._neighbours = neighbours
        self._department = DepartmentControl(demo.department)
        self._tell = tell
        # A seat dies over a key, in the story's own thread, which tells of it by ``note``.
        self._waiting = [fault for fault in plan if fault.thing is not Thing.SEAT]
        self._begun_s: dict[str, float] = {}
        self._lasting: list[tuple[float, Struck, ExitStack]] = []
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._power_at_s = 0.0
        self.struck: list[Struck] = []
        self._thread = threading.Thread(target=self._run, name="storm")

    def start(self) -> None:
        self._thread.start()

    def note_step(self, name: str) -> None:
        """A step of the story begins."""
        with self._lock:
            self._begun_s[name] = self._clock.monotonic_s()

    def note(self, fault: Fault) -> None:
        """A fault has been done elsewhere."""
        now = self._clock.now()
        with self._lock:
            self._keep(Struck(fault, now, now))

    @property
    def is_over(self) -> bool:
        """True when every fault has happened and been taken back, and all neighbours run."""
        with self._lock:
            return not self._waiting and not self._lasting and self._neighbours.all_run

    def told(self) -> str:
        """Return what has happened so far, in one line."""
        with self._lock:
            return "; ".join(f"{one.at:%H:%M:%S} {one.fault}" for one in self.struck) or "none"

    def end(self) -> None:
        """Take everything back."""
        self._ending.set()
        self._thread.join()
        self._department.close()

    def _run(self) -> None:
        try:
            while not self._ending.wait(TICK_S):
                with self._lock:
                    self._tick(self._clock.monotonic_s())
        finally:
            for _, _, taking_back in self._lasting:
                taking_back.close()

    def _tick(self, now_s: float) -> None:
        for entry in list(self._lasting):
            until_s, struck, taking_back = entry
            if now_s >= until_s:
                self._lasting.remove(entry)
                taking_back.close()
                struck.until = self._clock.now()
        for fault in list(self._waiting):
            begun_s = self._begun_s.get(fault.step)
            if begun_s is not None and now_s >= begun_s + fault.after_s and self._strike(fault, now_s):
                self._waiting.remove(fault)
        self._bring_back(now_s)

    def _strike(self, fault: Fault, now_s: float) -> bool:
        """Do it; false if its thing is not there just now."""
        taking_back = ExitStack()
        try:
            match fault.deed:
                case Deed.KILL:
                    self._process(fault.thing).kill()
                case Deed.STOP:
                    process = self._process(fault.thing)
                    process.suspend()
                    taking_back.callback(_resume, process)
                case Deed.LOCK:
                    taking_back.enter_context(self._site.database.writing())
                case _:
                    self._department.plan_fault(_AT_DEPARTMENT[fault.deed])
        except (psutil.NoSuchProcess, Unavailable, OSError):
            return False
        now = self._clock.now()
        struck = Struck(fault, now, None if fault.lasts_s else now)
        if fault.lasts_s:
            self._lasting.append((now_s + fault.lasts_s, struck, taking_back))
        self._keep(struck)
        return True

    def _keep(self, struck: Struck) -> None:
        self.struck.append(struck)
        _log.info("%s", struck.fault)
        self._tell(struck)

    def _bring_back(self, now_s: float) -> None:
        """Give the neighbours their power back a moment after they lost it."""
        if self._neighbours.all_run:
            self._power_at_s = now_s + POWER_BACK_AFTER_S
        elif now_s >= self._power_at_s:
            self._neighbours.tend()

    def _process(self, thing: Thing) -> psutil.Process:
        """Return the process of a thing as it runs now.

        Raises:
            psutil.NoSuchProcess: it is not there just now. OSError, ValueError: the station has not said where it is.
        """
        neighbours = self._neighbours.pids()
        if thing in neighbours:
            return psutil.Process(neighbours[thing])
        station = psutil.Process(station_pid(self._site))
        if thing is Thing.STATION:
            return station
        for child in station.children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if thing in child.cmdline():
                    return child
        raise psutil.NoSuchProcess(0, name=thing)


def station_pid(site: Site) -> int:
    """Return the process of the site's station.

    Raises:
        OSError: none has said where it is.
    """
    try:
        return int(json.loads(site.endpoint_file.read_text(encoding="utf-8"))["pid"])
    except ValueError as cause:
        raise OSError("half written") from cause


def _resume(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.resume()
