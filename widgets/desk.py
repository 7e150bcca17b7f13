"""The one way off the GUI thread and back: ``ask`` one after the other, ``fetch`` side by side."""

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from console.domain.errors import Refusal
from console.words import N_

_log = logging.getLogger(__name__)

Found = TypeVar("Found")
READERS = 3  # a page reads at most its list, its subject and a picture at once


class Unfinished(Refusal):
    """A bug stopped the work; the log has it under ``number``, and the operator is told no more than that."""

    def __init__(self, number: str) -> None:
        super().__init__(N_("This did not finish; noted as {code}. Nothing else is affected."), code=number)


@dataclass(frozen=True, slots=True)
class _Answer:
    done: Callable[[Any], None]
    refused: Callable[[Refusal], None]
    found: Any = None
    refusal: Refusal | None = None
    bug: str = ""


class Desk(QObject):
    """Lives in the GUI thread; its callbacks run there too. ``close`` before the application ends.

    Refusals (a rule, the world, somebody first) go to whoever asked. A bug goes to the log with a number of four
    digits, ``stumbled`` says that number, and the asker is refused with ``Unfinished``, so that no page waits forever.
    """

    stumbled = Signal(str)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serial = ThreadPoolExecutor(1, "desk-ask")
        self._parallel = ThreadPoolExecutor(READERS, "desk-fetch")
        self._is_closed = False
        self._answered.connect(self._deliver)

    def ask(self, work: Callable[[], Found], done: Callable[[Found], None], refused: Callable[[Refusal], None]) -> None:
        """Do work that changes something: after everything asked before it."""
        self._begin(self._serial, work, done, refused)

    def fetch(
        self, work: Callable[[], Found], done: Callable[[Found], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Do work that only reads: beside other reading."""
        self._begin(self._parallel, work, done, refused)

    def close(self, *, waits: bool = True) -> None:
        """Let running work end and deliver nothing any more; without ``waits`` it ends behind the caller's back."""
        self._is_closed = True
        self._serial.shutdown(wait=waits, cancel_futures=True)
        self._parallel.shutdown(wait=waits, cancel_futures=True)

    def _begin(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[[], Found],
        done: Callable[[Found], None],
        refused: Callable[[Refusal], None],
    ) -> None:
        if self._is_closed:
            return

        def finish(future: "Future[Found]") -> None:
            if future.cancelled() or self._is_closed:
                return
            fault = future.exception()
            if fault is None:
                self._answered.emit(_Answer(done, refused, found=future.result()))
            elif isinstance(fault, Refusal):
                self._answered.emit(_Answer(done, refused, refusal=fault))
            else:
                number = secrets.token_hex(2).upper()
                _log.error("work stumbled, number %s", number, exc_info=fault)
                self._answered.emit(_Answer(done, refused, bug=number))

        pool.submit(work).add_done_callback(finish)

    @Slot(object)
    def _deliver(self, answer: _Answer) -> None:
        if self._is_closed:
            return
        if answer.bug:
            self.stumbled.emit(answer.bug)
            answer.refused(Unfinished(answer.bug))
        elif answer.refusal is not None:
            answer.refused(answer.refusal)
        else:
            answer.done(answer.found)
