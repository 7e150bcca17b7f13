"""The guards of conftest.py are seen to catch what they are for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

THREAD = """
import threading, time
def test_it():
    threading.Thread(target=time.sleep, args=(30,), name="forgotten", daemon=True).start()
"""
PROCESS = """
import subprocess, sys
def test_it():
    globals()["kept"] = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(4)"])
"""
ORPHAN = """
import subprocess, sys
NURSE = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(4)'])"
def test_it():
    subprocess.run([sys.executable, "-c", NURSE], check=True)
"""
WINDOW = """
from PySide6.QtWidgets import QWidget
def test_it(qtbot):
    globals()["kept"] = QWidget()
    kept.show()
"""
TIMER = """
from PySide6.QtCore import QTimer
def test_it(qtbot):
    globals()["kept"] = QTimer()
    kept.setObjectName("ticking")
    kept.start(1000)
"""
SKIPPED = """
import pytest
@pytest.mark.media
def test_it():
    pytest.skip("no footage")
"""
SKIPPED_FILE = """
import pytest
pytest.skip("no program", allow_module_level=True)
"""
TIDY = """
import subprocess, sys, threading
def test_it():
    thread = threading.Thread(target=len, args=("",))
    thread.start()
    subprocess.run([sys.executable, "-c", ""], check=True)
"""


needs_qt = pytest.mark.skipif(
    bool(os.environ.get("CITYDESK_WITHOUT_LIBRARIES")), reason="Qt's system libraries are missing"
)


def run_pytest(folder: Path, test: str, **variables: str) -> tuple[int, str]:
    """Run one test file under the guards in a pytest of its own."""
    (folder / "test_planted.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.conftest", "-c",
         str(ROOT / "pyproject.toml"), f"--rootdir={folder}", str(folder / "test_planted.py")],
        cwd=ROOT, env={**os.environ, "CITYDESK_SETTLE_S": "1", **variables}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("test", "said"),
    [
        pytest.param(THREAD, "left behind: thread forgotten", id="thread"),
        pytest.param(PROCESS, "left behind: process", id="process"),
        pytest.param(ORPHAN, "left behind: process", id="orphan", marks=pytest.mark.skipif(
            sys.platform != "linux", reason="only Linux gives orphans back")),
        pytest.param(WINDOW, "left behind: 1 windows", id="window", marks=needs_qt),
        pytest.param(TIMER, "left behind: timer ticking", id="timer", marks=needs_qt),
    ],
)  # fmt: skip
def test_what_is_left_behind_fails_the_test(test: str, said: str, tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, test)

    assert code == 1
    assert said in output


def test_a_tidy_test_passes(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, TIDY)[0] == 0


@pytest.mark.parametrize("test", [SKIPPED, SKIPPED_FILE], ids=["test", "file"])
def test_a_skip_is_a_failure_where_nothing_may_be_skipped(test: str, tmp_path: Path) -> None:
    assert run_pytest(tmp_path, test, CITYDESK_NO_SKIPS="")[0] in {0, 5}
    assert run_pytest(tmp_path, test, CITYDESK_NO_SKIPS="1")[0] not in {0, 5}


def test_a_missing_system_library_is_a_skip_only_where_start_said_so(tmp_path: Path) -> None:
    test = "raise ImportError('libGL.so.1: cannot open shared object file: No such file')\n"

    assert run_pytest(tmp_path, test, CITYDESK_WITHOUT_LIBRARIES="")[0] == 2
    assert run_pytest(tmp_path, test, CITYDESK_WITHOUT_LIBRARIES="1")[0] == 5
