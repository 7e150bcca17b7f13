"""Claims about half an hour: what grows is named, what only moves is not, and a fault hits who was started here."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from console.bench.faults import DOWN_FOR_S, EVERY_S, FIRST_AFTER_S, TARGETS, Faults
from console.bench.processes import Look, by_role, look_at, memory_of, role_of
from console.bench.steadiness import Course, Spans, Verdict, judge
from console.bench.steady import ALWAYS, changes
from console.demo.peers import Neighbours
from console.infrastructure.clock import SystemClock

HALF_AN_HOUR_S = 1800.0
MOMENTS = [float(at_s) for at_s in range(0, 1800, 10)]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def judged(
    own_mib: Callable[[float], float] = lambda _: 100.0,
    file_mib: Callable[[float], float] = lambda _: 0.0,
    threads: Callable[[float], int] = lambda _: 9,
    handles: Callable[[float], int] = lambda _: 20,
    pid: Callable[[float], int] = lambda _: 1,
    is_there: Callable[[float], bool] = lambda _: True,
) -> Verdict:
    looks = [
        Look(
            at_s=s,
            pid=pid(s),
            pss_mib=own_mib(s) + file_mib(s),
            own_mib=own_mib(s),
            rss_mib=150.0,
            threads=threads(s),
            handles=handles(s),
        )
        for s in MOMENTS
        if is_there(s)
    ]
    return judge("media-1", looks, Spans.of_run(HALF_AN_HOUR_S), MOMENTS)


def test_the_last_five_minutes_are_held_against_minutes_five_to_ten() -> None:
    assert Spans.of_run(HALF_AN_HOUR_S) == Spans(first=(300.0, 600.0), last=(1500.0, 1800.0))
    assert Spans.of_run(360.0) == Spans(first=(120.0, 240.0), last=(240.0, 360.0))


def test_a_process_that_fills_its_caches_first_and_then_breathes_is_steady() -> None:
    verdict = judged(
        own_mib=lambda s: 40.0 + min(s, 300.0) / 5 + (s % 70) / 20,
        threads=lambda s: 9 + int(s % 60 < 20),
        handles=lambda s: 20 + 3 * int(s % 300 < 10),
    )
    assert verdict.is_judged and verdict.faults == ()


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("its", judged(own_mib=lambda s: 100.0 + s * 0.006)),
        ("its", judged(own_mib=lambda s: 100.0 - s * 0.006)),
        ("threads", judged(threads=lambda s: 9 + int(s // 360))),
        ("handles", judged(handles=lambda s: 20 + int(s // 300))),
    ],
)
def test_what_grows_by_little_and_little_is_named(name: str, verdict: Verdict) -> None:
    assert [fault.split()[0] for fault in verdict.faults] == [name]


def test_pages_that_others_share_leave_a_doubt_and_no_verdict() -> None:
    verdict = judged(file_mib=lambda s: 40.0 if s < 900 else 20.0)
    assert verdict.faults == () and verdict.doubts == (
        "PSS went from 140.0 to 120.0 MiB (-14.3%), its own part did not",
    )
    assert judged(file_mib=lambda s: 40.0 if s < 900 else 35.0).doubts == ()


def test_those_that_follow_one_another_in_a_role_are_one_line() -> None:
    verdict = judged(pid=lambda s: int(s // 300), is_there=lambda s: s % 300 > 10)
    assert (verdict.is_judged, verdict.processes, verdict.faults) == (True, 6, ())


def test_who_never_came_back_is_named_and_who_only_came_by_is_not_judged() -> None:
    assert judged(is_there=lambda s: s < 900).faults == ("was there 0% of the last span",)
    assert not judged(is_there=lambda s: 700 < s < 730).is_judged


def test_a_demo_without_its_detector_is_not_called_steady() -> None:
    slots = Course(first=10, last=10, least=9, most=11, per_hour=0.0)
    whole = [replace(judged(), role=role) for role in ALWAYS]
    assert changes(whole, slots) == []
    assert changes([one for one in whole if one.role != "vision-1"], slots) == ["vision-1: was not there"]
    assert changes(whole, replace(slots, last=19)) == ["slots went from 10 to 19"]


def test_a_process_is_known_by_what_it_does() -> None:
    begins = ["python", "-m", "console", "--role"]
    assert role_of([*begins, "media-worker", "--worker-id", "media-2", "--logs", "."]) == "media-2"
    assert role_of([*begins, "demo-cameras", "--port", "0"]) == "demo-cameras"
    assert role_of(["Xvfb", "-screen", "0"]) is None
    assert memory_of("5-7 ---p [rollup]\nRss:   64 kB\nPss:   16 kB\n") == {"Rss": 64, "Pss": 16}


@on_linux
def test_one_handle_more_is_seen(tmp_path: Path) -> None:
    me = psutil.Process()
    before = look_at(me, 1.0)
    with open(tmp_path / "one", "wb"):
        after = look_at(me, 2.0)
    assert before is not None and after is not None
    assert after.handles == before.handles + 1
    assert 0 < after.own_mib <= after.pss_mib <= after.rss_mib


# ---- faults --------------------------------------------------------------------------------------------------


SERVER = """
import json, os, pathlib, socket, sys
words = [word for word in sys.argv[1:] if word != "--again"]
names = dict(zip(words[::2], words[1::2]))
state = pathlib.Path(names["--state"])
port = json.loads(state.read_text())["rtsp_port"] if "--again" in sys.argv else int(names["--port"])
listening = socket.create_server(("127.0.0.1", port))
draft = pathlib.Path(names["--state"] + ".draft")
draft.write_text(json.dumps({"pid": os.getpid(), "rtsp_port": listening.getsockname()[1]}))
draft.replace(names["--state"])
sys.stdin.read()
"""


@pytest.fixture
def neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neighbours]:
    """Give neighbours whose cameras are a door that only listens."""
    monkeypatch.setattr(
        "console.demo.peers.command_for",
        lambda role, arguments: [sys.executable, "-c", SERVER, *arguments, "--role", role],
    )
    neighbours = Neighbours(SystemClock(), tmp_path, print)
    yield neighbours
    neighbours.end()


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", "import sys; sys.stdin.read()", "--worker-id", "media-1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def wait_until(look: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + 5.0
    while not look():
        assert time.monotonic() < give_up_s


def nobody() -> Mapping[str, psutil.Process]:
    return {}


def test_any_five_minutes_hold_one_fault_to_each() -> None:
    span = int(300 / EVERY_S)
    assert len(set(TARGETS)) == len(TARGETS) == span
    assert span % 2 == 1, "else one and the same would always be killed and another always stopped"


@on_linux
def test_a_worker_is_killed_and_noted_when_another_has_its_place(
    neighbours: Neighbours, worker: subprocess.Popen[bytes]
) -> None:
    faults = Faults(neighbours)
    faults.tick(FIRST_AFTER_S - 1, nobody)
    assert faults.done == []
    faults.tick(FIRST_AFTER_S, lambda: by_role([psutil.Process(worker.pid)]))
    assert worker.wait(5) == -9
    (fault,) = faults.done
    assert (fault.role, fault.deed) == ("media-1", "killed")
    faults.note(FIRST_AFTER_S + 4, {"media-1": psutil.Process(os.getpid())})
    assert fault.back_after_s == 4.0


@on_linux
def test_a_killed_server_comes_back_where_its_callers_look_for_it(neighbours: Neighbours, tmp_path: Path) -> None:
    state = tmp_path / "cameras.json"
    server = neighbours.start("demo-cameras", ["--port", "0", "--state", str(state)], state, 20.0)
    port = neighbours.wait(server)["rtsp_port"]
    faults = Faults(neighbours)
    for number in range(TARGETS.index("demo-cameras")):
        faults.tick(FIRST_AFTER_S + number * EVERY_S, nobody)

    # The first fault to it stops it, the second, a round later, kills it.
    stopped_s = FIRST_AFTER_S + EVERY_S
    assert server.process is not None
    server_pid = server.process.pid
    faults.tick(stopped_s, lambda: {"demo-cameras": psutil.Process(server_pid)})
    wait_until(lambda: psutil.Process(server_pid).status() == psutil.STATUS_STOPPED)
    faults.tick(stopped_s + DOWN_FOR_S, nobody)
    wait_until(lambda: psutil.Process(server_pid).status() != psutil.STATUS_STOPPED)
    for number in range(2, 1 + len(TARGETS)):
        faults.tick(FIRST_AFTER_S + number * EVERY_S, nobody)
    killed_s = stopped_s + len(TARGETS) * EVERY_S
    faults.tick(killed_s, lambda: {"demo-cameras": psutil.Process(server_pid)})
    assert server.process.wait(5) == -9
    faults.tick(killed_s + DOWN_FOR_S, nobody)
    assert neighbours.wait(server)["rtsp_port"] == port
    assert json.loads(state.read_text(encoding="utf-8"))["pid"] != server_pid
    assert [fault.deed for fault in faults.done] == ["stopped", "killed"]
