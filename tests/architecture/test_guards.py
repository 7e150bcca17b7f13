"""The guards of conftest.py are seen to catch what they are for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LEFT_BEHIND = """
import subprocess, sys, threading, time

KEPT = []
SLEEP = [sys.executable, "-c", "import time; time.sleep(5)"]
NURSE = f"import subprocess; subprocess.Popen({SLEEP})"

def test_a_tidy_one():
    thread = threading.Thread(target=len, args=("",))
    thread.start()
    subprocess.run([sys.executable, "-c", ""], check=True)

def test_a_thread():
    threading.Thread(target=time.sleep, args=(5,), name="forgotten", daemon=True).start()

def test_a_process():
    KEPT.append(subprocess.Popen(SLEEP))

def test_an_orphan():
    subprocess.run([sys.executable, "-c", NURSE], check=True)
"""
LEFT_BEHIND_BY_QT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

KEPT = []

def test_a_window(qtbot):
    KEPT.append(QWidget())
    KEPT[-1].show()

def test_a_timer(qtbot):
    KEPT.append(QTimer())
    KEPT[-1].setObjectName("ticking")
    KEPT[-1].start(1000)
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
needs_qt = pytest.mark.skipif(
    bool(os.environ.get("CITYDESK_WITHOUT_LIBRARIES")), reason="Qt's system libraries are missing"
)


def run_pytest(folder: Path, *tests: str, **variables: str) -> tuple[int, str]:
    """Run test files under the guards in a pytest of its own."""
    for number, test in enumerate(tests):
        (folder / f"test_planted_{number}.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.conftest", "-c",
         str(ROOT / "pyproject.toml"), f"--rootdir={folder}", str(folder)],
        cwd=ROOT, env={**os.environ, "CITYDESK_SETTLE_S": "1", **variables}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans back")
def test_threads_processes_and_orphans_left_behind_fail_their_test(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, LEFT_BEHIND)

    assert code == 1
    assert output.count("left behind: thread forgotten") >= 1
    assert output.count("left behind: process") >= 2
    assert "4 passed, 3 errors" in output
    assert "ERROR test_planted_0.py::test_a_tidy_one" not in output


@needs_qt
def test_windows_and_timers_left_behind_fail_their_test(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, LEFT_BEHIND_BY_QT)

    assert code == 1
    assert "left behind: 1 windows" in output
    assert "left behind: timer ticking" in output


@pytest.mark.parametrize(("no_skips", "codes"), [("", {0}), ("1", {1, 2})])
def test_a_skip_is_a_failure_only_where_nothing_may_be_skipped(no_skips: str, codes: set[int], tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, SKIPPED, SKIPPED_FILE, CITYDESK_NO_SKIPS=no_skips)

    assert code in codes, output
    assert ("skipped itself" in output) is bool(no_skips)


@pytest.mark.parametrize(("without", "codes"), [("", {2}), ("1", {5})])
def test_a_missing_system_library_is_a_skip_only_where_start_said_so(
    without: str, codes: set[int], tmp_path: Path
) -> None:
    test = "raise ImportError('libGL.so.1: cannot open shared object file: No such file')\n"

    assert run_pytest(tmp_path, test, CITYDESK_WITHOUT_LIBRARIES=without)[0] in codes
