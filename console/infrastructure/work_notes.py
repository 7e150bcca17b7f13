"""For which stream each thread of a decoder is at work, written so that it can still be read when the process is dead.

A hostile stream ends its decoder with a fatal signal. Python's own fault handler then writes down which thread it was;
beside it lies a small map of threads to streams, shared with the disk, which needs nobody's hand to survive. Where the
fault handler wrote nothing (a decoder that was ended because it stood still), the streams that were inside a risky
call are suspects.

Layout of the map (native byte order; one machine): ``RECORDS`` records of 256 bytes each: the thread's name to Python,
its name to the kernel, whether it is inside a risky call, and what it is at work for.
"""

import faulthandler
import mmap
import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

RECORDS = 256  # threads of one decoder; beyond that a thread goes unnoted, and its death is nobody's
_RECORD = struct.Struct("=QQB7x232s")
_RISK_AT = 16
_SUBJECT_BYTES = 232
_CRASHED = re.compile(rb"^Current thread 0x([0-9a-f]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Guilt:
    """Whose work ended a process.

    Attributes:
        certain: what the thread that crashed was at work for; empty where that is unknown.
        suspects: what was inside a risky call at that moment.
    """

    certain: str = ""
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadNote:
    """A thread of a decoder: what it is at work for, and its name to the kernel."""

    subject: str
    native_id: int
    ident: int
    is_at_risk: bool


class Mark:
    """A thread's own record. ``with mark:`` goes around a call into a codec; it costs less than a microsecond."""

    def __init__(self, risk: memoryview) -> None:
        self._risk = risk

    def __enter__(self) -> None:
        self._risk[0] = 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._risk[0] = 0


class WorkNotes:
    """The notes of this process. ``at_work_for`` from any thread; the rest belongs to the role's main."""

    def __init__(self, folder: Path, worker_id: str) -> None:
        """Begin them anew."""
        self._lock = threading.Lock()
        self._taken: set[int] = set()
        with _map_file(folder, worker_id).open("w+b") as file:
            file.truncate(RECORDS * _RECORD.size)
            self._map = mmap.mmap(file.fileno(), RECORDS * _RECORD.size)
        self._raw = memoryview(self._map)
        self._fault_file = _fault_file(folder, worker_id)
        self._faults: IO[bytes] | None = None

    def expect_crashes(self) -> None:
        """Have Python write down which thread a fatal signal hits, from now on until ``end``."""
        self._faults = self._fault_file.open("wb", buffering=0)
        faulthandler.enable(self._faults, all_threads=True)

    @contextmanager
    def at_work_for(self, subject: str) -> Iterator[Mark]:
        """Note that the calling thread works for ``subject`` until the end of the block."""
        at = self._take_place()
        try:
            if at is None:
                yield Mark(memoryview(bytearray(1)))
                return
            name = subject.encode()[:_SUBJECT_BYTES]
            _RECORD.pack_into(self._raw, at, threading.get_ident(), threading.get_native_id(), 0, name)
            yield Mark(self._raw[at + _RISK_AT : at + _RISK_AT + 1])
        finally:
            if at is not None:
                self._raw[at : at + _RECORD.size] = bytes(_RECORD.size)
                with self._lock:
                    self._taken.discard(at)

    def end(self) -> None:
        """Let the fault handler go. The map stays open: a thread that ends late still writes into it."""
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()

    def _take_place(self) -> int | None:
        with self._lock:
            free = next((at for at in range(0, RECORDS * _RECORD.size, _RECORD.size) if at not in self._taken), None)
            if free is not None:
                self._taken.add(free)
            return free


def threads_of(folder: Path, worker_id: str) -> tuple[ThreadNote, ...]:
    """Return what the threads of a worker are, or were, at work for."""
    try:
        raw = _map_file(folder, worker_id).read_bytes()
    except OSError:
        return ()
    whole = len(raw) // _RECORD.size * _RECORD.size
    return tuple(
        ThreadNote(subject.rstrip(b"\x00").decode("utf-8", "replace"), native_id, ident, bool(is_at_risk))
        for ident, native_id, is_at_risk, subject in _RECORD.iter_unpack(raw[:whole])
        if ident
    )


def whose_fault(folder: Path, worker_id: str) -> Guilt:
    """Return whose work ended a worker that has just died, and forget it: no later death is explained by it.

    What the fault handler wrote is kept as ``WORKER.crash`` until the next one.
    """
    notes = threads_of(folder, worker_id)
    fault = _fault_file(folder, worker_id)
    crashed = None
    with suppress(OSError):
        crashed = _CRASHED.search(fault.read_bytes())
        if crashed:
            fault.replace(fault.with_suffix(".crash"))
    ident = int(crashed.group(1), 16) if crashed else 0
    certain = next((note.subject for note in notes if note.ident == ident), "")
    with suppress(OSError):
        _map_file(folder, worker_id).unlink()
    return Guilt(certain, tuple(dict.fromkeys(note.subject for note in notes if note.is_at_risk)))


def _map_file(folder: Path, worker_id: str) -> Path:
    return folder / f"{worker_id}.work"


def _fault_file(folder: Path, worker_id: str) -> Path:
    return folder / f"{worker_id}.fault"
