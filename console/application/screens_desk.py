"""Screens elsewhere: an administrator gives one a key, a seat sends it a wall, and it may ask what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.application.errors import NotPermitted
from console.application.permissions import Gate
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.accounts import PERMITTED, Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cameras import Camera
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.screens import Screen, Sent, checked_name, digest_of, new_key, seat_of
from console.domain.walls import Wall


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLine:
    """A screen as a seat chooses it; nobody's name and no moment where it shows nothing."""

    name: str
    sent_by: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a screen shows: the wall, the cameras on it that its sender may watch now, who sent it and when."""

    wall: Wall
    cameras: tuple[Camera, ...]
    sent_by: str
    sent_at: datetime


class ScreensDesk:
    """Safe from any thread. A screen is no person: it can do nothing but ask what was sent to it."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock

    def issue(self, actor: Actor, name: str) -> str:
        """Return a new key for a screen, which makes it known; the key before opens nothing any more.

        Raises:
            DomainError: the name is empty or too long.
        """
        self._gate.require(actor, Verb.ADMINISTER, "screens")
        name, key = checked_name(name), new_key()
        with self._units.write() as unit:
            known = unit.screens.find(name)
            unit.screens.put(replace(known or Screen(name=name, key_digest=""), key_digest=digest_of(key)))
            unit.audit.append(self._gate.facts(actor, "issue_screen_key", name))
            unit.commit()
        return key

    def revoke(self, actor: Actor, name: str) -> None:
        """Take a screen's key back; it shows nothing any more."""
        self._gate.require(actor, Verb.ADMINISTER, "screens")
        with self._units.write() as unit:
            unit.screens.put(replace(_known(unit, name), key_digest="", sent=None))
            unit.audit.append(self._gate.facts(actor, "revoke_screen_key", name))
            unit.commit()

    def all(self, actor: Actor) -> Sequence[ScreenLine]:
        """Return the screens that have a key, by name."""
        self._gate.require(actor, Verb.WATCH, "screens")
        with self._units.read() as unit:
            screens = [screen for screen in unit.screens.all() if screen.is_in_use]
        return [
            ScreenLine(name=one.name, sent_by=one.sent.by_name, sent_at=one.sent.at)
            if one.sent is not None
            else ScreenLine(name=one.name)
            for one in screens
        ]

    def send(self, actor: Actor, name: str, wall: Wall) -> None:
        """Let a screen show this wall; each camera on it must be the actor's to watch.

        Raises:
            NotPermitted: one of them is not; nothing is sent.
            DomainError: there is no such screen.
        """
        cameras: list[CameraId] = [camera_id for camera_id in wall.cameras if camera_id is not None]
        if not cameras:
            self._gate.require(actor, Verb.WATCH, name)
        for camera_id in cameras:
            self._gate.require(actor, Verb.WATCH, name, camera_id=camera_id)
        sent = Sent(wall=wall, by=actor.account_id, by_name=actor.display_name, at=self._clock.now())
        with self._units.write() as unit:
            unit.screens.put(replace(_known(unit, name), sent=sent))
            unit.audit.append(
                self._gate.facts(actor, "send_to_screen", name, layout=wall.layout.name, cameras=" ".join(cameras))
            )
            unit.commit()

    def clear(self, actor: Actor, name: str) -> None:
        """Let a screen show nothing."""
        self._gate.require(actor, Verb.WATCH, name)
        with self._units.write() as unit:
            unit.screens.put(replace(_known(unit, name), sent=None))
            unit.audit.append(self._gate.facts(actor, "clear_screen", name))
            unit.commit()

    def sign_in(self, name: str, key: str) -> None:
        """Let a screen in by its key, and write down that it came.

        Raises:
            NotPermitted: it is not its key, or the key was taken back.
        """
        with self._units.write() as unit:
            screen = unit.screens.find(name)
            is_let_in = screen is not None and screen.opens_with(key)
            unit.audit.append(
                AuditFacts(
                    at=self._clock.now(),
                    who=seat_of(name),
                    seat_id=seat_of(name),
                    verb="sign_in" if is_let_in else "sign_in_refused",
                    subject=name,
                    detail={},
                )
            )
            unit.commit()
        if not is_let_in:
            raise NotPermitted("The key of this screen is not valid. Ask an administrator for another.")

    def shown(self, name: str, key: str) -> Shown | None:
        """Return what a screen is to show now; ``None`` where nothing was sent to it.

        What its sender may no longer watch is an empty tile; of a sender whose account is out of use it is nothing.
        That somebody watches is the station's to write down, as of any wall.

        Raises:
            NotPermitted: it is not its key, or the key was taken back.
        """
        with self._units.read() as unit:
            screen = unit.screens.find(name)
            if screen is None or not screen.opens_with(key):
                raise NotPermitted("The key of this screen is not valid. Ask an administrator for another.")
            sent = screen.sent
            account = unit.accounts.find(sent.by) if sent is not None else None
            if sent is None or account is None or not account.is_active or Verb.WATCH not in PERMITTED[account.role]:
                return None
            wanted = {camera_id for camera_id in sent.wall.cameras if camera_id is not None}
            cameras = tuple(
                camera
                for camera in unit.directory.cameras_of(wanted)
                if account.scope.covers(camera.place.grid_cell, camera.camera_id)
            )
        may = {camera.camera_id for camera in cameras}
        wall = replace(sent.wall, cameras=tuple(one if one in may else None for one in sent.wall.cameras))
        return Shown(wall=wall, cameras=cameras, sent_by=sent.by_name, sent_at=sent.at)


def _known(unit: UnitOfWork, name: str) -> Screen:
    screen = unit.screens.find(name)
    if screen is None or not screen.is_in_use:
        raise DomainError("There is no screen {name} that has a key.", name=name)
    return screen
