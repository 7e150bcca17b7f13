"""Stands in the station's place for real workers: gives them slots and wishes, and takes what they say.

The workers are the product's own processes, started by its own command line; what they are told and how their slots
are made is what the station does for them. Only who listens is the bench.
"""

import secrets
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil
from pydantic import SecretStr

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.rules import RuleFamily, RuleFigures
from console.infrastructure.channel.messages import (
    AnyMessage,
    CloseStream,
    LookSlot,
    OpenStream,
    ShutDown,
    UnwatchCamera,
    WatchCamera,
    ZoneRule,
)
from console.infrastructure.frame_slots import SlotRing, create
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.watch.hub import Hub, Joined, Left, Peer, Said
from inference.manifest import ModelInput

JOINS_WITHIN_S = 60.0
END_WITHIN_S = 10.0
VISION, MEDIA = "vision-1", "media-1"
_ROLES = {VISION: "vision-worker", MEDIA: "media-worker"}
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class OwnStation:
    """Used from one thread. ``close`` ends its workers and takes its slots away."""

    def __init__(self, wanted: ModelInput, clock: Clock) -> None:
        self._wanted = wanted
        self._clock = clock
        self._hub = Hub(secrets.token_bytes(32))
        self._hub.open()
        shared = Path("/dev/shm")
        self._slots = shared if shared.is_dir() else Path(tempfile.gettempdir())
        self._prefix = f"citydesk-bench-{secrets.token_hex(4)}-"
        self._rings: dict[str, SlotRing] = {}
        self._peers: dict[str, Peer] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, worker_id: str, arguments: list[str]) -> psutil.Process:
        """Start a worker and wait until it has said hello; a vision worker has its model loaded by then.

        Raises:
            Unavailable: it did not come.
        """
        extra = self._hub.endpoint.to_environment()
        process = subprocess.Popen(
            command_for(_ROLES[worker_id], ["--worker-id", worker_id, *arguments]), env=environment_for_child(extra)
        )
        self._processes[worker_id] = process
        give_up_s = self._clock.monotonic_s() + JOINS_WITHIN_S
        while worker_id not in self._peers:
            self.next(0.1)
            if process.poll() is not None or self._clock.monotonic_s() > give_up_s:
                raise Unavailable("The worker {name} did not start.", name=worker_id)
        return psutil.Process(process.pid)

    def next(self, within_s: float) -> AnyMessage | None:
        """Return what a worker said, ``None`` if none did within the time.

        Raises:
            Unavailable: a worker has ended.
        """
        arrival = self._hub.next(within_s)
        match arrival:
            case Joined(peer=peer):
                self._peers[peer.worker_id] = peer
            case Left(peer=peer):
                raise Unavailable("The worker {name} has ended.", name=peer.worker_id)
            case Said(message=message):
                return message
        return None

    def look_slot(self, camera_id: str, looks_per_s: float) -> LookSlot:
        """Return the camera's slot, made where it is not there yet."""
        path = self._slots / f"{self._prefix}{camera_id}-look"
        if camera_id not in self._rings:
            self._rings[camera_id] = create(path, self._wanted.width * self._wanted.height * 3 // 2)
        return LookSlot(
            slot_path=str(path), width=self._wanted.width, height=self._wanted.height, looks_per_s=looks_per_s
        )

    def watch(self, camera_id: str, looks_per_s: float) -> LookSlot:
        """Let the vision worker watch a camera by three rules over the whole picture."""
        slot = self.look_slot(camera_id, looks_per_s)
        self._peers[VISION].send(WatchCamera(camera_id=camera_id, look=slot, rules=street_rules()))
        return slot

    def open(self, camera_id: str, address: str, looks_per_s: float) -> None:
        """Let the media worker open a camera for looks alone."""
        slot = self.look_slot(camera_id, looks_per_s)
        message = OpenStream(
            stream_id=f"{camera_id}/main", camera_id=camera_id, address=SecretStr(address), looks=(slot,)
        )
        self._peers[MEDIA].send(message)

    def leave(self, camera_id: str) -> None:
        """Let nobody look at the camera any more."""
        self._peers[VISION].send(UnwatchCamera(camera_id=camera_id))
        if MEDIA in self._peers:
            self._peers[MEDIA].send(CloseStream(stream_id=f"{camera_id}/main"))

    def close(self) -> None:
        with ExitStack() as stack:
            for ring in self._rings.values():
                stack.callback(ring.remove)
            stack.callback(self._hub.close)
            for peer in self._peers.values():
                stack.callback(peer.close)
            for process in self._processes.values():
                stack.callback(_end, process)
            for peer in self._peers.values():
                peer.send(ShutDown(reason="The bench ends."))


def street_rules() -> tuple[ZoneRule, ...]:
    """Return three rules of different families, as a busy camera has them."""
    families = (
        (RuleFamily.STANDING_VEHICLE, ("car", "truck", "bus"), 120.0),
        (RuleFamily.LOITERING, ("person",), 180.0),
        (RuleFamily.CROWD, ("person",), 30.0),
    )
    return tuple(
        ZoneRule(
            rule_id=family.value,
            family=family,
            zone_name=family.value,
            polygon=WHOLE,
            labels=labels,
            dwell_s=dwell_s,
            minimum_score=0.35,
            figures=RuleFigures(least_count=20),
        )
        for family, labels, dwell_s in families
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
