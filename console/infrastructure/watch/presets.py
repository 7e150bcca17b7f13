"""Which presets a camera has, asked for a seat that sets up its tours; in threads, for a camera may take seconds."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from console.application.camera_devices import CameraDevice
from console.application.ptz_desk import PtzDesk
from console.domain.errors import DomainError, Refusal
from console.domain.ids import CameraId
from console.domain.ptz import PtzSetup
from console.infrastructure.channel.messages import AnyMessage, ListPresets, PresetItem, PresetsListed

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 4  # devices asked at the same time; judgement: a person sets up one camera, a mistake asks many


class Asking(Protocol):
    """The line to a seat. ``send`` from any thread, never waits."""

    def send(self, message: AnyMessage) -> None: ...


class PresetRoom:
    """Takes orders in the station's main thread; the answers leave from threads of their own."""

    def __init__(self, desk: PtzDesk, connect: Callable[[CameraId, PtzSetup], Callable[[], CameraDevice]]) -> None:
        """Args:
        connect: gives the function that opens a camera's device, its password looked up already.
        """
        self._desk = desk
        self._connect = connect
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

    def take_order(self, seat: Asking, order: ListPresets) -> None:
        camera_id = CameraId(order.camera_id)
        try:
            setup = self._desk.setup(camera_id)
            if setup is None:
                raise DomainError("This camera cannot be turned.")
            opens = self._connect(camera_id, setup)
        except Refusal as cause:
            seat.send(_refused(order, cause))
            return
        asking = threading.Thread(
            target=self._ask, args=(seat, order, setup.profile, opens), name=f"presets-{camera_id}", daemon=True
        )
        asking.start()

    def _ask(self, seat: Asking, order: ListPresets, profile: str, opens: Callable[[], CameraDevice]) -> None:
        with self._room:
            seat.send(_answer(order, profile, opens))


def _answer(order: ListPresets, profile: str, opens: Callable[[], CameraDevice]) -> AnyMessage:
    try:
        device = opens()
    except Refusal as cause:
        return _refused(order, cause)
    try:
        found = device.presets(profile)
    except Refusal as cause:
        return _refused(order, cause)
    finally:
        device.close()
    items = tuple(PresetItem(token=preset.token, name=preset.name) for preset in found)
    return PresetsListed(request_id=order.request_id, camera_id=order.camera_id, presets=items)


def _refused(order: ListPresets, cause: Refusal) -> AnyMessage:
    _log.info("camera %s does not say which presets it has: %s", order.camera_id, cause)
    return PresetsListed(
        request_id=order.request_id,
        camera_id=order.camera_id,
        sentence=cause.sentence,
        values={name: str(value) for name, value in cause.values.items()},
    )
