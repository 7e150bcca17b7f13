"""A private PostgreSQL (apt package ``postgresql``): our own child on a port of its own, gone afterwards.

Our own child, not ``pg_ctl``'s: after a kill -9 nothing is left to hold ``postmaster.pid``.
"""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

READY_WITHIN_S = 40.0
USER = "citydesk"
NOBODY, NO_GROUP = "nobody", 65534  # the group's name is another on each system, its number is not


class PostgresqlMissing(Exception):
    """The program is not installed."""


def program_folder() -> Path:
    """Return the folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if not found:
        raise PostgresqlMissing("apt-get install postgresql")
    return found[-1].parent


class OwnPostgresql:
    """One server. PostgreSQL refuses to run as root, so root runs it as ``nobody``.

    Raises:
        PostgresqlMissing: nothing that could be started is installed.
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        """Args:
        options: of the server, by name; the others are as the package brings them.
        """
        self._options = options
        self._programs = program_folder()
        self._folder = Path(tempfile.mkdtemp(prefix="citydesk-postgresql-"))
        self._as_whom: dict[str, Any] = {}
        if os.name == "posix" and os.geteuid() == 0:
            shutil.chown(self._folder, NOBODY, NO_GROUP)
            self._as_whom = {"user": NOBODY, "group": NO_GROUP, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self.port = _free_port()
        subprocess.run(
            [
                self._programs / "initdb",
                f"--pgdata={self._folder / 'data'}",
                f"--username={USER}",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **self._as_whom,
        )

    def start(self) -> None:
        """Start, or start again after ``kill``, and wait until it answers."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._folder,
            **self._options,
        }
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._programs / "postgres",
                    "-D",
                    self._folder / "data",
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._as_whom,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._folder / "log").read_text()[-2000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """As if the power had gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        # One database a test is a hundred thousand files; Python takes minutes for what ``rm`` does in seconds.
        subprocess.run(["rm", "-rf", str(self._folder)], check=True)

    def new_address(self, like: str = "template1") -> str:
        """Return the address of a new database: empty, or a copy of the one of another address."""
        name = f"citydesk_{next(self._numbers)}"
        self._psql("postgres", f"CREATE DATABASE {name} TEMPLATE {like.rpartition('/')[2]}")
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _answers(self) -> bool:
        try:
            self._psql("postgres", "SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    def _psql(self, database: str, statement: str) -> None:
        command = [str(self._programs / "psql"), "-X", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        subprocess.run(
            [*command, "-U", USER, "-d", database, "-c", statement], check=True, capture_output=True, cwd="/"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
