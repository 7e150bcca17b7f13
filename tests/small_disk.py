"""A real file system of a few megabytes, for what happens when it is full."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIB = 1024**2


class NoSmallDisk(Exception):
    """This account can mount nothing."""


@contextmanager
def small_disk(place: Path, size_mib: int) -> Iterator[Path]:
    """Mount a tmpfs at a new folder and take it away afterwards.

    Raises:
        NoSmallDisk: mounting needs root, in the machine or in a user namespace (`unshare -rm`).
    """
    if sys.platform != "linux":
        raise NoSmallDisk("only Linux mounts a tmpfs")
    place.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", f"size={size_mib}m,mode=0700", "tmpfs", str(place)]
    mounted = subprocess.run(asked, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        place.rmdir()
        raise NoSmallDisk(f"mounting a small disk was refused: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


def can_have_namespaces() -> bool:
    """Return whether this account can be root in a namespace of its own."""
    return shutil.which("unshare") is not None and (
        subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0
    )


def fill_up(folder: Path, leave_bytes: int = 0) -> Path:
    """Fill the folder's disk, as somebody else's program would; return the file to delete for room."""
    ballast = folder / "somebody-elses-file"
    with open(ballast, "ab", buffering=0) as file:
        while (free := shutil.disk_usage(folder).free - leave_bytes) > 0:
            try:
                file.write(bytes(min(free, MIB)))
            except OSError:
                break
    assert shutil.disk_usage(folder).free <= leave_bytes + os.sysconf("SC_PAGE_SIZE")
    return ballast
