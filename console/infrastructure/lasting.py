"""Writing so that it is still there after the power went: when a call returns, the disk has it.

A file's bytes are not enough: a new name, also one that a file was renamed to, lies in its folder, and the folder has
to be on the disk too. Otherwise the old file comes back, without what was added to the new one since.
"""

import errno
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)


PRIVATE = 0o600


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by this user only from its first byte.

    Raises:
        OSError: the disk failed; the file is what it was.
    """
    _draft(path, content).replace(path)
    sync(path.parent)


def write_once(path: Path, content: bytes) -> bool:
    """The same for a file that is made once: of several processes that make it the first wins, and only it has true.

    Raises:
        OSError: the disk failed; there is no such file.
    """
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync(path.parent)
    return True


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file, behind whatever an earlier attempt left of one.

    Raises:
        OSError: the disk failed; what it took of the line is no line.
    """
    is_new = not path.exists()
    with open(path, "ab+") as file:
        if file.tell() and not _ends_whole(path):
            file.write(b"\n")
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those it lies in.

    Raises:
        OSError: the disk failed.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        sync(folder.parent)


def sync(place: Path) -> None:
    """Have a file or a folder on the disk itself before going on. Windows does so with names by itself.

    Raises:
        OSError: the disk failed.
    """
    if os.name != "posix":
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as cause:
        # Some file systems of other machines have no such thing for a folder; their server sees to its names.
        if cause.errno not in (errno.EINVAL, errno.ENOTSUP) or not place.is_dir():
            raise
    finally:
        os.close(handle)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process or thread is in here with the same file; it exists for nothing else.

    Raises:
        OSError: the file cannot be made, or on Windows another holds it for longer than ten seconds.
    """
    with open(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE), "rb+") as file:
        _lock(file)
        yield


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
