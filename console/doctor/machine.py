"""The machine: its libraries, memory shared between processes, disk, clock, screen, fonts and sound."""

import ctypes
import glob
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from console.doctor.findings import Finding, Grade
from console.infrastructure.paths import Paths
from console.infrastructure.video.srt import SrtMissing, srt_library
from console.words import N_
from resources.locate import locate

MEGABYTE = 1_000_000
# Nine tiles and the looks of nine cameras take about 60 MB (measured: 25 MB for 25 tiles of 480×270, plus looks
# and full-size views); Docker gives 64 MB unless told otherwise.
SHARED_LEAST_BYTES = 96 * MEGABYTE
SHARED_GOOD_BYTES = 512 * MEGABYTE
DISK_LEAST_BYTES = 500 * MEGABYTE
DISK_GOOD_BYTES = 5_000 * MEGABYTE
_TIMEX_BYTES = 512  # struct timex is 208 bytes on 64-bit Linux; the kernel writes no more
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised


def libraries() -> Finding:
    """Say which system libraries Qt and OpenCV will not find."""
    subject = N_("System libraries")
    if not sys.platform.startswith("linux"):
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("This system brings its own."))
    table = json.loads(locate("packaging/debian.json").read_text(encoding="utf-8"))
    wanted: dict[str, str] = {**table["libraries"], **table["window_libraries"]}
    missing = {name: package for name, package in wanted.items() if not _opens(name)}
    if not missing:
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("All are here."))
    packages = " ".join(dict.fromkeys(missing.values()))
    return Finding(
        subject=subject,
        grade=Grade.WRONG,
        sentence=N_("Missing: {names}. The window cannot open without them."),
        values={"names": ", ".join(missing), "packages": packages},
        cure="sudo apt-get install -y --no-install-recommends {packages}",
    )


def srt(find: Callable[[], object] = srt_library) -> Finding:
    """Say whether streams by SRT can be opened: PyAV's FFmpeg has none of it."""
    subject = N_("Streams by SRT")
    try:
        find()
    except SrtMissing:
        return Finding(
            subject=subject,
            grade=Grade.NOTE,
            sentence=N_("This machine has no libsrt; no camera is opened by srt:// and no device can send by SRT."),
            cure="sudo apt-get install -y --no-install-recommends libsrt1.5-gnutls",
        )
    return Finding(subject=subject, grade=Grade.FINE, sentence=N_("libsrt is here."))


def _opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def shared_memory(folder: Path = Path("/dev/shm"), free: Callable[[Path], int] | None = None) -> Finding:
    """Say whether pictures find room between the processes."""
    subject = N_("Shared memory")
    if not sys.platform.startswith("linux"):
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("This system shares memory without a folder."))
    if not folder.is_dir():
        return Finding(
            subject=subject,
            grade=Grade.WRONG,
            sentence=N_("{folder} is not there; pictures cannot cross from the workers to the window."),
            values={"folder": folder},
            cure="sudo mount -t tmpfs -o size=512M tmpfs {folder}",
        )
    free_bytes = free(folder) if free else shutil.disk_usage(folder).free
    grade = (
        Grade.WRONG if free_bytes < SHARED_LEAST_BYTES
        else Grade.NOTE if free_bytes < SHARED_GOOD_BYTES
        else Grade.FINE
    )  # fmt: skip
    return Finding(
        subject=subject,
        grade=grade,
        sentence=N_("{free} MB free in {folder}; a wall of nine needs about {need} MB."),
        values={"free": free_bytes // MEGABYTE, "folder": folder, "need": SHARED_LEAST_BYTES // MEGABYTE},
        cure="" if grade is Grade.FINE else "sudo mount -o remount,size=1G {folder}   (Docker: --shm-size=1g)",
    )


def disk(paths: Paths) -> Finding:
    """Say whether records and clips find room."""
    place = paths.data
    while not place.exists():
        place = place.parent
    free_bytes = shutil.disk_usage(place).free
    grade = (
        Grade.WRONG if free_bytes < DISK_LEAST_BYTES
        else Grade.NOTE if free_bytes < DISK_GOOD_BYTES
        else Grade.FINE
    )  # fmt: skip
    return Finding(
        subject=N_("Disk"),
        grade=grade,
        sentence=N_("{free} GB free for records and clips in {folder}."),
        values={"free": round(free_bytes / 1e9, 1), "folder": paths.data},
        cure=""
        if grade is Grade.FINE
        else N_("Free some room there, or set CITYDESK_DATA to a folder on another disk."),
    )


def clock(is_synchronised: Callable[[], bool | None] | None = None) -> Finding:
    """Say whether this machine's clock is kept right: evidence carries its time."""
    kept = (is_synchronised or _is_synchronised)()
    subject = N_("Clock")
    if kept is None:
        return Finding(
            subject=subject,
            grade=Grade.NOTE,
            sentence=N_("Nobody here says whether the clock is kept right."),
            cure=N_("Compare it with a trusted clock; evidence carries its time."),
        )
    if kept:
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("It is kept right by a time server."))
    return Finding(
        subject=subject,
        grade=Grade.NOTE,
        sentence=N_("It is not kept right by a time server; evidence made here may be doubted."),
        cure="sudo timedatectl set-ntp true",
    )


