"""The programs that show (or only decode) the same cameras, one at a time, each in processes of its own."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from console.application.ports import Clock
from console.bench.own_site import END_WITHIN_S, end_station, station_of
from console.bench.wall_site import PASSWORD, SEAT, SIGN_IN_NAME, SITE_NAME
from console.infrastructure.supervisor import command_for, environment_for_child

SIGN_IN_VARIABLE = "CITYDESK_DEMO_PASSWORD"
# Nothing is searched for that the description of the stream has told already; else 64 openings take a minute.
QUICK = ("-analyzeduration", "0", "-fpsprobesize", "0", "-probesize", "32768", "-rtsp_transport", "tcp")
MPV = (
    "--no-config", "--no-audio", "--vo=x11", "--hwdec=no", "--vd-lavc-threads=1", "--profile=low-latency",
    "--rtsp-transport=tcp", "--no-border", "--no-osc", "--osd-level=0", "--really-quiet", "--no-input-terminal",
)  # fmt: skip
MPV_WITHIN_S = 0.5
RATE = 25.0  # pictures a second that each camera sends
Count = tuple[float, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that was started.

    Attributes:
        roots: the processes whose families are its own; the first is the window's.
        counts: when, and how many pictures of each camera it had shown by then; cameras not seen yet are left out.
        is_ready: every camera was seen, and it has done what comes before measuring.
        told: what a window of its own said between two moments: ages and lateness in ms.
    """

    roots: Callable[[], Sequence[psutil.Process]]
    counts: Callable[[], Count]
    is_ready: Callable[[], bool]
    told: Callable[[float, float], tuple[list[float], list[float]]] = field(default=lambda _from, _to: ([], []))


@contextmanager
def ffmpeg(addresses: Sequence[str], folder: Path, clock: Clock) -> Iterator[Program]:
    """Decode all cameras to nothing in one process: the least that showing them can cost."""
    progress = folder / "ffmpeg.progress"
    progress.unlink(missing_ok=True)
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-progress", str(progress), "-stats_period", "0.5"]
    for address in addresses:
        command += ["-threads", "1", *QUICK, "-i", address]
    for number in range(len(addresses)):
        command += ["-map", f"{number}:v", "-fps_mode", "passthrough", "-f", "null", "-"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def counts() -> Count:
        # It tells of its first output only; all others run by the same clock.
        frames = [line for line in _text(progress).splitlines() if line.startswith("frame=")]
        return clock.monotonic_s(), {"0": float(frames[-1].partition("=")[2])} if frames else {}

    with _ending(process):
        own = psutil.Process(process.pid)
        yield Program(roots=lambda: [own], counts=counts, is_ready=lambda: sum(counts()[1].values()) > 0)


@contextmanager
def citydesk(
    data: Path, cameras: int, folder: Path, extra: Mapping[str, str], *, hears: bool = False
) -> Iterator[Program]:
    """Open a real seat on the bench's site, which starts its station, which starts its workers.

    Args:
        hears: the seat presses the key of sound once its wall stands.
    """
    figures = folder / "seat.figures"
    figures.unlink(missing_ok=True)
    words = ["--site", SITE_NAME, "--seat", SEAT, "--sign-in", SIGN_IN_NAME, "--figures", str(figures)]
    words += ["--hears"] if hears else []
    process = subprocess.Popen(
        command_for("seat", words), env=environment_for_child({SIGN_IN_VARIABLE: PASSWORD} | dict(extra))
    )
    try:
        with _ending(process):
            seat = psutil.Process(process.pid)

            def roots() -> list[psutil.Process]:
                station = station_of(data)
                return [seat, *([station] if station is not None else [])]

            yield _window(roots, figures, cameras)
    finally:
        end_station(data)


@contextmanager
def naive(addresses: Sequence[str], folder: Path, columns: int, extra: Mapping[str, str]) -> Iterator[Program]:
    """Open the program of ``naive_wall`` on the cameras."""
    figures = folder / "naive.figures"
    figures.unlink(missing_ok=True)
    words = ["--figures", str(figures), "--columns", str(columns), *addresses]
    process = subprocess.Popen(
        command_for("naive-wall", words),
        env=environment_for_child(dict(extra)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with _ending(process):
        own = psutil.Process(process.pid)
        yield _window(lambda: [own], figures, len(addresses))


@contextmanager
def mpv(
    addresses: Sequence[str], folder: Path, size: tuple[int, int], columns: int, extra: Mapping[str, str], clock: Clock
) -> Iterator[Program]:
    """Open a window of mpv a camera, side by side."""
    with ExitStack() as stack:
        pipes, processes = [], []
        for number, address in enumerate(addresses):
            place = f"{size[0]}x{size[1]}+{number % columns * size[0]}+{number // columns * size[1]}"
            pipe = folder / f"mpv-{number}"
            pipe.unlink(missing_ok=True)
            command = ["mpv", *MPV, f"--geometry={place}", f"--input-ipc-server={pipe}", address]
            process = subprocess.Popen(
                command,
                env=os.environ | dict(extra),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.enter_context(_ending(process))
            pipes.append(pipe)
            processes.append(psutil.Process(process.pid))

        def counts() -> Count:
            return clock.monotonic_s(), {pipe.name: shown for pipe in pipes if (shown := _mpv_shown(pipe)) > 0}

        yield Program(roots=lambda: processes, counts=counts, is_ready=lambda: len(counts()[1]) == len(pipes))


def has(name: str) -> bool:
    """Say whether a program is installed."""
    return shutil.which(name) is not None


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the whole lines of figures of a window; one that is being written is left out."""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _window(roots: Callable[[], list[psutil.Process]], figures: Path, cameras: int) -> Program:
    def lines() -> list[dict[str, Any]]:
        return lines_of(_text(figures))

    def counts() -> Count:
        known = lines()
        return (float(known[-1]["at_s"]), known[-1]["drawn"]) if known else (0.0, {})

    def is_ready() -> bool:
        known = lines()
        return bool(known) and bool(known[-1]["is_ready"]) and len(known[-1]["drawn"]) >= cameras

    def told(from_s: float, to_s: float) -> tuple[list[float], list[float]]:
        within = [line for line in lines() if from_s < line["at_s"] <= to_s]
        return [age for line in within for age in line["age_ms"]], [late for line in within for late in line["late_ms"]]

    return Program(roots=roots, counts=counts, is_ready=is_ready, told=told)


def _mpv_shown(pipe: Path) -> float:
    """Return how many pictures it has put on the screen: those it played less those it dropped; 0 before the first.

    Its own count of frames stands still on a live stream (mpv 0.35); its clock does not.
    """
    values = []
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(MPV_WITHIN_S)
            line.connect(str(pipe))
            for number, name in enumerate(("time-pos", "frame-drop-count", "decoder-frame-drop-count")):
                asked = {"command": ["get_property", name], "request_id": number + 1}
                line.sendall(json.dumps(asked).encode() + b"\n")
                values.append(_answer(line, number + 1))
    except (OSError, ValueError):
        return 0.0
    return max(0.0, values[0] * RATE - values[1] - values[2])


def _answer(line: socket.socket, number: int) -> float:
    """Return the answer to a request; what mpv tells besides is read over."""
    held = b""
    while True:
        part = line.recv(4096)
        if not part:
            raise ValueError("it has ended")
        held += part
        *whole, held = held.split(b"\n")
        for text in whole:
            said = json.loads(text)
            if said.get("request_id") == number and "event" not in said:
                return float(said.get("data") or 0)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


@contextmanager
def _ending(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
