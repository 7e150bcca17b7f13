"""A busy process stands back for the desk, whatever session it was started in."""

import subprocess
import sys
from pathlib import Path

import pytest

TOLD = """
import os
from console.infrastructure.standing_back import stand_back
stand_back(10)
print(os.getpriority(os.PRIO_PROCESS, 0), os.getsid(0) == os.getpid())
try:
    print(open("/proc/self/autogroup").read().rsplit(maxsplit=1)[-1])
except OSError:
    print("none")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no niceness")
def test_it_waits_by_itself_and_as_a_session() -> None:
    said = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True, timeout=60)

    own, session = said.stdout.splitlines()
    assert own == "10 True"
    assert session == ("10" if Path("/proc/self/autogroup").exists() else "none")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no niceness")
def test_one_that_leads_a_session_already_stands_back_too() -> None:
    said = subprocess.run(
        [sys.executable, "-c", TOLD], capture_output=True, text=True, check=True, timeout=60, start_new_session=True
    )

    assert said.stdout.splitlines()[0] == "10 True"
