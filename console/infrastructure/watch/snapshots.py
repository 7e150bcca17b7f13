"""A still of a camera's main stream for a seat: the wall's tile often shows the smaller one."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from console.domain.cameras import StreamProfile
from console.domain.ids import new_id
from console.infrastructure.channel.messages import (
    AnyMessage,
    RequestFailed,
    StillTaken,
    TakeSnapshot,
    TakeStill,
)
from console.infrastructure.evidence_notes import note_of
from console.infrastructure.watch.streams import Streams, stream_name
from console.words import N_

_log = logging.getLogger(__name__)

NOT_OPEN = N_("The main stream is not open.")
PENDING = ".pending"  # a folder of its own: what a seat that went has not fetched is swept at the next start


class Seat(Protocol):
    """Who asked."""

    def send(self, message: AnyMessage) -> None: ...


class SnapshotRoom:
    """Owned by the station's main thread. Opens no stream for it: what is not open is said to be so."""

    def __init__(self, folder: Path, streams: Streams, send: Callable[[str, AnyMessage], None]) -> None:
        """Args:
        folder: where seats keep their stills; a still lies below it until its seat has fetched it.
        """
        self._pending = folder / PENDING
        self._streams = streams
        self._send = send
        self._asked: dict[str, tuple[Seat, str]] = {}
        for left in self._pending.glob("*") if self._pending.is_dir() else ():
            left.unlink(missing_ok=True)

    def take_order(self, seat: Seat, order: TakeSnapshot) -> None:
        """Have the newest picture of the main stream written, or say that there is none to be had."""
        stream = stream_name(order.camera_id, StreamProfile.MAIN)
        if stream not in self._streams.open_names:
            seat.send(RequestFailed(request_id=order.request_id, reason=NOT_OPEN))
            return
        try:
            self._pending.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            _log.warning("no folder for stills: %s", cause.strerror)
            seat.send(RequestFailed(request_id=order.request_id, reason=NOT_OPEN))
            return
        name = new_id()
        self._asked[name] = (seat, order.request_id)
        path = self._pending / f"{name}.jpg"
        self._send(self._streams.worker_of(stream), TakeStill(request_id=name, stream_id=stream, path=str(path)))

    def take_still(self, still: StillTaken) -> bool:
        """Tell the seat where its still lies; false if it was asked for elsewhere."""
        asked = self._asked.pop(still.request_id, None)
        if asked is None:
            return False
        seat, request_id = asked
        note_of(still.path).unlink(missing_ok=True)  # a note is for evidence, which must not be lost
        seat.send(still.model_copy(update={"request_id": request_id}))
        return True

    def take_failure(self, failure: RequestFailed) -> bool:
        """Tell the seat that there is no still; false if it was asked for elsewhere."""
        asked = self._asked.pop(failure.request_id, None)
        if asked is None:
            return False
        seat, request_id = asked
        seat.send(failure.model_copy(update={"request_id": request_id}))
        return True

    def forget_seat(self, seat: Seat) -> None:
        """Nobody waits for these any more."""
        self._asked = {name: asked for name, asked in self._asked.items() if asked[0] is not seat}
