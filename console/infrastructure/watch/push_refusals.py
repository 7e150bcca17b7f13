"""Devices that were turned away when they wanted to send, as the health page shows them."""

from collections import deque

from console.application.ports import Clock
from console.infrastructure.channel.messages import PushRefused
from console.infrastructure.watch.facts import Fact
from console.infrastructure.watch.pulses import Reporting
from console.words import N_

SHOWN_S = 600.0  # judgement: long enough to be read beside the device, and gone when it has sent for a while
MOST_COUNTED = 1000
_WORDS = {
    "wrong_key": N_("{count} refused in 10 min, last {device} from {peer}: its key is wrong"),
    "unknown": N_("{count} refused in 10 min, last {device} from {peer}: no key was given to such a device"),
    "sends_already": N_("{count} refused in 10 min, last {device} from {peer}: another one sends under its name"),
    "not_taken": N_("{count} refused in 10 min, last {device} from {peer}: its pictures are neither H.264 nor H.265"),
    "no_vault": N_("{count} refused in 10 min, last {device} from {peer}: the vault does not answer"),
}
_NO_NAME = N_("{count} refused in 10 min, last from {peer}: it gave no name that a device could have")


class PushRefusals:
    """Owned by the station's main thread. No key is in it: the listener tells none."""

    def __init__(self, workers: Reporting, listener: str, clock: Clock) -> None:
        """Args:
        listener: the worker whose doors devices come to.
        """
        self._workers = workers
        self._listener = listener
        self._clock = clock
        self._at_s: deque[float] = deque(maxlen=MOST_COUNTED)
        self._last: PushRefused | None = None

    def note(self, refused: PushRefused) -> None:
        """Take in who was turned away, and why."""
        self._at_s.append(self._clock.monotonic_s())
        self._last = refused

    def fact(self) -> Fact:
        """Return the newest refusal and how many there were; anybody can cause one, so it never is a fault of ours."""
        if not any(worker.worker_id == self._listener and worker.is_running for worker in self._workers.reports()):
            return Fact(name="pushing", condition="fault", sentence=N_("nobody can send: the listener does not run"))
        since_s = self._clock.monotonic_s() - SHOWN_S
        while self._at_s and self._at_s[0] <= since_s:
            self._at_s.popleft()
        if not self._at_s or self._last is None:
            return Fact(name="pushing", condition="ok", sentence=N_("nobody refused in the last 10 min"))
        values: dict[str, str | int | float] = {"count": len(self._at_s), "peer": self._last.peer}
        if not self._last.device:
            return Fact(name="pushing", condition="waiting", sentence=_NO_NAME, values=values)
        values["device"] = self._last.device
        return Fact(name="pushing", condition="waiting", sentence=_WORDS[self._last.reason], values=values)
