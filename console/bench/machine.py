"""What a figure was measured on: without this it says nothing."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("citydesk", "PySide6", "av", "openvino", "sqlalchemy")


def facts() -> dict[str, object]:
    """Return machine, versions and load, ready for JSON."""
    return {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "load_1_5_15": [round(load, 2) for load in psutil.getloadavg()],
    }


def cpu_name() -> str:
    """Return the processor's name as the kernel says it, where it does."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
