"""Claims about a decoder's notes: of a process that crashed it is known which thread it was and for whom it worked."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from console.infrastructure.work_notes import Guilt, WorkNotes, threads_of, whose_fault

# Three threads stand inside a codec; the one that works for cam02 writes where nothing is.
CRASHING = """
import ctypes, sys, threading
from pathlib import Path
from console.infrastructure.work_notes import WorkNotes
notes = WorkNotes(Path(sys.argv[1]), "media-1")
notes.expect_crashes()
all_in = threading.Barrier(3)
def work(name):
    with notes.at_work_for(name) as mark, mark:
        all_in.wait()
        if name == sys.argv[2]:
            ctypes.memset(0, 0, 1)
        threading.Event().wait()
for name in ("cam01/sub", "cam02/sub", "cam03/main"):
    threading.Thread(target=work, args=(name,), daemon=True).start()
all_in_and_dead = threading.Event()
if sys.argv[2] == "nobody":
    sys.stdin.read()
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
all_in_and_dead.wait()
"""


def died(folder: Path, whom: str) -> int:
    """Run a decoder of three streams until the one of ``whom`` has ended it, and return how."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CRASHING, str(folder), whom]
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False, timeout=60).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_the_stream_whose_thread_crashed_is_named_and_no_other(tmp_path: Path) -> None:
    assert died(tmp_path, "cam02/sub") < 0
    assert whose_fault(tmp_path, "media-1").certain == "cam02/sub"
    assert b"Current thread" in (tmp_path / "media-1.crash").read_bytes()
    assert whose_fault(tmp_path, "media-1") == Guilt()  # a later death is not explained by it


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_of_a_decoder_that_was_killed_only_suspects_are_known(tmp_path: Path) -> None:
    assert died(tmp_path, "nobody") < 0
    guilt = whose_fault(tmp_path, "media-1")
    assert guilt.certain == "" and set(guilt.suspects) <= {"cam01/sub", "cam02/sub", "cam03/main"}


def test_a_thread_that_has_ended_or_left_the_codec_is_no_suspect(tmp_path: Path) -> None:
    notes = WorkNotes(tmp_path, "media-1")

    def work(name: str, is_leaving: bool, entered: threading.Event, enough: threading.Event) -> None:
        with notes.at_work_for(name) as mark:
            with mark:
                if is_leaving:
                    entered.set()
            entered.set()
            enough.wait()

    enough = threading.Event()
    entered = [threading.Event() for _ in range(2)]
    threads = [threading.Thread(target=work, args=(f"cam0{at}", at == 0, entered[at], enough)) for at in range(2)]
    for thread, event in zip(threads, entered, strict=True):
        thread.start()
        event.wait(10)
    assert {note.subject: note.native_id for note in threads_of(tmp_path, "media-1")} == {
        f"cam0{at}": thread.native_id for at, thread in enumerate(threads)
    }
    enough.set()
    for thread in threads:
        thread.join(10)
    assert threads_of(tmp_path, "media-1") == ()
    assert whose_fault(tmp_path, "nobody") == Guilt()
    notes.end()
