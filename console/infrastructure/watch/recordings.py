"""Recording at the station: what is recorded, what was asked for by hand, and an index that follows the files."""

import json
import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from console.application.errors import Unavailable
from console.application.ports import Clock, UnitsOfWork
from console.domain.ids import SegmentId
from console.infrastructure.channel.messages import RecordByHand
from console.infrastructure.recording_repair import close_left_draft, read_segment
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.watch.streams import Streams

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0  # for drafts of dead workers, and for notes while the database is away
CHECK_EVERY_S = 24 * 3600.0  # index against files, hour by hour


class RecordingRoom:
    """What is recorded by hand and until when; kept in a file, so that a new station goes on with it.

    Owned by the station's main thread.
    """

    def __init__(self, streams: Streams, kept: Path, clock: Clock) -> None:
        """Args:
        kept: the file it is kept in.
        """
        self._streams = streams
        self._kept = kept
        self._clock = clock
        self._until: dict[str, datetime] = self._read()
        self._apply()

    def take_order(self, order: RecordByHand) -> None:
        """Begin, prolong or end a recording by hand."""
        if order.until is None:
            self._until.pop(order.camera_id, None)
        else:
            self._until[order.camera_id] = order.until
        self._keep()
        self._apply()

    def look_at_the_clock(self) -> None:
        """End what has had its time. Called now and then."""
        now = self._clock.now()
        over = [camera_id for camera_id, until in self._until.items() if until <= now]
        if not over:
            return
        for camera_id in over:
            del self._until[camera_id]
        self._keep()
        self._apply()

    def _apply(self) -> None:
        self._streams.record_by_hand(frozenset(self._until))

    def _read(self) -> dict[str, datetime]:
        try:
            found = json.loads(self._kept.read_bytes())
            return {str(camera_id): datetime.fromisoformat(until) for camera_id, until in found.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, TypeError) as cause:
            _log.error("what was recorded by hand is not known any more: %s", type(cause).__name__)
            return {}

    def _keep(self) -> None:
        draft = self._kept.with_suffix(".new")
        try:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            with open(draft, "w", encoding="utf-8") as file:
                json.dump({camera_id: until.isoformat() for camera_id, until in self._until.items()}, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._kept)
        except OSError as cause:
            _log.error("what is recorded by hand cannot be kept: %s", cause.strerror)


class RecordingIndex:
    """A thread that brings closed segments into the index and mends what a crash left.

    ``wake``, ``waiting`` and ``end`` from any thread. The notes beside the files are its journal: while the database
    is away they stay, and nothing is kept in memory that is not on the disk.
    """

    def __init__(
        self, shelf: RecordingShelf, units: UnitsOfWork, clock: Clock, tell: Callable[[str, tuple[str, ...]], None]
    ) -> None:
        self._shelf = shelf
        self._units = units
        self._clock = clock
        self._tell = tell
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._waiting = 0
        self._checked_s: float | None = None
        self._is_away = False
        self._thread = threading.Thread(target=self._run, name="recording-index", daemon=True)

    @property
    def waiting(self) -> int:
        """How many segments the index does not hold yet."""
        return self._waiting

    def begin(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """A segment was closed."""
        self._woken.set()

    def end(self, within_s: float = 5.0) -> None:
        self._ending.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(within_s)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            try:
                self.look()
                self._is_away = False
            except (Unavailable, OSError) as cause:
                if not self._is_away:
                    _log.error("recordings wait for their index: %s", cause)
                self._is_away = True
            except Exception:  # noqa: BLE001 - the top of a thread: one bad file must not end the index
                _log.exception("the index of recordings stumbled")
            self._woken.wait(LOOK_EVERY_S)

    def look(self) -> None:
        """Mend, index, and now and then compare. On the index's own thread, or before it begins.

        Raises:
            Unavailable: the database is away. OSError: the disk refuses.
        """
        for draft in self._shelf.left_drafts():
            close_left_draft(draft, self._shelf)
        self._take_in_noted()
        now_s = self._clock.monotonic_s()
        if self._checked_s is None or now_s - self._checked_s >= CHECK_EVERY_S:
            self._compare()
            self._checked_s = now_s

    def _take_in_noted(self) -> None:
        noted = self._shelf.noted()
        self._waiting = len(noted)
        if not noted:
            return
        with self._units.write() as unit:
            for segment in noted:
                unit.recordings.add(segment)
            unit.commit()
        for segment in noted:
            self._shelf.cross_out(segment)
        self._waiting = 0
        self._tell("recordings", tuple({str(segment.camera_id) for segment in noted}))

    def _compare(self) -> None:
        """Index files without a row and note rows without a file, an hour at a time."""
        hours = self._shelf.hours()
        with self._units.read() as unit:
            oldest = unit.recordings.oldest_at()
        now = self._clock.now()
        first = min([*hours, *([oldest] if oldest is not None else [])], default=now)
        hour = first.replace(minute=0, second=0, microsecond=0)
        while hour <= now and not self._ending.is_set():
            self._compare_hour(hour)
            hour += timedelta(hours=1)

    def _compare_hour(self, hour: datetime) -> None:
        # In this order: a file gets its row before its note goes, so what has neither has been forgotten.
        files = self._shelf.files_of(hour)
        noted = {segment.segment_id for segment in self._shelf.noted()}
        with self._units.read() as unit:
            rows = {segment.segment_id: segment for segment in unit.recordings.between(hour, hour + timedelta(hours=1))}
        lost = [name for name, row in rows.items() if not self._shelf.absolute(row.path).is_file()]
        unknown = [path for name, path in files.items() if name not in noted and name not in rows]
        found = [segment for path in unknown if (segment := read_segment(path)) is not None]
        if not lost and not found:
            return
        with self._units.write() as unit:
            unit.recordings.note_lost([SegmentId(name) for name in lost], self._clock.now())
            for segment in found:
                unit.recordings.add(segment)
            unit.commit()
        _log.warning("hour %s: %d files are lost, %d were not in the index", hour.isoformat(), len(lost), len(found))
