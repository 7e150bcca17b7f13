"""Streams that killed their decoder: each in a decoder of its own, so that it takes no neighbour with it again."""

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from console.application.ports import Clock
from console.infrastructure.channel.messages import AnyMessage, ShutDown, StreamState
from console.infrastructure.supervisor import Death, WorkerPlan
from console.infrastructure.watch.streams import Streams
from console.infrastructure.work_notes import Guilt

_log = logging.getLogger(__name__)

# Judgement: half an hour of pictures is no accident; who kills again after it stays until the day is over.
CALM_S, CALM_AGAIN_S = 1800.0, 24 * 3600.0
# A suspect that lives this long alone was not it: a stream that kills does so with its first pictures, and again.
SUSPECT_S = 30.0
# Decoders beside the ordinary ones, 60 MB each (PERFORMANCE.md); further streams wait and say so.
MOST_APART = 8
# What only a crash ends a process with; a plain kill (the kernel short of memory, a person) is nobody's doing here.
_CRASHES = frozenset(-number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE, signal.SIGILL)) | frozenset(
    -int(getattr(signal, name)) for name in ("SIGBUS",) if hasattr(signal, name)
)
_WINDOWS_FAULTS = 0xC0000000  # NTSTATUS of severity "error": an access violation is 0xC0000005


class Decoders(Protocol):
    """Who starts and ends decoders: the supervisor."""

    def add(self, plan: WorkerPlan) -> None: ...
    def dismiss(self, worker_id: str) -> None: ...


@dataclass(slots=True)
class _Held:
    """A stream set apart. ``calm_from_s`` is since when nothing went wrong, by the monotonic clock."""

    worker_id: str
    address: SecretStr | None
    deaths: int
    calm_from_s: float
    is_suspect: bool
    has_worker: bool = False


class Quarantine:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        whose_fault: Callable[[str], Guilt],
        streams: Streams,
        decoders: Decoders,
        plan: Callable[[str, str], WorkerPlan],
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
    ) -> None:
        """Args:
        whose_fault: tells of a decoder that has just died whose work ended it.
        plan: from a worker's id and the words for whom it works alone to how it is started.
        """
        self._whose_fault = whose_fault
        self._streams = streams
        self._decoders = decoders
        self._plan = plan
        self._clock = clock
        self._send = send
        self._held: dict[str, _Held] = {}
        self._released: set[str] = set()

    @property
    def held(self) -> frozenset[str]:
        """The streams that are set apart."""
        return frozenset(self._held)

    def note_death(self, death: Death) -> list[StreamState]:
        """Set apart whose fault a decoder's death was, and return what is to be said of it.

        Call it after the streams of the dead decoder were marked.
        """
        guilt = self._whose_fault(death.worker_id)
        own = next((name for name, held in self._held.items() if held.worker_id == death.worker_id), None)
        if own is not None:
            held = self._held[own]
            held.deaths += 1
            held.is_suspect = held.is_suspect and not _is_crash(death)
            held.calm_from_s = self._clock.monotonic_s()
            _log.error("stream %s killed its own decoder, %d times by now", own, held.deaths)
            return self._told(own)
        if guilt.certain:
            return self._set_apart(guilt.certain, is_suspect=False)
        if not _is_crash(death):
            return []
        return [state for name in guilt.suspects for state in self._set_apart(name, is_suspect=True)]

    def look_around(self) -> None:
        """Release who has been calm, and have a decoder run for each that is wanted, as many as may."""
        now_s = self._clock.monotonic_s()
        for name, held in list(self._held.items()):
            address = self._streams.address_of(name)
            if address is None:
                self._rest(held)  # nobody looks; should anybody again, it is still set apart
            elif held.address is not None and address != held.address:
                self._release(name, "it comes from another address")
                self._released.discard(name)
            elif self._is_calm(name, held, now_s):
                self._release(name, "it was calm")
            else:
                held.address = address
        running = sum(held.has_worker for held in self._held.values())
        for name, held in self._held.items():
            if not held.has_worker and running < MOST_APART and self._streams.address_of(name) is not None:
                held.has_worker = True
                held.calm_from_s = now_s
                running += 1
                self._decoders.add(self._plan(held.worker_id, self._words_for(name)))

    def _set_apart(self, name: str, *, is_suspect: bool) -> list[StreamState]:
        address = self._streams.address_of(name)
        if address is None or name in self._held:
            return []
        _log.error("stream %s %s its decoder and comes back alone", name, "may have killed" if is_suspect else "killed")
        taken = {held.worker_id for held in self._held.values()}
        number = next(number for number in range(1, len(taken) + 2) if f"media-q{number}" not in taken)
        self._held[name] = _Held(f"media-q{number}", address, 1, self._clock.monotonic_s(), is_suspect)
        self._streams.set_apart(name, f"media-q{number}")
        self.look_around()
        return self._told(name)

    def _told(self, name: str) -> list[StreamState]:
        state = self._streams.states.get(name)
        if state is None:
            return []
        self._streams.states[name] = state.model_copy(
            update={"condition": "worker_restarting", "attempts": self._held[name].deaths}
        )
        return [self._streams.states[name]]

    def _is_calm(self, name: str, held: _Held, now_s: float) -> bool:
        if held.is_suspect:
            return held.has_worker and now_s - held.calm_from_s > SUSPECT_S
        state = self._streams.states.get(name)
        if state is None or state.condition != "live":
            held.calm_from_s = now_s  # a stream that shows nothing proves nothing
        return now_s - held.calm_from_s > (CALM_AGAIN_S if name in self._released else CALM_S)

    def _release(self, name: str, why: str) -> None:
        held = self._held.pop(name)
        if not held.is_suspect:
            self._released.add(name)
        _log.info("stream %s is set apart no longer: %s", name, why)
        self._streams.bring_back(name)
        self._rest(held)

    def _rest(self, held: _Held) -> None:
        if held.has_worker:
            held.has_worker = False
            self._send(held.worker_id, ShutDown(reason="Its stream is wanted no longer."))
            self._decoders.dismiss(held.worker_id)

    def _words_for(self, name: str) -> str:
        """Return number and name of the stream's camera, as the wall has them."""
        camera = self._streams.camera(name.rsplit("/", 1)[0])
        return f"{camera.number} {camera.name}" if camera is not None else name


def _is_crash(death: Death) -> bool:
    return death.code in _CRASHES or death.code >= _WINDOWS_FAULTS or death.why == "silent"
