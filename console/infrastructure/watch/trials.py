"""Cameras that are being brought in: asked and looked at for a seat, off the main thread where it takes seconds."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.application.camera_devices import CameraDevice, DeviceFacts, FoundDevice
from console.application.onboarding_desk import Login
from console.domain.cameras import Camera
from console.domain.errors import DomainError, Refusal
from console.domain.ids import CameraId
from console.domain.places import Place
from console.infrastructure.channel.messages import (
    AnyMessage,
    AskDevice,
    DeviceAnswered,
    DevicesFound,
    FindDevices,
    FoundItem,
    ProfileItem,
    TrialOpened,
    TryCamera,
)
from console.infrastructure.rule_messages import rule_on_trial
from console.infrastructure.watch.hub import Peer
from console.infrastructure.watch.streams import Streams

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 4  # devices asked at the same time; judgement: an administrator asks one, a mistake asks many


@dataclass(frozen=True, slots=True)
class _Answer:
    seat: Peer
    message: AnyMessage


class TrialRoom:
    """Owned by the station's main thread; its answers leave when it looks around."""

    def __init__(
        self,
        streams: Streams,
        find: Callable[[], Sequence[FoundDevice]],
        connect: Callable[[str, Login], CameraDevice],
    ) -> None:
        """Args:
        find: calls into the network; takes seconds. connect: opens a device at an address a person typed.
        """
        self._streams = streams
        self._find = find
        self._connect = connect
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()

    def find(self, seat: Peer, order: FindDevices) -> None:
        self._begin(seat, lambda: self._look_for(order))

    def ask(self, seat: Peer, order: AskDevice) -> None:
        self._begin(seat, lambda: self._ask(order))

    def open(self, seat: Peer, order: TryCamera) -> None:
        """Open the stream; the seat hears how it fares as of any other stream."""
        try:
            camera = Camera(
                camera_id=CameraId(order.camera_id),
                number="",
                name="",
                place=Place(address=""),
                main_address=order.main_address,
                sub_address="",
                transport=order.transport,
                rules=tuple(rule_on_trial(order.camera_id, rule) for rule in order.rules),
            )
        except DomainError as cause:
            _log.warning("a camera that cannot be tried: %s", cause.sentence)
            return
        source = self._streams.try_camera(
            seat.line, camera, order.login.get_secret_value(), order.max_width, order.max_height
        )
        seat.send(TrialOpened(request_id=order.request_id, stream_id=source.stream_id, slot_path=source.slot_path))

    def end(self, seat: Peer) -> None:
        self._streams.end_trial(seat.line)

    def look_around(self) -> None:
        """Give the seats what has been found out."""
        while True:
            try:
                answer = self._answers.get_nowait()
            except queue.Empty:
                return
            answer.seat.send(answer.message)

    def _begin(self, seat: Peer, work: Callable[[], AnyMessage]) -> None:
        threading.Thread(target=self._work, args=(seat, work), name="trial", daemon=True).start()

    def _work(self, seat: Peer, work: Callable[[], AnyMessage]) -> None:
        with self._room:
            self._answers.put(_Answer(seat, work()))

    def _look_for(self, order: FindDevices) -> AnyMessage:
        found = self._find()
        items = tuple(FoundItem(address=one.address, name=one.name, hardware=one.hardware) for one in found)
        return DevicesFound(request_id=order.request_id, devices=items)

    def _ask(self, order: AskDevice) -> AnyMessage:
        try:
            device = self._connect(order.address, Login(order.user, order.password.get_secret_value()))
        except Refusal as cause:
            return _refused(order, cause)
        try:
            return _told(order, device.facts())
        except Refusal as cause:
            return _refused(order, cause)
        finally:
            device.close()


def _refused(order: AskDevice, cause: Refusal) -> DeviceAnswered:
    values = {name: str(value) for name, value in cause.values.items()}
    return DeviceAnswered(request_id=order.request_id, sentence=cause.sentence, values=values)


def _told(order: AskDevice, facts: DeviceFacts) -> DeviceAnswered:
    return DeviceAnswered(
        request_id=order.request_id,
        address=order.address,
        manufacturer=facts.manufacturer,
        model=facts.model,
        firmware=facts.firmware,
        clock_offset_s=facts.clock_offset_s,
        profiles=tuple(
            ProfileItem(
                token=one.token,
                name=one.name,
                codec=one.codec,
                width=one.width,
                height=one.height,
                frames_per_s=one.frames_per_s,
                address=one.address,
                can_turn=one.can_turn,
            )
            for one in facts.profiles
        ),
    )
