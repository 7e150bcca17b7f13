"""Hearing a camera: who may, where, and what is written down of it."""

from typing import Protocol

from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.errors import DomainError
from console.domain.ids import CameraId, EvidenceId
from console.domain.listening import ListeningRule


class ListeningLink(Protocol):
    """What the desk asks of the machine's station."""

    def listen(self, camera_id: CameraId | None, player_id: str = "") -> None:
        """Let this camera be heard at the seat and no other, or none; with a player what was kept of it.

        Raises:
            Unavailable: the station is away; nothing is heard.
        """
        ...


class ListeningDesk:
    """The verbs on sound; hearing is a view, and leaves a line of audit as one. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, rule: ListeningRule) -> None:
        self._units = units
        self._gate = gate
        self._rule = rule

    def listen(self, actor: Actor, link: ListeningLink, camera_id: CameraId) -> None:
        """Let the actor hear a camera from now on, and no other any more.

        The station writes down when it is heard no longer, also where the seat dies.

        Raises:
            NotPermitted: not by this role, or not there. DomainError: the site does not allow sound, or not of this
                camera. Unavailable: the station or the database is away.
        """
        self._gate.require(actor, Verb.LISTEN, camera_id, camera_id=camera_id)
        with self._units.read() as unit:
            camera = unit.directory.camera(camera_id)
        self._rule.require(camera)
        with self._units.write() as unit:
            unit.audit.append(self._gate.facts(actor, "listen", camera_id, camera_id=camera_id))
            unit.commit()
        link.listen(camera_id)

    def hear_recording(self, actor: Actor, link: ListeningLink, camera_id: CameraId, player_id: str) -> None:
        """Let the actor hear what was kept of a camera, as a player of the seat's plays it, and nothing else any more.

        What was kept the site had allowed to be kept; whether it allows so today changes nothing of it.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the station or the database is away.
        """
        self._gate.require(actor, Verb.LISTEN, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            unit.audit.append(self._gate.facts(actor, "hear_recording", camera_id, camera_id=camera_id))
            unit.commit()
        link.listen(camera_id, player_id)

    def hear_clip(self, actor: Actor, link: ListeningLink, evidence_id: EvidenceId, player_id: str) -> None:
        """Let the actor hear a clip of evidence, as ``hear_recording``.

        Raises:
            DomainError: it is of no camera. NotPermitted, Unavailable: as there. Stale: there is no such item.
        """
        with self._units.read() as unit:
            camera_id = unit.evidence.get(evidence_id).camera_id
        if camera_id is None:
            raise DomainError("This clip is of no camera.")
        self._gate.require(actor, Verb.LISTEN, evidence_id, camera_id=camera_id)
        with self._units.write() as unit:
            unit.audit.append(self._gate.facts(actor, "hear_clip", evidence_id, camera_id=camera_id))
            unit.commit()
        link.listen(camera_id, player_id)
