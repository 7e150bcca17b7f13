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


SCATTERED = """
import ctypes
from pathlib import Path
from console.infrastructure.memory import give_back
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
def own_kib():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))
blocks = [libc.malloc(20_000) for _ in range(1000)]
for block in blocks:
    libc.memset(block, 1, 20_000)
for number, block in enumerate(blocks):
    if number % 10:
        libc.free(block)
before = own_kib()
give_back()
print(before - own_kib())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_what_is_free_between_blocks_in_use_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", SCATTERED], capture_output=True, text=True, check=True, timeout=60)

    assert int(done.stdout) > 14_000  # KiB of the 17,600 that were freed
