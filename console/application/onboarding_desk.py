"""Bringing a camera in: who is out there, who it says it is, and its picture, before the directory knows of it."""

from dataclasses import dataclass
from typing import Protocol

from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera, without_credentials
from console.domain.ids import new_id


@dataclass(frozen=True, slots=True)
class Login:
    """What a person typed to sign in at a device. It is shown nowhere and written down nowhere."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Login(…)"

    @property
    def secret(self) -> str:
        """``user:password`` for the vault; empty where the device asks for none."""
        return f"{self.user}:{self.password}" if self.user else ""


class OnboardingLink(Protocol):
    """What is asked of the machine's station. The answers come as news, with the request's name.

    Raises (all of them):
        Unavailable: the station is away; nothing is asked.
    """

    def find_devices(self, request_id: str) -> None: ...

    def ask_device(self, request_id: str, address: str, login: Login) -> None: ...

    def try_camera(self, request_id: str, camera: Camera, login: Login, width: int, height: int) -> None:
        """Open its stream for one tile of this seat, until the next or ``end_trial``."""
        ...

    def end_trial(self) -> None: ...


class OnboardingDesk:
    """An administrator's verbs; adding itself is the directory's. Safe from any thread, never on the GUI thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate

    def find(self, actor: Actor, link: OnboardingLink) -> str:
        """Call into the network, and return the name of the request.

        Raises:
            NotPermitted: not by this role. Unavailable: the station or the database is away.
        """
        request_id = self._note(actor, "find_devices", "")
        link.find_devices(request_id)
        return request_id

    def ask(self, actor: Actor, link: OnboardingLink, address: str, login: Login) -> str:
        """Ask a device who it is, and return the name of the request. Raises as ``find``."""
        request_id = self._note(actor, "ask_device", without_credentials(_whole(address)))
        link.ask_device(request_id, address, login)
        return request_id

    def look(self, actor: Actor, link: OnboardingLink, camera: Camera, login: Login, width: int, height: int) -> str:
        """Open a camera's picture before it is added, and return the name of the request. Raises as ``find``."""
        request_id = self._note(actor, "try_camera", without_credentials(camera.main_address))
        link.try_camera(request_id, camera, login, width, height)
        return request_id

    def _note(self, actor: Actor, verb: str, address: str) -> str:
        """Ask the gate, write down who asked which device, and name the request."""
        self._gate.require(actor, Verb.ADMINISTER, address)
        with self._units.write() as unit:
            unit.audit.append(self._gate.facts(actor, verb, address))
            unit.commit()
        return new_id()


def _whole(address: str) -> str:
    return address if "://" in address else f"http://{address}"
