"""Turning cameras: one person at a time, by a lease that can be taken over by whoever answers for more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from console.application.errors import Unavailable
from console.application.permissions import Gate
from console.application.ports import Clock, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.errors import DomainError, TransitionRefused
from console.domain.ids import AccountId, CameraId, SeatId, new_id
from console.domain.ptz import IDLE, PRIORITIES, STILL, TOUR_PRIORITY, DueTour, PtzLease, PtzSetup, Velocity
from console.words import N_

HELD = N_("Seat {seat}, {name}, is turning this camera.")
HELD_BY_LESS = N_("Seat {seat}, {name}, is turning this camera. X again takes it over.")
TOUR_ACCOUNT = AccountId("ptz-tour")
Why = Literal["left", "idle", "seat_lost", "taken_over", "tour_over"]
How = Literal["turn", "preset", "keep", "home"]


class PtzLink(Protocol):
    """What is asked of the machine's station, which alone talks to cameras."""

    def turn_camera(self, lease: PtzLease, action: str, velocity: Velocity = STILL, preset: int = 0) -> None:
        """Order ``begin``, ``turn``, ``stop``, ``preset``, ``keep``, ``home`` or ``leave``.

        Raises:
            Unavailable: the station is away; nothing turns.
        """
        ...


class CameraHeld(TransitionRefused):
    """Somebody else turns the camera. ``can_take_over``: whoever was refused answers for more."""

    def __init__(self, lease: PtzLease, *, can_take_over: bool) -> None:
        super().__init__(
            HELD_BY_LESS if can_take_over else HELD,
            seat=lease.seat_id,
            name=lease.display_name,
        )
        self.can_take_over = can_take_over


@dataclass(frozen=True, slots=True)
class Turning:
    """What the holder of a lease does with the camera. The station checks the lease and notes each turn."""

    lease: PtzLease
    link: PtzLink

    def turn(self, velocity: Velocity) -> None:
        """Turn until told otherwise; said again at least every second, for a silent seat's camera is stopped."""
        self.link.turn_camera(self.lease, "turn", velocity)

    def stop(self) -> None:
        self.link.turn_camera(self.lease, "stop")

    def go_to(self, preset: int) -> None:
        """Go to a preset by its number in the device's list, from 1."""
        self.link.turn_camera(self.lease, "preset", preset=preset)

    def keep(self, preset: int) -> None:
        """Keep where it looks now under a preset's number, from 1; for who answers for the room, or it is refused."""
        self.link.turn_camera(self.lease, "keep", preset=preset)

    def go_home(self) -> None:
        self.link.turn_camera(self.lease, "home")

    def leave(self) -> None:
        """Let go: the camera returns to its preset."""
        self.link.turn_camera(self.lease, "leave")


