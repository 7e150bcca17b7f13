"""How the cameras see: what is wrong with them, since when, with its pictures sealed; and how they should look."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from console.application.camera_sight import SightNotes
from console.application.errors import Stale, Unavailable
from console.application.ports import Clock
from console.domain.camera_faults import CameraFault, FaultKind, ReferencePicture
from console.domain.evidence import LARGEST_CLOCK_OFFSET_S, EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, EvidenceId, new_id
from console.infrastructure.channel.messages import (
    AnyMessage,
    ReferenceTaken,
    RenewReference,
    SightWish,
    StreamState,
    TakeReference,
)
from console.infrastructure.evidence_store import Sealed
from console.infrastructure.watch.facts import Fact
from console.infrastructure.watch.streams import Streams

_log = logging.getLogger(__name__)

# A clock is corrected in jumps, and one answer that came late says nothing (judgement).
CLOCK_DWELL_S = 10.0
CLOCK_RIGHT_AGAIN_S = 0.8
JUDGED = ("whole", *(kind.value for kind in FaultKind if kind.is_seen))
ILL, REFERENCE = "ill", "reference"  # remarks of the two pictures


class Keeping(Protocol):
    """Where evidence is written once."""

    def keep(self, evidence_id: EvidenceId, at: datetime, suffix: str, data: bytes) -> Sealed:
        """Seal what is held in memory. Raises ``Unavailable``: the disk failed."""
        ...


class Witnessing(Protocol):
    """Who writes down what was sealed: the alarms' intake."""

    def keep_evidence(self, item: EvidenceItem) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unsealed:
    """A picture on its way to the evidence."""

    item: EvidenceItem
    file: Path
    is_ours: bool


