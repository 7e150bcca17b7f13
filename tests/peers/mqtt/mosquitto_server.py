"""A private MQTT broker for tests (apt package ``mosquitto``): our own child on a port of its own, gone afterwards."""

import socket
import subprocess
import tempfile
import time
from pathlib import Path
from shutil import which

READY_WITHIN_S = 20.0
PROGRAM = "/usr/sbin/mosquitto"


class MosquittoMissing(Exception):
    """The program is not installed."""


class MosquittoServer:
    """One broker that keeps sessions and what lies in them on disk, as a city's would."""

    def __init__(self) -> None:
        program = which("mosquitto") or (PROGRAM if Path(PROGRAM).is_file() else "")
        if not program:
            raise MosquittoMissing("apt-get install mosquitto")
        self._program = program
        self._folder = tempfile.TemporaryDirectory(prefix="citydesk-mosquitto-")
        with socket.create_server(("127.0.0.1", 0)) as line:
            self.port = int(line.getsockname()[1])
        lines = (
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {self._folder.name}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "max_queued_messages 100000",
            "user root",
            "log_dest none",
        )
        self._settings = Path(self._folder.name) / "mosquitto.conf"
        self._settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again after ``kill``, and wait until it listens."""
        self._process = subprocess.Popen([self._program, "-c", str(self._settings)], stderr=subprocess.DEVNULL)
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if self._process.poll() is not None:
                    break
                continue
            return
        raise RuntimeError("the broker does not listen")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
        self._folder.cleanup()