class PtzDesk:
    """A seat's verbs, and the station's. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock, zone: ZoneInfo) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock
        self._zone = zone

    # ---- a seat's ------------------------------------------------------------------------------------------------

    def take(self, actor: Actor, link: PtzLink, camera_id: CameraId) -> Turning:
        """Take a camera that nobody turns, or that goes its round by itself.

        Raises:
            NotPermitted: not by this role, or not there. CameraHeld: somebody else has it. DomainError: it cannot be
            turned. Unavailable: the station or the database is away.
        """
        actor = self._gate.require(actor, Verb.PTZ, camera_id, camera_id=camera_id)
        return self._take(actor, link, camera_id, over=False)

    def take_over(self, actor: Actor, link: PtzLink, camera_id: CameraId) -> Turning:
        """Take a camera from somebody who answers for less. Raises as ``take``."""
        actor = self._gate.require(actor, Verb.PTZ, camera_id, camera_id=camera_id)
        return self._take(actor, link, camera_id, over=True)

    def set_up(self, actor: Actor, setup: PtzSetup) -> None:
        """Keep how a camera is turned; its tours are their own matter (``PtzTourDesk``) and stay.

        Raises:
            NotPermitted: not by this role, or not there.
        """
        self._gate.require(actor, Verb.ADMINISTER, setup.camera_id, camera_id=setup.camera_id)
        with self._units.write() as unit:
            unit.directory.camera(setup.camera_id)
            before = unit.ptz.setup(setup.camera_id)
            unit.ptz.put_setup(replace(setup, tours=before.tours if before is not None else ()))
            unit.audit.append(
                self._gate.facts(
                    actor, "ptz_set_up", setup.camera_id, camera_id=setup.camera_id, device=setup.device_address
                )
            )
            unit.commit()

    def _take(self, actor: Actor, link: PtzLink, camera_id: CameraId, *, over: bool) -> Turning:
        now = self._clock.now()
        lease = PtzLease(
            lease_id=new_id(),
            camera_id=camera_id,
            account_id=actor.account_id,
            display_name=actor.display_name,
            seat_id=actor.seat_id,
            priority=PRIORITIES.get(actor.role, TOUR_PRIORITY + 1),
            since=now,
            until=now + IDLE,
        )
        with self._units.write() as unit:
            if unit.ptz.setup(camera_id) is None:
                raise DomainError("This camera cannot be turned.")
            other = unit.ptz.lease(camera_id)
            is_held = other is not None and other.holds(now) and not _is_own(other, actor)
            if is_held and other is not None and not other.is_tour:
                may = other.priority < lease.priority
                if not (over and may):
                    raise CameraHeld(other, can_take_over=may)
            if not unit.ptz.take(lease, now, other.lease_id if other is not None else ""):
                raise TransitionRefused("Somebody took this camera first. Look again.")
            is_over = is_held and other is not None and not other.is_tour
            verb = "ptz_take_over" if is_over else "ptz_take"
            from_whom = f"{other.seat_id} {other.display_name}" if is_over and other is not None else ""
            unit.audit.append(
                self._gate.facts(actor, verb, camera_id, camera_id=camera_id, from_at=now, from_whom=from_whom)
            )
            unit.commit()
        turning = Turning(lease, link)
        try:
            link.turn_camera(lease, "begin")
        except Unavailable:
            self.end(lease, "left")
            raise
        return turning

    # ---- the station's -------------------------------------------------------------------------------------------

    def held(self, camera_id: CameraId, lease_id: str) -> tuple[PtzLease, PtzSetup] | None:
        """Return a lease that still holds, and how its camera is turned."""
        with self._units.read() as unit:
            lease, setup = unit.ptz.lease(camera_id), unit.ptz.setup(camera_id)
        if lease is None or setup is None or lease.lease_id != lease_id or not lease.holds(self._clock.now()):
            return None
        return lease, setup

    def renew(self, lease: PtzLease) -> bool:
        """Hold a lease that is in use; false if it was lost to somebody else."""
        now = self._clock.now()
        with self._units.write() as unit:
            is_ours = unit.ptz.renew(lease.lease_id, now, now + IDLE)
            unit.commit()
        return is_ours

    def end(self, lease: PtzLease, why: Why) -> None:
        """Let a lease go, and note for how long it was held; one that was lost is only noted."""
        now = self._clock.now()
        with self._units.write() as unit:
            unit.ptz.end(lease.lease_id, now)
            unit.audit.append(_of_station(lease, "ptz_leave", now, lease.since, why=why))
            unit.commit()

    def note_turned(self, lease: PtzLease, how: How, from_at: datetime, detail: str = "") -> None:
        """Write down that the holder turned the camera, from then until now."""
        with self._units.write() as unit:
            unit.audit.append(_of_station(lease, "ptz_turn", self._clock.now(), from_at, kind=how, detail=detail))
            unit.commit()

    def tours_due(self) -> Sequence[DueTour]:
        """Return the tours that run now by the calendar, one a camera."""
        local = self._clock.now().astimezone(self._zone)
        with self._units.read() as unit:
            calendar = unit.directory.calendar()
            due = [(setup, setup.due(local, calendar)) for setup in unit.ptz.with_tour()]
        return [DueTour(setup, tour) for setup, tour in due if tour is not None]

    def setup(self, camera_id: CameraId) -> PtzSetup | None:
        """Return how a camera is turned; ``None`` where it cannot be."""
        with self._units.read() as unit:
            return unit.ptz.setup(camera_id)

    def take_for_tour(self, camera_id: CameraId, station: str) -> PtzLease | None:
        """Take a camera for its round; ``None`` while anybody else has it, a person or another station."""
        now = self._clock.now()
        lease = PtzLease(
            lease_id=new_id(),
            camera_id=camera_id,
            account_id=TOUR_ACCOUNT,
            display_name="station",
            seat_id=SeatId(station),
            priority=TOUR_PRIORITY,
            since=now,
            until=now + IDLE,
        )
        with self._units.write() as unit:
            if not unit.ptz.take(lease, now):
                return None
            unit.audit.append(_of_station(lease, "ptz_tour", now, now))
            unit.commit()
        return lease


def _is_own(lease: PtzLease, actor: Actor) -> bool:
    return lease.account_id == actor.account_id and lease.seat_id == actor.seat_id


def _of_station(lease: PtzLease, verb: str, now: datetime, since: datetime, **detail: str) -> AuditFacts:
    return AuditFacts(
        at=now,
        who="station" if lease.is_tour else f"{lease.display_name} ({lease.account_id})",
        seat_id=lease.seat_id,
        verb=verb,
        subject=lease.camera_id,
        detail=dict(detail),
        camera_id=lease.camera_id,
        from_at=since,
        to_at=now,
    )