def _is_synchronised() -> bool | None:
    """Ask the Linux kernel; None where there is none to ask."""
    if not sys.platform.startswith("linux"):
        return None
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    return None if state < 0 else state != _TIME_ERROR


def screen(environment: Mapping[str, str] = os.environ) -> Finding:
    """Say whether a window can open."""
    subject = N_("Screen")
    if not sys.platform.startswith("linux"):
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("This system has one."))
    place = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY")
    if place:
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("{place} is there."), values={"place": place})
    return Finding(
        subject=subject,
        grade=Grade.NOTE,
        sentence=N_("There is no screen in this session; the station and the story work, a seat does not."),
        cure=N_("Start the seat in a desktop session; `python3 start.py` gives the demo a virtual screen."),
    )


def fonts(folders: tuple[str, ...] = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts")) -> Finding:
    """Say whether Chinese can be shown."""
    subject = N_("Fonts")
    if not sys.platform.startswith("linux"):
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("This system brings Chinese fonts."))
    names = ("*CJK*", "*SourceHan*", "wqy*", "*NotoSansSC*", "DroidSansFallback*")
    for folder in folders:
        for name in names:
            found = next(glob.iglob(f"{os.path.expanduser(folder)}/**/{name}", recursive=True), None)
            if found:
                return Finding(
                    subject=subject, grade=Grade.FINE, sentence=N_("Chinese is shown with {font}."),
                    values={"font": Path(found).stem},
                )  # fmt: skip
    return Finding(
        subject=subject,
        grade=Grade.WRONG,
        sentence=N_("No Chinese font is installed: the screen would show empty boxes."),
        cure="sudo apt-get install -y --no-install-recommends fonts-noto-cjk",
    )


def sound(cards: Path = Path("/proc/asound/cards"), environment: Mapping[str, str] = os.environ) -> Finding:
    """Say whether somebody can speak live from here."""
    subject = N_("Microphone and loudspeaker")
    if not sys.platform.startswith("linux"):
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("Asked of the system when someone speaks."))
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    server = environment.get("PULSE_SERVER") or (runtime and Path(runtime, "pulse/native").exists())
    listed = cards.read_text(encoding="utf-8", errors="replace") if cards.exists() else ""
    if server or "]:" in listed:
        name = listed.split("]:", 1)[1].splitlines()[0].strip() if "]:" in listed else "PulseAudio"
        return Finding(subject=subject, grade=Grade.FINE, sentence=N_("{name} is there."), values={"name": name})
    return Finding(
        subject=subject,
        grade=Grade.NOTE,
        sentence=N_("No sound card: template phrases can be spoken to the street, live speech cannot."),
        cure=N_("Plug in a headset, or start the session's sound server."),
    )