class SightRoom:
    """Owned by the station's main thread. What lasts is in the records, so that a restart forgets no beginning."""

    def __init__(
        self,
        *,
        notes: SightNotes,
        store: Keeping,
        intake: Witnessing,
        folder: Path,
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        """Args:
        folder: where references lie, one folder a camera.
        send: gives a message to the worker of an id. tell: tells the seats that rows of a topic changed.
        """
        self._notes = notes
        self._store = store
        self._intake = intake
        self._folder = folder
        self._clock = clock
        self._send = send
        self._tell = tell
        self._streams: Streams | None = None
        self._is_read = False
        self._seen: dict[str, CameraFault] = {}
        self._clocks: dict[str, CameraFault] = {}
        self._offsets: dict[str, tuple[bool, float, datetime]] = {}
        self._unwritten: dict[str, CameraFault] = {}
        self._unsealed: deque[_Unsealed] = deque()
        self._unkept: deque[tuple[ReferencePicture, tuple[str, ...]]] = deque()
        self._references: dict[str, tuple[ReferencePicture, ...]] = {}

    def join(self, streams: Streams) -> None:
        """Use these streams, which themselves ask this room by what a camera is judged."""
        self._streams = streams

    def wish(self, camera_id: str) -> SightWish | None:
        """Return by what a camera is judged; ``None`` while the records are away."""
        references = self._references_of(camera_id)
        if references is None:
            return None
        folder = self._folder / camera_id
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            _log.warning("camera %s is not judged: %s", camera_id, cause.strerror)
            return None
        return SightWish(folder=str(folder), references=tuple(str(folder / one.measured) for one in references))

    def take_state(self, state: StreamState) -> StreamState:
        """Take in how a camera sees and return the state with the beginnings that are known here."""
        if not self._read():
            return state
        self._note_sight(state)
        if state.condition == "live":
            self._note_clock(state)
        fault, clock_fault = self._seen.get(state.camera_id), self._clocks.get(state.camera_id)
        told: dict[str, object] = {}
        if fault is not None and state.condition == "live":
            # Also of its other stream, and before it has been judged anew: what lasts, lasts until it is seen whole.
            told |= {"sight": fault.kind.value, "sight_since": fault.began_at}
        if clock_fault is not None:
            told["clock_off_since"] = clock_fault.began_at
        return state.model_copy(update=told) if told else state

    def take_reference(self, taken: ReferenceTaken) -> None:
        """Keep a reference that a worker took, and let all judge by it."""
        known = self._references_of(taken.camera_id) or ()
        reference = ReferencePicture(
            reference_id=new_id(),
            camera_id=CameraId(taken.camera_id),
            taken_at=taken.taken_at,
            measured=Path(taken.measured).name,
            picture=Path(taken.picture).name,
            width=taken.width,
            height=taken.height,
            taken_by=taken.taken_by,
        )
        void = {Path(name).name for name in taken.instead_of}
        gone = tuple(one for one in known if one.measured in void)
        self._references[taken.camera_id] = (reference, *(one for one in known if one not in gone))
        self._unkept.append((reference, tuple(one.reference_id for one in gone)))
        _log.info("camera %s has a reference of %s", taken.camera_id, taken.taken_by or "its own")
        self._write_down()
        assert self._streams is not None
        self._streams.apply()

    def take_order(self, order: RenewReference) -> None:
        """Have a seat's reference taken of the stream that is judged, if there is one."""
        assert self._streams is not None
        name = self._streams.judged_stream(order.camera_id)
        if name is None:
            _log.info("camera %s is not shown; no reference is taken", order.camera_id)
            return
        self._send(self._streams.worker_of(name), TakeReference(stream_id=name, taken_by=order.taken_by))

    def look_around(self) -> None:
        """Bring what waited for the records to them. Called about once a second."""
        self._read()
        self._write_down()

    def fact(self) -> Fact:
        """Return how many cameras are out of order, and how many of those open are judged at all."""
        if self._streams is None or not self._streams.states:
            return Fact(name="sight", condition="waiting", sentence="no camera is shown")
        states = self._streams.states.values()
        judged = {state.camera_id for state in states if state.condition == "live" and state.sight in JUDGED}
        return Fact(
            name="sight",
            condition="fault" if self._seen or self._clocks else "ok" if judged else "waiting",
            sentence="{ill} out of order, {judged} of {all} judged",
            values={
                "ill": len(self._seen.keys() | self._clocks.keys()),
                "judged": len(judged),
                "all": len({state.camera_id for state in states}),
            },
        )

    # ---- what is wrong -------------------------------------------------------------------------------------------

    def _note_sight(self, state: StreamState) -> None:
        known = self._seen.get(state.camera_id)
        if state.sight == "whole" and known is not None:
            self._end(self._seen, known)
        if state.sight not in JUDGED or state.sight == "whole":
            return
        kind = FaultKind(state.sight)
        if known is None:
            fault = self._begin(self._seen, state, kind, state.sight_since or self._clock.now())
            self._seal(fault, state)
        elif known.kind is not kind:  # what it is has become plainer; when it began stays
            self._seen[state.camera_id] = renamed = replace(known, kind=kind)
            self._change(renamed)

    def _note_clock(self, state: StreamState) -> None:
        """A clock is off, or right again, after it has been so for a while."""
        if state.clock_offset_s is None:
            return
        known = self._clocks.get(state.camera_id)
        limit_s = LARGEST_CLOCK_OFFSET_S if known is None else CLOCK_RIGHT_AGAIN_S
        is_off, now_s = abs(state.clock_offset_s) > limit_s, self._clock.monotonic_s()
        before = self._offsets.get(state.camera_id)
        if before is None or before[0] != is_off:
            before = self._offsets[state.camera_id] = (is_off, now_s, self._clock.now())
        if now_s - before[1] < CLOCK_DWELL_S:
            return
        if is_off and known is None:
            self._begin(self._clocks, state, FaultKind.CLOCK_OFF, before[2], state.clock_offset_s)
        elif not is_off and known is not None:
            self._end(self._clocks, known)

    def _begin(
        self,
        held: dict[str, CameraFault],
        state: StreamState,
        kind: FaultKind,
        began_at: datetime,
        clock_offset_s: float | None = None,
    ) -> CameraFault:
        fault = held[state.camera_id] = CameraFault(
            fault_id=new_id(),
            camera_id=CameraId(state.camera_id),
            kind=kind,
            began_at=began_at,
            noted_at=self._clock.now(),
            clock_offset_s=clock_offset_s,
        )
        _log.warning("camera %s is %s since %s", fault.camera_id, kind.value, began_at)
        self._change(fault)
        return fault

    def _end(self, held: dict[str, CameraFault], fault: CameraFault) -> None:
        del held[fault.camera_id]
        _log.info("camera %s is no longer %s", fault.camera_id, fault.kind.value)
        self._change(replace(fault, ended_at=self._clock.now()))

    def _change(self, fault: CameraFault) -> None:
        self._unwritten[fault.fault_id] = fault
        self._write_down()

    def _seal(self, fault: CameraFault, state: StreamState) -> None:
        """Give the fault its two pictures: how the camera sees, and how it should."""
        reference = next(iter(self._references_of(fault.camera_id) or ()), None)
        if state.sight_picture:
            ill = Path(state.sight_picture)
            size = (state.width, state.height)
            self._unsealed.append(_Unsealed(item=_item(fault, ill, ILL, fault.noted_at, size), file=ill, is_ours=True))
        if reference is not None:
            file = self._folder / fault.camera_id / reference.picture
            size = (reference.width, reference.height)
            item = _item(fault, file, REFERENCE, reference.taken_at, size)
            self._unsealed.append(_Unsealed(item=item, file=file, is_ours=False))
        self._write_down()

    # ---- the records ---------------------------------------------------------------------------------------------

    def _read(self) -> bool:
        if self._is_read:
            return True
        try:
            faults = self._notes.open_faults()
        except Unavailable as cause:
            _log.info("what was wrong with cameras is not known yet: %s", cause)
            return False
        self._seen = {fault.camera_id: fault for fault in faults if fault.kind.is_seen}
        self._clocks = {fault.camera_id: fault for fault in faults if not fault.kind.is_seen}
        self._is_read = True
        return True

    def _references_of(self, camera_id: str) -> Sequence[ReferencePicture] | None:
        known = self._references.get(camera_id)
        if known is None:
            try:
                known = self._references[camera_id] = tuple(self._notes.references(CameraId(camera_id)))
            except Unavailable as cause:
                _log.info("how camera %s should look is not known yet: %s", camera_id, cause)
                return None
        return known

    def _write_down(self) -> None:
        try:
            for fault in list(self._unwritten.values()):
                self._notes.note(fault)
                del self._unwritten[fault.fault_id]
                self._tell("sight", (fault.camera_id,))
            while self._unkept:
                self._notes.keep_reference(*self._unkept[0])
                self._tell("sight", (self._unkept.popleft()[0].camera_id,))
            while self._unsealed:
                self._seal_next(self._unsealed[0])
                self._unsealed.popleft()
        except (Unavailable, Stale) as cause:
            _log.warning("what is wrong with cameras waits for the records: %s", cause)

    def _seal_next(self, unsealed: _Unsealed) -> None:
        item = unsealed.item
        try:
            data = unsealed.file.read_bytes()
        except OSError as cause:
            _log.error("picture %s of fault %s is lost: %s", item.remark, item.subject_id, cause.strerror)
            return
        sealed = self._store.keep(item.evidence_id, item.begins_at, ".jpg", data)
        self._intake.keep_evidence(replace(item, path=sealed.path, sha256=sealed.sha256, size_bytes=sealed.size_bytes))
        if unsealed.is_ours:
            unsealed.file.unlink(missing_ok=True)


def _item(fault: CameraFault, file: Path, remark: str, at: datetime, size: tuple[int, int]) -> EvidenceItem:
    return EvidenceItem(
        evidence_id=EvidenceId(new_id()),
        kind=EvidenceKind.STILL,
        subject_id=fault.fault_id,
        path=file.name,
        sha256="",
        size_bytes=0,
        begins_at=at,
        camera_id=fault.camera_id,
        width=size[0],
        height=size[1],
        remark=remark,
        made_by="station",
    )
