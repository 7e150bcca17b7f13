"""A child that must not outlive the process that started it."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PARENT_VARIABLE = "CITYDESK_PARENT"
_PR_SET_PDEATHSIG = 1


def before_exec() -> Callable[[], None] | None:
    """Return what a child does before it is a program: it asks to end with us (Linux; ``None`` elsewhere).

    Asked by the child itself it would come too late for one that is stopped while Python starts, which takes half a
    second on a busy machine: it would stand for ever. The kernel tells of the end of the *thread* that started it, so
    only a thread that lives as long as the process may start children so. The call is looked up here: between fork and
    exec nothing may be loaded.
    """
    if not sys.platform.startswith("linux"):
        return None
    call, ours = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        call(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != ours:
            os._exit(1)

    return ask


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
