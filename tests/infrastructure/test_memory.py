"""Claims about a process's memory."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes
from console.infrastructure.memory import keep_pictures_apart
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd a b c d e".split()]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info
{first}
bytearray(20_000_000)
before = libc.mallinfo2().hblks
pictures = [bytearray(345_600) for _ in range(30)]
print(libc.mallinfo2().hblks - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
@pytest.mark.parametrize(("first", "apart"), [("keep_pictures_apart()", 30), ("", 0)])
def test_each_picture_lies_in_memory_of_its_own_also_after_a_larger_one_was_freed(first: str, apart: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)], capture_output=True, text=True, check=True, timeout=60
    )

    assert int(done.stdout) == apart
