"""A child that must not outlive the process that started it."""

import ctypes
import os
import signal
import sys

PARENT_VARIABLE = "CITYDESK_PARENT"
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies (Linux; elsewhere its pipe closing ends it).

    By SIGKILL: a process that stands still takes no other signal, and would stay for ever. What a child must not
    lose is on the disk before it could be asked to end.
    """
    if not sys.platform.startswith("linux"):
        return
    expected = os.environ.get(PARENT_VARIABLE, str(os.getppid()))
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if str(os.getppid()) != expected:
        # It died before we could ask; Python's own start takes a moment.
        sys.exit(1)
