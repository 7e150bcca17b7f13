"""Guards every test runs under (what a test starts, it ends) and the things many tests ask for."""

import ctypes
import gc
import os
import runpy
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from console.application.errors import Unavailable
from console.infrastructure.assets.command import open_store

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SETTLE_S = float(os.environ.get("CITYDESK_SETTLE_S", "5"))  # for what is ending by itself
_NEVER_SKIPPED = ("peer", "media", "desktop")
_WHOLE_PROGRAMS = (
    "tests/flows/",
    "tests/desktop/",
    "tests/bench/",
    "tests/test_command_line.py",
    "tests/test_start.py",
)
_PR_SET_CHILD_SUBREAPER = 36

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_configure() -> None:
    """Become the parent of orphans, so that a grandchild left behind is found as well."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class ByFile(LoadScopeScheduling):
    """Keep a file's tests in one process, and those of whole programs: two demos at once would starve each other."""

    def _split_scope(self, nodeid: str) -> str:
        return "whole programs" if nodeid.startswith(_WHOLE_PROGRAMS) else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return ByFile(config, log)


# ---- nothing is left behind ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a process, a window or a running timer."""
    threads, children = set(threading.enumerate()), living_children()
    windows = open_windows()
    yield
    deadline = time.monotonic() + SETTLE_S
    while left := _left_over(threads, children, windows):
        if time.monotonic() > deadline:
            pytest.fail(f"left behind: {'; '.join(left)}")
        time.sleep(0.02)
    if "qapp" in request.fixturenames and (timers := running_timers()):
        pytest.fail(f"left behind: {'; '.join(timers)}")


def _left_over(threads: set[threading.Thread], children: set[int], windows: set[int]) -> list[str]:
    left = [f"thread {thread.name}" for thread in set(threading.enumerate()) - threads if thread.is_alive()]
    left += [f"process {pid} {_command_of(pid)}" for pid in living_children() - children]
    left += [f"{len(extra)} windows" for extra in [open_windows() - windows] if extra]
    return left


def living_children() -> set[int]:
    """Return the processes below this one that have not ended."""
    living: set[int] = set()
    for child in psutil.Process().children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE:
                living.add(child.pid)
        except psutil.NoSuchProcess:
            continue
    return living


def _command_of(pid: int) -> str:
    try:
        return " ".join(psutil.Process(pid).cmdline())[:200]
    except psutil.Error:
        return ""


def open_windows() -> set[int]:
    """Return the top-level widgets that stand open, as ids; nothing where no Qt is loaded."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return set()
    return {id(widget) for widget in widgets.QApplication.topLevelWidgets() if widget.isVisible()}


def running_timers() -> list[str]:
    core, shiboken = sys.modules.get("PySide6.QtCore"), sys.modules.get("shiboken6")
    if core is None or shiboken is None:
        return []
    timers = [found for found in gc.get_objects() if type(found) is core.QTimer and shiboken.isValid(found)]
    return [f"timer {timer.objectName() or timer.interval()}" for timer in timers if timer.isActive()]


# ---- nothing is skipped unseen -------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CITYDESK_NO_SKIPS a skipped peer, media or desktop test has failed.

    Under CITYDESK_WITHOUT_LIBRARIES (set by start.py, which names them) a test that could not open a system
    library is skipped.
    """
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CITYDESK_NO_SKIPS"):
        if any(item.get_closest_marker(name) for name in _NEVER_SKIPPED):
            report.outcome = "failed"
            report.longrepr = f"skipped, and it may not be: {_reason(report.longrepr)}"
    elif report.failed and _lacks_library(report.longrepr):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, "Skipped: a system library is missing")
    return report


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out a folder whose own conftest cannot open its library: pytest would stop at it."""
    conftest = collection_path / "conftest.py"
    if not os.environ.get("CITYDESK_WITHOUT_LIBRARIES") or conftest == Path(__file__) or not conftest.is_file():
        return None
    try:
        runpy.run_path(str(conftest))
    except ImportError as cause:
        return _lacks_library(cause) or None
    return None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for files: one that skips itself whole has failed, one without its library is left out."""
    report = yield
    if report.skipped and os.environ.get("CITYDESK_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skipped itself: {_reason(report.longrepr)}"
    elif report.failed and _lacks_library(report.longrepr):
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 0, "Skipped: a system library is missing")
    return report


def _reason(longrepr: Any) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


def _lacks_library(longrepr: Any) -> bool:
    said = str(longrepr)
    return bool(os.environ.get("CITYDESK_WITHOUT_LIBRARIES")) and (
        "cannot open shared object file" in said or "fixture 'qtbot' not found" in said
    )


# ---- what many tests ask for ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the data of the person who runs it; assets are shared, they are checked."""
    before = os.environ.get("CITYDESK_DATA")
    os.environ["CITYDESK_DATA"] = str(tmp_path_factory.mktemp("citydesk"))
    yield
    if before is None:
        del os.environ["CITYDESK_DATA"]
    else:
        os.environ["CITYDESK_DATA"] = before


@pytest.fixture(scope="session")
def media_folder() -> Path:
    """Return the folder of real footage beside the repository (its README says what is in it)."""
    folder = SHARED / "media"
    if not folder.is_dir():
        pytest.skip("real footage is not beside this clone (../shared/media)")
    return folder


@pytest.fixture(scope="session")
def asset_path() -> Callable[[str], Path]:
    """Return a function: the name of an asset → its path on this machine."""
    store = open_store()

    def path_of(name: str) -> Path:
        try:
            return store.path_of(name)
        except Unavailable as refusal:
            pytest.skip(str(refusal))

    return path_of


@pytest.fixture
def desktop_environment() -> dict[str, str]:
    """Return the environment for a program that opens real windows (`start.py test` gives the X server)."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        pytest.skip("there is no X server; run the tests with start.py")
    return {**os.environ, "QT_QPA_PLATFORM": "xcb"}
