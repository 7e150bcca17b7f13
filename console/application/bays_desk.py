"""Stays in parking bays: what the station notes of them, and what a seat sees and settles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.application.permissions import Gate
from console.application.ports import Clock, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.bay_sessions import BaySession, Settled
from console.domain.cameras import Camera
from console.domain.ids import CameraId, RuleId, new_id
from console.domain.rules import CameraRule

MOST_SESSIONS = 500
"""Listed, the newest; more than a shift looks through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BayStay:
    """A stay as it is shown. ``came``, ``went``: where its two pictures lie, empty where there is none."""

    session: BaySession
    camera: Camera
    came: str = ""
    went: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BayRow:
    """A row of bays that a rule watches."""

    camera: Camera
    rule: CameraRule


class BayNotes:
    """The station's verbs. Safe from any thread. The rows are the record."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def begin(
        self,
        camera_id: CameraId,
        rule_id: RuleId,
        row: str,
        bay: int,
        at: datetime,
        *,
        is_begin_known: bool,
        is_sure: bool,
    ) -> BaySession | None:
        """Note that a vehicle stands in a bay; ``None`` where it is the stay that is open already.

        One that was seen to come ends a stay that was left open: nobody saw when that one went.

        Raises:
            Unavailable: the database is away; try again.
        """
        with self._units.write() as unit:
            known = unit.bays.open_at(camera_id, rule_id, bay)
            if known is not None and (not is_begin_known or at <= known.entered_at):
                if known.is_sure and at > known.entered_at:
                    unit.bays.put(replace(known, is_sure=False))  # nobody looked meanwhile: it may be another one
                    unit.commit()
                return None
            if known is not None:
                unit.bays.put(known.ended(at, is_sure=False))
            session = BaySession(
                session_id=new_id(),
                camera_id=camera_id,
                rule_id=rule_id,
                row=row,
                bay=bay,
                entered_at=at,
                is_begin_known=is_begin_known,
                is_sure=is_sure,
            )
            unit.bays.put(session)
            unit.commit()
        return session

    def end(self, camera_id: CameraId, rule_id: RuleId, bay: int, at: datetime, *, is_sure: bool) -> BaySession | None:
        """Note that a bay is free, and return the stay that ended; ``None`` where none was open.

        Raises:
            Unavailable: the database is away; try again.
        """
        with self._units.write() as unit:
            known = unit.bays.open_at(camera_id, rule_id, bay)
            if known is None:
                return None
            ended = known.ended(at, is_sure=is_sure)
            unit.bays.put(ended)
            unit.commit()
        return ended


class BaysDesk:
    """The verbs of a seat. Safe from any thread, never on the GUI thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock

    def rows(self, actor: Actor) -> Sequence[BayRow]:
        """Return the rows of bays that are watched where the actor may watch.

        Raises:
            NotPermitted: not by this role. Unavailable: the database is away.
        """
        actor = self._gate.require(actor, Verb.WATCH, "bays")
        with self._units.read() as unit:
            cameras = [one for one in unit.directory.cameras_with_rules() if _is_within(actor, one)]
        return [BayRow(camera=one, rule=rule) for one in cameras for rule in one.rules if rule.bays and rule.is_on]

    def stays(self, actor: Actor) -> Sequence[BayStay]:
        """Return the latest stays where the actor may watch, the newest first. Raises as ``rows``."""
        actor = self._gate.require(actor, Verb.WATCH, "bays")
        with self._units.read() as unit:
            found = unit.bays.newest(MOST_SESSIONS)
            cameras = {one.camera_id: one for one in unit.directory.cameras_of([one.camera_id for one, _, _ in found])}
        return [
            BayStay(session=session, camera=camera, came=came, went=went)
            for session, came, went in found
            if (camera := cameras.get(session.camera_id)) is not None and _is_within(actor, camera)
        ]

    def settle(self, actor: Actor, session_id: str, settled: Settled) -> None:
        """Say of a stay that was not sure what it was.

        Raises:
            NotPermitted: not by this role, or not there. DomainError: it was sure. Stale: it is not there any more.
        """
        with self._units.read() as unit:
            camera_id = unit.bays.get(session_id).camera_id
        self._gate.require(actor, Verb.REVIEW, session_id, camera_id=camera_id)
        with self._units.write() as unit:
            session = unit.bays.get(session_id)
            unit.bays.put(session.settled_as(settled, actor.display_name, self._clock.now()))
            facts = self._gate.facts(
                actor,
                "settle_bay",
                session_id,
                camera_id=session.camera_id,
                bay=f"{session.row} · {session.bay}",
                settled=settled.value,
            )
            unit.audit.append(facts)
            unit.commit()


def _is_within(actor: Actor, camera: Camera) -> bool:
    return actor.scope.covers(camera.place.grid_cell, camera.camera_id)
