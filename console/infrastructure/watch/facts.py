"""What a silent thing says of itself, and the watch over whether it still says anything."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from console.application.errors import Unavailable
from console.application.ports import Clock

_log = logging.getLogger(__name__)

# Five missed beats of a thing that beats once a second are no hiccup (judgement; as at the seat).
SILENT_AFTER_S = 5.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One measurement of one silent thing, before it is known since when it holds.

    Attributes:
        name: what the health page knows the thing by (``widgets/state/health.py``).
        sentence: a key of the catalogue; ``values`` fill it. A value named ``age`` is seconds.
        beat_s: monotonic time of the thing's last sign of life; ``None`` for what is measured while one asks.
        silent_after_s: without a beat for longer than this, nothing it said before is believed.
    """

    name: str
    condition: Literal["ok", "waiting", "fault"]
    sentence: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    beat_s: float | None = None
    silent_after_s: float = SILENT_AFTER_S


class FactSource(Protocol):
    """A thing with a pulse. Asked once a second on the station's main thread: it answers at once, from memory."""

    def fact(self) -> Fact: ...


class Probe(Generic[Answer]):
    """Asks something that may hang (a database, a disk) in a thread of its own and keeps the newest answer.

    ``begin`` and ``end`` from the owner's thread; ``latest`` from any.
    """

    def __init__(self, name: str, ask: Callable[[], Answer], every_s: float, clock: Clock) -> None:
        self._ask = ask
        self._every_s = every_s
        self._clock = clock
        self._latest: tuple[Answer | Unavailable, float] | None = None
        self._begun_s = clock.monotonic_s()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"probe-{name}", daemon=True)

    def begin(self) -> None:
        self._begun_s = self._clock.monotonic_s()
        self._thread.start()

    def end(self, within_s: float = 2.0) -> None:
        """Ask it to end; one that hangs in its question is left to the end of the process."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(within_s)

    @property
    def latest(self) -> Answer | Unavailable | None:
        """The newest answer, or why there was none; ``None`` before the first."""
        return self._latest[0] if self._latest is not None else None

    @property
    def beat_s(self) -> float:
        """When it was answered last, by the monotonic clock; before the first answer when it began to ask."""
        return self._latest[1] if self._latest is not None else self._begun_s

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                answer: Answer | Unavailable = self._ask()
            except Unavailable as cause:
                answer = cause
            except Exception:  # noqa: BLE001 - the top of a thread: its silence is what the health page shows
                _log.exception("%s stumbled", self._thread.name)
                return
            self._latest = (answer, self._clock.monotonic_s())
            self._ending.wait(self._every_s)
