"""What is written to the logs, and what never is."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.infrastructure.logs import Logs, without_secrets

SECRET = "hunter2-GREPPABLE"


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    logs = Logs(tmp_path, "seat")
    logs.begin()
    yield logs
    logs.end()


def lines_in(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "seat.log").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        f"rtsp://admin:{SECRET}@10.0.0.7:554/main?channel=1",
        f"rtsp://admin:p@ss{SECRET}@10.0.0.7/main",
        f"cannot open 'rtsps://{SECRET}@camera/main': refused",
        f"postgresql+psycopg://desk:{SECRET}@db:5432/citydesk",
        f'{{"user": "officer", "password": "{SECRET}"}}',
        f"password={SECRET}&user=x",
        f"api_key: {SECRET}",
        f"Authorization: Basic {SECRET}",
        f'{{"authorization": "Digest username=a, response={SECRET}"}}',
        f"token='{SECRET}'",
        f'passphrase = "a b {SECRET}"',
    ],
)
def test_a_credential_does_not_survive(text: str) -> None:
    assert SECRET not in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "camera C-17 at rtsp://10.0.0.7:554/main opened in 0.4 s",
        "mail to desk@city.example was refused",
        "the password was wrong",
        "http://127.0.0.1:8080/requests/7?after=2026-11-22",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


def test_a_line_says_when_where_and_what(logs: Logs, tmp_path: Path) -> None:
    logging.getLogger("console.station").info("camera %s is back", "C-17")

    (line,) = lines_in(tmp_path)
    assert (line["role"], line["where"], line["said"]) == ("seat", "console.station", "camera C-17 is back")
    assert line["at"].endswith("+00:00")


def test_a_traceback_carries_no_credential(logs: Logs, tmp_path: Path) -> None:
    try:
        raise OSError(f"rtsp://u:{SECRET}@camera/main is gone")
    except OSError:
        logging.getLogger("console").exception("stream lost")

    assert SECRET not in (tmp_path / "seat.log").read_text(encoding="utf-8")
    assert "OSError" in lines_in(tmp_path)[0]["trace"]


def test_a_secret_that_no_pattern_finds_can_be_named(logs: Logs, tmp_path: Path) -> None:
    logs.hide(SECRET)
    logging.getLogger("console").warning("hook https://hooks.example/%s answered 500", SECRET)

    assert SECRET not in (tmp_path / "seat.log").read_text(encoding="utf-8")


def test_a_thread_that_dies_is_in_the_log(logs: Logs, tmp_path: Path) -> None:
    def die() -> None:
        raise RuntimeError(f"lost rtsp://u:{SECRET}@camera/main")

    thread = threading.Thread(target=die, name="reader")
    thread.start()
    thread.join()

    (line,) = lines_in(tmp_path)
    assert line["said"] == "thread reader ended by a fault"
    assert SECRET not in line["trace"]


def test_a_crash_leaves_no_credential_in_the_log_or_on_the_terminal(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from console.infrastructure.logs import Logs\n"
        "Logs(pathlib.Path(sys.argv[1]), 'seat').begin()\n"
        f"raise RuntimeError('no answer from rtsp://u:{SECRET[:7]}' + '{SECRET[7:]}@camera')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "no answer from rtsp://***@camera" in done.stderr
    assert SECRET not in done.stderr + (tmp_path / "seat.log").read_text(encoding="utf-8")
