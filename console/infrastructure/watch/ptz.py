"""Turning cameras for the seats, and their rounds when nobody does: the lease, the stop on loss, the way back."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.application.camera_devices import CameraDevice
from console.application.errors import Unavailable
from console.application.ports import Clock
from console.application.ptz_desk import PtzDesk, Why
from console.domain.errors import DomainError, Refusal
from console.domain.ids import CameraId
from console.domain.ptz import (
    IDLE,
    KEEPS_PRESETS,
    MOST_KEPT,
    STILL,
    DueTour,
    Preset,
    PtzLease,
    PtzSetup,
    PtzTour,
    Velocity,
)
from console.infrastructure.channel.messages import AnyMessage, PtzState, TurnCamera
from console.infrastructure.watch.ptz_line import Command, PtzLine, Said
from console.words import N_

_log = logging.getLogger(__name__)

# A seat says "turn" twice a second while its key is down; three times missing and the camera stops (judgement: with
# the device's own answer this is within the 2 s after which nobody may still be turning it).
SILENT_S = 1.4
TELL_AGAIN_S = 1.0  # below what the device itself waits for (`DEVICE_STOPS_AFTER_S`)
RENEW_EVERY_S = 5.0
# Judgement: a dome arrives and its picture is sharp again; only then do its rules watch.
SETTLE_S = 4.0
END_WITHIN_S = 5.0
LOST = N_("This camera is no longer yours to turn.")
NOT_TO_KEEP = N_("Presets are kept by the shift leader: tours and rules hang on them.")
NO_PRESET = N_("This camera has no preset {number}.")

Connect = Callable[[CameraId, PtzSetup], Callable[[], CameraDevice]]


@dataclass(slots=True)
class _Round:
    """Where a tour is. ``at`` is the stop it is at or on its way to; times are monotonic."""

    tour: PtzTour
    at: int = -1
    leaves_s: float = 0.0


@dataclass(slots=True)
class _Hold:
    """A camera that somebody turns, or that goes its round. Times are monotonic but ``turning_since``."""

    lease: PtzLease
    setup: PtzSetup
    line: PtzLine
    seat_line: str
    used_s: float
    renewed_s: float
    heard_s: float = 0.0
    told_s: float = 0.0
    velocity: Velocity = STILL
    turning_since: datetime | None = None
    presets: tuple[Preset, ...] = ()
    round: _Round | None = None
    failure: Refusal | None = None

    @property
    def condition(self) -> str:
        return "tour" if self.round is not None else "turning" if self.turning_since is not None else "held"


class PtzRoom:
    """Owned by the station's main thread; only ``take_tours`` may be called from another."""

    def __init__(
        self,
        *,
        desk: PtzDesk,
        connect: Connect,
        clock: Clock,
        show: Callable[[AnyMessage], None],
        station: str,
    ) -> None:
        """Args:
        connect: gives the function that opens a camera's device, its password looked up already.
        show: gives a message to every seat.
        """
        self._desk = desk
        self._connect = connect
        self._clock = clock
        self._show = show
        self._station = station
        self._holds: dict[CameraId, _Hold] = {}
        self._ending: list[PtzLine] = []
        self._said: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self._settling: dict[CameraId, float] = {}
        self._ask_again_s: dict[CameraId, float] = {}
        self._lock = threading.Lock()
        self._tours: dict[CameraId, DueTour] = {}

    @property
    def away(self) -> frozenset[CameraId]:
        """The cameras that do not look where their rules were drawn: nothing that they see there is true."""
        turned = {
            camera_id
            for camera_id, hold in self._holds.items()
            if hold.round is None or not hold.round.tour.stops[hold.round.at].watches
        }
        return frozenset(turned | self._settling.keys())

    @property
    def turned(self) -> frozenset[CameraId]:
        """The cameras that may look elsewhere than they usually do, watched by their rules there or not."""
        return frozenset(self._holds.keys() | self._settling.keys())

    def states(self) -> list[PtzState]:
        """Return who turns what, for a seat that joins."""
        return [self._state(camera_id, hold) for camera_id, hold in self._holds.items()]

    def take_order(self, seat_line: str, order: TurnCamera) -> None:
        """Carry out what a seat says, if it has the lease."""
        camera_id = CameraId(order.camera_id)
        if order.action == "begin":
            self._begin(seat_line, camera_id, order.lease_id)
            return
        hold = self._holds.get(camera_id)
        if hold is None or hold.lease.lease_id != order.lease_id:
            _log.info("camera %s: an order of somebody who does not have it", camera_id)
            return
        hold.used_s = self._clock.monotonic_s()
        match order.action:
            case "turn":
                self._turn(hold, order)
            case "stop":
                self._stop(hold)
            case "preset":
                self._go_to(hold, order.preset)
            case "keep":
                self._keep(hold, order.preset)
            case "home":
                self._stop(hold)
                hold.line.tell(Command("go"))
                self._note(lambda: self._desk.note_turned(hold.lease, "home", self._clock.now()))
            case "leave":
                self._let_go(hold, "left")

    def forget_seat(self, seat_line: str) -> None:
        """A seat has gone: what it turned stops now, and goes back."""
        for hold in [hold for hold in self._holds.values() if hold.seat_line == seat_line]:
            self._let_go(hold, "seat_lost")

    def take_tours(self, due: Sequence[DueTour]) -> None:
        """Note which cameras go their round now. Safe from any thread."""
        with self._lock:
            self._tours = {one.setup.camera_id: one for one in due}

    def look_around(self) -> None:
        """Stop what nobody holds any more, end what is idle, go on with the rounds. Called several times a second."""
        self._hear()
        now_s = self._clock.monotonic_s()
        for hold in list(self._holds.values()):
            if hold.turning_since is not None and now_s - hold.heard_s > SILENT_S:
                _log.warning("camera %s: its seat is silent; stopped", hold.lease.camera_id)
                self._stop(hold)
            if hold.round is not None:
                self._go_round(hold, now_s)
            elif now_s - hold.used_s > IDLE.total_seconds():
                self._let_go(hold, "idle")
                continue
            if now_s - hold.renewed_s > RENEW_EVERY_S:
                self._renew(hold, now_s)
        self._settling = {name: until_s for name, until_s in self._settling.items() if until_s > now_s}
        self._begin_rounds(now_s)
        self._ending = [line for line in self._ending if not line.has_ended]

    def close(self) -> None:
        """Stop everything that turns, and end every line."""
        for hold in list(self._holds.values()):
            self._let_go(hold, "left")
        for line in self._ending:
            line.join(END_WITHIN_S)

    # ---- a person ------------------------------------------------------------------------------------------------

    def _begin(self, seat_line: str, camera_id: CameraId, lease_id: str) -> None:
        try:
            held = self._desk.held(camera_id, lease_id)
        except Unavailable as cause:
            _log.warning("camera %s is not turned: %s", camera_id, cause)
            return
        if held is None:
            _log.info("camera %s: a lease that does not hold", camera_id)
            return
        before = self._holds.pop(camera_id, None)
        if before is not None:
            self._drop(before, "tour_over" if before.round is not None else "taken_over")
        self._holds[camera_id] = self._open(held[0], held[1], seat_line)
        self._show(self._state(camera_id, self._holds[camera_id]))

    def _open(self, lease: PtzLease, setup: PtzSetup, seat_line: str) -> _Hold:
        now_s = self._clock.monotonic_s()
        line = PtzLine(lease.camera_id, setup.profile, self._connect(lease.camera_id, setup), self._said)
        return _Hold(lease, setup, line, seat_line, used_s=now_s, renewed_s=now_s)

    def _turn(self, hold: _Hold, order: TurnCamera) -> None:
        try:
            velocity = Velocity(order.pan, order.tilt, order.zoom)
        except DomainError as cause:
            _log.warning("camera %s: %s", order.camera_id, cause)
            return
        if velocity.is_still:
            self._stop(hold)
            return
        now_s = self._clock.monotonic_s()
        hold.heard_s = now_s
        is_other = velocity != hold.velocity
        if is_other or now_s - hold.told_s >= TELL_AGAIN_S:
            hold.velocity, hold.told_s = velocity, now_s
            hold.line.tell(Command("turn", velocity))
        if hold.turning_since is None:
            hold.turning_since = self._clock.now()
            self._show(self._state(hold.lease.camera_id, hold))

    def _stop(self, hold: _Hold) -> None:
        if hold.turning_since is None:
            return
        hold.line.tell(Command("stop"))
        since, hold.turning_since, hold.velocity = hold.turning_since, None, STILL
        self._note(lambda: self._desk.note_turned(hold.lease, "turn", since))
        self._show(self._state(hold.lease.camera_id, hold))

    def _go_to(self, hold: _Hold, number: int) -> None:
        if not 1 <= number <= len(hold.presets):
            self._fail(hold, DomainError(NO_PRESET, number=str(number)))
            return
        preset = hold.presets[number - 1]
        self._stop(hold)
        hold.line.tell(Command("go", preset=preset.token))
        self._note(lambda: self._desk.note_turned(hold.lease, "preset", self._clock.now(), preset.name))

    def _keep(self, hold: _Hold, number: int) -> None:
        """Keep where the camera looks now: under the preset of that number, or as the next one."""
        if hold.lease.priority < KEEPS_PRESETS:
            self._fail(hold, DomainError(NOT_TO_KEEP))
            return
        if not 1 <= number <= min(MOST_KEPT, len(hold.presets) + 1):
            self._fail(hold, DomainError(NO_PRESET, number=str(number)))
            return
        old = hold.presets[number - 1] if number <= len(hold.presets) else Preset("", str(number))
        self._stop(hold)
        hold.line.tell(Command("keep", preset=old.token, name=old.name))
        self._note(lambda: self._desk.note_turned(hold.lease, "keep", self._clock.now(), old.name))

    def _let_go(self, hold: _Hold, why: Why) -> None:
        """Stop, send the camera back to its preset, and let the next one have it."""
        camera_id = hold.lease.camera_id
        self._stop(hold)
        hold.line.tell(Command("go", preset=hold.setup.return_preset))
        self._settling[camera_id] = self._clock.monotonic_s() + SETTLE_S
        del self._holds[camera_id]
        self._drop(hold, why)
        failure = hold.failure if why == "left" and hold.failure is not None else None
        self._show(_free(camera_id, failure))

    def _drop(self, hold: _Hold, why: Why) -> None:
        self._stop(hold)
        hold.line.end()
        self._ending.append(hold.line)
        self._note(lambda: self._desk.end(hold.lease, why))

    def _renew(self, hold: _Hold, now_s: float) -> None:
        try:
            is_ours = self._desk.renew(hold.lease)
        except Unavailable as cause:
            _log.warning("the lease of camera %s is not renewed: %s", hold.lease.camera_id, cause)
            return
        hold.renewed_s = now_s
        if not is_ours:  # another station has it: it does not go back, somebody else is turning it
            del self._holds[hold.lease.camera_id]
            self._drop(hold, "taken_over")
            self._show(_free(hold.lease.camera_id, DomainError(LOST)))

    # ---- rounds --------------------------------------------------------------------------------------------------

    def _begin_rounds(self, now_s: float) -> None:
        with self._lock:
            due = dict(self._tours)
        for camera_id, hold in list(self._holds.items()):
            if hold.round is not None and (camera_id not in due or due[camera_id].tour != hold.round.tour):
                self._let_go(hold, "tour_over")
        for camera_id, one in due.items():
            is_busy = camera_id in self._holds or self._settling.get(camera_id, 0.0) > now_s
            if is_busy or self._ask_again_s.get(camera_id, 0.0) > now_s:
                continue
            try:
                lease = self._desk.take_for_tour(camera_id, self._station)
            except Unavailable as cause:
                _log.info("no round of camera %s: %s", camera_id, cause)
                return
            if lease is None:
                self._ask_again_s[camera_id] = now_s + RENEW_EVERY_S  # somebody has it
                continue
            hold = self._open(lease, one.setup, "")
            hold.round = _Round(one.tour)
            self._holds[camera_id] = hold
            self._go_round(hold, now_s)
            self._show(self._state(camera_id, hold))

    def _go_round(self, hold: _Hold, now_s: float) -> None:
        here = hold.round
        if here is None or now_s < here.leaves_s:
            return
        here.at = (here.at + 1) % len(here.tour.stops)
        stop = here.tour.stops[here.at]
        hold.line.tell(Command("go", preset=stop.preset))
        self._settling[hold.lease.camera_id] = now_s + SETTLE_S
        here.leaves_s = now_s + SETTLE_S + stop.dwell.total_seconds()

    # ---- telling -------------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        while True:
            try:
                said = self._said.get_nowait()
            except queue.Empty:
                return
            hold = self._holds.get(CameraId(said.camera_id))
            if hold is None:
                continue
            if said.presets is not None:
                hold.presets = said.presets
                self._show(self._state(hold.lease.camera_id, hold))
            if str(said.failure) != str(hold.failure):
                self._fail(hold, said.failure)

    def _fail(self, hold: _Hold, failure: Refusal | None) -> None:
        hold.failure = failure
        self._show(self._state(hold.lease.camera_id, hold))

    def _note(self, write: Callable[[], None]) -> None:
        try:
            write()
        except Unavailable as cause:
            _log.error("who turned a camera is not written down: %s", cause)

    def _state(self, camera_id: CameraId, hold: _Hold) -> PtzState:
        return PtzState.model_validate(
            {
                "camera_id": camera_id,
                "condition": hold.condition,
                "seat_id": hold.lease.seat_id,
                "name": hold.lease.display_name,
                "account_id": hold.lease.account_id,
                "presets": tuple(preset.name for preset in hold.presets),
                **_words(hold.failure),
            }
        )


def _free(camera_id: CameraId, failure: Refusal | None) -> PtzState:
    return PtzState.model_validate({"camera_id": camera_id, "condition": "free", **_words(failure)})


def _words(failure: Refusal | None) -> dict[str, object]:
    if failure is None:
        return {}
    return {"sentence": failure.sentence, "values": {name: str(value) for name, value in failure.values.items()}}
