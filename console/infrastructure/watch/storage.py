"""What the station may still write: the disk measured every second, room made in time, the records never starved.

Three threads meet here: a probe's measures, the jobs' frees, and whoever wants to write asks. What they share is one
frozen state, replaced whole.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.application.upkeep import Freed, Upkeep
from console.domain.evidence import EvidenceKind
from console.domain.retention import Disk, Holding, Retention, Room, room_at
from console.infrastructure.disk import GIB, Ballast, Fill, Forecast, fill_of
from console.infrastructure.jobs import Turn
from console.infrastructure.watch.facts import Fact, Probe
from console.words import N_

_log = logging.getLogger(__name__)

ASK_DISK_EVERY_S = 1.0
DISK_SILENT_AFTER_S = 30.0  # a disk that answers no "how full are you" for thirty questions hangs
# In parts of the reserve: room is made from here on, until there is so much, and what had stopped goes on at a
# tenth above the mark it stopped at, so that nothing flaps (judgement: at 9 × 4 Mbit/s a gigabyte is four minutes).
MAKE_ROOM_BELOW, MAKE_ROOM_UNTIL, GOES_ON_ABOVE = 1.25, 1.5, 1.1
# Who reads on a Friday that it fills must be able to act on before Monday; a day is the next shift of whoever can.
SOON_DAYS, NOW_DAYS = 3.0, 1.0
FARTHEST_DAYS = 99
FORCED_IS_NEWS_FOR = timedelta(days=1)
FAILURES_THAT_MATTER = 3
_ORDER = (Room.EVERYTHING, Room.NO_RECORDING, Room.NO_CLIPS, Room.ROWS_ONLY)
_RECORDINGS = (Holding.CONTINUOUS, Holding.MANUAL)
_EVIDENCE = (Holding.UNFILED, Holding.SPEECH)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageState:
    """How things stand.

    Attributes:
        free_bytes: on the fuller of the two file systems, where recordings and records lie on different ones.
        days_left: until it is full; ``None`` if it does not fill or is not known.
        forced_at: when something was last freed before its days were over; ``forced_age`` how old it was.
        over_quota_bytes: what its quota does not allow and its days do not let go.
    """

    free_bytes: int
    room: Room = Room.EVERYTHING
    days_left: float | None = None
    forced_at: datetime | None = None
    forced_age: timedelta = timedelta()
    over_quota_bytes: int = 0
    failures: int = 0


class StorageWatch:
    """``measure`` in one thread, ``free`` in another, the rest from any."""

    def __init__(
        self,
        *,
        data: Path,
        recordings: Path,
        reserve_bytes: int,
        upkeep: Upkeep,
        ballast: Ballast,
        clock: Clock,
        make_room: Callable[[], None],
        fill: Callable[[Path], Fill] = fill_of,
    ) -> None:
        """Args:
        data: folder of records and evidence. recordings: theirs; it may lie on another disk.
        reserve_bytes: with less free than this recording stops.
        make_room: asks for ``free`` to be called now.
        """
        recordings.mkdir(parents=True, exist_ok=True)
        self._data = data
        self._recordings = recordings
        self._is_one_disk = data.stat().st_dev == recordings.stat().st_dev
        self._reserve_bytes = reserve_bytes
        self._upkeep = upkeep
        self._ballast = ballast
        self._clock = clock
        self._make_room = make_room
        self._fill = fill
        self._lock = threading.Lock()
        self._forecast = Forecast()
        self._state = StorageState(free_bytes=self._fill(data).free_bytes)
        self._is_swept = False

    def may_record(self) -> bool:
        """Return whether recordings may be written."""
        return self._state.room is Room.EVERYTHING

    def may_keep(self, kind: EvidenceKind) -> bool:
        """Return whether evidence of this kind may be written: clips give way before stills."""
        stopped = (Room.NO_CLIPS, Room.ROWS_ONLY) if kind is EvidenceKind.CLIP else (Room.ROWS_ONLY,)
        return self._state.room not in stopped

    def measure(self) -> StorageState:
        """Look at the disk, hold or give the ballast, ask for room where it is short; called every second.

        Raises:
            Unavailable: the disk is away.
        """
        of_data = self._fill(self._data)
        of_recordings = of_data if self._is_one_disk else self._fill(self._recordings)
        self._tend_ballast(of_data)
        free_bytes = min(of_data.free_bytes, of_recordings.free_bytes)
        with self._lock:
            self._forecast.note(self._clock.monotonic_s(), of_recordings.free_bytes)
            days_left = self._forecast.days_left(of_recordings.free_bytes, self._reserve_bytes)
            before = self._state
            room = self._room(free_bytes, before.room)
            self._state = replace(before, free_bytes=free_bytes, room=room, days_left=days_left)
        if room is not before.room:
            _log.error("the disk has %d MB free: %s", free_bytes // 1_000_000, room.value)
        if free_bytes < self._reserve_bytes * MAKE_ROOM_BELOW:
            self._make_room()
        return self._state

    def free(self, turn: Turn) -> bool:
        """Free what has served its days or where room is short; return whether there is more to do at once.

        Raises:
            Unavailable: the database or the disk is away. Stale: the lease was lost.
        """
        try:
            # What is written down as deleted may still lie there: after a crash, or where the disk let it not go.
            self._is_swept = self._is_swept or self._upkeep.finish()
            batches = [self._upkeep.free(disk, holdings) for disk, holdings in self._disks()]
        except Unavailable:
            self._is_swept = False
            with self._lock:
                self._state = replace(self._state, failures=self._state.failures + 1)
            raise
        self._take(batches)
        has_more = any(batch.has_more for batch in batches)
        if has_more:
            turn.renew()
        return has_more

    def _disks(self) -> list[tuple[Disk, Sequence[Holding]]]:
        if self._is_one_disk:
            return [(self._disk(self._fill(self._data)), (*_RECORDINGS, *_EVIDENCE))]
        return [
            (self._disk(self._fill(self._recordings)), _RECORDINGS),
            (self._disk(self._fill(self._data)), _EVIDENCE),
        ]

    def _disk(self, fill: Fill) -> Disk:
        return Disk(
            free_bytes=fill.free_bytes,
            begin_below_bytes=int(self._reserve_bytes * MAKE_ROOM_BELOW),
            until_bytes=int(self._reserve_bytes * MAKE_ROOM_UNTIL),
        )

    def _take(self, batches: Sequence[Freed]) -> None:
        forced = [batch.forced_age for batch in batches if batch.forced_age is not None]
        with self._lock:
            self._forecast.note_forced(sum(batch.forced_bytes for batch in batches))
            self._state = replace(
                self._state,
                over_quota_bytes=sum(sum(batch.over_quota.values()) for batch in batches),
                failures=0 if self._is_swept else self._state.failures + 1,
            )
            if forced:
                self._state = replace(self._state, forced_at=self._clock.now(), forced_age=min(forced))
        for batch in batches:
            if batch.files:
                _log.info("%d files freed, %d MB", batch.files, batch.size_bytes // 1_000_000)
        if forced:
            _log.error("recordings %s old were freed before their days: the disk is full", min(forced))

    def _room(self, free_bytes: int, before: Room) -> Room:
        room = room_at(free_bytes, self._reserve_bytes)
        if _ORDER.index(room) >= _ORDER.index(before):
            return room
        calm = room_at(int(free_bytes / GOES_ON_ABOVE), self._reserve_bytes)
        return min(calm, before, key=_ORDER.index)

    def _tend_ballast(self, of_data: Fill) -> None:
        if of_data.free_bytes < self._ballast.size_bytes // 2:
            self._ballast.give()
        elif of_data.free_bytes > self._reserve_bytes * MAKE_ROOM_BELOW:
            self._ballast.hold()


class StoragePulse:
    """Room on the disk: how much, for how long, and what had to give way."""

    def __init__(self, disk: Probe[StorageState], rules: Retention, clock: Clock) -> None:
        self._disk = disk
        self._least = rules.of(Holding.CONTINUOUS).least
        self._clock = clock

    def fact(self) -> Fact:
        state = self._disk.latest
        if state is None:
            told = Fact(name="storage", condition="waiting", sentence="being measured")
        elif isinstance(state, Unavailable):
            return Fact(name="storage", condition="fault", sentence="the disk does not answer")
        else:
            told = self._told(state)
        return replace(told, beat_s=self._disk.beat_s, silent_after_s=DISK_SILENT_AFTER_S)

    def _told(self, state: StorageState) -> Fact:
        # Rounded down: what is not there must not be promised, and tenths of many are noise.
        free_gib = state.free_bytes / GIB
        free = str(int(free_gib)) if free_gib >= 10 else f"{int(free_gib * 10) / 10:.1f}"
        if state.room is Room.NO_RECORDING:
            return _fault(N_("disk full: recording stopped, {free} GB free"), free=free)
        if state.room is Room.NO_CLIPS:
            return _fault(N_("disk full: no recordings, no clips, {free} GB free"), free=free)
        if state.room is Room.ROWS_ONLY:
            return _fault(N_("disk full: only records are written, {free} GB free"), free=free)
        if state.failures >= FAILURES_THAT_MATTER:
            return _fault(N_("files cannot be deleted: see the log of the station"))
        if state.forced_at is not None and self._clock.now() - state.forced_at < FORCED_IS_NEWS_FOR:
            return _fault(
                N_("disk too small: keeps {days} days, {least} wanted"),
                days=f"{state.forced_age / timedelta(days=1):.1f}",
                least=self._least.days,
            )
        if state.days_left is not None and state.days_left < NOW_DAYS:
            return _fault(N_("disk full in {hours} h"), hours=f"{state.days_left * 24:.1f}")
        if state.days_left is not None and state.days_left < SOON_DAYS:
            return _waiting(N_("disk full in {days} days"), days=f"{state.days_left:.1f}")
        if state.over_quota_bytes:
            return _waiting(N_("{size} GB over the quota, too young to go"), size=f"{state.over_quota_bytes / GIB:.1f}")
        if state.days_left is not None and state.days_left <= FARTHEST_DAYS:
            return _ok(N_("disk {days} days"), days=int(state.days_left))
        return _ok(N_("{free} GB free"), free=free)


def _ok(sentence: str, **values: str | int) -> Fact:
    return Fact(name="storage", condition="ok", sentence=sentence, values=values)


def _waiting(sentence: str, **values: str | int) -> Fact:
    return Fact(name="storage", condition="waiting", sentence=sentence, values=values)


def _fault(sentence: str, **values: str | int) -> Fact:
    return Fact(name="storage", condition="fault", sentence=sentence, values=values)
