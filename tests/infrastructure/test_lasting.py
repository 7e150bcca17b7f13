"""Claims about writing: what a call has written outlives the power, in which order whatever the disk does."""

import errno
import os
import stat
import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest

from console.infrastructure.lasting import alone, append_line, make_folder, write_once, write_whole

on_posix = pytest.mark.skipif(os.name != "posix", reason="folders are synced on POSIX only")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is put on the disk, and when a name changes."""
    noted: list[str] = []
    fsync, replace, link = os.fsync, os.replace, os.link

    def noting_fsync(handle: int) -> None:
        noted.append(f"sync {Path(os.readlink(f'/proc/self/fd/{handle}')).name.split('.')[0]}")
        fsync(handle)

    def noting_replace(source: Path, target: Path) -> None:
        noted.append("rename")
        replace(source, target)

    def noting_link(source: Path, target: Path) -> None:
        noted.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    monkeypatch.setattr(os, "link", noting_link)
    return noted


@on_posix
@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda path: write_whole(path, b"new"), ["sync file", "rename", "sync folder"]),
        (lambda path: write_once(path, b"new"), ["sync file", "link", "sync folder"]),
        (lambda path: append_line(path, b"line"), ["sync file", "sync folder"]),
        (lambda path: make_folder(path / "day"), ["sync folder", "sync file"]),
    ],
)
def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_call_returns(
    tmp_path: Path, steps: list[str], write: Callable[[Path], None], expected: list[str]
) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "file")
    assert steps == expected


@on_posix
def test_a_line_more_needs_no_new_name(tmp_path: Path, steps: list[str]) -> None:
    append_line(tmp_path / "file", b"one")
    steps.clear()
    append_line(tmp_path / "file", b"two")
    assert steps == ["sync file"]
    assert (tmp_path / "file").read_bytes() == b"one\ntwo\n"


def test_a_line_is_not_glued_to_what_is_left_of_one(tmp_path: Path) -> None:
    for left in (b"", b"{", b"one\n", b"one\n{"):
        (tmp_path / "file").write_bytes(left)
        append_line(tmp_path / "file", b"two")
        assert (tmp_path / "file").read_bytes().split(b"\n")[-2:] == [b"two", b""]


def test_of_many_who_make_a_file_one_wins_and_all_find_the_same(tmp_path: Path) -> None:
    won: list[bytes] = []
    gate = threading.Barrier(8)

    def make(content: bytes) -> None:
        gate.wait(10)
        if write_once(tmp_path / "file", content):
            won.append(content)

    together([partial(make, b"%d" % number) for number in range(8)])
    assert [(tmp_path / "file").read_bytes()] == won
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nobody_comes_between_a_reading_and_its_writing(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")

    def count() -> None:
        for _ in range(50):
            with alone(tmp_path / "lock"):
                write_whole(tmp_path / "count", b"%d" % (int((tmp_path / "count").read_text()) + 1))

    together([count] * 4)
    assert (tmp_path / "count").read_text() == "200"


def together(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@on_posix
@pytest.mark.parametrize(("fault", "is_borne"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_folder_of_another_machine_may_have_no_such_thing_but_a_failing_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, is_borne: bool
) -> None:
    fsync = os.fsync

    def failing_for_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(fault, os.strerror(fault))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", failing_for_folders)
    with nullcontext() if is_borne else pytest.raises(OSError):
        write_whole(tmp_path / "file", b"content")
