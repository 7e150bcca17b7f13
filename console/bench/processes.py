"""The processes of a running demo by what they do, and what each holds of this machine (Linux)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a process held at a moment.

    Attributes:
        at_s: seconds since the run began.
        pss_mib: its memory, each shared page counted by its share of those who map it.
        own_mib: the part of it that no other program can share: what it allocated, and the slots.
        rss_mib: its memory with every shared page counted whole.
        handles: open file descriptors.
    """

    at_s: float
    pid: int
    pss_mib: float
    own_mib: float
    rss_mib: float
    threads: int
    handles: int


def role_of(command: Sequence[str]) -> str | None:
    """Return a worker's id, else the role of a process of this program, else ``None``."""
    for name in ("--worker-id", "--role"):
        if name in command[:-1]:
            return command[command.index(name) + 1]
    return None


def by_role(roots: Iterable[psutil.Process]) -> dict[str, psutil.Process]:
    """Return the roots and the processes below them; of two in one role, one following the other, the younger."""
    found: dict[str, tuple[float, psutil.Process]] = {}
    for process in _all_below(roots):
        try:
            role, born, parent = role_of(process.cmdline()), process.create_time(), process.ppid()
        except psutil.Error:
            continue  # it ended meanwhile
        if role is None:
            continue
        known = found.get(role)
        # A child that was forked and does not run its own program yet still has its parent's command.
        if known is None or (known[0] <= born and known[1].pid != parent):
            found[role] = (born, process)
    return {role: process for role, (_, process) in found.items()}


def look_at(process: psutil.Process, at_s: float) -> Look | None:
    """Return what it holds, or ``None`` when it has ended or holds nothing any more."""
    try:
        held = memory_of(Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii"))
        threads, handles = process.num_threads(), process.num_fds()
    except (OSError, psutil.Error):
        return None
    if "Pss" not in held:
        return None  # a zombie has no memory left
    return Look(
        at_s=at_s,
        pid=process.pid,
        pss_mib=held["Pss"] / _KIB_PER_MIB,
        own_mib=(held["Pss_Anon"] + held["Pss_Shmem"]) / _KIB_PER_MIB,
        rss_mib=held["Rss"] / _KIB_PER_MIB,
        threads=threads,
        handles=handles,
    )


def memory_of(listing: str) -> dict[str, int]:
    """Return the kibibytes of ``smaps_rollup`` by name."""
    parts = (line.split() for line in listing.splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in parts if len(words) == 3 and words[2] == "kB"}


def _all_below(roots: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
    seen: set[int] = set()
    for root in roots:
        try:
            family = [root, *root.children(recursive=True)]
        except psutil.Error:
            continue
        for process in family:
            if process.pid not in seen:
                seen.add(process.pid)
                yield process
