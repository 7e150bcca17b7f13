"""What this machine can infer on."""

from dataclasses import dataclass

from openvino import Core


@dataclass(frozen=True, slots=True)
class Device:
    """A device by OpenVINO's name (``CPU``, ``GPU.0``, ``NPU``) and its maker's."""

    name: str
    full_name: str


def available_devices() -> tuple[Device, ...]:
    """Return the devices OpenVINO reports; none at all means that its plugins are missing."""
    core = Core()
    return tuple(Device(name, str(core.get_property(name, "FULL_DEVICE_NAME"))) for name in core.available_devices)
