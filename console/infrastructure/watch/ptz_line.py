"""The line to one camera that is being turned: a thread of its own, for a camera may take seconds to answer."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from console.application.camera_devices import CameraDevice, SignInRefused
from console.application.errors import Unavailable
from console.domain.errors import Refusal
from console.domain.ptz import STILL, Preset, Velocity

_log = logging.getLogger(__name__)

# A device that understands it stops by itself so soon after the last word: also when our whole machine has died.
DEVICE_STOPS_AFTER_S = 2.0
# A camera that does not hear "stop" goes on turning: it is told again, for so long (judgement).
STOP_AGAIN_AFTER_S, STOP_TRIES = 0.5, 20


@dataclass(frozen=True, slots=True)
class Command:
    """What the camera is to do.

    Attributes:
        preset: a token; an empty one is its home, or a new preset where one is to be kept.
        name: of the preset that is kept.
    """

    action: Literal["turn", "stop", "go", "keep"]
    velocity: Velocity = STILL
    preset: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command went, or which presets there are."""

    camera_id: str
    presets: tuple[Preset, ...] | None = None
    failure: Refusal | None = None


class PtzLine:
    """Owns one thread and the device. ``tell`` and ``end`` from any thread; answers go into ``said``.

    Of several turns that wait only the newest is told; a stop takes away the turns before it and is never left out.
    """

    def __init__(
        self, camera_id: str, profile: str, connect: Callable[[], CameraDevice], said: "queue.SimpleQueue[Said]"
    ) -> None:
        self._camera_id = camera_id
        self._profile = profile
        self._connect = connect
        self._said = said
        self._lock = threading.Condition()
        self._waiting: deque[Command] = deque()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name=f"ptz-{camera_id}", daemon=True)
        self._thread.start()

    def tell(self, command: Command) -> None:
        with self._lock:
            if command.action == "turn" and self._waiting and self._waiting[-1].action == "turn":
                self._waiting.pop()
            if command.action == "stop":
                while self._waiting and self._waiting[-1].action == "turn":
                    self._waiting.pop()
            self._waiting.append(command)
            self._lock.notify()

    def end(self) -> None:
        """Let the thread end when it has told everything that waits."""
        with self._lock:
            self._is_ending = True
            self._lock.notify()

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            device = self._connect()
        except Refusal as cause:
            self._said.put(Said(self._camera_id, failure=cause))
            return
        try:
            self._read_presets(device)
            while (command := self._next()) is not None:
                self._do(device, command)
        finally:
            device.close()

    def _next(self) -> Command | None:
        with self._lock:
            while not self._waiting:
                if self._is_ending:
                    return None
                self._lock.wait()
            return self._waiting.popleft()

    def _read_presets(self, device: CameraDevice) -> None:
        try:
            self._said.put(Said(self._camera_id, presets=device.presets(self._profile)))
        except Unavailable as cause:
            self._said.put(Said(self._camera_id, presets=(), failure=cause))

    def _do(self, device: CameraDevice, command: Command) -> None:
        failure: Refusal | None = None
        for _ in range(STOP_TRIES if command.action == "stop" else 1):
            failure = self._try(device, command)
            if failure is None or isinstance(failure, SignInRefused) or self._has_news(STOP_AGAIN_AFTER_S):
                break
        if failure is not None:
            _log.warning("camera %s does not obey %s: %s", self._camera_id, command.action, failure)
        self._said.put(Said(self._camera_id, failure=failure))
        if command.action == "keep" and failure is None:
            self._read_presets(device)

    def _try(self, device: CameraDevice, command: Command) -> Refusal | None:
        try:
            match command.action:
                case "turn":
                    device.turn(self._profile, command.velocity, DEVICE_STOPS_AFTER_S)
                case "stop":
                    device.stop(self._profile)
                case "go" if command.preset:
                    device.go_to(self._profile, command.preset)
                case "go":
                    device.go_home(self._profile)
                case "keep":
                    device.keep_preset(self._profile, command.name, command.preset)
        except Unavailable as cause:
            return cause
        return None

    def _has_news(self, within_s: float) -> bool:
        with self._lock:
            return self._lock.wait_for(lambda: bool(self._waiting) or self._is_ending, within_s)
