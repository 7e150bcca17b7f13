"""Devices that send their pictures to us: drones, cameras on a body."""

import re

PUSH = "push"  # the scheme of such a camera's address in the directory: push://NAME
SRT_PASSPHRASE = "srt-passphrase"  # what the vault keeps the passphrase of all who send by SRT under
DEVICE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def key_name(device: str) -> str:
    """Return what the vault keeps a device's key under."""
    return f"push-{device}"


def pushing_device(address: str) -> str | None:
    """Return which device an address of the directory means; ``None`` for every other address."""
    scheme, found, device = address.partition("://")
    return device if found and scheme == PUSH and DEVICE_NAME.fullmatch(device) else None
